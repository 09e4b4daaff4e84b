import { equal, ok } from "../../harness/assert.js";
import { SimulatedWifi } from "../../harness/simulated-wifi.js";
import { homePassword, homePin, SimulatedNode } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { secureHome } from "../secure/house.js";

export default suite("two that ask at once", {
	"what a removal asks when it is done waits until the recovery key has been typed, which does not show":
		() => {
			const { network, lamp } = secureHome();
			const [key = ""] = /^[0-9A-Z]{5}(?: [0-9A-Z]{5}){10}$/m.exec(lamp.output) ?? [];
			for (const line of ["remove knob", "y", "recovery"]) lamp.type(line);
			network.clock.advance(5_000);
			ok(/knob is removed/.test(lamp.output), lamp.output);
			equal(lamp.screen?.echo, false, "the key would show");
			lamp.ask(key, /^That is this home's recovery key: keep it safe\.\n/);
			lamp.ask("n", /^/);
			lamp.ask("status", /^node /);
		},
	"what a removal asks when it is done waits until the PIN of a new password has been typed, which does not show":
		() => {
			const { network, lamp } = secureHome();
			for (const line of ["remove knob", "y", "password"]) lamp.type(line);
			network.clock.advance(5_000);
			ok(/knob is removed/.test(lamp.output), lamp.output);
			lamp.ask("better password", /^The same password/);
			lamp.ask("better password", /^PIN \(/);
			equal(lamp.screen?.echo, false, "the PIN would show");
			lamp.ask("97531", /^The same PIN/);
			equal(lamp.screen?.echo, false, "the PIN would show");
			lamp.ask("97531", /^knob may know the home's password/);
			lamp.waitFor(/^The home has a new password\./m);
			lamp.ask("n", /^/);
			lamp.ask("status", /^node /);
		},
	"what is typed as the password of a Wi-Fi becomes nobody's name": () => {
		const { network } = secureHome();
		network.delay = [200, 201];
		const wifi = new SimulatedWifi(network.clock, { ssid: "our home", password: "wifi password" });
		const desk = new SimulatedNode(network, "10.0.0.9:5683", {
			suite: "secure",
			ssid: "our home",
			password: "wifi password",
			peers: ["10.0.0.1:5683"]
		});
		desk.wifi = wifi;
		desk.start("n", "knob", "light", homePassword, homePin);
		desk.waitFor(/synchronizing/);
		desk.type('wifi "another"');
		network.clock.advance(10_000);
		ok(/is taken/.test(desk.output), desk.output);
		equal(desk.screen?.echo, false, "the password would show");
		desk.type("a secret of ours");
		desk.waitFor(/Joining "another"/);
		desk.waitFor(/Name of this node:/);
		equal(desk.screen?.echo, true);
		for (const line of ["desk", homePassword, homePin]) desk.type(line);
	},
	"a press of the button while a password is half typed makes no command, no name and nothing to see of the rest of it":
		() => {
			for (const isTaken of [false, true]) {
				const { network, lamp } = secureHome();
				lamp.ask("invite 600", /Inviting/);
				const settings = { suite: "secure", button: 3, name: isTaken ? "knob" : "desk", type: "light" };
				const typed = { ...settings, peers: [lamp.address], homePassword, homePin };
				const desk = new SimulatedNode(network, "10.0.0.9:5683", typed);
				// The power goes when it is noted that somebody may have tested it.
				desk.cutAt(0, "done").start();
				for (let waited = 0; waited < 10_000 && desk.isOn; waited += 10) network.clock.advance(10);
				desk.start();
				desk.waitFor(/press the button to try it once more, or type:\nPassword/);
				equal(desk.screen?.echo, false);
				desk.press();
				const from = desk.output.length;
				if (isTaken) desk.waitFor(/Name of this node:/);
				else desk.waitFor(/ready [0-9a-f]{32} desk/);
				equal(desk.screen?.echo, false, "the rest would show");
				desk.type("rest of it");
				equal(desk.screen?.echo, true);
				network.clock.advance(100);
				const told = desk.output.slice(from);
				ok(/was being typed when the button was pressed is not taken/.test(told), told);
				ok(!/rest|There is no command/.test(told), told);
				if (isTaken) desk.ask("desk", /^Password/);
				else desk.ask("status", /^node /);
			}
		},
	"a command that was typed ahead is not taken for the password of a Wi-Fi": () => {
		const { network, lamp } = secureHome();
		network.delay = [200, 201];
		const wifi = new SimulatedWifi(network.clock, { ssid: "our home", password: "wifi password" });
		const settings = { suite: "secure", ssid: "our home", password: "wifi password" };
		const desk = new SimulatedNode(network, "10.0.0.9:5683", { ...settings, peers: [lamp.address] });
		desk.wifi = wifi;
		desk.start("n", "desk", "light", homePassword, homePin);
		desk.waitFor(/synchronizing/);
		for (const line of ["task lamp on", 'wifi "our home"']) desk.type(line);
		desk.waitFor(/ready /);
		network.clock.advance(1_000);
		ok(!/Joining "/.test(desk.output), desk.output);
		desk.ask("wifi password", /^Joining "our home"\./);
		desk.waitFor(/lamp: /);
	}
});
