import { type WifiCredentials, wifiFault } from "../node/node.js";
import type { Left, Questions } from "./questions.js";
import type { Screen } from "./screen.js";

export const wifiUsage = "wifi SSID [PASSWORD]";
export const wifiHelp =
	'join a Wi-Fi network, also after each start; an SSID with spaces in "quotes", the rest of the line is the password; without it you are asked, and it does not show';

/** More than the longest SSID and the longest password. */
const restLimit = 200;

/** What joins a network. */
export interface WifiMachine {
	/** Why it cannot join any, or undefined. */
	readonly wifiRefusal: string | undefined;
	/** Joins one, now and after each start. Returns why that cannot be, or undefined. */
	joinWifi(credentials: WifiCredentials): string | undefined;
}

export interface WifiOptions {
	readonly screen: Screen;
	readonly questions: Questions;
	readonly machine: WifiMachine;
}

/** Carries out `wifi`. The password is neither printed nor repeated in what is said. */
export function joinWifi({ screen, questions, machine }: WifiOptions, rest: string): void {
	// XS keeps a state for each character that an expression repeats over: not for a whole line of them.
	const parts = rest.length > restLimit ? null : /^(?:"([^"]+)"|([^\s"]+))(?:\s+(.*))?$/.exec(rest);
	const [, quoted, word, password] = parts ?? [];
	const ssid = quoted ?? word;
	if (ssid === undefined) {
		screen.line(`Say which network: ${wifiUsage}.`);
		return;
	}
	const refusal = machine.wifiRefusal ?? wifiFault({ ssid, password: "" });
	if (refusal !== undefined) {
		screen.line(`That did not work: ${refusal}.`);
		return;
	}
	const go = (credentials: WifiCredentials) => {
		const fault = machine.joinWifi(credentials);
		screen.line(fault === undefined ? `Joining "${ssid}".` : `That did not work: ${fault}.`);
	};
	if (password !== undefined) go({ ssid, password });
	else askWifiPassword(questions, ssid, go);
}

/** A device that knows no network yet asks for one. */
export function askWifi(questions: Questions, done: (credentials: WifiCredentials) => void): void {
	const question = {
		text: "Name of the Wi-Fi network:",
		fault: (ssid: string) => wifiFault({ ssid, password: "" })
	};
	const left = () => askWifi(questions, done);
	questions.ask(question, ssid => askWifiPassword(questions, ssid, done, left), null);
}

function askWifiPassword(
	questions: Questions,
	ssid: string,
	done: (credentials: WifiCredentials) => void,
	left?: Left
): void {
	const question = {
		text: `Password of "${ssid}" (nothing for an open network):`,
		isSecret: true,
		fault: (password: string) => wifiFault({ ssid, password })
	};
	questions.ask(question, password => done({ ssid, password }), left);
}
