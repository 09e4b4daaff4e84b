import { decode, isArray } from "../../../modules/cbor/cbor.js";
import {
	Code,
	decodeMessage,
	encodeMessage,
	findOption,
	MessageType,
	OptionNumber
} from "../../../modules/coap/coap.js";
import { runAtOnce } from "../../../modules/crypto/crypto.js";
import { encodeRequest } from "../../../modules/edhoc/edhoc.js";
import { Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import {
	type Datagram,
	foundHome,
	joined,
	SimulatedNetwork,
	type SimulatedNode
} from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { initiator } from "../edhoc/parties.js";
import { askedFor, beginsHandshake, countHandshakes, idOf, isSealed, restart, Stranger } from "./house.js";

const edhoc = "POST /.well-known/edhoc";

/** A lamp and a door; `low` is the one with the lower id, which begins the daily handshake. */
function pair(seed = 1) {
	const network = new SimulatedNetwork(seed);
	const lamp = foundHome(network, undefined, { suite: "secure" });
	const door = joined(network, "10.0.0.2:5683", "door", "lock", [], "secure");
	lamp.until("status", /chain +2 blocks/);
	network.clock.advance(5_000);
	const [low, high] = idOf(lamp) < idOf(door) ? [lamp, door] : [door, lamp];
	return { network, lamp, door, low, high };
}

/** The secrets that a node keeps for its only peer: the current one, and the one before or null. */
function keptBy({ preference }: SimulatedNode): unknown[] {
	const store = new Store({ preference, domain: "verifichain" });
	const name = store.names().find(each => /^s[0-9a-f]{14}$/.test(each)) ?? "";
	const record = decode(store.get(name) ?? new Uint8Array(0));
	if (!isArray(record)) throw new Error("no record");
	return record.slice(1, 3);
}

function read(node: SimulatedNode, from: SimulatedNode): void {
	const [, name = ""] = /node +(\w+)/.exec(node.ask("status", /node +\w+/)[0] ?? "") ?? [];
	from.ask(`task ${name} read`, new RegExp(`^${name}: (on|off|locked|unlocked)\n`));
}

/** The last message of a handshake: the answer to a second request. */
function isMessage4({ bytes }: Datagram): boolean {
	const { code, payload, type } = decodeMessage(bytes);
	return (
		type === MessageType.Acknowledgement &&
		code === Code.Changed &&
		!isSealed(bytes) &&
		payload.length < 40 &&
		payload.length > 8
	);
}

export default suite("sessions of a secure home", {
	"keys that a node has lost with its power and gets back by a datagram that was held heal at the next request":
		() => {
			const { network, lamp, door } = pair();
			network.clock.advance(10_000);
			door.cut();
			const held: Datagram[] = [];
			network.passes = datagram => {
				const isOurs = datagram.from === door.address && isSealed(datagram.bytes);
				// The first asks for fresh keys, the second goes under them.
				if (isOurs) held.push(datagram);
				return !isOurs || held.length < 2;
			};
			door.start();
			network.clock.advance(100);
			ok(held.length > 1);
			door.cut();
			network.passes = () => true;
			door.start();
			network.clock.advance(1_000);
			// The next number of either keys is the same.
			for (let count = 0; count < 2; count += 1) lamp.ask("task door read", /^door: locked\n/);
			const [host = "", port = ""] = lamp.address.split(":");
			const [, second] = held;
			if (second !== undefined) network.send(door.address, host, Number(port), second.bytes);
			network.clock.advance(10);
			lamp.ask("task door read", /^door: locked\n/, 100);
			door.ask("task lamp read", /^lamp: off\n/, 100);
		},
	"nobody may choose another method than signatures on both sides": () => {
		const { network, lamp } = pair();
		network.clock.advance(10_000);
		const stranger = new Stranger(network);
		for (const method of [1, 2, 3] as const) {
			const message = runAtOnce(initiator({ method }).begin());
			const answer = stranger.ask(lamp.address, Code.Post, "/.well-known/edhoc", {
				payload: encodeRequest({ message })
			});
			equal(answer?.code, Code.BadRequest, `method ${method}`);
		}
		const message = runAtOnce(initiator({ method: 0 }).begin());
		equal(
			stranger.ask(lamp.address, Code.Post, "/.well-known/edhoc", { payload: encodeRequest({ message }) })
				?.code,
			Code.Changed
		);
	},
	"after four handshakes of strangers in ten seconds a challenge comes first, and a member repeats it":
		() => {
			const { network, lamp, door } = pair();
			const stranger = new Stranger(network);
			const begin = () => {
				const message = runAtOnce(initiator({ ephemeral: network.dice.bytes(32).fill(1, 0, 1) }).begin());
				return stranger.ask(lamp.address, Code.Post, "/.well-known/edhoc", {
					payload: encodeRequest({ message })
				});
			};
			network.clock.advance(10_000);
			const codes = Array.from({ length: 6 }, () => begin()?.code);
			equal(codes, [...Array(4).fill(Code.Changed), ...Array(2).fill(Code.Unauthorized)]);
			const challenged = begin();
			ok(challenged && findOption(challenged.options, OptionNumber.Echo) !== undefined);
			door.cut();
			for (const key of door.preference.keys("verifichain")) {
				if (/^s[0-9a-f]{14}$/.test(key)) door.preference.delete("verifichain", key);
			}
			door.start();
			door.waitFor(/ready /);
			door.ask("task lamp on", /^lamp: on\n/, 3_000);
		},
	"when the last message of a handshake is lost, the secret before serves on both sides, also after restarts":
		() => {
			const { network, low, high } = pair();
			network.clock.advance(23 * 3_600_000);
			const [before] = keptBy(low);
			network.passes = datagram => !(datagram.from === high.address && isMessage4(datagram));
			const [known] = keptBy(high);
			advanceUntil(network, () => keptBy(high)[1] !== null);
			network.clock.advance(100);
			equal(keptBy(low), [before, null], "who began keeps what it had");
			const [current, previous] = keptBy(high);
			ok(!same(current, known), "who answered has a new one");
			equal(previous, known, "and the one before");
			for (let times = 0; times < 2; times += 1) {
				// Whoever asks with the old secret is served, and does not need a handshake for it.
				low.cut();
				low.start();
				low.waitFor(/ready /);
				const handshakes = countHandshakes(network);
				read(high, low);
				read(high, low);
				equal(handshakes(), 0, `restart ${times}`);
				equal(keptBy(high), [current, previous], "kept until the new one is used");
			}
		},
	"the first request under a new secret ends the one before": () => {
		const { network, low, high } = pair();
		network.clock.advance(23 * 3_600_000);
		let last: unknown;
		network.passes = datagram => {
			// Nothing is sent under the new keys yet.
			if (isMessage4(datagram)) last = datagram;
			return last === undefined || !isSealed(datagram.bytes);
		};
		advanceUntil(network, () => last !== undefined);
		network.clock.advance(100);
		ok(keptBy(high)[1] !== null, "two secrets");
		network.passes = () => true;
		read(high, low);
		equal(keptBy(high)[1], null);
	},
	"of two handshakes at once, the one that the lower id began stays": () => {
		for (const seed of [8, 9, 10]) {
			const { network, lamp, door, low, high } = pair(seed);
			for (const node of [lamp, door]) {
				node.cut();
				for (const key of node.preference.keys("verifichain")) {
					if (/^s[0-9a-f]{14}$/.test(key)) node.preference.delete("verifichain", key);
				}
			}
			network.delay = [20, 20];
			const refused: string[] = [];
			const completed: string[] = [];
			network.tap = datagram => {
				if (isSealed(datagram.bytes)) return;
				if (datagram.bytes[1] === Code.Conflict) refused.push(datagram.from);
				else if (isMessage4(datagram)) completed.push(datagram.from);
			};
			for (const node of [lamp, door]) node.start();
			for (const node of [lamp, door]) node.waitFor(/ready /, 50);
			network.clock.advance(5_000);
			equal(refused, [low.address], `seed ${seed}: refuses the other's`);
			equal(completed, [high.address], "completes its own");
			const handshakes = countHandshakes(network);
			read(lamp, door);
			read(door, lamp);
			equal(handshakes(), 0);
		}
	},
	"after lost keys a node asks again by itself, and nothing is done twice": () => {
		const { network, lamp, door } = pair();
		door.ask("task lamp on", /^lamp: on\n/);
		network.clock.advance(5_000);
		const quiet = () => {
			// The restarted lamp must not renew the keys first.
			network.passes = ({ from, to, bytes }) =>
				!(
					from === lamp.address &&
					to === door.address &&
					decodeMessage(bytes).type === MessageType.Confirmable
				);
			restart(lamp);
		};
		quiet();
		door.ask("task lamp toggle", /^lamp: off\n/);
		equal(lamp.line.value, 0);
		network.clock.advance(5_000);
		quiet();
		// What may have come before it was started the lamp does not do again: it remembers nothing of that.
		network.clock.advance(500);
		door.ask("task lamp on", /^lamp: on\n/, 1_000);
		equal(lamp.line.value, 1);
	},
	"an invented 4.01 neither ends a session nor has anything done twice": () => {
		const { network, lamp, door } = pair();
		door.ask("task lamp on", /^lamp: on\n/);
		network.clock.advance(5_000);
		let sealed = 0;
		network.tap = datagram => {
			if (datagram.from !== door.address || !isSealed(datagram.bytes)) return;
			sealed += 1;
			const { id, token } = decodeMessage(datagram.bytes);
			const type = MessageType.Acknowledgement;
			const forged = encodeMessage({
				type,
				id,
				token,
				code: Code.Unauthorized,
				options: [],
				payload: new Uint8Array(0)
			});
			network.send(lamp.address, "10.0.0.2", 5683, forged);
		};
		network.delay = [2, 2];
		const [, said] = door.ask("task lamp toggle", /^lamp: (no answer|off)\n/);
		network.clock.advance(20_000);
		const acts = lamp.output.match(/door asked: off/g)?.length ?? 0;
		equal([acts, lamp.line.value], said === "off" ? [1, 0] : [acts, 1 - acts], "toggled once at most");
		let begun = 0;
		const forge = network.tap;
		network.tap = datagram => {
			if (datagram.from === door.address && askedFor(datagram.bytes) === edhoc) begun += 1;
			forge(datagram);
		};
		const start = network.clock.now();
		for (let count = 0; count < 6; count += 1) door.ask("task lamp read", /^lamp: (no answer|off)\n/);
		const seconds = Math.ceil((network.clock.now() - start) / 1000);
		// Two messages each, three where a challenge comes first.
		ok(begun <= 3 * seconds, `${begun} messages of handshakes in ${seconds} s`);
		ok(sealed <= 8 * seconds + 40, `${sealed} sealed requests in ${seconds} s`);
		network.tap = () => undefined;
		network.clock.advance(11_000);
		const from = countHandshakes(network);
		door.ask("task lamp on", /^lamp: on\n/);
		lamp.ask("task door read", /^door: locked\n/);
		equal(from(), 0, "the session is there");
	},
	"who watches hears on after a minute of silence, on an observation that is registered anew": () => {
		const { network, lamp, door } = pair();
		door.ask("watch lamp", /^lamp: off\n/);
		network.clock.advance(1_000);
		// The lamp forgets who observes it, and says nothing.
		network.passes = ({ from }) => from !== lamp.address;
		lamp.ask("task lamp on", /^lamp: on\n/);
		network.clock.advance(40_000);
		network.passes = () => true;
		const from = door.output.length;
		door.waitFor(/lamp: on\n/, 70_000, from);
		const later = door.output.length;
		lamp.ask("task lamp off", /^lamp: off\n/);
		door.waitFor(/lamp: off\n/, 1_000, later);
	},
	"a recorded handshake, its first and second request repeated, changes no session": () => {
		const { network, lamp, door } = pair();
		const recorded: Datagram[] = [];
		network.tap = datagram => {
			if (datagram.to === lamp.address && askedFor(datagram.bytes) === edhoc) recorded.push(datagram);
		};
		door.cut();
		for (const key of door.preference.keys("verifichain")) {
			if (/^s[0-9a-f]{14}$/.test(key)) door.preference.delete("verifichain", key);
		}
		door.start();
		door.waitFor(/ready /);
		door.ask("task lamp on", /^lamp: on\n/);
		ok(recorded.filter(beginsHandshake).length >= 1 && recorded.length >= 2);
		network.tap = () => undefined;
		const kept = keptBy(lamp);
		for (const wait of [0, 300_000]) {
			network.clock.advance(wait);
			for (const { from, bytes } of recorded) {
				network.send(from, "10.0.0.1", 5683, bytes);
				network.clock.advance(50);
			}
			network.clock.advance(16_000);
			equal(keptBy(lamp), kept);
			const handshakes = countHandshakes(network);
			door.ask("task lamp off", /^lamp: off\n/);
			equal(handshakes(), 0);
		}
	}
});

/** Lets time pass, three hours at most. */
function advanceUntil(network: SimulatedNetwork, isSo: () => boolean): void {
	for (let waited = 0; waited < 3 * 3_600_000 && !isSo(); waited += 600) network.clock.advance(600);
	ok(isSo(), "within three hours");
}

function same(a: unknown, b: unknown): boolean {
	return JSON.stringify(a) === JSON.stringify(b);
}
