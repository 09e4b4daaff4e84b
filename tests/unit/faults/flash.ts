import { equal, ok } from "../../harness/assert.js";
import { foundHome, joined, SimulatedNetwork, SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

const domain = "verifichain";

function houseOfThree() {
	const network = new SimulatedNetwork(1);
	const lamp = foundHome(network, undefined, { suite: "secure" });
	const door = joined(network, "10.0.0.2:5683", "door", "lock", [lamp.address], "secure");
	const knob = joined(network, "10.0.0.3:5683", "knob", "switch", [lamp.address], "secure");
	for (const node of [lamp, door, knob]) node.until("status", /chain +3 blocks/);
	knob.ask("task lamp on", /lamp: on\n/);
	network.clock.advance(30_000);
	return { network, lamp, door, knob };
}

/** What `action` writes to each flash. */
function writesOf(nodes: readonly SimulatedNode[], action: () => void): number[] {
	const before = nodes.map(node => node.preference.writes);
	action();
	return nodes.map((node, index) => node.preference.writes - (before[index] ?? 0));
}

const damages: Readonly<Record<string, (node: SimulatedNode, key: string) => void>> = {
	"with a bit turned": ({ preference }, key) => preference.damage(domain, key, 4),
	"cut to half": ({ preference }, key) =>
		preference.truncate(domain, key, (preference.get(domain, key)?.byteLength ?? 0) >> 1),
	emptied: ({ preference }, key) => preference.truncate(domain, key, 0)
};

export default suite("a node's flash", {
	"a value that was damaged is named at start and healed by the home, whichever it is": () => {
		const { network, lamp, door, knob } = houseOfThree();
		const digest = door.digest;
		let tried = 0;
		for (const node of [lamp, knob]) {
			for (const key of node.preference.keys(domain)) {
				// Its loss cannot be healed: tested where it is refused.
				if (key === "identity") continue;
				for (const [how, damage] of Object.entries(damages)) {
					node.cut();
					damage(node, key);
					node.start();
					node.waitFor(/ready /);
					ok(/damaged/.test(node.output), `${key} ${how}: said\n${node.output}`);
					node.until("status", new RegExp(`digest ${digest}`));
					node.until("task door lock", /door: locked\n/);
					if (node === knob) node.until("task lamp read", /lamp: on\n/);
					else node.until("task knob read", /knob: off\n/);
					door.until("task lamp on", /lamp: on\n/);
					network.clock.advance(15_000);
					node.cut();
					node.start().waitFor(/ready /, 100);
					ok(!/damaged/.test(node.output), `${key} ${how}: healed\n${node.output}`);
					tried += 1;
				}
			}
		}
		return `${tried} damages`;
	},
	"a full flash: the node says so and what would help, serves what it has, and catches up once there is room":
		() => {
			const { network, lamp, door, knob } = houseOfThree();
			knob.preference.capacity = 1;
			const desk = joined(network, "10.0.0.4:5683", "desk", "light", [lamp.address], "secure");
			door.until("status", /chain +4 blocks/);
			knob.waitFor(/"b3" cannot be kept: no space left; a checkpoint makes room/);
			knob.ask("status", /flash +\d+ values, .*; it refuses more \(no space left\); a checkpoint makes room/);
			knob.ask("status", /chain +3 blocks/);
			knob.ask("task lamp off", /lamp: off\n/);
			lamp.ask("task knob read", /knob: off\n/);
			knob.cut();
			knob.start().waitFor(/ready /, 100);
			knob.until("task lamp on", /lamp: on\n/);
			knob.preference.capacity = Number.POSITIVE_INFINITY;
			knob.until("status", /chain +4 blocks/, 120_000);
			desk.ask("task knob read", /knob: off\n/);
		},
	"a sponsor whose flash is full tells the joiner, who joins by another": () => {
		const { network, lamp, door } = houseOfThree();
		lamp.preference.capacity = 1;
		lamp.type("invite");
		const desk = new SimulatedNode(network, "10.0.0.4:5683", { peers: [lamp.address], suite: "secure" });
		desk.start("n", "desk", "light", "correct horse", "2580");
		desk.waitFor(/Not joined: no room in the flash/);
		lamp.waitFor(/"b3" cannot be kept: no space left; a checkpoint makes room/);
		desk.cut();
		door.type("invite");
		const other = new SimulatedNode(
			network,
			"10.0.0.4:5683",
			{ peers: [door.address], suite: "secure" },
			desk.preference
		);
		other.start("correct horse", "2580");
		other.waitFor(/ready [0-9a-f]{32} desk light/);
		other.ask("members", /desk/);
	},
	"a state that is kept already does not put off the next one": () => {
		const { lamp, knob } = houseOfThree();
		knob.ask("task lamp on", /lamp: on\n/);
		knob.ask("task lamp off", /lamp: off\n/);
		lamp.cut();
		lamp.start();
		equal(lamp.line.value, 0, "off, as was told");
	},
	"writes little": () => {
		const { network, lamp, door, knob } = houseOfThree();
		const all = [lamp, door, knob];
		const desk = new SimulatedNode(network, "10.0.0.4:5683", { peers: [lamp.address], suite: "secure" });
		const joining = writesOf([lamp, door, knob, desk], () => {
			lamp.type("invite");
			desk.start("n", "desk", "light", "correct horse", "2580").waitFor(/ready /);
			network.clock.advance(60_000);
		});
		const starting = writesOf(all, () => {
			for (const node of all) node.cut();
			for (const node of all) node.start().waitFor(/ready /);
			network.clock.advance(60_000);
		});
		const asking = writesOf(all, () => {
			for (let turn = 0; turn < 50; turn += 1) {
				knob.ask("task lamp toggle", /lamp: o/);
				network.clock.advance(200);
			}
			network.clock.advance(20_000);
		});
		// Whoever had no occasion to meet so far meets once.
		network.clock.advance(3_600_000);
		const quiet = writesOf(all, () => network.clock.advance(3_600_000));
		const note = `joining: sponsor ${joining[0]}, others ${joining[1]} and ${joining[2]}, joiner ${joining[3]}; a start: ${starting}; 50 toggles in 10 s: ${asking}; an hour: ${quiet}`;
		// A block, the peer's address and its session for each other; the joiner's identity before and after.
		ok(
			joining.slice(0, 3).every(count => count <= 3),
			note
		);
		ok((joining[3] ?? 99) <= 4 + 2 * 3 + 2, note);
		ok(
			starting.every(count => count <= 1),
			note
		);
		// Sixteen in a row, and one in 10 seconds.
		ok((asking[0] ?? 99) <= 19 && asking[1] === 0 && asking[2] === 0, note);
		equal(quiet, [0, 0, 0], note);
		return note;
	}
});
