import { Store } from "../../../modules/store/store.js";
import { equal, ok } from "../../harness/assert.js";
import { SimulatedWifi } from "../../harness/simulated-wifi.js";
import {
	foundHome,
	homePassword,
	homePin,
	joined,
	SimulatedNetwork,
	SimulatedNode
} from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

const credentials = { ssid: "our home", password: "wifi password" };

/** A board with a Wi-Fi in reach. */
function board(settings: Record<string, unknown> = {}, network = new SimulatedNetwork()) {
	const wifi = new SimulatedWifi(network.clock, credentials);
	const node = new SimulatedNode(network, "10.0.0.9:5683", { suite: "secure", led: 4, ...settings });
	node.wifi = wifi;
	return { network, wifi, node };
}

const answersOf = (name: string) => ["n", name, "light", homePassword, homePin];

export default suite("Wi-Fi of a node", {
	"a new device asks for it first, and the password does not show": () => {
		const { network, wifi, node } = board();
		foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		node.start();
		node.waitFor(/^Name of the Wi-Fi network:\n$/);
		node.type("our home");
		node.waitFor(/Password of "our home"/);
		equal(node.screen?.echo, false);
		node.type("wifi password");
		equal(node.screen?.echo, true);
		for (const line of answersOf("desk")) node.type(line);
		node.waitFor(/ready [0-9a-f]{32} desk light/);
		ok(!node.output.includes("wifi password"));
		ok(!wifi.isOut("10.0.0.9:5683"));
	},
	"what was typed is kept over a restart, before what is configured": () => {
		const { network, node } = board({ ssid: "the neighbour's", password: "not for us at all" });
		foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		node.start(...answersOf("desk"));
		network.clock.advance(20_000);
		ok(node.output.includes("There is no network yet"));
		node.type('wifi "our home" wifi password');
		node.waitFor(/Joining "our home"\.\n/);
		node.waitFor(/ready [0-9a-f]{32} desk light/);
		node.cut();
		node.start();
		node.until("status", /link +online, 10\.0\.0\.9/);
	},
	"a wipe that the power cut short leaves none to join: it is asked for, and kept by whoever sets the node up next":
		() => {
			const { network, node } = board();
			foundHome(network, "10.0.0.1:5683", { suite: "secure" });
			node.start("our home", "wifi password", ...answersOf("desk"));
			node.waitFor(/ready /);
			node.cut();
			node.preference.powerUp();
			// Cut right after the note that a wipe has begun.
			new Store({ preference: node.preference, domain: "verifichain" }).set("wipe", new Uint8Array(0));
			node.start();
			node.waitFor(/^Name of the Wi-Fi network:\n$/);
			for (const line of ["our home", "wifi password", ...answersOf("shelf")]) node.type(line);
			node.waitFor(/ready [0-9a-f]{32} shelf light/);
			node.cut();
			node.start();
			node.until("status", /link +online, 10\.0\.0\.9/);
		},
	"the configured one is used where nobody typed another": () => {
		const { node } = board(credentials);
		node.start("y", "desk", "light", homePassword, homePassword, homePin, homePin, "begun");
		node.waitFor(/ready /);
		node.until("status", /link +online, 10\.0\.0\.9/);
	},
	"a node whose Wi-Fi goes lives on, and catches up at once when it comes back": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		const { wifi, node } = board({ ...credentials, button: 3, buttonTask: "desk toggle" }, network);
		node.start(...answersOf("desk"));
		node.waitFor(/ready /);
		wifi.isOn = false;
		node.waitFor(/\* the network is gone\n/);
		equal(node.led.watch(), "offline");
		node.press();
		equal(node.line.value, 1);
		joined(network, "10.0.0.3:5683", "door", "lock", [], "secure");
		network.clock.advance(600_000);
		node.ask("status", /chain +2 blocks[\s\S]*link +offline/);
		const from = node.output.length;
		wifi.isOn = true;
		node.waitFor(/\* the network is there, as 10\.0\.0\.9\n/, 2_000, from);
		node.until("status", /chain +3 blocks/, 500);
		equal(node.led.watch(), "online");
		lamp.ask("task desk off", /^desk: off\n/);
	},
	"a node starts without its Wi-Fi, and joins it whenever it comes": () => {
		const { network, wifi, node } = board(credentials);
		const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		node.start(...answersOf("desk"));
		node.waitFor(/ready /);
		node.cut();
		wifi.isOn = false;
		node.start();
		node.waitFor(/ready /, 100);
		network.clock.advance(60_000);
		wifi.isOn = true;
		lamp.until("task desk on", /desk: on\n/, 10_000);
	},
	"a node whose Wi-Fi is gone does not go on asking": () => {
		const { network, wifi, node } = board(credentials);
		foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		node.start(...answersOf("desk"));
		node.waitFor(/ready /);
		wifi.isOn = false;
		network.clock.advance(60_000);
		const before = node.attempts;
		network.clock.advance(3_600_000);
		equal(node.attempts, before);
	},
	"a press without a network is done as soon as it is there, once": () => {
		const network = new SimulatedNetwork();
		const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure", line: 9 });
		const { wifi, node } = board({ ...credentials, button: 3, buttonTask: "lamp toggle" }, network);
		node.start(...answersOf("desk"));
		node.waitFor(/ready /);
		network.clock.advance(10_000);
		node.cut();
		wifi.isOn = false;
		node.start();
		node.waitFor(/ready /);
		network.clock.advance(1_000);
		node.press();
		network.clock.advance(3_000);
		equal(lamp.line.value, 0);
		wifi.isOn = true;
		node.waitFor(/\* the network is there/, 2_000);
		network.clock.advance(50);
		equal(lamp.line.value, 1);
		network.clock.advance(20_000);
		equal(lamp.line.value, 1);
	},
	"the socket is bound once, however often the network comes": () => {
		const { network, wifi, node } = board(credentials);
		node.start("y", "desk", "light", homePassword, homePassword, homePin, homePin, "begun");
		node.waitFor(/ready /);
		for (let turn = 0; turn < 5; turn += 1) {
			wifi.isOn = false;
			network.clock.advance(1_000);
			wifi.isOn = true;
			network.clock.advance(3_000);
		}
		equal(node.sockets, 1);
	},
	"the password is in no output, and what cannot be right is said": () => {
		const { node } = board(credentials);
		node.start("y", "desk", "light", homePassword, homePassword, homePin, homePin, "begun");
		node.waitFor(/ready /);
		node.ask("wifi", /^Say which network: wifi SSID/);
		node.ask("wifi home short", /^That did not work: a Wi-Fi password has 8 to 63/);
		node.ask(`wifi ${"x".repeat(33)} long enough`, /^That did not work: the name/);
		node.ask("wifi open", /^Password of "open"/);
		node.ask("short", /8 to 63 characters/);
		node.ask("a secret one", /Joining "open"/);
		node.ask('wifi "two words" other secret', /Joining "two words"/);
		for (const secret of ["secret", "wifi password", "short"]) {
			ok(!node.output.includes(secret), secret);
		}
	},
	"where the system connects, it says so and keeps nothing": () => {
		const lamp = foundHome(new SimulatedNetwork(), "10.0.0.1:5683", { suite: "secure" });
		lamp.ask("wifi home long enough", /^That did not work: the system connects this machine/);
		ok(!lamp.preference.keys("verifichain").includes("wifi"));
		lamp.ask(
			"status",
			/link +online; up 00:00:\d\d\nmemory +slots 30 of 64, chunks 10 of 32 KB, more when needed; 96 KB of flash/
		);
	},
	"damaged credentials are named, and the configured ones are used": () => {
		const { node } = board(credentials);
		node.start("y", "desk", "light", homePassword, homePassword, homePin, homePin, "begun");
		node.waitFor(/ready /);
		node.ask('wifi "our home" wifi password', /Joining/);
		node.preference.damage("verifichain", "wifi", 6);
		node.cut();
		node.start();
		node.waitFor(/\* "wifi" is damaged/);
		node.until("status", /link +online/);
	},
	"a reset forgets it": () => {
		const { node } = board({});
		node.start(
			"our home",
			"wifi password",
			"y",
			"desk",
			"light",
			homePassword,
			homePassword,
			homePin,
			homePin,
			"begun"
		);
		node.waitFor(/ready /);
		node.type("reset");
		node.type("wipe");
		equal(node.preference.keys("verifichain"), []);
	}
});
