import { fromHex } from "../../../modules/bytes/bytes.js";
import { neighboursOf, ringOf } from "../../../modules/node/neighbours.js";
import { loadIdentity } from "../../../modules/node/node.js";
import { Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import { SimulatedWifi } from "../../harness/simulated-wifi.js";
import {
	applicant,
	foundHome,
	homePassword,
	homePin,
	joined,
	SimulatedNetwork,
	SimulatedNode
} from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

const panel = { button: 3, led: 4, suite: "secure" };

/** A lamp, and a switch whose button is for the lamp. */
function lampAndKnob(task = "lamp toggle") {
	const network = new SimulatedNetwork();
	const lamp = foundHome(network, "10.0.0.1:5683", panel);
	const knob = applicant(network, "10.0.0.2:5683", "knob", "switch", [], { ...panel, buttonTask: task });
	knob.waitFor(/ready /);
	lamp.until("members", /knob/);
	return { network, lamp, knob };
}

export default suite("panel of a node", {
	"a short press on one node lights the lamp of another": () => {
		const { network, lamp, knob } = lampAndKnob();
		network.clock.advance(10_000);
		knob.press();
		network.clock.advance(50);
		equal(lamp.line.value, 1);
		knob.waitFor(/\* button: lamp: on\n/);
		knob.press();
		network.clock.advance(50);
		equal(lamp.line.value, 0);
	},
	"a press is for all whom the home has when it ends, also for who joined while the button was down": () => {
		const { network, lamp, knob } = lampAndKnob("light on");
		network.clock.advance(10_000);
		lamp.type("invite");
		knob.button.put(0);
		const desk = joined(network, "10.0.0.3:5683", "desk", "light", [], "secure");
		knob.until("members", /desk/);
		knob.button.put(1);
		network.clock.advance(1_000);
		equal([lamp.line.value, desk.line.value], [1, 1], knob.output);
		knob.press();
		knob.waitFor(/\* button: desk: on\n/);
	},
	"a press works on the node itself without a network": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", { ...panel, buttonTask: "lamp toggle" });
		network.reaches = () => false;
		lamp.press();
		equal(lamp.line.value, 1);
	},
	"after a restart the session with the lamp is ready before anyone presses": () => {
		const { network, lamp, knob } = lampAndKnob();
		network.clock.advance(10_000);
		knob.cut();
		lamp.cut();
		network.clock.advance(1_000);
		lamp.start();
		knob.start();
		network.clock.advance(5_000);
		let sent: string[] = [];
		network.tap = ({ from }) => sent.push(from);
		knob.button.put(0);
		network.clock.advance(60);
		const oneEachWay = ["10.0.0.2:5683", "10.0.0.1:5683"];
		equal(sent, oneEachWay, "while the button is down the lamp is looked at");
		sent = [];
		knob.button.put(1);
		network.clock.advance(50);
		equal(lamp.line.value, 1);
		equal(sent, oneEachWay, "one datagram each way");
	},
	"after a restart the session is ready also with a lamp that is no neighbour, with and without Wi-Fi at first":
		() => {
			const network = new SimulatedNetwork();
			const founder = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
			const settings: Record<string, unknown> = { ...panel };
			const wifi = new SimulatedWifi(network.clock, { ssid: "home", password: "wifi password" });
			const knob = new SimulatedNode(
				network,
				"10.0.0.2:5683",
				Object.assign(settings, { ssid: "home", password: "wifi password" })
			);
			knob.wifi = wifi;
			knob.start("n", "knob", "switch", homePassword, homePin);
			knob.waitFor(/ready /);
			const lamps = Array.from({ length: 6 }, (_, index) => {
				founder.type("invite");
				return joined(network, `10.0.1.${index}:5683`, `lamp${index}`, "light", [], "secure");
			});
			knob.until("status", /chain +8 blocks/);
			const idOf = (node: SimulatedNode) => node.ask("status", /id ([0-9a-f]{32})/)[1] ?? "";
			const lights = [founder, ...lamps];
			const ids = [knob, ...lights].map(idOf);
			const store = new Store({ preference: knob.preference, domain: "verifichain" });
			const secret = loadIdentity(store)?.privateKey ?? new Uint8Array(0);
			const near = new Set(neighboursOf(secret, fromHex(idOf(knob)), ringOf(ids.map(fromHex))));
			const lamp = lamps.find(node => !near.has(idOf(node)));
			ok(lamp !== undefined, "somebody is no neighbour");
			settings.buttonTask = `lamp${lamps.indexOf(lamp)} toggle`;
			for (const isLate of [false, true]) {
				knob.cut();
				// Online at once, as Linux is, or late, as a board may be.
				knob.wifi = isLate ? wifi : undefined;
				wifi.isOn = false;
				knob.start();
				knob.waitFor(/ready /);
				network.clock.advance(10_000);
				if (isLate) wifi.isOn = true;
				network.clock.advance(5_000);
				let sent: string[] = [];
				network.tap = ({ from, to }) => {
					const pair = [from, to];
					if (pair.includes(knob.address) && pair.includes(lamp.address)) sent.push(from);
				};
				const before = lamp.line.value;
				knob.button.put(0);
				network.clock.advance(100);
				sent = [];
				knob.button.put(1);
				network.clock.advance(50);
				ok(lamp.line.value !== before, knob.output);
				equal(sent, [knob.address, lamp.address], `one datagram each way, late: ${isLate}`);
			}
		},
	"the LED shows once that nobody answers, and what is refused": () => {
		const { network, lamp, knob } = lampAndKnob();
		network.clock.advance(10_000);
		lamp.cut();
		knob.press();
		knob.waitFor(/\* button: lamp: no answer\n/);
		const from = knob.led.spans.length;
		network.clock.advance(700);
		equal(knob.led.spans.slice(from, from + 7), Array(7).fill(80));
		equal(knob.led.watch(), "online");
		const other = lampAndKnob("lamp lock").knob;
		other.press();
		other.waitFor(/\* button: /);
		const before = other.led.spans.length;
		network.clock.advance(700);
		ok(before > 0);
	},
	"a press for all locks says which are left out, and the LED shows it where those are all": () => {
		const { network, lamp, knob } = lampAndKnob("lock lock");
		network.clock.advance(10_000);
		knob.type("invite");
		const porch = applicant(network, "10.0.0.3:5683", "porch", "lock", [knob.address], { suite: "secure" });
		porch.waitFor(/ready /);
		lamp.until("members", /porch/);
		knob.press();
		const told =
			/\* button: porch: left out: an owner has to say "confirm porch" first; or ask it by its name\n/;
		knob.waitFor(told);
		const from = knob.led.spans.length;
		network.clock.advance(700);
		equal(knob.led.spans.slice(from, from + 7), Array(7).fill(80));
		lamp.ask("confirm porch", /porch is confirmed/);
		knob.until("members", /porch \(lock\) /);
		const { length } = knob.output;
		knob.press();
		knob.waitFor(/\* button: porch: locked\n/, 60_000, length);
		ok(!told.test(knob.output.slice(length)));
	},
	"a press without a task, or for a device that there is not, does no more than blink": () => {
		const { knob } = lampAndKnob("attic on");
		knob.press();
		knob.waitFor(/\* button: there is no "attic" in this home\n/);
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", panel);
		const { output } = lamp;
		lamp.press();
		network.clock.advance(300);
		equal(lamp.output, output);
		equal(lamp.led.spans.slice(-2), [80, 80]);
	},
	"a long press lets others in for two minutes": () => {
		const { network, lamp } = lampAndKnob();
		lamp.type("uninvite");
		equal(lamp.led.watch(), "online");
		lamp.press(3_500);
		lamp.waitFor(/\* button: inviting for 120 seconds\n/);
		equal(lamp.led.watch(), "inviting");
		const door = joined(network, "10.0.0.3:5683", "door", "lock", [], "secure");
		ok(door.output.includes("ready"));
		network.clock.advance(120_000);
		equal(lamp.led.watch(), "online");
	},
	"a press of ten seconds wipes the node, and it starts as a new one": () => {
		const { network, lamp, knob } = lampAndKnob();
		knob.fault = "of an earlier life";
		knob.button.put(0);
		network.clock.advance(9_000);
		equal(knob.ended, undefined);
		network.clock.advance(1_100);
		equal(knob.ended, 0);
		equal(knob.preference.keys("verifichain"), []);
		equal(knob.fault, "");
		equal(knob.led.value, 0);
		knob.start();
		knob.waitFor(/first node of a new home/);
		equal(knob.led.watch(), "no identity");
		lamp.ask("members", /knob/);
	},
	"let go after the warning, nothing is wiped": () => {
		const { network, knob } = lampAndKnob();
		knob.press(8_000);
		network.clock.advance(20_000);
		equal(knob.ended, undefined);
		knob.ask("status", /node +knob/);
	},
	"a flash that refuses is told, and the next try wipes the node": () => {
		const { knob } = lampAndKnob();
		knob.preference.failFrom = 0;
		knob.press(10_100);
		knob.waitFor(/\* not everything could be wiped: /);
		equal(knob.ended, undefined);
		knob.preference.failFrom = Number.POSITIVE_INFINITY;
		knob.press(10_100);
		equal(knob.ended, 0);
	},
	"a device without an identity can be wiped and does nothing else": () => {
		const network = new SimulatedNetwork();
		const device = new SimulatedNode(network, "10.0.0.1:5683", { ...panel, buttonTask: "lamp on" });
		device.start();
		equal(device.led.watch(), "no identity");
		device.press();
		device.press(3_500);
		network.clock.advance(1_000);
		equal(device.ended, undefined);
		device.press(10_100);
		equal(device.ended, 0);
	},
	"the LED shows that a node is joining": () => {
		const network = new SimulatedNetwork();
		const door = applicant(network, "10.0.0.2:5683", "door", "lock", [], { ...panel });
		door.waitFor(/Not joined: no home found/);
		equal(door.led.watch(), "joining");
	},
	"a button that is held when the node starts does not wipe it": () => {
		const { network, knob } = lampAndKnob();
		knob.cut();
		knob.startHeld();
		network.clock.advance(30_000);
		equal(knob.ended, undefined);
		knob.ask("status", /node +knob/);
	}
});
