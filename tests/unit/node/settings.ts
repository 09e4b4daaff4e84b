import { misspelt, readSettings } from "../../../modules/node/node.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

export default suite("settings", {
	"port, peers and rounds are checked, and have defaults where they can": () => {
		const settings = readSettings({});
		equal(
			[settings.given, settings.port, settings.line, settings.rounds, settings.suite],
			[[], 5683, undefined, 4096, undefined]
		);
		const given = readSettings({ port: "7", line: "2", rounds: 1000, peers: ["10.0.0.1:9"] });
		equal(given.given, [{ host: "10.0.0.1", port: 9 }]);
		equal([given.port, given.line, given.rounds], [7, 2, 1000]);
		for (const [name, value] of [
			["port", 0],
			["port", "x"],
			["rounds", 999]
		] as const) {
			throws(() => readSettings({ [name]: value }), RangeError, name);
		}
		throws(() => readSettings({ peers: ["lamp"] }), RangeError, '"lamp" is no address');
	},
	"pins are numbers, also as a command line gives them, or names of lines": () => {
		const settings = readSettings({ line: 16, button: "14", led: "GPIO17" });
		equal([settings.line, settings.button, settings.led], [16, 14, "GPIO17"]);
		const none = readSettings({ button: "" });
		equal([none.line, none.button, none.led, none.buttonTask, none.wifi], Array(5).fill(undefined));
	},
	"a wrong one is named, with what it takes": () => {
		for (const [values, text] of [
			[{ line: 512 }, "line is to be a number"],
			[{ button: -1 }, "button is to be a number"],
			[{ led: "1.5" }, "led is to be a number"],
			[{ line: "two words" }, "line is to be the number of a pin"],
			[{ button: true }, "button is to be the number of a pin"],
			[{ buttonTask: "lamp" }, 'buttonTask is to be WHO ACTION, like "lamp toggle"'],
			[{ buttonTask: "lamp dance" }, "buttonTask is to be"],
			[{ memory: "tiny" }, "memory is to be small or large"],
			[{ ssid: "x".repeat(33) }, "1 to 32 bytes"],
			[{ ssid: "home", password: "short" }, "8 to 63 characters"],
			[{ ssid: "home", password: {} }, "password is to be a text"]
		] as const) {
			throws(() => readSettings(values), RangeError, text);
		}
	},
	"a host is large unless it says otherwise": () => {
		equal(
			[{}, { memory: "large" }, { memory: "small" }].map(values => readSettings(values).isSmall),
			[false, false, true]
		);
	},
	"a task may be for a name with spaces": () => {
		equal(readSettings({ buttonTask: "wall lamp toggle" }).buttonTask, "wall lamp toggle");
	},
	"Wi-Fi takes a name and a password, or a name alone for an open network": () => {
		equal(readSettings({ ssid: "home", password: "correct horse" }).wifi, {
			ssid: "home",
			password: "correct horse"
		});
		equal(readSettings({ ssid: "café" }).wifi, { ssid: "café", password: "" });
		equal(readSettings({ password: "correct horse" }).wifi, undefined);
	},
	"one that is misspelt is told, with what is meant; what the SDK adds, or nobody knows, is passed over":
		() => {
			equal(misspelt({ buttonTsak: "lamp on", lien: 2, line: 2 }), [
				'there is no setting "buttonTsak": is it buttonTask?',
				'there is no setting "lien": is it line?'
			]);
			const sdk = ["format", "rotation", "serial", "sntp", "driver", "touch", "dithering", "tls", "async"];
			equal(misspelt(Object.fromEntries(sdk.map(name => [name, 1]))), []);
		},
	"a complaint about a password does not repeat it": () => {
		const error = throws(() => readSettings({ ssid: "home", password: "geheim" }), RangeError);
		ok(!error.message.includes("geheim"));
	}
});
