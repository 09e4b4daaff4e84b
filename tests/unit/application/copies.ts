import { equal, ok } from "../../harness/assert.js";
import { SimulatedWifi } from "../../harness/simulated-wifi.js";
import { foundHome, joined, SimulatedNetwork, SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

/** A lamp, a door, and another node of the door's flash, which is not switched on yet. */
function lampAndDoors(homeSuite: string) {
	const network = new SimulatedNetwork();
	const lamp = foundHome(network, "10.0.0.1:5683", { suite: homeSuite });
	const door = joined(network, "10.0.0.2:5683", "door", "lock", [], homeSuite);
	lamp.until("members", /door/);
	const settings = { suite: homeSuite };
	const copy = new SimulatedNode(network, "10.0.0.3:5683", settings, door.preference.copy());
	return { network, lamp, door, copy };
}

const told = /\* two nodes are door/g;

export default suite("copies of a node", {
	"are told on both, once, and by status until an hour after the last answer": () => {
		for (const homeSuite of ["secure", "paper"]) {
			const { network, lamp, door, copy } = lampAndDoors(homeSuite);
			copy.start().waitFor(/ready /);
			door.waitFor(/\* two nodes are door \([0-9a-f]{8}\): this one, and one at 10\.0\.0\.3:5683;/, 60_000);
			copy.waitFor(/\* two nodes are door \([0-9a-f]{8}\): this one, and one at 10\.0\.0\.2:5683;/, 60_000);
			network.clock.advance(1_200_000);
			for (const node of [door, copy]) equal(node.output.match(told)?.length, 1, homeSuite);
			door.ask("status", /copy +10\.0\.0\.3:5683 is door too, heard [0-9]+ s ago: "reset" one of the two\n/);
			equal(lamp.output.match(told), null);
			copy.cut();
			network.clock.advance(3_000_000);
			door.ask("status", /copy +10\.0\.0\.3:5683 is door too, heard [0-9]+ min ago/);
			network.clock.advance(700_000);
			ok(!/copy/.test(door.ask("status", /node[\s\S]*flash/)[0]));
		}
	},
	"one that is wiped is none any more": () => {
		const { network, door, copy } = lampAndDoors("secure");
		copy.start().waitFor(/ready /);
		copy.waitFor(told, 60_000);
		copy.type("reset");
		copy.type("wipe");
		copy.type("y");
		copy.waitFor(/Wiped/);
		network.clock.advance(4_000_000);
		ok(!/copy/.test(door.ask("status", /node[\s\S]*flash/)[0]));
	},
	"a node that moves, and is put back to where it was, is no copy of itself": () => {
		const { network, lamp, door } = lampAndDoors("secure");
		for (const address of ["10.0.0.7:5683", "10.0.0.2:5683", "10.0.0.7:5683"]) {
			door.move(address);
			door.until("task lamp on", /lamp: on/);
			network.clock.advance(120_000);
		}
		for (const node of [lamp, door]) equal(node.output.match(told), null);
	},
	"nobody is looked for where there is no network": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		const wifi = new SimulatedWifi(network.clock, { ssid: "our home", password: "wifi password" });
		const desk = new SimulatedNode(network, "10.0.0.9:5683", {
			suite: "secure",
			ssid: "our home",
			password: "wifi password"
		});
		desk.wifi = wifi;
		desk.start("n", "desk", "light", "correct horse", "2580");
		desk.waitFor(/ready /);
		lamp.until("members", /desk/);
		network.clock.advance(60_000);
		wifi.isOn = false;
		network.clock.advance(60_000);
		desk.ask("task lamp on", /lamp: no answer: this node cannot send: there is no network\n/);
		const before = desk.attempts;
		network.clock.advance(3_600_000);
		equal(desk.attempts, before);
		wifi.isOn = true;
		desk.until("task lamp on", /lamp: on\n/);
	}
});
