import { equal, ok } from "../../harness/assert.js";
import { applicant, foundHome, joined, SimulatedNetwork, SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

function houseOfThree(seed = 1) {
	const network = new SimulatedNetwork(seed);
	const lamp = foundHome(network);
	const door = joined(network, "10.0.0.2:5683", "door", "lock");
	const knob = joined(network, "10.0.0.3:5683", "knob", "switch");
	for (const node of [lamp, door, knob]) node.until("status", /chain +3 blocks/);
	return { network, lamp, door, knob };
}

export default suite("a home", {
	"is founded, joined by broadcast, and all have the same chain": () => {
		const { lamp, door, knob } = houseOfThree();
		equal(door.digest, lamp.digest);
		equal(knob.digest, lamp.digest);
		for (const node of [lamp, door, knob]) {
			node.ask("members", /lamp \(light, owner\)[\s\S]*door \(lock\)[\s\S]*knob \(switch/);
		}
	},
	"shows the recovery key once": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network);
		ok(
			/Recovery key[^\n]*\n([0-9A-HJKMNP-TV-Z]{5} ){10}[0-9A-HJKMNP-TV-Z]{5}\n/.test(lamp.output),
			lamp.output
		);
		lamp.cut();
		lamp.start().waitFor(/ready /);
		ok(!lamp.output.includes("Recovery"));
	},
	"a task changes the device concerned and its line, and the asker hears the state": () => {
		const { lamp, door, knob } = houseOfThree();
		knob.ask("task lamp on", /^lamp: on\n/);
		equal(lamp.line.value, 1);
		knob.ask("task lamp toggle", /^lamp: off\n/);
		equal(lamp.line.value, 0);
		lamp.ask("task door unlock", /^door: unlocked\n/);
		equal(door.line.value, 1);
		door.ask("task door lock", /^door: locked\n/);
	},
	"who acts is told of at the device, who reads is not": () => {
		const { lamp, door } = houseOfThree();
		const from = lamp.output.length;
		for (let count = 0; count < 3; count += 1) door.ask("task lamp read", /^lamp: off\n/);
		equal(lamp.output.slice(from), "");
		door.ask("task lamp on", /^lamp: on\n/);
		lamp.waitFor(/^\* door asked: on; now on$/m);
	},
	"a task for a type or for all goes to every device that knows the action": () => {
		const { network, lamp, knob } = houseOfThree();
		const second = joined(network, "10.0.0.4:5683", "desk", "light");
		knob.until("status", /chain +4 blocks/);
		const from = knob.output.length;
		knob.type("task all on");
		knob.waitFor(/lamp: on\n/, 15_000, from);
		knob.waitFor(/desk: on\n/, 15_000, from);
		ok(!knob.output.slice(from).includes("door"), "a lock cannot be switched on");
		equal([lamp.line.value, second.line.value], [1, 1]);
		knob.ask("task light off", /lamp: off\n|desk: off\n/);
		knob.ask("task lock on", /^No: no lock here can be switched on\.\n/);
		knob.ask("task sensor read", /^No: no sensor here can be read\.\n/);
		knob.ask("task attic on", /^No: there is no "attic" in this home\.\n/);
	},
	"who has not answered a task for all is told of every three seconds": () => {
		const { network, lamp, door, knob } = houseOfThree();
		const heard = (milliseconds: number) => {
			const from = knob.output.length;
			network.clock.advance(milliseconds);
			return knob.output.slice(from);
		};
		heard(30_000);
		knob.type("task all read");
		const told = heard(20_000);
		ok(!/still|did not/.test(told), told);
		lamp.cut();
		door.cut();
		knob.type("task all read");
		equal(heard(2_900), "");
		equal(heard(200), "* 1 of 3 have answered; still asking lamp, door\n");
		door.start();
		ok(/^door: locked\n\* 2 of 3 have answered; still asking lamp\n/m.test(heard(4_000)), knob.output);
		const end = /still asking lamp\nlamp: no answer\n\* 1 of 3 did not answer: ask again\n$/;
		ok(end.test(heard(20_000)), knob.output);
		knob.type("task lamp read");
		ok(!/still|did not/.test(heard(20_000)), "of one there is nothing to tell");
	},
	"a device that cannot do it says so": () => {
		const { knob } = houseOfThree();
		knob.ask("task door on", /^No: a lock cannot be switched on: it can be locked, unlocked or read\.\n/m);
		knob.ask("task knob on", /^No: a switch cannot be switched on: it can be read\.\n/m);
	},
	"a node that is away gets no answer told within 10 seconds": () => {
		const { network, lamp, knob } = houseOfThree();
		lamp.cut();
		const before = network.clock.now();
		knob.ask("task lamp on", /^lamp: no answer\n/, 10_000);
		ok(network.clock.now() - before <= 10_000);
	},
	"a wrong password is told to the joiner, and the right one lets it in": () => {
		const { network, lamp } = houseOfThree();
		const late = applicant(network, "10.0.0.4:5683", "desk", "light", [], { password: "wrong horse" });
		late.waitFor(/Not joined: wrong password or PIN\.\nPassword/);
		lamp.ask("status", /chain +3 blocks/);
		const from = late.output.length;
		late.type("correct horse");
		late.type("0000");
		late.waitFor(/Not joined: wrong password or PIN\.\nPassword/, 60_000, from);
		late.type("correct horse");
		late.type("2580");
		late.waitFor(/ready [0-9a-f]{32} desk light/);
		lamp.until("status", /chain +4 blocks/);
	},
	"a name that is taken is told to the joiner, who chooses another": () => {
		const { network, lamp } = houseOfThree();
		const late = applicant(network, "10.0.0.4:5683", "lamp", "light");
		late.waitFor(/Not joined: the name "lamp" is taken\.\nName/);
		late.type("desk");
		late.waitFor(/ready [0-9a-f]{32} desk light/);
		lamp.until("members", /desk \(light/);
	},
	"a joiner without a home in reach says so and joins when there is one": () => {
		const network = new SimulatedNetwork();
		const early = applicant(network, "10.0.0.2:5683", "door", "lock");
		early.waitFor(/Not joined: no home found\. Trying again/);
		foundHome(network);
		early.waitFor(/ready [0-9a-f]{32} door lock/);
	},
	"members that joined through different sponsors reach each other": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:6001");
		const door = joined(network, "10.0.0.2:6002", "door", "lock", ["10.0.0.1:6001"]);
		const knob = joined(network, "10.0.0.3:6003", "knob", "switch", ["10.0.0.2:6002"]);
		lamp.until("status", /chain +3 blocks/);
		knob.ask("task lamp on", /^lamp: on\n/);
		lamp.ask("task knob read", /^knob: off\n/);
		door.ask("task lamp off", /^lamp: off\n/);
	},
	"a node that was off catches up when it returns, and is met by who joined meanwhile": () => {
		const { network, lamp, knob } = houseOfThree();
		knob.ask("task lamp on", /^lamp: on\n/);
		lamp.cut();
		const desk = joined(network, "10.0.0.4:5683", "desk", "light");
		lamp.start();
		lamp.waitFor(/ready /, 100);
		equal(lamp.line.value, 1, "lit as it was");
		lamp.until("status", /chain +4 blocks/, 5_000);
		desk.until("task lamp off", /lamp: off\n/, 10_000);
	},
	"a node that comes back at another address is found again": () => {
		const { lamp, knob } = houseOfThree();
		lamp.cut();
		lamp.address = "10.0.0.77:5683";
		lamp.start();
		knob.until("task lamp on", /lamp: on\n/, 30_000);
	},
	"a lock comes back locked": () => {
		const { door, knob } = houseOfThree();
		knob.ask("task door unlock", /^door: unlocked\n/);
		door.cut();
		door.start();
		equal(door.line.value, 0);
		knob.until("task door read", /door: locked\n/);
	},
	"what two sponsors add apart from each other comes together": () => {
		const { network, lamp, door, knob } = houseOfThree();
		const left = new Set([lamp.address, "10.0.0.4:5683"]);
		network.reaches = (from, to) => left.has(from) === left.has(to);
		const desk = joined(network, "10.0.0.4:5683", "desk", "light", [lamp.address]);
		const attic = joined(network, "10.0.0.5:5683", "attic", "sensor", [door.address]);
		lamp.ask("status", /chain +4 blocks/);
		door.ask("status", /chain +4 blocks/);
		network.reaches = () => true;
		const all = [lamp, door, knob, desk, attic];
		for (const node of all) node.until("status", /chain +5 blocks/, 600_000);
		equal(new Set(all.map(node => node.digest)).size, 1);
		desk.until("task attic read", /attic: off\n/);
	},
	"a light comes up as it was last, also where it was changed a moment before": () => {
		const { lamp, knob } = houseOfThree();
		for (const state of ["on", "off"]) knob.ask(`task lamp ${state}`, new RegExp(`^lamp: ${state}\n`));
		lamp.cut();
		lamp.start();
		equal(lamp.line.value, 0);
	},
	"a light's state is written sixteen times in a row, then once in 10 seconds, and the last one stays":
		() => {
			const { network, lamp, knob } = houseOfThree();
			network.clock.advance(200_000);
			const before = lamp.preference.writes;
			for (let turn = 0; turn < 40; turn += 1) knob.ask("task lamp toggle", /^lamp: o/);
			knob.ask("task lamp on", /^lamp: on\n/);
			ok(lamp.preference.writes - before <= 18, `${lamp.preference.writes - before} writes`);
			network.clock.advance(10_000);
			lamp.cut();
			lamp.start();
			equal(lamp.line.value, 1);
		},
	"reset wipes the node after that word, and it starts as a new one": () => {
		const { door } = houseOfThree();
		door.type("reset");
		door.type("no");
		door.ask("status", /node +door/);
		door.type("reset");
		door.type("y");
		equal(door.ended, undefined);
		door.type("wipe");
		equal(door.ended, 0);
		equal(door.preference.keys("verifichain"), []);
		door.start();
		door.waitFor(/first node of a new home/);
	},
	"the end of input ends the node and writes the light's last state": () => {
		const { lamp, knob } = houseOfThree();
		knob.ask("task lamp on", /^lamp: on\n/);
		knob.ask("task lamp off", /^lamp: off\n/);
		lamp.close();
		equal(lamp.ended, 0);
		lamp.start();
		equal(lamp.line.value, 0);
	},
	"the answers of a first start are checked one by one": () => {
		const network = new SimulatedNetwork();
		const node = new SimulatedNode(network, "10.0.0.1:5683").start();
		for (const [answer, fault] of [
			["maybe", /answer y or n/],
			["y", /Name of this node/],
			["all", /means something else/],
			["x".repeat(25), /at most 24 bytes/],
			["lamp", /Type/],
			["toaster", /the types are/],
			["Light", /Password/],
			["short", /8 to 64 characters/],
			["long enough", /The same password once more/],
			["long enough!", /These were not the same. Password of the home/],
			["long enough", /The same password once more/],
			["long enough", /PIN/],
			["12a4", /4 to 8 digits/],
			["123456789", /4 to 8 digits/],
			["1234", /The same PIN once more/],
			["1243", /These were not the same. PIN/],
			["1234", /The same PIN once more/],
			["1234", /Genesis message/],
			["x".repeat(201), /1 to 200 characters/]
		] as const) {
			node.ask(answer, fault);
		}
		node.type(null);
		node.waitFor(/not UTF-8; once more/);
		node.type("hello");
		node.waitFor(/ready [0-9a-f]{32} lamp light port 5683\n/);
	}
});
