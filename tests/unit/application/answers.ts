import { equal, ok } from "../../harness/assert.js";
import {
	foundHome,
	homePassword,
	homePin,
	SimulatedNetwork,
	SimulatedNode
} from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

const answers = { name: "desk", type: "light", homePassword, homePin };

function device(settings: Record<string, unknown>, network = new SimulatedNetwork()): SimulatedNode {
	return new SimulatedNode(network, "10.0.0.2:5683", { suite: "secure", ...settings });
}

export default suite("answers that are configured", {
	"let a device join without a question": () => {
		const network = new SimulatedNetwork();
		foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		const desk = device(answers, network).start();
		desk.waitFor(/ready [0-9a-f]{32} desk light/);
		ok(!/\?|:\n/.test(desk.output), desk.output);
		ok(!desk.output.includes(homePassword) && !desk.output.includes(homePin));
	},
	"let a device found a home, where the genesis message is among them": () => {
		const desk = device({ ...answers, genesis: "begun by a file" }).start();
		desk.waitFor(/ready [0-9a-f]{32} desk light/);
		ok(/Recovery key/.test(desk.output));
	},
	"leave to be asked what is missing, and what will not do": () => {
		const desk = device({ type: "light", name: "all" }).start();
		desk.waitFor(/first node of a new home/);
		desk.ask("y", /What is configured will not do: "all" means something else in commands\.\nName/);
		desk.ask("desk", /Password/);
		desk.ask(homePassword, /The same password once more/);
		desk.ask(homePassword, /PIN/);
		desk.ask(homePin, /The same PIN once more/);
		desk.ask(homePin, /Genesis message/);
		desk.type("begun");
		desk.waitFor(/ready [0-9a-f]{32} desk light/);
	},
	"are not taken again when the home refuses them": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		const desk = device({ ...answers, homePassword: "wrong horse" }, network).start();
		desk.waitFor(/Not joined: wrong password or PIN\.\nChange what is configured.+\nPassword/);
		network.clock.advance(60_000);
		equal(desk.output.match(/Not joined/g)?.length, 1, "no try without a person");
		desk.type(homePassword);
		lamp.type("invite");
		desk.type(homePin);
		desk.waitFor(/ready /);
	},
	"are tried on over restarts, as long as nobody has tested a guess": () => {
		const network = new SimulatedNetwork();
		const desk = device(answers, network).start();
		for (let time = 0; time < 3; time += 1) {
			desk.waitFor(/no home found\. Trying again/);
			desk.cut();
			desk.start();
		}
		const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		lamp.type("uninvite");
		desk.waitFor(/is not inviting|nobody invites|Trying again/);
		desk.cut();
		desk.start();
		lamp.type("invite");
		desk.waitFor(/ready [0-9a-f]{32} desk light/, 120_000);
		ok(!/Password/.test(desk.output), desk.output);
	},
	"are tried on where the home has shown that it knows the password, and could not admit": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		lamp.preference.capacity = 1;
		const desk = device(answers, network).start();
		desk.waitFor(/Not joined: .*Trying again/);
		ok(!/Password|tried before/.test(desk.output), desk.output);
		lamp.preference.capacity = Number.POSITIVE_INFINITY;
		desk.waitFor(/ready [0-9a-f]{32} desk light/, 120_000);
	},
	"end a device without a person where they will not do, and wait for its button where it has one": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		const headless = { ...answers, homePassword: "wrong horse", headless: true };
		const desk = device(headless, network).start();
		desk.waitFor(/synchronizing/);
		network.clock.advance(20_000);
		equal(desk.ended, 78);
		ok(/^Not joined: wrong password or PIN\. /.test(desk.reason ?? ""), desk.reason ?? "no reason");
		ok(!/Password/.test(desk.output), desk.output);

		const lantern = new SimulatedNode(network, "10.0.0.3:5683", {
			...headless,
			suite: "secure",
			name: "lantern",
			button: 3
		}).start();
		lamp.type("invite");
		lantern.waitFor(/press the button to try it once more\.\n/);
		network.clock.advance(20_000);
		equal(lantern.ended, undefined);
		lantern.press(200);
		lantern.waitFor(/press the button to try it once more\.\n[\s\S]*press the button/);
	},
	"are of no interest to a device that has an identity": () => {
		const desk = device({ ...answers, genesis: "begun" }).start();
		desk.waitFor(/ready /);
		desk.cut();
		const again = desk.start();
		again.waitFor(/ready [0-9a-f]{32} desk/);
		ok(!/Recovery/.test(again.output));
	}
});
