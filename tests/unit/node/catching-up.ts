import { fromHex, toHex } from "../../../modules/bytes/bytes.js";
import type { IdText } from "../../../modules/chain/chain.js";
import { Code } from "../../../modules/coap/coap.js";
import { CatchingUp } from "../../../modules/node/catching-up.js";
import type { Outcome } from "../../../modules/node/exchange-run.js";
import { neighboursOf, ringOf } from "../../../modules/node/neighbours.js";
import { Peers } from "../../../modules/node/peers.js";
import { Prefixes } from "../../../modules/node/prefixes.js";
import { secureNotation } from "../../../modules/secure/secure-notation.js";
import { Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { ExchangingHouse } from "../../harness/exchanging-house.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { Dice } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

const bad = Array.from({ length: 5 }, (_, number) => `bad ${number}`);
const honest = ["door", "knob", "desk"];

/** A node of a home, of whose members `slow` drag each exchange, for so many milliseconds, to an end without success. */
function setUp(
	slow: readonly string[],
	drag: number,
	{
		self = "lamp",
		secret = "00",
		isAwaited = (): boolean => false,
		withKeys = [] as string[],
		onSame = () => {}
	} = {}
) {
	const story = new Story();
	const chain = story.withMembers(...honest, ...bad);
	const clock = new VirtualClock();
	const dice = new Dice(1);
	const peers = new Peers(new Store({ preference: new MemoryPreference(), domain: "test" }));
	const names = new Map<IdText, string>();
	for (const [number, name] of ["lamp", ...honest, ...bad].entries()) {
		const id = toHex(story.node(name).id);
		names.set(id, name);
		if (name !== self) peers.learn(id, { host: `10.0.0.${number}`, port: 5683 });
	}
	const begun: string[] = [];
	const catchingUp = new CatchingUp({
		clock,
		random: count => dice.bytes(count),
		chain,
		peers,
		discovery: { ping: (_address, alive) => void clock.after(5, alive) },
		exchange: {
			start: (peer, done) => {
				const name = names.get(peer) ?? "";
				begun.push(name);
				const isSlow = slow.includes(name);
				const outcome: Outcome = isSlow ? { same: false, reason: "" } : { same: true };
				clock.after(isSlow ? drag : 50, () => done?.(outcome));
			}
		},
		hasKeys: peer => withKeys.includes(names.get(peer) ?? ""),
		isAwaited,
		self: toHex(story.node(self).id),
		secret: () => fromHex(secret),
		onMissed: () => undefined,
		onSame
	});
	return { story, chain, clock, catchingUp, begun, names };
}

/** What a node draws its neighbours by, so that one member is none of them. */
function secretWithout(self: string, other: string): string {
	const story = new Story();
	const idOf = (name: string) => story.node(name).id;
	const ring = ringOf(["lamp", ...honest, ...bad].map(idOf));
	for (let number = 0; number < 256; number += 1) {
		const secret = Uint8Array.of(number);
		if (!neighboursOf(secret, idOf(self), ring).includes(toHex(idOf(other)))) return toHex(secret);
	}
	throw new RangeError(`${other} is beside ${self}`);
}

/** Somebody whom the lamp has for a neighbour once it is admitted. */
function newNeighbour(): string {
	const story = new Story();
	const idOf = (name: string) => story.node(name).id;
	for (let number = 0; ; number += 1) {
		const ring = ringOf(["lamp", ...honest, ...bad, `new ${number}`].map(idOf));
		const near = neighboursOf(fromHex("00"), idOf("lamp"), ring);
		if (near.includes(toHex(idOf(`new ${number}`)))) return `new ${number}`;
	}
}

export default suite("catching up", {
	"goes on with honest members, whatever bad ones do to keep all its turns": () => {
		const { story, clock, catchingUp, begun } = setUp(bad, 30_000);
		catchingUp.start();
		// Each asks for something now and then, and its chain differs each time.
		const ask = (name: string) => {
			catchingUp.with(toHex(story.node(name).id));
			clock.after(2_000, () => ask(name));
		};
		for (const name of bad) ask(name);
		clock.advance(120_000);
		const before = begun.length;
		catchingUp.news();
		clock.advance(180_000);
		const since = begun.slice(before);
		ok(
			since.some(name => honest.includes(name)),
			since.join(", ")
		);
		equal(
			bad.every(name => begun.includes(name)),
			true
		);
	},
	"of an owner begins at once with a lock, whoever stands all around": () => {
		const { clock, catchingUp, begun } = setUp(bad, 30_000, { secret: secretWithout("lamp", "desk") });
		catchingUp.news();
		clock.advance(1_000);
		ok(begun.includes("desk"), begun.join(", "));
	},
	"of an owner begins at once also with a lock that has just joined": () => {
		const story = new Story();
		const chain = story.withMembers("door", "knob");
		const clock = new VirtualClock();
		const dice = new Dice(1);
		const begun: string[] = [];
		const catchingUp = new CatchingUp({
			clock,
			random: count => dice.bytes(count),
			chain,
			peers: new Peers(new Store({ preference: new MemoryPreference(), domain: "test" })),
			discovery: { ping: (_address, alive) => void clock.after(5, alive) },
			exchange: {
				start: (peer, done) => {
					begun.push(peer);
					clock.after(50, () => done?.({ same: true }));
				}
			},
			hasKeys: () => false,
			isAwaited: () => false,
			self: toHex(story.node("lamp").id),
			secret: () => Uint8Array.of(0),
			onMissed: () => undefined,
			onSame: () => undefined
		});
		catchingUp.start();
		clock.advance(20_000);
		story.add(chain, "lamp", "desk");
		catchingUp.news();
		clock.advance(1_000);
		begun.length = 0;
		story.remove(chain, "lamp", "knob");
		catchingUp.news();
		clock.advance(8_000);
		ok(begun.includes(toHex(story.node("door").id)), "the lock that was there before");
		ok(begun.includes(toHex(story.node("desk").id)), "the new lock");
	},
	"leaves it to a new member to begin, unless there are keys with it, and begins at last": () => {
		for (const withKeys of [[], ["new"]]) {
			const { story, chain, clock, catchingUp, begun, names } = setUp([], 0, { withKeys });
			catchingUp.start();
			clock.advance(20_000);
			const newcomer = newNeighbour();
			names.set(toHex(story.node(newcomer).id), "new");
			story.add(chain, "lamp", newcomer);
			begun.length = 0;
			catchingUp.news();
			clock.advance(9_000);
			ok(begun.length > 2, begun.join(", "));
			equal(begun.includes("new"), withKeys.length > 0);
			clock.advance(15_000);
			ok(begun.includes("new"), begun.join(", "));
		}
	},
	"lets a press have its answer first, and is not kept off by one after the other": () => {
		const { clock, catchingUp, begun } = setUp([], 0, { isAwaited: () => true });
		catchingUp.start();
		clock.advance(9_000);
		equal(begun.length, 0);
		clock.advance(3_000);
		ok(begun.length > 2, begun.join(", "));
	},
	"lets a press go before news for half a second": () => {
		const { clock, catchingUp, begun } = setUp([], 0, { isAwaited: () => true });
		catchingUp.news();
		clock.advance(500);
		equal(begun.length, 0);
		clock.advance(1_000);
		ok(begun.length > 0, begun.join(", "));
	},
	"goes on after errors of the node's own, where it is told that a peer has the same": () => {
		let left = 4;
		const onSame = () => {
			left -= 1;
			if (left >= 0) throw new RangeError("a fault");
		};
		const { story, clock, catchingUp, begun } = setUp([], 0, { onSame });
		catchingUp.start();
		while (left > 0)
			try {
				for (const name of [...honest, ...bad]) catchingUp.with(toHex(story.node(name).id));
				clock.advance(1_000);
			} catch (error) {
				ok(error instanceof RangeError, String(error));
			}
		begun.length = 0;
		for (const name of honest) catchingUp.with(toHex(story.node(name).id));
		clock.advance(10_000);
		ok(
			honest.every(name => begun.includes(name)),
			begun.join(", ")
		);
	},
	"looks at an owner every other time, however many others there are": () => {
		const { clock, catchingUp, begun } = setUp([], 0, {
			self: "knob",
			secret: secretWithout("knob", "lamp")
		});
		catchingUp.start();
		clock.advance(20_000);
		equal(begun.includes("lamp"), false);
		clock.advance(1_200_000);
		const looks = begun.slice(5);
		const atOwner = looks.filter(name => name === "lamp").length;
		ok(looks.length > 15 && atOwner * 2 >= looks.length - 1, `${atOwner} of ${looks.length}`);
	},
	"is over with a peer that answers each question late": () => {
		const house = new ExchangingHouse();
		const chain = house.story.withMembers("door", "knob");
		const door = house.member("door", chain);
		let asked = 0;
		const digest = new Uint8Array(32);
		const comparison = secureNotation.comparison.write({
			digest,
			authority: digest,
			summary: undefined,
			covered: Prefixes.of([]),
			peers: []
		});
		house.serve("knob", chain, {
			[Code.Fetch]: (_from, _payload, answer) => {
				asked += 1;
				house.clock.after(7_900, () => answer.reply(comparison));
			}
		});
		const outcomes: Outcome[] = [];
		door.start(house.id("knob"), outcome => outcomes.push(outcome));
		house.clock.advance(60_000);
		equal([asked, outcomes], [6, [{ same: false, reason: "its answers take too long" }]]);
	},
	"is told of an error of the node's own in whatever turn of an exchange, and begins anew after it": () => {
		for (const isBase of [false, true]) {
			for (let last = 0, hasFailed = true; hasFailed; last += 1) {
				const house = new ExchangingHouse();
				const { story } = house;
				const ours = story.withMembers("door", "knob");
				const theirs = story.copy(ours);
				story.remove(theirs, "lamp", "knob");
				if (isBase) story.checkpoint(theirs);
				story.describe(ours, "door", { name: "door 2", types: Uint8Array.of(1) });
				const door = house.member("door", ours);
				house.member("lamp", theirs);
				let left = last;
				hasFailed = false;
				Object.defineProperty(ours, "digest", {
					get: () => {
						left -= 1;
						if (left !== -1) return Reflect.get(Object.getPrototypeOf(ours), "digest", ours);
						hasFailed = true;
						throw new RangeError("broken");
					}
				});
				const outcomes: Outcome[] = [];
				const begin = () => door.start(house.id("lamp"), outcome => outcomes.push(outcome));
				const until = (action: () => void) => {
					try {
						action();
					} catch (error) {
						ok(error instanceof RangeError, String(error));
					}
				};
				until(begin);
				for (let turn = 0; turn < 50; turn += 1) until(() => house.clock.advance(20));
				equal(outcomes.length, 1, `${last} in vain, ${isBase}`);
				left = Number.POSITIVE_INFINITY;
				begin();
				house.clock.advance(1_000);
				equal(outcomes[1], { same: true });
				ok(last < 20);
			}
		}
	}
});
