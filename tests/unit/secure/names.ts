import { equal, ok } from "../../harness/assert.js";
import type { CutKind, MemoryPreference } from "../../harness/memory-preference.js";
import { foundHome, joined, SimulatedNetwork, SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

const settings = { suite: "secure" };
const places = Object.freeze({ lamp: 1, door: 2, gate: 3, knob: 4 } as const);
type Name = keyof typeof places;
const names = Object.freeze(["lamp", "door", "gate", "knob"] as const);

function addressOf(name: Name): string {
	return `10.0.0.${places[name]}:5683`;
}

/** A lamp that founded the home, a door, a gate and a knob, which may unlock the door. */
function home() {
	const network = new SimulatedNetwork();
	const lamp = foundHome(network, addressOf("lamp"), settings);
	const types = { door: "lock", gate: "lock", knob: "switch" } as const;
	const [door, gate, knob] = (["door", "gate", "knob"] as const).map(name =>
		joined(network, addressOf(name), name, types[name], [], "secure")
	);
	if (door === undefined || gate === undefined || knob === undefined) throw new Error("no home");
	lamp.ask("grant knob unlock door", /^knob may unlock door\./m);
	for (const node of [lamp, door, gate, knob]) node.until("status", /chain +5 blocks/);
	network.clock.advance(30_000);
	return { network, lamp, door, gate, knob };
}

/** The same home again, from copies of its flashes, but for the door, which is dead. */
function again(flashes: Readonly<Record<Name, MemoryPreference>>) {
	const network = new SimulatedNetwork(2);
	const [lamp, , gate, knob] = names.map(
		name => new SimulatedNode(network, addressOf(name), settings, flashes[name].copy())
	);
	if (lamp === undefined || gate === undefined || knob === undefined) throw new Error("no home");
	for (const node of [lamp, gate, knob]) node.start().waitFor(/ready /);
	network.clock.advance(5_000);
	return { network, lamp, gate, knob };
}

/** The gate is in the door's place: it has its name, who might unlock that unlocks it, and nobody knows the door. */
function checkReplaced({ lamp, gate, knob }: ReturnType<typeof again>, what: string): void {
	for (const node of [lamp, gate, knob]) {
		node.until("members", /door \(lock\) {2}(?:10\.0\.0\.3:5683|this node)/, 120_000);
		const [list] = node.ask("members", /^(?:[0-9a-f]{8} .*\n){3}/m);
		ok(!/gate|~/.test(list), `${what}: ${list}`);
		node.ask("grants", /^knob unlock door\n/m);
	}
	knob.until("task door unlock", /^door: unlocked\n/m);
	equal(gate.line.value, 1, what);
	gate.cut();
	gate.start().waitFor(/ready [0-9a-f]{32} door lock/);
	gate.ask("status", /^node +door \(lock\)/m);
}

/** Has the gate take the door's place, with the power of one of them cut at every write that it makes, and says it again. */
function replaceWithCuts(victim: "lamp" | "gate", least: number): void {
	const { lamp, door, gate, knob } = home();
	for (const node of [door, lamp, gate, knob]) node.cut();
	const flashes = {
		lamp: lamp.preference,
		door: door.preference,
		gate: gate.preference,
		knob: knob.preference
	};
	let cuts = 0;
	for (const kind of ["lost", "done"] as const satisfies readonly CutKind[]) {
		for (let write = 0; ; write += 1) {
			const house = again(flashes);
			const node = house[victim];
			node.cutAt(node.preference.writes + write, kind);
			for (const line of ["replace door with gate", "y"]) house.lamp.type(line);
			house.network.clock.advance(40_000);
			const isCut = !node.isOn;
			if (isCut) {
				node.start().waitFor(/ready /);
				house.network.clock.advance(5_000);
				const [, name = ""] = house.lamp.ask("members", / {2}(gate|door) \(lock\) {2}10\.0\.0\.3/);
				// Said again, as long as there is still what it is about.
				if (name === "gate") {
					house.lamp.type("replace door with gate");
					house.lamp.waitFor(/Go on\?|Where it is removed already/, 10_000);
					if (/Go on\? \(y\/n\)\n$/.test(house.lamp.output)) house.lamp.type("y");
				}
			}
			checkReplaced(house, `${victim}, ${kind} at ${write}`);
			if (!isCut) break;
			cuts += 1;
		}
	}
	ok(cuts >= least, `${cuts} cuts`);
}

export default suite("names in a secure home", {
	"a node is called otherwise from now on, everywhere and after a start": () => {
		const { lamp, door, gate, knob } = home();
		for (const [name, why] of [
			["", /^Say what this node is to be called/],
			["door", /^No: the name "door" is taken\.\n/],
			["D0or", /^No: the name "D0or" looks like "door", which is taken\.\n/],
			["light", /^No: "light" means something else in commands\.\n/],
			["gate", /^No: this node is called that already\.\n/]
		] as const) {
			gate.ask(`rename ${name}`, why);
		}
		gate.ask(
			"rename Back Gate",
			/^This node is called Back Gate from now on\.\nA button of another .*"gate"/
		);
		for (const node of [lamp, door, knob]) node.until("members", /Back Gate \(lock\)/);
		knob.ask("task back gate lock", /^Back Gate: locked\n/m);
		knob.ask("task gate lock", /^No: there is no "gate" in this home\.\n/m);
		// By another case alone as well.
		gate.ask("rename back gate", /^This node is called back gate/);
		knob.until("members", /back gate \(lock\)/);
		gate.cut();
		gate.start().waitFor(/ready [0-9a-f]{32} back gate lock/);
		// And after a checkpoint, which says so.
		for (const line of ["checkpoint", "y"]) lamp.type(line);
		lamp.waitFor(/Checkpoint 1 is made/);
		gate.until("chain", /base checkpoint 1/);
		gate.ask("chain", /base .*\n(?!.*!)/);
		knob.ask("members", /back gate \(lock\)/);
	},
	"a name that a node gave itself outlives a power cut at every write": () => {
		const { gate, network } = home();
		gate.cut();
		let cuts = 0;
		for (const kind of ["lost", "done"] as const) {
			for (let write = 0; ; write += 1) {
				const flash = gate.preference.copy();
				const node = new SimulatedNode(network, addressOf("gate"), settings, flash).start();
				node.waitFor(/ready /);
				network.clock.advance(2_000);
				const from = flash.writes;
				node.cutAt(from + write, kind);
				node.type("rename back gate");
				network.clock.advance(15_000);
				const isCut = !node.isOn;
				node.cut();
				const [, name] = node.start().waitFor(/ready [0-9a-f]{32} (gate|back gate) lock/);
				const [, own] = node.ask("members", / {2}(gate|back gate) \(lock\) {2}this node/);
				equal(name, own, `${kind} at ${write}`);
				node.cut();
				if (!isCut) break;
				cuts += 1;
			}
		}
		ok(cuts >= 4, `${cuts} cuts`);
	},
	"a new node takes the place of a dead one: its name, and what was granted for it": () => {
		const { lamp, door, gate, knob } = home();
		for (const [command, why] of [
			["replace", /^Say which one, and which new one: replace OLD with NEW/],
			["replace door gate", /^Say which one/],
			["replace door with door", /^No: these are the same node\.\n/],
			[
				"replace knob with gate",
				/^No: knob is a switch, and gate a lock: a node takes the place of its like\.\n/
			],
			["replace lamp with gate", /^No: this node is here, and not to be replaced\.\n/],
			[
				"replace attic with gate",
				/^No: there is no "attic" in this home\.\nWhere it is removed already, gate calls/
			]
		] as const) {
			lamp.ask(command, why);
		}
		knob.ask("replace door with gate", /^No: that is for an owner\.\n/);
		door.cut();
		lamp.ask(
			"replace DOOR with gate",
			/^gate \([0-9a-f]{32}, .*its name, and what was granted to it or for it \(1\)\. door is put out .*Go on\? \(y\/n\)\n/
		);
		lamp.ask("", /^Left as it was\.\n/);
		lamp.type("replace door with gate");
		lamp.ask("n", /^Nobody was replaced\.\n/m);
		lamp.type("replace door with gate");
		lamp.ask("y", /^door is removed, and gate calls itself door as soon as it has heard of that\.\n/m);
		gate.waitFor(/\* this node has taken the place of door, and is called so from now on\n/);
		checkReplaced({ network: new SimulatedNetwork(), lamp, gate, knob }, "whole");
		door.start().waitFor(/this node was removed from the home/, 180_000);
	},
	"in the paper's suite a new node takes a dead one's place as well": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, addressOf("lamp"));
		const [door, gate] = (["door", "gate"] as const).map(name =>
			joined(network, addressOf(name), name, "lock", [])
		);
		lamp.until("status", /chain +3 blocks/);
		door?.cut();
		lamp.type("replace door with gate");
		lamp.ask("y", /^door is removed, and gate calls itself door/m);
		gate?.waitFor(/\* this node has taken the place of door/);
		lamp.until("members", / {2}door \(lock\) {2}10\.0\.0\.3/);
	},
	"where the new one does not answer nothing is changed": () => {
		const { lamp, door, gate } = home();
		door.cut();
		gate.cut();
		const { digest } = lamp;
		lamp.type("replace door with gate");
		lamp.ask("y", /^No: gate does not answer; nothing was changed; [^\n]*\.\n/m, 30_000);
		equal(lamp.digest, digest);
	},
	"only an owner has another take a place, and a name is taken only once it is free": () => {
		const { lamp, door, gate, network } = home();
		door.cut();
		const { writes } = lamp.preference;
		// Up to the first block: the gate knows by then whose place it is to take.
		lamp.cutAt(writes, "lost");
		lamp.type("replace door with gate");
		lamp.type("y");
		network.clock.advance(20_000);
		ok(!lamp.isOn, "cut");
		gate.ask("members", / {2}gate \(lock\) {2}this node/);
		gate.cut();
		gate.start().waitFor(/ready [0-9a-f]{32} gate lock/);
		// The owner is content with less, and the gate has kept it.
		lamp.start().waitFor(/ready /);
		for (const line of ["remove door", "y"]) lamp.type(line);
		lamp.waitFor(/Give the home a new password now/);
		lamp.type("n");
		gate.waitFor(/is called so from now on/, 120_000);
		lamp.until("members", / {2}door \(lock\) {2}10\.0\.0\.3/);
	},
	"a power cut at every write of the owner's leaves what, said again, goes on": () =>
		replaceWithCuts("lamp", 5),
	"a power cut at every write of the new one's leaves what, said again, goes on": () =>
		replaceWithCuts("gate", 5)
});
