import { Turns } from "../../../modules/clock/clock.js";
import {
	Code,
	decodeMessage,
	encodeMessage,
	findOption,
	type Message,
	MessageType,
	type Option,
	OptionNumber,
	pathOptions,
	uintOption
} from "../../../modules/coap/coap.js";
import { multiplyBase, runAtOnce } from "../../../modules/crypto/crypto.js";
import { encodeRequest, Initiator, makeCredential } from "../../../modules/edhoc/edhoc.js";
import { LinkError } from "../../../modules/node/node.js";
import { OwnHandshake } from "../../../modules/secure/own-handshake.js";
import { ResponderRuns } from "../../../modules/secure/responder-runs.js";
import { SessionSecrets } from "../../../modules/secure/session-secrets.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { testNode } from "../../harness/blocks.js";
import { foundHome, joined, SimulatedNetwork } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { counter, DELAY, Network, type Peer, PORT } from "../coap/network.js";
import { initiator } from "../edhoc/parties.js";
import { beginsHandshake, Stranger } from "./house.js";
import { type Member, members } from "./links.js";

const poke = { code: Code.Post, path: "/state", payload: Uint8Array.of(1) };
/** 33 bytes that are no point of P-256: its x has no y. */
const offCurve = new Uint8Array(33).fill(0xff).fill(2, 0, 1);

/** Members whose links serve `/state`. */
function home(count = 3, random?: (count: number) => Uint8Array) {
	const network = new Network();
	const all = members(network, count, random);
	for (const { link } of all)
		link.serve("/state", { [Code.Post]: (_from, _payload, answer) => answer.reply(Uint8Array.of(1)) });
	const [a, b, c] = all;
	if (a === undefined || b === undefined || c === undefined) throw new Error("too few");
	return { network, clock: network.clock, all, a, b, c };
}

/** Somebody at an address who says what a test wants, and repeats challenges if it is to. */
class Intruder {
	readonly peer: Peer;
	readonly #network: Network;
	readonly #random: (count: number) => Uint8Array;
	readonly address: string;
	#id = 0;
	#echo: Option | undefined;

	constructor(network: Network, address: string) {
		this.#network = network;
		this.address = address;
		this.peer = network.peer(address);
		this.#random = counter(address.length * 7 + Number(address.split(".")[3]));
	}

	initiator(more: Partial<ConstructorParameters<typeof Initiator>[0]> = {}): Initiator {
		const { id, privateKey } = testNode("nobody");
		const credential = makeCredential({ kid: id, publicKey: multiplyBase(privateKey) });
		const ephemeral = this.#random(32).fill(1, 0, 1);
		const lookup = (kid: Uint8Array) => this.known(kid);
		return new Initiator({
			credential,
			privateKey,
			ephemeral,
			lookup,
			connectionId: Uint8Array.of(5),
			...more
		});
	}

	known(_kid: Uint8Array): ReturnType<typeof makeCredential> | undefined {
		return undefined;
	}

	post(to: string, payload: Uint8Array, options: readonly Option[] = []): void {
		this.#id += 1;
		this.peer.send(to, {
			type: MessageType.Confirmable,
			code: Code.Post,
			id: this.#id,
			token: Uint8Array.of(this.#id & 255, 1),
			options: [
				...pathOptions("/.well-known/edhoc"),
				uintOption(OptionNumber.ContentFormat, 65),
				...(this.#echo === undefined ? [] : [this.#echo]),
				...options
			].sort((x, y) => x.number - y.number),
			payload
		});
	}

	/** Keeps a challenge that it got, for its next requests. */
	learn(): void {
		for (const message of this.peer.inbox) {
			const echo = findOption(message.options, OptionNumber.Echo);
			if (echo !== undefined) this.#echo = echo;
		}
	}

	/** Sends a request as if from somewhere else. */
	spoof(from: string, to: string, payload: Uint8Array): void {
		this.#id += 1;
		const options = [...pathOptions("/.well-known/edhoc"), uintOption(OptionNumber.ContentFormat, 65)];
		const { Confirmable: type } = MessageType;
		const message = { type, code: Code.Post, id: this.#id, token: Uint8Array.of(2), options, payload };
		this.#network.send(from, to, encodeMessage(message));
	}

	begin(to: string, initiator = this.initiator()): void {
		this.post(to, encodeRequest({ message: runAtOnce(initiator.begin()) }));
	}

	/** How many of its first messages were answered with a second one. */
	get served(): number {
		return this.peer.inbox.filter(({ code }) => code === Code.Changed).length;
	}

	get last(): Message {
		return this.peer.last;
	}
}

/** What a member's first request to another comes to, within so many milliseconds. */
function asks(network: Network, from: Member, to: Member, patience = 3_000): unknown {
	const heard = from.ask(to, poke);
	for (let waited = 0; waited < patience && heard.length === 0; waited += 10) network.clock.advance(10);
	return heard[0] instanceof Uint8Array ? "served" : String(heard[0] ?? "silence");
}

/** Has this happen every so many milliseconds, until what is returned is called. */
function every(network: Network, milliseconds: number, act: (count: number) => void): () => void {
	let isOver = false;
	let count = 0;
	const again = () => {
		if (isOver) return;
		act(count);
		count += 1;
		network.clock.after(milliseconds, again);
	};
	again();
	return () => {
		isOver = true;
	};
}

function secretsOf({ store }: Member): number {
	return store.names().filter(name => /^s[0-9a-f]{14}$/.test(name)).length;
}

export default suite("handshakes with strangers about", {
	"two first messages of a stranger, and nothing after them, keep nobody out": () => {
		const { network, clock, a, b } = home();
		const stranger = new Intruder(network, "10.0.0.66");
		for (let count = 0; count < 2; count += 1) {
			stranger.begin(b.address);
			clock.advance(100);
		}
		equal(asks(network, a, b), "served");
	},
	"nor does a flood from one address, from many, or from invented ones keep out a member, known or not":
		() => {
			for (const isKnown of [true, false]) {
				for (const kind of ["one", "many", "invented", "one that answers", "some that answer"]) {
					const { network, clock, a, b } = home();
					// Where it has not been seen, it is as a stranger until it has shown who it is.
					if (!isKnown) b.peers.learn(a.id, { host: "10.0.0.77", port: 5683 });
					const answers = kind.endsWith("answers") || kind.endsWith("answer");
					// Two that answer challenges are as many as a stranger can outlast.
					const size = kind.startsWith("one") ? 1 : answers ? (isKnown ? 8 : 2) : 40;
					const crowd = Array.from({ length: size }, (_, n) => new Intruder(network, `10.0.1.${n + 1}`));
					const stop = every(network, 60, count => {
						const one = crowd[count % crowd.length];
						if (one === undefined) return;
						if (answers) one.learn();
						if (kind === "invented") network.attach(one.address, () => undefined);
						one.begin(b.address);
					});
					clock.advance(5_000);
					equal(asks(network, a, b), "served", `${kind}, ${isKnown ? "known" : "not known"}`);
					stop();
				}
			}
		},
	"who spoofs a member's address gets no place of its, and ends no run of its": () => {
		const { network, clock, a, b } = home();
		const spoofer = new Intruder(network, "10.0.0.99");
		const stop = every(network, 5, count => {
			const initiator = spoofer.initiator();
			const payload = encodeRequest({ message: runAtOnce(initiator.begin()) });
			if (count < 400) spoofer.spoof(a.address, b.address, payload);
		});
		clock.advance(200);
		equal(asks(network, a, b), "served");
		stop();
	},
	"bad members that begin without end keep no other member out": () => {
		for (const [count, pause, delay] of [
			[5, 10, 10],
			[5, 200, 300],
			[8, 1000, 300],
			[4, 200, 300]
		] as const) {
			const { network, clock, all, a, b } = home(11);
			const bad = all.slice(3, 3 + count).map(({ address }) => new Intruder(network, address));
			network.fate = ({ from }) => [from === a.address ? delay : DELAY];
			const stop = every(network, pause, () => {
				for (const one of bad) {
					one.learn();
					one.begin(b.address);
				}
			});
			clock.advance(1_000);
			equal(asks(network, a, b, 9_500), "served", `${count} bad ones, every ${pause} ms`);
			stop();
		}
	},
	"who asks in another member's name for a place has nobody begin there": () => {
		const { network, clock, a, b, c } = home();
		equal(asks(network, c, a, 9_000), "served");
		let begun = 0;
		let isSpoofed = true;
		network.fate = ({ from, to, bytes }) => {
			const { code } = decodeMessage(bytes);
			if (isSpoofed && from === c.address && to === a.address && code >> 5 === 0) {
				isSpoofed = false;
				network.send(b.address, a.address, bytes);
				return [];
			}
			if (from === a.address && to === b.address && beginsHandshake({ from, to, bytes })) begun += 1;
			return [DELAY];
		};
		c.ask(a, poke);
		clock.advance(10_000);
		equal([isSpoofed, begun, a.peers.addressOf(c.id)?.host], [false, 0, c.address]);
	},
	"what nobody waits for any more does not wait for its turn, wherever members say that they are": () => {
		const { network, clock, all, a } = home(10);
		const others = all.slice(1);
		network.fate = ({ from }) => (from === a.address ? [] : [DELAY]);
		for (let round = 0; round < 20; round += 1) {
			for (const [number, { id }] of others.entries()) {
				a.peers.learn(id, { host: `10.1.${round}.${number}`, port: PORT });
				a.link.request({
					...{ peer: id, timeout: 1_000, ...poke },
					...{ onReply: () => undefined, onFailure: () => undefined }
				});
			}
			clock.advance(1_500);
		}
		equal(a.link.isAgreeing, false);
		// And those that were under way end.
		clock.advance(60_000);
		equal(clock.pending, all.length, "looks for old keys");
	},
	"nor do bad members that begin once from each of many ports keep out another": () => {
		const { network, clock, all, a, b } = home(8);
		let place = 1;
		const bad = all.slice(3).map(({ id, address }) => ({ id, one: new Intruder(network, address) }));
		network.fate = ({ from }) => [from === a.address ? 300 : DELAY];
		const stop = every(network, 250, () => {
			for (const each of bad) {
				place += 1;
				each.one = new Intruder(network, `10.0.${2 + (place >> 7)}.${1 + (place & 127)}`);
				// It answers there.
				b.peers.learn(each.id, { host: each.one.address, port: PORT });
			}
		});
		const flood = every(network, 50, () => {
			for (const { one } of bad) {
				one.learn();
				one.begin(b.address);
			}
		});
		clock.advance(1_000);
		equal(asks(network, a, b, 9_500), "served");
		stop();
		flood();
	},
	"strangers who answer no challenge have few runs computed": () => {
		const { network, clock, b } = home();
		const crowd = Array.from({ length: 20 }, (_, n) => new Intruder(network, `10.0.1.${n + 1}`));
		const stop = every(network, 50, count => crowd[count % crowd.length]?.begin(b.address));
		clock.advance(9_000);
		stop();
		const served = crowd.reduce((sum, one) => sum + one.served, 0);
		ok(served <= 4, `${served} in nine seconds`);
	},
	"third messages that name a member whose key is none leave the node as it was": () => {
		const { network, clock, a, b, c } = home();
		b.chain.keys.set(c.id, offCurve);
		const bad = new Intruder(network, "10.0.0.66");
		const own = testNode("nobody");
		const publicKey = multiplyBase(own.privateKey);
		const posing = makeCredential({ kid: c.identity.id, publicKey });
		const known = makeCredential({ kid: b.identity.id, publicKey: multiplyBase(b.identity.privateKey) });
		for (let round = 0; round < 4; round += 1) {
			const initiator = bad.initiator({ credential: posing, lookup: () => known });
			bad.begin(b.address, initiator);
			clock.advance(200);
			bad.learn();
			if (bad.last.code === Code.Unauthorized) {
				bad.begin(b.address, initiator);
				clock.advance(200);
			}
			equal(bad.last.code, Code.Changed, `round ${round}`);
			const { message3 } = runAtOnce(initiator.answer(bad.last.payload));
			const connectionId = initiator.unconfirmedSession().peerConnectionId;
			const before = bad.peer.inbox.length;
			for (let copy = 0; copy < 16; copy += 1)
				bad.post(b.address, encodeRequest({ connectionId, message: message3 }));
			clock.advance(1_000);
			equal(bad.peer.inbox.length - before, 16, "each has an answer");
		}
		equal(network.errors, []);
		equal(asks(network, a, b, 500), "served");
	},
	"of many third messages of one run one is computed, and one that fails ends the run": () => {
		const { network, clock, a, b } = home();
		const bad = new Intruder(network, "10.0.0.66");
		const own = testNode("nobody");
		const posing = makeCredential({ kid: a.identity.id, publicKey: multiplyBase(own.privateKey) });
		const known = makeCredential({ kid: b.identity.id, publicKey: multiplyBase(b.identity.privateKey) });
		const initiator = bad.initiator({ credential: posing, lookup: () => known });
		bad.begin(b.address, initiator);
		clock.advance(200);
		const { message3 } = runAtOnce(initiator.answer(bad.last.payload));
		const connectionId = initiator.unconfirmedSession().peerConnectionId;
		const send = (message: Uint8Array) => bad.post(b.address, encodeRequest({ connectionId, message }));
		send(Uint8Array.of(0x41, 7));
		clock.advance(100);
		equal(bad.last.code, Code.BadRequest, "anyone can send what does not open");
		for (let copy = 0; copy < 3; copy += 1) send(message3);
		clock.advance(100);
		const answers = bad.peer.inbox.slice(-3).map(({ code }) => code);
		equal(answers.sort(), [Code.BadRequest, Code.ServiceUnavailable, Code.ServiceUnavailable]);
		send(message3);
		clock.advance(100);
		const { payload } = bad.last;
		equal(payload.length, 0, "there is no such run any more");
		equal(secretsOf(b), 0);
	},
	"an identifier that OSCORE cannot use is refused before anything is kept, on either side": () => {
		const { network, clock, a, b } = home();
		for (const length of [8, 30]) {
			const bad = new Intruder(network, `10.0.0.${60 + length}`);
			bad.begin(b.address, bad.initiator({ connectionId: new Uint8Array(length).fill(9) }));
			clock.advance(300);
			equal(bad.last.code, Code.BadRequest, `${length} bytes`);
		}
		equal(secretsOf(b), 0);
		equal(asks(network, a, b), "served");
	},
	"no two peers call a node by one identifier, also of handshakes that go on at once": () => {
		const chance = counter(9);
		let last = 66;
		// What b draws for its own run, a and c for theirs with it; and then b the same once more.
		const draws = [64, 65, 66, 64];
		const random = (count: number) => {
			if (count !== 1) return chance(count);
			last += 1;
			return Uint8Array.of(draws.shift() ?? last);
		};
		const { network, clock, a, b, c } = home(3, random);
		network.fate = ({ from, to }) => [from === a.address && to === b.address ? 600 : DELAY];
		b.ask(a, poke);
		clock.advance(300);
		equal(asks(network, c, b), "served");
		clock.advance(10_000);
		equal(b.link.sessions, 2);
		const secrets = new SessionSecrets({
			store: b.store,
			own: () => b.identity.publicKey,
			mayWrite: () => true,
			report: () => undefined
		});
		const called = [a, c].map(({ id }) => secrets.secretOf(id)?.recipientId[0]);
		ok(called[0] !== called[1], `${called}`);
	},
	"of two that cross both ends are served, also where the first message of the one that stays is lost":
		() => {
			for (const isUrgent of [true, false]) {
				const { network, clock, a, b } = home();
				const [low, high] = a.id < b.id ? [a, b] : [b, a];
				let isLost = false;
				network.fate = ({ from, to }) => {
					// Each answer takes as long as a board does to compute it.
					if (isLost || from !== low.address || to !== high.address) return [500];
					isLost = true;
					return [];
				};
				const heard = [low.ask(high, { ...poke, isUrgent }), high.ask(low, { ...poke, isUrgent })];
				clock.advance(9_000);
				equal(
					heard.map(([first]) => (first instanceof Uint8Array ? "served" : String(first))),
					["served", "served"],
					`urgent: ${isUrgent}`
				);
			}
		},
	"of two peers whose ids begin alike one is remembered, and neither for the other": () => {
		const { b } = home();
		const secrets = new SessionSecrets({
			store: b.store,
			own: () => b.identity.publicKey,
			mayWrite: () => true,
			report: () => undefined
		});
		const key = new Uint8Array(33);
		const [first, second, far] = ["1".padEnd(14, "0"), "1".padEnd(14, "0"), "2"].map((start, number) =>
			`${start}${number}`.padEnd(32, "5")
		);
		if (first === undefined || second === undefined || far === undefined) throw new Error("too few");
		const secret = (name: string, recipient: number) => ({
			name,
			masterSecret: new Uint8Array(16).fill(recipient),
			masterSalt: new Uint8Array(8),
			senderId: Uint8Array.of(99),
			recipientId: Uint8Array.of(recipient)
		});
		const displaced = [far, first, second].map((name, number) =>
			secrets.put(name, secret(name, number), key)
		);
		equal(displaced, [undefined, undefined, first]);
		for (const known of [
			secrets,
			new SessionSecrets({
				store: b.store,
				own: () => b.identity.publicKey,
				mayWrite: () => true,
				report: () => undefined
			})
		]) {
			equal(
				[first, second, far].map(name => known.has(name)),
				[false, true, true]
			);
			equal(
				[first, second, far].map(name => known.secretOf(name)?.name),
				[undefined, second, far]
			);
			equal(
				[0, 1, 2].map(called => known.byRecipientId(Uint8Array.of(called))?.name),
				[far, undefined, second]
			);
		}
		secrets.remove(first);
		equal(secrets.secretOf(second)?.name, second, "what is another's stays");
		secrets.put(first, secret(first, 3), key);
		equal([secrets.secretOf(first)?.recipientId[0], secrets.has(second)], [3, false]);
		secrets.remove(first);
		secrets.remove(second);
		equal(
			new SessionSecrets({
				store: b.store,
				own: () => b.identity.publicKey,
				mayWrite: () => true,
				report: () => undefined
			}).count,
			1
		);
		const full = new SessionSecrets({
			store: b.store,
			own: () => b.identity.publicKey,
			mayWrite: peer => peer !== second,
			report: () => undefined
		});
		full.put(first, secret(first, 4), key);
		full.put(second, secret(second, 5), key);
		equal([full.has(second), full.secretOf(second)], [true, undefined], "the other's record is not its own");
	},
	"an identifier is taken from when it was chosen, and known to nobody before the message that tells it":
		() => {
			const { clock } = new Network();
			const runs = new ResponderRuns(clock);
			const address = { host: "10.0.0.9", port: 5683 };
			const exchange = {
				observable: false,
				respond: () => undefined,
				drop: () => undefined,
				verified: () => true,
				observe: () => {
					throw new Error("nothing to observe");
				}
			};
			const run = runs.begin({ address, isShown: false, member: undefined, exchange });
			ok(run !== undefined);
			run.chosen = "07";
			const chosen = Uint8Array.of(7);
			equal([runs.uses(chosen), runs.find(chosen, address) === undefined], [true, true]);
			run.answered();
			equal([runs.uses(chosen), runs.find(chosen, address) === run], [true, true]);
			run.end();
			ok(!runs.uses(chosen));
		},
	"one that an error of the node's own keeps from beginning ends, and keeps no turn": () => {
		const clock = new VirtualClock();
		const turns = new Turns(clock, 2_000, { most: 1 });
		const waited = new Map<string, OwnHandshake>();
		const told: string[] = [];
		const sides = {
			turns,
			isWaited: (handshake: OwnHandshake) => waited.get(handshake.peer) === handshake,
			initiate: () => {
				throw new Error("broken");
			},
			over: () => undefined,
			introduce: () => undefined,
			inquire: () => undefined,
			completed: () => undefined,
			failed: ({ peer, waiting }: OwnHandshake, error: LinkError) => {
				waited.delete(peer);
				for (const tell of waiting) tell(error);
			}
		};
		for (const peer of ["a", "b", "c"]) {
			const handshake = new OwnHandshake(sides, peer, { host: "10.0.0.9", port: 5683 }, error => {
				told.push(`${peer} ${error?.name}`);
			});
			waited.set(peer, handshake);
			throws(() => handshake.enter(), Error, "broken");
		}
		equal(told, ["a LinkError", "b LinkError", "c LinkError"]);
	},
	"one that an error of the node's own keeps from showing who it is ends, and keeps no place": () => {
		const clock = new VirtualClock();
		let waited: OwnHandshake | undefined;
		const told: string[] = [];
		const handshake = new OwnHandshake(
			{
				turns: new Turns(clock, 2_000, { most: 1 }),
				isWaited: other => other === waited,
				initiate: () => undefined,
				over: () => undefined,
				introduce: () => {
					throw new Error("broken");
				},
				inquire: () => undefined,
				completed: () => undefined,
				failed: ({ waiting }, error) => {
					waited = undefined;
					for (const tell of waiting) tell(error);
				}
			},
			"a",
			{ host: "10.0.0.9", port: 5683 },
			error => told.push(String(error?.message))
		);
		waited = handshake;
		handshake.enter();
		throws(() => handshake.ended(new LinkError("unknown"), true), Error, "broken");
		equal(told, ["unknown"]);
	},
	"one that is under way is not begun again for who is in a hurry, though one before it waits for its turn":
		() => {
			const clock = new VirtualClock();
			const turns = new Turns(clock, 2_000, { most: 2 });
			let waited: OwnHandshake | undefined;
			const begun: OwnHandshake[] = [];
			const sides = {
				turns,
				isWaited: (handshake: OwnHandshake) => waited === handshake,
				initiate: (handshake: OwnHandshake) => void begun.push(handshake),
				over: () => undefined,
				introduce: () => undefined,
				inquire: () => undefined,
				failed: () => undefined,
				completed: () => {
					waited = undefined;
				}
			};
			const own = () => new OwnHandshake(sides, "a", { host: "10.0.0.9", port: 5683 }, () => undefined);
			for (const other of ["b", "c"]) turns.enter(other, () => undefined);
			clock.advance(4_000);
			waited = own();
			waited.enter();
			// Its peer's own is completed; later there is need of another.
			sides.completed();
			const second = own();
			waited = second;
			second.enter(true);
			equal(begun, [second]);
			ok(turns.has(second.name), "the first one still has a place");
			for (let count = 0; count < 3; count += 1) {
				second.hurry();
				clock.advance(4_000);
			}
			second.ended(undefined, false);
			equal(begun, [second]);
			let isFree = false;
			const begin = (end: () => void) => {
				isFree = true;
				end();
			};
			turns.enter("d", begin, true);
			ok(isFree, "its place is free again");
		},
	"with many that are away few are under way, and what a person waits for goes before the others": () => {
		const { network, clock, all, a, b, c } = home(11);
		const away = all.slice(3);
		const silent = new Set<string>();
		for (const { address } of away) network.attach(address, () => silent.add(address));
		const failures = away.map(other => a.ask(other, poke));
		clock.advance(14_000);
		equal(silent.size, 4);
		const background = a.ask(c, poke);
		const urgent = a.ask(b, { ...poke, isUrgent: true });
		clock.advance(500);
		equal([urgent, background], [[Uint8Array.of(1)], []]);
		// It waits already, and becomes urgent.
		const sooner = a.ask(c, { ...poke, isUrgent: true });
		clock.advance(500);
		equal([sooner, background], [[Uint8Array.of(1)], [Uint8Array.of(1)]]);
		clock.advance(60_000);
		equal(
			failures.map(heard => heard.length),
			away.map(() => 1)
		);
	},
	"a peer's own handshake is not refused for one with it that waits for its turn, or asks where it is no more":
		() => {
			for (const isQueued of [true, false]) {
				const { clock, network, all } = home(8);
				const [low, high, ...away] = [...all].sort((x, y) => (x.id < y.id ? -1 : 1));
				if (low === undefined || high === undefined) throw new Error("too few");
				for (const { address } of away) network.attach(address, () => undefined);
				const elsewhere = "10.0.0.99";
				network.attach(elsewhere, () => undefined);
				for (const { id } of isQueued ? away : []) low.link.agree(id);
				if (!isQueued) low.peers.learn(high.id, { host: elsewhere, port: PORT });
				const waiting = low.ask(high, poke);
				clock.advance(100);
				const asked = high.ask(low, { ...poke, isUrgent: true });
				clock.advance(500);
				equal([asked, waiting], [[Uint8Array.of(1)], isQueued ? [Uint8Array.of(1)] : []]);
			}
		},
	"a stranger that gives itself out as a member, and says no more, keeps nobody from that member": () => {
		const { clock, network, a, b } = home();
		const elsewhere = "10.0.0.66";
		network.attach(elsewhere, () => undefined);
		a.link.visit(b.id, { host: elsewhere, port: PORT });
		clock.advance(1_000);
		const asked = a.ask(b, { ...poke, isUrgent: true });
		// The other's turn is over then.
		clock.advance(1_500);
		equal(asked, [Uint8Array.of(1)]);
	},
	"who stands between and holds the end of a handshake back does not bring its keys in the place of newer ones":
		() => {
			for (const [low, high] of [
				[0, 1],
				[1, 0]
			] as const) {
				const { clock, network, all } = home();
				const [a, b] = [all[low], all[high]];
				if (a === undefined || b === undefined) throw new Error("too few");
				const between = "10.0.0.66";
				let answers = 0;
				network.attach(between, (bytes, from) => {
					if (from === b.address) answers += 1;
					const to = from === b.address ? a.address : b.address;
					// The second answer is message_4.
					const wait = answers > 1 ? Math.max(0, 5_000 - clock.now()) : 0;
					clock.after(wait, () => network.send(between, to, bytes));
				});
				a.link.visit(b.id, { host: between, port: PORT });
				clock.advance(100);
				a.ask(b, { ...poke, isUrgent: true });
				clock.advance(3_000);
				const [live, other] = [a.contexts.live(b.id), b.contexts.live(a.id)];
				clock.advance(5_000);
				equal([a.contexts.live(b.id) === live, b.contexts.live(a.id) === other], [true, true]);
				const before = network.sent.length;
				const asked = [a.ask(b, poke), b.ask(a, poke)];
				clock.advance(500);
				const begun = network.sent.slice(before).filter(beginsHandshake);
				equal([asked, begun.length], [[[Uint8Array.of(1)], [Uint8Array.of(1)]], 0]);
			}
		},
	"a request ends when its time is over, however long the handshake that it waits for takes": () => {
		const { clock, network, all, a } = home(11);
		const away = all.slice(1);
		for (const { address } of away) network.attach(address, () => undefined);
		const asked = away.map(other => a.ask(other, poke));
		clock.advance(9_000);
		for (const heard of asked)
			equal(
				heard.map(what => what instanceof LinkError && what.message),
				["no answer"]
			);
	},
	"a stranger's first message every 300 ms does not stretch a join": () => {
		const join = (isFlooded: boolean) => {
			const network = new SimulatedNetwork(4);
			const lamp = foundHome(network, undefined, { suite: "secure" });
			const stranger = new Stranger(network);
			const message = runAtOnce(initiator({ ephemeral: network.dice.bytes(32).fill(1, 0, 1) }).begin());
			let isOver = !isFlooded;
			const flood = () => {
				if (isOver) return;
				stranger.send(lamp.address, Code.Post, "/.well-known/edhoc", { payload: encodeRequest({ message }) });
				network.clock.after(300, flood);
			};
			flood();
			network.clock.advance(2_000);
			const begun = network.clock.now();
			joined(network, "10.0.0.2:5683", "door", "lock", [lamp.address], "secure");
			isOver = true;
			return network.clock.now() - begun;
		};
		const [quiet, flooded] = [join(false), join(true)];
		ok(flooded <= quiet + 100, `${flooded} ms where ${quiet} are usual`);
	}
});
