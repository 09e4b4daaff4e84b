import { decode, encode } from "../../../modules/cbor/cbor.js";
import { Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import { applicant, foundHome, joined, SimulatedNetwork, SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

const domain = "verifichain";

function house(seed = 5) {
	const network = new SimulatedNetwork(seed);
	const lamp = foundHome(network);
	const door = joined(network, "10.0.0.2:5683", "door", "lock");
	lamp.until("status", /chain +2 blocks/);
	return { network, lamp, door };
}

export default suite("in trouble", {
	"a home comes together under loss, repetition and reordering": () => {
		for (const seed of [1, 2, 3]) {
			const network = new SimulatedNetwork(seed);
			network.loss = 0.3;
			network.duplication = 0.2;
			network.delay = [1, 400];
			const lamp = foundHome(network);
			const nodes = [lamp];
			for (const [index, name] of ["door", "knob", "desk"].entries()) {
				const node = applicant(network, `10.0.0.${index + 2}:5683`, name, "light", [lamp.address]);
				node.waitFor(/ready /, 600_000);
				nodes.push(node);
			}
			for (const node of nodes) node.until("status", /chain +4 blocks/, 600_000);
			equal(new Set(nodes.map(node => node.digest)).size, 1, `seed ${seed}`);
			lamp.until("task desk on", /desk: on\n/, 120_000);
		}
	},
	"a join cut at any moment makes one member, never two": () => {
		for (let cut = 20; cut < 400; cut += 10) {
			const network = new SimulatedNetwork(cut);
			network.delay = [5, 6];
			const lamp = foundHome(network);
			const door = applicant(network, "10.0.0.2:5683", "door", "lock", [lamp.address]);
			network.clock.advance(cut / 4);
			door.cut();
			door.start();
			network.clock.advance(50);
			if (door.output.includes("first node")) {
				for (const answer of ["n", "door", "lock", "correct horse", "2580"]) door.type(answer);
			}
			door.waitFor(/ready /);
			lamp.ask("status", /chain +2 blocks/);
		}
	},
	"a join with its flash cut at every write loses nothing": () => {
		const whole = new SimulatedNetwork(9);
		const first = foundHome(whole);
		const writes = joined(whole, "10.0.0.2:5683", "door", "lock", [first.address]).preference.writes;
		ok(writes >= 4, `${writes} writes`);
		for (let cut = 0; cut < writes; cut += 1) {
			const network = new SimulatedNetwork(9);
			const lamp = foundHome(network);
			const door = new SimulatedNode(network, "10.0.0.2:5683", { peers: [lamp.address], suite: "paper" });
			door.preference.failFrom = cut;
			door.start("n", "door", "lock", "correct horse", "2580");
			network.clock.advance(20_000);
			door.cut();
			door.preference.failFrom = Number.POSITIVE_INFINITY;
			door.start();
			network.clock.advance(50);
			if (door.output.includes("first node")) {
				for (const answer of ["n", "door", "lock", "correct horse", "2580"]) door.type(answer);
			}
			door.waitFor(/ready /);
			lamp.ask("status", /chain +2 blocks/);
			door.ask("task lamp on", /lamp: on\n/);
		}
	},
	"founding with the flash cut at every write leaves a new node or a founded one": () => {
		const whole = new SimulatedNetwork(9);
		const writes = foundHome(whole).preference.writes;
		for (let cut = 0; cut < writes; cut += 1) {
			const network = new SimulatedNetwork(9);
			const lamp = new SimulatedNode(network, "10.0.0.1:5683", { suite: "paper" });
			lamp.preference.failFrom = cut;
			lamp.start("y", "lamp", "light", "correct horse", "correct horse", "2580", "2580", "hello");
			lamp.waitFor(/The home could not be founded: .*no space left/);
			lamp.cut();
			lamp.preference.failFrom = Number.POSITIVE_INFINITY;
			lamp.start();
			lamp.waitFor(/first node of a new home/);
		}
	},
	"who is away is pinged and asked nothing, and has what it missed soon after it is back": () => {
		const { network, lamp, door } = house();
		joined(network, "10.0.0.3:5683", "desk", "light");
		for (const node of [lamp, door]) node.until("status", /chain +3 blocks/);
		network.clock.advance(60_000);
		door.cut();
		lamp.type("remove desk");
		lamp.type("y");
		lamp.type("");
		lamp.until("status", /chain +4 blocks/);
		// What was under way when it went.
		network.clock.advance(30_000);
		const lengths = new Set<number>();
		network.tap = ({ bytes, to }) => {
			if (to === door.address) lengths.add(bytes.length);
		};
		network.clock.advance(600_000);
		equal([...lengths], [4]);
		network.tap = () => undefined;
		door.start();
		door.until("status", /chain +4 blocks/, 10_000);
		equal(door.digest, lamp.digest);
	},
	"a home of the paper finds itself again when its network has given every node another address": () => {
		const { network, lamp, door } = house();
		network.clock.advance(10_000);
		for (const [node, address] of [
			[lamp, "10.0.7.1:5683"],
			[door, "10.0.7.2:5683"]
		] as const) {
			node.cut();
			node.address = address;
			node.start();
		}
		network.clock.advance(20_000);
		door.ask("task lamp on", /^lamp: on\n/, 2_000);
		lamp.ask("task door read", /^door: locked\n/, 2_000);
	},
	"a sponsor whose flash is full refuses, and goes on": () => {
		const { network, lamp, door } = house();
		lamp.preference.failFrom = lamp.preference.writes;
		const desk = applicant(network, "10.0.0.4:5683", "desk", "light", [lamp.address]);
		desk.waitFor(/Not joined: no room in the flash/);
		door.ask("task lamp on", /^lamp: on\n/);
		lamp.ask("status", /chain +2 blocks/);
		lamp.preference.failFrom = Number.POSITIVE_INFINITY;
		desk.waitFor(/ready /);
	},
	"damaged blocks are named and healed by a peer": () => {
		const { lamp, door } = house();
		const digest = lamp.digest;
		for (const slot of ["b0", "b1"]) {
			door.cut();
			door.preference.damage(domain, slot, 20);
			door.start();
			door.waitFor(/damaged: block in slot/);
			door.waitFor(/ready /);
			equal(door.digest, digest);
			door.cut();
			door.start();
			door.waitFor(/ready /);
			ok(!door.output.includes("damaged"), door.output);
		}
	},
	"a founder heals its genesis block too": () => {
		const { lamp, door } = house();
		door.ask("task lamp on", /lamp: on\n/);
		lamp.cut();
		lamp.preference.truncate(domain, "b0", 30);
		lamp.start();
		lamp.waitFor(/ready /);
		equal(lamp.digest, door.digest);
		equal(lamp.line.value, 1);
	},
	"a damaged identity is never overwritten without that word of who has read the question": () => {
		const { lamp, network } = house();
		lamp.cut();
		lamp.preference.damage(domain, "identity", 9);
		lamp.start();
		lamp.waitFor(/cannot start: "identity" is damaged/);
		lamp.type("n");
		equal(lamp.ended, 1);
		lamp.preference.damage(domain, "identity", 9);
		lamp.start();
		lamp.waitFor(/ready /);
		lamp.cut();
		lamp.preference.damage(domain, "identity", 9);
		// What was typed ahead, for other questions or for this one.
		lamp.start("y", "lamp", "light", "correct horse", "2580", "wipe", "wipe");
		network.clock.advance(999);
		lamp.type("wipe");
		equal(lamp.ended, undefined);
		ok(lamp.preference.keys(domain).includes("identity"));
		network.clock.advance(1);
		lamp.type("y");
		equal(lamp.ended, undefined);
		lamp.type("wipe");
		equal(lamp.ended, 0);
		equal(lamp.preference.keys(domain), []);
	},
	"what cannot be read is not taken for damage: the node ends and writes nothing": () => {
		const { lamp } = house();
		lamp.cut();
		const { preference } = lamp;
		const { writes } = preference;
		const count = preference.keys(domain).length;
		for (const key of ["identity", "b0", "b1"]) {
			preference.unreadable = key;
			lamp.start("y", "wipe");
			equal(lamp.ended, 74, key);
			equal(lamp.reason, `this node cannot start: "${key}" cannot be read: a disk that fails`);
			equal([preference.writes, preference.keys(domain).length], [writes, count]);
		}
		preference.unreadable = undefined;
		lamp.start();
		lamp.waitFor(/ready /);
	},
	"what older software has kept is not taken for damage, nor lost without that word": () => {
		const { lamp, network } = house();
		lamp.cut();
		const store = new Store({ preference: lamp.preference, domain });
		const fields = decode(store.get("identity") ?? new Uint8Array(0));
		ok(Array.isArray(fields));
		for (const version of [3, 99]) {
			store.set("identity", encode([version, ...fields.slice(1)]));
			const kept = lamp.preference.keys(domain);
			lamp.start();
			lamp.waitFor(version === 3 ? /set up by older software.*founded anew/ : /set up by newer software/);
			lamp.type("n");
			equal([lamp.ended, lamp.preference.keys(domain)], [1, kept]);
		}
		lamp.start();
		network.clock.advance(1_000);
		lamp.type("wipe");
		equal(lamp.preference.keys(domain), []);
	},
	"a member whose chain is damaged is not talked out of its identity by a stranger": () => {
		const { network, door, lamp } = house();
		door.cut();
		lamp.cut();
		door.preference.damage(domain, "b1", 20);
		// Another home with another password answers at the lamp's address.
		const other = new SimulatedNode(network, lamp.address, { suite: "paper" });
		other.start("y", "lamp", "light", "another horse", "another horse", "2580", "2580", "hi");
		other.waitFor(/ready /);
		door.start();
		network.clock.advance(60_000);
		ok(door.preference.keys(domain).includes("identity"));
		other.cut();
		lamp.start();
		door.waitFor(/ready /);
	},
	"a damaged light state is done without": () => {
		const { lamp, door } = house();
		door.ask("task lamp on", /lamp: on\n/);
		lamp.cut();
		lamp.preference.damage(domain, "state", 4);
		lamp.start();
		lamp.waitFor(/"state" is damaged/);
		equal(lamp.line.value, 0);
	}
});
