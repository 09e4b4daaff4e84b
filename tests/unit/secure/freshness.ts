import { Code, decodeMessage, encodeMessage, MessageType } from "../../../modules/coap/coap.js";
import { equal, ok } from "../../harness/assert.js";
import {
	type Datagram,
	foundHome,
	joined,
	SimulatedNetwork,
	SimulatedNode
} from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { Network } from "../coap/network.js";
import { isSealed, restart, secureHome } from "./house.js";
import { members } from "./links.js";

/** The founder's lamp and a lock, which it may unlock; `opened` counts how often the door was opened. */
function doorway(seed = 1) {
	const network = new SimulatedNetwork(seed);
	const lamp = foundHome(network, undefined, { suite: "secure" });
	const door = joined(network, "10.0.0.2:5683", "door", "lock", [], "secure");
	lamp.until("status", /chain +2 blocks/);
	lamp.ask("task door lock", /^door: locked\n/);
	network.clock.advance(20_000);
	const opened = () => door.output.match(/asked: unlock;/g)?.length ?? 0;
	return { network, lamp, door, opened };
}

/** Holds back what passes between two nodes, and carries on what it holds. */
class Holder {
	readonly #network: SimulatedNetwork;
	readonly #from: SimulatedNode;
	readonly #to: SimulatedNode;
	readonly held: Datagram[] = [];

	constructor(network: SimulatedNetwork, from: SimulatedNode, to: SimulatedNode) {
		this.#network = network;
		this.#from = from;
		this.#to = to;
	}

	/** Sealed requests and nothing else. */
	hold(): this {
		this.#network.passes = datagram => {
			const { from, to, bytes } = datagram;
			const isHeld = from === this.#from.address && to === this.#to.address && isSealed(bytes);
			if (isHeld) this.held.push(datagram);
			return !isHeld;
		};
		return this;
	}

	passOn(datagrams: readonly Datagram[] = this.held): void {
		this.#network.passes = () => true;
		const [host = "", port = ""] = this.#to.address.split(":");
		for (const { bytes } of datagrams) this.#network.send(this.#from.address, host, Number(port), bytes);
	}
}

/** An error in the clear in answer to a request, as anyone on the network can send it. */
function forge(network: SimulatedNetwork, request: Datagram, code: number): void {
	const { id, token } = decodeMessage(request.bytes);
	const type = MessageType.Acknowledgement;
	const [host = "", port = ""] = request.from.split(":");
	const bytes = encodeMessage({ type, id, token, code, options: [], payload: new Uint8Array(0) });
	network.send(request.to, host, Number(port), bytes);
}

function same(a: Datagram, b: Datagram): boolean {
	return a.bytes.join() === b.bytes.join();
}

/** A message without content that answers another, as anyone on the network can send it. */
function emptyAnswer({ from, to, bytes }: Datagram, type: MessageType): Datagram {
	const { id } = decodeMessage(bytes);
	const nothing = new Uint8Array(0);
	const message = { type, id, token: nothing, code: Code.Empty, options: [], payload: nothing };
	return { from: to, to: from, bytes: encodeMessage(message) };
}

export default suite("freshness of commands", {
	"a command that was held back does not act once its asker has been told that nobody answers": () => {
		for (const wait of [1, 30_000, 400_000, 3_600_000]) {
			const { network, lamp, door, opened } = doorway();
			const holder = new Holder(network, lamp, door).hold();
			const asked = network.clock.now();
			lamp.ask("task door unlock", /^door: no answer\n/);
			ok(network.clock.now() - asked >= 10_000, "not before its time is over");
			network.clock.advance(wait);
			holder.passOn();
			network.clock.advance(5_000);
			equal([opened(), door.line.value], [0, 0], `after ${wait} ms`);
		}
	},
	"a command that was held back for less than its time acts once": () => {
		const { network, lamp, door, opened } = doorway();
		const holder = new Holder(network, lamp, door).hold();
		lamp.type("task door unlock");
		network.clock.advance(5_000);
		holder.passOn();
		network.clock.advance(10_000);
		equal([opened(), door.line.value], [1, 1]);
		equal(lamp.output.match(/^door: .*/gm)?.at(-1), "door: unlocked");
	},
	"an older command does not act after a newer one": () => {
		const { network, lamp, door, opened } = doorway();
		const holder = new Holder(network, lamp, door).hold();
		lamp.type("task door unlock");
		network.clock.advance(1_000);
		const unlock = holder.held.slice();
		network.passes = () => true;
		lamp.ask("task door lock", /^door: locked\n/m);
		ok(/door: replaced by a newer task\n/.test(lamp.output));
		holder.passOn(unlock);
		network.clock.advance(5_000);
		equal([opened(), door.line.value], [0, 0]);
	},
	"an older command does not act after a newer one under newer keys": () => {
		const { network, lamp, door, opened } = doorway();
		const holder = new Holder(network, lamp, door).hold();
		lamp.type("task door unlock");
		network.clock.advance(100);
		const unlock = holder.held.slice();
		network.passes = () => true;
		restart(lamp);
		network.clock.advance(300);
		lamp.ask("task door lock", /^door: locked\n/);
		holder.passOn(unlock);
		network.clock.advance(5_000);
		equal([opened(), door.line.value], [0, 0]);
	},
	"an older command does not act after a newer one under newer keys, while the older ones are still known":
		() => {
			const { network, lamp, door, opened } = doorway();
			const holder = new Holder(network, lamp, door).hold();
			lamp.type("task door unlock");
			network.clock.advance(100);
			const unlock = holder.held.slice();
			// An error in the clear makes the lamp ask for fresh keys: the newer command is the first under them.
			let forged = 0;
			network.passes = datagram => {
				if (datagram.from !== lamp.address || !isSealed(datagram.bytes) || forged > 0) return true;
				forged += 1;
				forge(network, datagram, Code.Unauthorized);
				return false;
			};
			lamp.ask("task door lock", /^door: locked\n/m);
			holder.passOn(unlock);
			network.clock.advance(5_000);
			equal([opened(), door.line.value, door.output.match(/asked: lock;/g)?.length], [0, 0, 2]);
		},
	"a command that waits at a lock gives way to a newer one of its asker": () => {
		const { network, lamp, door, knob } = secureHome();
		lamp.ask("grant knob unlock door", /knob may unlock door/);
		for (const node of [lamp, door, knob]) node.until("status", /chain +4 blocks/);
		knob.ask("task door lock", /^door: locked\n/);
		// Whom the lock compares its chain with does not answer it: an unlock waits for two seconds.
		network.passes = ({ from, to }) => !(from === lamp.address && to === door.address);
		restart(door);
		network.clock.advance(500);
		knob.type("task door unlock");
		network.clock.advance(300);
		knob.ask("task door lock", /^door: locked\n/m);
		network.clock.advance(10_000);
		equal(door.line.value, 0);
		ok(!/asked: unlock/.test(door.output), door.output);
	},
	"a device that stood still acts on nothing that waited for it meanwhile": () => {
		const { network, lamp, door, opened } = doorway();
		const holder = new Holder(network, lamp, door).hold();
		lamp.ask("task door unlock", /^door: no answer\n/);
		// Its socket has kept what came: it all arrives when the node goes on.
		network.clock.advance(400_000);
		holder.passOn();
		network.clock.advance(10_000);
		equal([opened(), door.line.value], [0, 0]);
	},
	"a command that was acted on is not acted on again when its reply is lost and an error is forged": () => {
		for (const code of [Code.Unauthorized, Code.BadRequest]) {
			const { network, lamp, door, opened } = doorway();
			let isDropping = true;
			let forged = 0;
			network.passes = ({ from, to, bytes }) => {
				const isReply = from === door.address && to === lamp.address && isSealed(bytes);
				return !(isDropping && isReply);
			};
			network.tap = datagram => {
				if (datagram.from !== lamp.address || !isSealed(datagram.bytes) || forged > 0) return;
				forged += 1;
				network.clock.after(20, () => {
					isDropping = false;
					forge(network, datagram, code);
				});
			};
			lamp.ask("task door unlock", /^door: unlocked\n/);
			network.clock.advance(20_000);
			equal([forged, opened(), door.line.value], [1, 1, 1]);
		}
	},
	"a command that was acted on is not acted on again by a device that restarted, whatever challenge its asker got":
		() => {
			const { network, lamp, door, opened } = doorway();
			const sealed = { toDoor: [] as Datagram[], toLamp: [] as Datagram[] };
			let isHolding = true;
			network.passes = datagram => {
				const { from, to, bytes } = datagram;
				if (to === door.address && from === lamp.address && isSealed(bytes)) {
					sealed.toDoor.push(datagram);
					// The first copy waits, the second arrives, and is not repeated.
					const nth = new Set(sealed.toDoor.map(({ bytes }) => bytes.join())).size;
					return !isHolding || (nth === 2 && !sealed.toDoor.slice(0, -1).some(sent => same(sent, datagram)));
				}
				if (from !== door.address || to !== lamp.address) return true;
				if (isSealed(bytes)) sealed.toLamp.push(datagram);
				return !isHolding;
			};
			const carry = ({ from, to, bytes }: Datagram) => {
				const [host = "", port = ""] = to.split(":");
				const before = network.passes;
				network.passes = () => true;
				network.send(from, host, Number(port), bytes);
				network.passes = before;
			};
			lamp.type("task door unlock");
			network.clock.advance(20);
			const [first] = sealed.toDoor;
			if (first === undefined) throw new Error("nothing was sent");
			carry(emptyAnswer(first, MessageType.Reset));
			network.clock.advance(1_100);
			const second = sealed.toDoor.at(-1);
			const [challenge] = sealed.toLamp;
			if (second === undefined || challenge === undefined) throw new Error("it was not sent again");
			carry(first);
			network.clock.advance(20);
			equal(opened(), 1);
			restart(door);
			// What is asked next gets new keys with the door; the answer to the second copy comes only then.
			carry(emptyAnswer(second, MessageType.Acknowledgement));
			isHolding = false;
			lamp.ask("task door read", /^door: locked\n/m);
			carry(challenge);
			network.clock.advance(12_000);
			equal(opened(), 0, "not again");
		},
	"an error in the clear is never the last word on a command that may still act": () => {
		for (const code of [Code.Unauthorized, Code.BadRequest, Code.Forbidden, Code.Conflict]) {
			const { network, lamp, door, opened } = doorway();
			const held: Datagram[] = [];
			// Each request is held back, and answered by another, a handshake's too.
			network.passes = datagram => {
				const { from, to, bytes } = datagram;
				if (from !== lamp.address || to !== door.address || decodeMessage(bytes).type !== 0) return true;
				held.push(datagram);
				forge(network, datagram, code);
				return false;
			};
			const start = lamp.output.length;
			lamp.type("task door unlock");
			network.clock.advance(3_000);
			equal(lamp.output.slice(start), "", `after ${code}`);
			network.passes = () => true;
			for (const { bytes } of held) network.send(lamp.address, "10.0.0.2", 5683, bytes);
			network.clock.advance(7_100);
			equal([opened(), lamp.output.slice(start)], [1, "door: unlocked\n"], `after ${code}`);
		}
	},
	"a toggle turns a light round once, whatever is sent again": () => {
		const { network, lamp, door } = doorway();
		door.ask("task lamp off", /^lamp: off\n/);
		network.loss = 0.4;
		network.duplication = 0.3;
		let state = "off";
		for (let count = 0; count < 20; count += 1) {
			network.clock.advance(25_000);
			const [, said = ""] = door.ask("task lamp toggle", /^lamp: (on|off|no answer)\n/, 12_000);
			const acts = lamp.output.match(/door asked: (on|off);/g)?.length ?? 0;
			const wanted = state === "on" ? "off" : "on";
			if (said !== "no answer") equal(said, wanted, `${acts} acts`);
			state = lamp.line.value === 1 ? "on" : "off";
		}
	},
	"of two who toggle a light in turn each turns it round": () => {
		const { door, knob } = secureHome();
		for (const state of ["on", "off", "on", "off"]) {
			const asker = state === "on" ? knob : door;
			asker.ask("task lamp toggle", new RegExp(`^lamp: ${state}\n`));
		}
	},
	"who has no Echo gets one, and acts with it: three datagrams where one was enough": () => {
		const { network, lamp, door } = doorway();
		// A quarter of an hour later the last one is not used any more.
		network.clock.advance(16 * 60_000);
		const sent: string[] = [];
		network.tap = ({ from, to, bytes }) => {
			if (isSealed(bytes) && [from, to].includes(door.address)) sent.push(`${bytes.length}`);
		};
		lamp.ask("task door unlock", /^door: unlocked\n/);
		equal(sent.length, 4, "asked twice");
		sent.length = 0;
		network.clock.advance(100);
		lamp.ask("task door lock", /^door: locked\n/);
		equal(sent.length, 2);
		ok(sent.reduce((sum, size) => sum + Number(size), 0) <= 72, `${sent} bytes`);
	},
	"two sides with unequal keys under one name find back to each other": () => {
		const { network, lamp, door } = doorway();
		// A second copy of the door's folder was started elsewhere, twice, and agreed on keys with the lamp.
		const flash = door.preference.copy();
		const twin = new SimulatedNode(network, "10.0.0.9:5683", { suite: "secure" }, flash);
		for (const action of ["on", "off", "on"]) {
			twin.start().waitFor(/ready /);
			network.clock.advance(2_000);
			twin.ask(`task lamp ${action}`, new RegExp(`^lamp: ${action}\n`));
			twin.cut();
		}
		network.clock.advance(2_000);
		door.ask("task lamp off", /^lamp: off\n/);
		// Where it is now, the lamp believes once it has answered there.
		network.clock.advance(1_000);
		lamp.ask("task door read", /^door: locked\n/);
	},
	"a device that has issued all Echoes of its keys acts again under the next ones, though it could not say so":
		() => {
			const network = new Network();
			const { clock } = network;
			const [a, b] = members(network, 2);
			if (a === undefined || b === undefined) throw new Error("too few");
			let acted = 0;
			b.link.serve("/state", {
				[Code.Post]: (_from, _payload, answer, freshness) => {
					if (freshness?.takeInstant() === undefined) {
						answer.challenge();
						return;
					}
					acted += 1;
					answer.reply(Uint8Array.of(1), true);
				}
			});
			const ask = () => {
				a.ask(b, { code: Code.Post, path: "/state", payload: Uint8Array.of(1), isActing: true });
				clock.advance(1_000);
			};
			ask();
			equal(acted, 1);
			const live = b.contexts.live(a.id);
			ok(live);
			for (let count = 2; count < 65_536; count += 1) live.newEcho(clock.now());
			// The device is heard by nobody when it asks for fresh keys itself.
			network.fate = ({ from, bytes }) =>
				from === b.address && decodeMessage(bytes).code === Code.Post ? [] : [10];
			ask();
			clock.advance(20_000);
			network.fate = () => [10];
			for (let count = 0; count < 3; count += 1) ask();
			equal(acted, 3, "the first one only hears that new keys are needed");
		}
});
