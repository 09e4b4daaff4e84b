import { encodeSequence } from "../../../modules/cbor/cbor.js";
import { Code } from "../../../modules/coap/coap.js";
import { actions, Device, states } from "../../../modules/devices/devices.js";
import { Freshness } from "../../../modules/node/freshness.js";
import { LinkError } from "../../../modules/node/node.js";
import { Tasks } from "../../../modules/node/tasks.js";
import { secureNotation } from "../../../modules/secure/secure-notation.js";
import { equal, ok } from "../../harness/assert.js";
import { foundHome, joined, SimulatedNetwork } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { Network } from "../coap/network.js";
import { isSealed, Stranger, secureHome } from "./house.js";
import { members } from "./links.js";

/** A member whose lock another asks; `refuse` is why it may not. */
function lock(refuse?: string) {
	const network = new Network();
	const [asker, owner] = members(network, 2);
	if (asker === undefined || owner === undefined) throw new Error("too few");
	const { chain, link } = owner;
	const device = new Device({ type: "lock" });
	let differences = 0;
	/** Those that are to be judged later. */
	const waiting = new Set<() => void>();
	let isLate = false;
	const late = () => {
		isLate = true;
	};
	const tasks = new Tasks({
		chain,
		link,
		notation: secureNotation,
		device,
		clock: network.clock,
		random: count => new Uint8Array(count),
		judge: {
			before: (_action, _from, judge) => {
				if (!isLate) judge();
				else waiting.add(judge);
				return () => waiting.delete(judge);
			},
			refusal: action => (action === "unlock" ? refuse : undefined)
		},
		onPerformed: () => undefined,
		onDifference: () => {
			differences += 1;
		}
	});
	let asks = 0;
	const send = (payload: Uint8Array) => {
		const heard = asker.ask(owner, { code: Code.Post, path: "/tasks", payload, isActing: true });
		network.clock.advance(2_000);
		return heard[0];
	};
	/** Again where an Echo is asked for first. */
	const ask = (payload: Uint8Array) => {
		const answer = send(payload);
		return answer instanceof LinkError && answer.code === Code.Unauthorized ? send(payload) : answer;
	};
	/** With another ask's number each time, and 9 seconds. */
	const stamp = () => {
		asks += 1;
		return Uint8Array.of(0, asks, 0, 90);
	};
	const hint = chain.digest.subarray(0, 4);
	return { network, device, tasks, ask, hint, stamp, waiting, late, differences: () => differences };
}

/** Comparisons that a test answers; when `silent`, nobody does. */
function comparing() {
	const network = new Network();
	const { clock } = network;
	const [self, ...others] = members(network, 4);
	if (self === undefined) throw new Error("nobody");
	const asked: string[] = [];
	const waiting: ((outcome: { same: true } | { same: false; reason: string }) => void)[] = [];
	const exchange = {
		whenCaughtUp: (act: () => void) => act(),
		learnsFrom: () => false,
		start: (peer: string, done: (typeof waiting)[number] = () => undefined) => {
			asked.push(peer);
			waiting.push(done);
		}
	};
	const { chain, peers, id } = self;
	const away = new Set<string>();
	const knock = (peer: string, done: (isThere: boolean) => void) => done(!away.has(peer));
	const freshness = new Freshness({ clock, chain, peers, exchange, knock, self: id });
	const findings: string[] = [];
	const before = (asker: string) => freshness.before(asker, finding => findings.push(finding));
	const [a = "", b = "", c = ""] = others.map(other => other.id);
	return { clock, chain, freshness, before, findings, asked, waiting, away, a, b, c };
}

export default suite("tasks in a secure home", {
	"of one member only the last one waits to be judged, however fast it asks": () => {
		const { device, ask, hint, stamp, waiting, late } = lock();
		const unlock = () => ask(encodeSequence([actions.indexOf("unlock"), hint, stamp()]));
		ask(encodeSequence([actions.indexOf("lock"), hint, stamp()]));
		late();
		for (let count = 0; count < 20; count += 1) unlock();
		equal(waiting.size, 1);
		for (const judge of waiting) judge();
		equal(device.state, "unlocked");
	},
	"a board watches a few devices at once, and says which it does not": () => {
		const network = new SimulatedNetwork(13);
		const lamp = foundHome(network, undefined, { suite: "secure", memory: "small" });
		const others = Array.from({ length: 4 }, (_, index) => {
			lamp.type("invite");
			return joined(network, `10.0.0.${2 + index}:5683`, `desk ${index}`, "light", [lamp.address], "secure");
		});
		for (const node of others) node.until("status", /chain +5 blocks/);
		network.clock.advance(60_000);
		lamp.ask("watch all", /^Not watching desk \d: 3 others at once are the most here\.\n/m);
		lamp.waitFor(/(^(lamp|desk \d): off\n[\s\S]*){4}/m);
		lamp.type("unwatch");
		const from = lamp.output.length;
		lamp.type("watch desk 0");
		lamp.type("watch desk 0");
		lamp.type("watch lamp");
		lamp.type("watch desk 1");
		lamp.type("watch desk 2");
		network.clock.advance(1_000);
		ok(
			!/Not watching/.test(lamp.output.slice(from)),
			"twice the same, and one's own, count once or not at all"
		);
		for (const line of ["remove desk 0", "y"]) lamp.type(line);
		lamp.waitFor(/desk 0 is removed\.\n/);
		lamp.type("n");
		// Who was removed keeps no place.
		lamp.ask("watch desk 3", /^desk 3: off\n/);
	},
	"a task for all reaches everyone who is there, also of a home larger than the security contexts of a board":
		() => {
			const network = new SimulatedNetwork(12);
			const lamp = foundHome(network, undefined, { suite: "secure", memory: "small" });
			const others = Array.from({ length: 9 }, (_, index) => {
				lamp.type("invite");
				return joined(
					network,
					`10.0.0.${2 + index}:5683`,
					`desk ${index}`,
					"light",
					[lamp.address],
					"secure"
				);
			});
			for (const node of others) node.until("status", /chain +10 blocks/);
			network.clock.advance(60_000);
			const answers = (pattern: RegExp) => {
				const from = lamp.output.length;
				lamp.type("task all read");
				network.clock.advance(12_000);
				return lamp.output.slice(from).match(pattern)?.length ?? 0;
			};
			equal(answers(/^(lamp|desk \d): off$/gm), 10, "all answer");
			for (const node of others.slice(0, 4)) node.cut();
			equal(answers(/^(lamp|desk \d): off$/gm), 6, "who is away costs nobody the answer");
			const from = lamp.output.length;
			lamp.type("task all read");
			lamp.type("task desk 8 on");
			network.clock.advance(700);
			// What is under way with another one may end in between.
			const told = /desk 8: off\n(desk 4: off\n)?desk 8: on\n[\s\S]*desk 5: off/;
			ok(
				told.test(lamp.output.slice(from)),
				"what is asked later is next, after what the same device was asked for"
			);
		},
	"a task and its reply are as long whatever is asked and answered, reading apart": () => {
		const { network, lamp, door } = secureHome();
		const sizes = new Map<string, Set<number>>();
		lamp.ask("task door lock", /^door: locked\n/);
		network.clock.advance(10_000);
		network.tap = ({ bytes, from, to }) => {
			if (!isSealed(bytes)) return;
			const way = from === lamp.address && to === door.address ? "out" : "back";
			sizes.set(way, (sizes.get(way) ?? new Set()).add(bytes.length));
		};
		for (const [action, state] of [
			["lock", "locked"],
			["unlock", "unlocked"],
			["unlock", "unlocked"],
			["lock", "locked"]
		] as const) {
			lamp.ask(`task door ${action}`, new RegExp(`^door: ${state}\n`));
		}
		equal([sizes.get("out")?.size, sizes.get("back")?.size], [1, 1]);
		for (const action of actions) {
			const stamp = { ask: 300, rest: 9_000, isRepeated: true };
			equal(secureNotation.taskRequest.write({ action, hint: new Uint8Array(4), stamp }).length, 11, action);
		}
		for (const state of states) equal(secureNotation.taskReply.write(state).length, 1, state);
	},
	"an action that there is not, or of another type, gets 4.00, and one that is not granted 4.03": () => {
		const { ask, device, hint, stamp } = lock("not granted");
		for (const [number, code] of [
			[99, Code.BadRequest],
			[-1, Code.BadRequest],
			[actions.indexOf("on"), Code.BadRequest],
			[actions.indexOf("unlock"), Code.Forbidden]
		] as const) {
			const answer = ask(encodeSequence([number, hint, stamp()]));
			ok(answer instanceof LinkError && answer.code === code, `action ${number}`);
		}
		equal(device.state, "locked");
		for (const wrong of [
			new Uint8Array(0),
			Uint8Array.of(1),
			encodeSequence([0, hint]),
			encodeSequence([0, hint.subarray(1), stamp()]),
			encodeSequence([0, hint, stamp().subarray(1)])
		]) {
			const answer = ask(wrong);
			ok(answer instanceof LinkError && answer.code === Code.BadRequest);
		}
		equal(
			ask(encodeSequence([actions.indexOf("read"), hint, stamp()])),
			Uint8Array.of(states.indexOf("locked"))
		);
	},
	"another digest is a reason to compare, and none to refuse": () => {
		const { ask, device, hint, stamp, differences } = lock();
		const other = hint.slice();
		other[3] = (other[3] ?? 0) ^ 1;
		equal(
			ask(encodeSequence([actions.indexOf("unlock"), hint, stamp()])),
			Uint8Array.of(states.indexOf("unlocked"))
		);
		equal(differences(), 0);
		equal(
			ask(encodeSequence([actions.indexOf("lock"), other, stamp()])),
			Uint8Array.of(states.indexOf("locked"))
		);
		equal([device.state, differences()], ["locked", 1]);
	},
	"a task between two whose chains differ is done, and brings the chains together": () => {
		const { network, lamp, door, knob } = secureHome();
		network.reaches = (from, to) => from !== knob.address && to !== knob.address;
		lamp.type("invite");
		joined(network, "10.0.0.4:5683", "desk", "light", [lamp.address], "secure").cut();
		network.clock.advance(3_000_000);
		network.reaches = () => true;
		knob.ask("status", /chain +3 blocks/);
		door.ask("task knob read", /^knob: off\n/);
		knob.until("status", /chain +4 blocks/, 1_000);
	},
	"what was sealed before fresh keys were asked for goes again under these": () => {
		const { network, lamp, door } = secureHome();
		network.clock.advance(10_000);
		door.cut();
		door.start();
		// Sealed now, and sent one after the other: the first answer makes the lamp ask for fresh keys.
		for (let count = 0; count < 3; count += 1) lamp.type("task door read");
		const from = lamp.output.length;
		network.clock.advance(3_000);
		equal(lamp.output.slice(from).match(/door: .*/g), Array(3).fill("door: locked"));
	},
	"what was sealed under keys that a restarted peer has lost goes again, also while that asks for fresh ones":
		() => {
			for (const at of [1, 2]) {
				const { network, lamp, door } = secureHome();
				network.clock.advance(10_000);
				door.cut();
				door.start();
				let sent = 0;
				network.tap = ({ from, to }) => {
					if (from !== door.address || to !== lamp.address) return;
					sent += 1;
					if (sent === at) lamp.type("task door read");
				};
				const start = lamp.output.length;
				network.clock.advance(3_000);
				equal(lamp.output.slice(start).match(/door: .*/g), ["door: locked"], `at datagram ${at}`);
			}
		},
	"the chain is compared with somebody else than the asker after a start and after an hour": () => {
		const { clock, freshness, before, findings, asked, waiting, a, b, c } = comparing();
		before(a);
		equal([asked.slice().sort(), findings], [[b, c].sort(), []]);
		waiting[0]?.({ same: true });
		waiting[1]?.({ same: true });
		equal(findings, ["fresh"], "judged once");
		before(a);
		equal([asked.length, findings], [2, ["fresh", "fresh"]], "at once");
		clock.advance(3_599_000);
		before(a);
		equal(asked.length, 2);
		clock.advance(1_000);
		before(a);
		equal(asked.length, 4, "an hour later");
		// The asker's own word does not count, that of another does.
		freshness.compared(a);
		before(a);
		equal([asked.length, findings.length], [4, 3], "those are being asked already");
		freshness.compared(b);
		freshness.compared(a);
		before(a);
		equal([asked.length, findings.length], [4, 6]);
	},
	"whoever waits at the door waits two seconds at most": () => {
		const { clock, before, findings, waiting, a } = comparing();
		before(a);
		waiting[0]?.({ same: false, reason: "no answer" });
		clock.advance(1_999);
		equal(findings, []);
		clock.advance(1);
		equal(findings, ["silent"]);
		waiting[1]?.({ same: true });
		equal(findings, ["silent"], "judged once");
		before(a);
		equal(findings, ["silent", "fresh"], "what came late counts for the next");
	},
	"of who is away no more is asked than whether it is there": () => {
		const { clock, before, findings, asked, waiting, away, a, b, c } = comparing();
		away.add(b);
		before(a);
		equal(asked, [c]);
		away.add(c);
		waiting[0]?.({ same: false, reason: "no answer" });
		before(a);
		equal(asked, [c]);
		clock.advance(2_000);
		equal(findings, ["silent", "silent"]);
		away.clear();
		before(a);
		equal(asked.slice(1).sort(), [b, c].sort(), "and again when it is back");
	},
	"in a home of two there is nobody else to ask": () => {
		const { before, chain, findings, asked, a, b, c } = comparing();
		for (const gone of [b, c]) chain.gone.add(gone);
		before(a);
		equal([findings, asked], [["alone"], []]);
	},
	"a lock that was off asks the others before it judges a member, and says when nobody answers": () => {
		const { network, lamp, door, knob } = secureHome();
		door.cut();
		// Nothing that the lamp says reaches the lock.
		network.passes = ({ from, to }) => !(from === lamp.address && to === door.address);
		door.start();
		door.waitFor(/ready /);
		network.clock.advance(3_000);
		const start = network.clock.now();
		knob.ask("task door unlock", /^door: not granted\n/);
		ok(network.clock.now() - start >= 1_900, "it waited for the lamp");
		ok(door.output.includes("nobody else answers: knob is judged by what this node knows"), door.output);
		network.passes = () => true;
		network.clock.advance(120_000);
		const later = network.clock.now();
		knob.ask("task door unlock", /^door: not granted\n/);
		ok(network.clock.now() - later < 100, "the lamp's chain was the same within the hour");
		equal(door.line.value, 0);
		// The founder's right is for good.
		door.cut();
		door.start();
		network.passes = ({ from, to }) => !(from === knob.address && to === door.address);
		door.waitFor(/ready /);
		network.clock.advance(500);
		lamp.until("task door unlock", /door: unlocked\n/, 1_000);
	},
	"a secure node speaks the paper's suite to nobody": () => {
		const { network, lamp } = secureHome();
		const stranger = new Stranger(network);
		const payload = Uint8Array.from('{"request":"task","action":"on","chain":"00000000"}', letter =>
			letter.charCodeAt(0)
		);
		for (const [path, code] of [
			["/auth", Code.NotFound],
			["/tasks", Code.Unauthorized],
			["/blocks", Code.Unauthorized]
		] as const) {
			equal(stranger.ask(lamp.address, Code.Post, path, { payload })?.code, code, path);
		}
		lamp.type("invite");
		equal(stranger.ask(lamp.address, Code.Post, "/sync", { payload })?.code, Code.BadRequest);
		equal(lamp.line.value, 0);
	}
});
