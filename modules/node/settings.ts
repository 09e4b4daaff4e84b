import { encodeUtf8 } from "../bytes/bytes.js";
import { isHomeIdText, roundsRange } from "../chain/chain.js";
import { isAction } from "../devices/devices.js";
import { nearest } from "../names/names.js";
import { type Address, defaultPort, parseAddress } from "./address.js";

/** Rounds of PBKDF2 of a home that is founded without saying otherwise. */
const defaultRounds = 4096;

/** A pin by its number; on Linux also a line of the kernel by its name. */
export type Pin = number | string;

/** The way into a Wi-Fi network. */
export interface WifiCredentials {
	/** 1 to 32 bytes of UTF-8. */
	readonly ssid: string;
	/** 8 to 63 characters, or empty for an open network. */
	readonly password: string;
}

/** What the host, the manifest, or the command line sets. */
export interface Settings {
	readonly port: number;
	/** Whether the host has the memory of a microcontroller: kilobytes. */
	readonly isSmall: boolean;
	/** Whether nobody types (Linux). */
	readonly isHeadless: boolean;
	/** Where to look for peers; none for a broadcast. */
	readonly given: readonly Address[];
	/** The line of the light, lock, switch or sensor, where it is wired. */
	readonly line: Pin | undefined;
	/** The line of the panel's button, low while it is pressed, where there is one. */
	readonly button: Pin | undefined;
	/** The line of the panel's LED, lit when high, where there is one. */
	readonly led: Pin | undefined;
	/** What a press of the button does, as after the console's `task`; undefined for nothing. */
	readonly buttonTask: string | undefined;
	/** Rounds of PBKDF2 of a home that is founded here. */
	readonly rounds: number;
	/** The name of the suite of a home that is founded here; undefined for the usual one. */
	readonly suite: string | undefined;
	/** Where a person has not given others on the console. */
	readonly wifi: WifiCredentials | undefined;
	/** Answers to the questions of the first start, as a person would give them; what is missing is asked. */
	readonly answers: {
		readonly name: string | undefined;
		readonly type: string | undefined;
		readonly password: string | undefined;
		readonly pin: string | undefined;
		/** The id of the home to join: 16 hexadecimal digits. */
		readonly home: string | undefined;
		readonly genesisMessage: string | undefined;
	};
}

/** Why a network's name or password cannot be right, or undefined. */
export function wifiFault({ ssid, password }: WifiCredentials): string | undefined {
	const length = encodeUtf8(ssid).length;
	if (length < 1 || length > 32) return "the name of a Wi-Fi network has 1 to 32 bytes";
	// 802.11i: a passphrase of printable ASCII, 8 to 63 characters.
	if (password === "" || /^[ -~]{8,63}$/.test(password)) return undefined;
	return "a Wi-Fi password has 8 to 63 characters without accents, or none for an open network";
}

/** All that `mc/config` may hold: what is read here, what hosts read, and what the SDK adds. */
const settingNames: readonly string[] = Object.freeze([
	"button",
	"buttonTask",
	"genesis",
	"home",
	"homePassword",
	"homePin",
	"led",
	"line",
	"memory",
	"name",
	"password",
	"peers",
	"port",
	"rounds",
	"ssid",
	"suite",
	"type",
	"data",
	"gpiochip",
	"headless",
	"serial",
	"format",
	"rotation"
]);

/** Names in `mc/config` that are most likely slips of the pen, a sentence each: whoever built a board's image cannot be asked. */
export function misspelt(values: Readonly<Record<string, unknown>>): string[] {
	return Object.keys(values).flatMap(name => {
		const meant = settingNames.includes(name) ? undefined : nearest(name, settingNames);
		return meant === undefined ? [] : [`there is no setting "${name}": is it ${meant}?`];
	});
}

/** Reads `mc/config`. Throws a RangeError that names the setting when one is wrong. */
export function readSettings(values: Readonly<Record<string, unknown>>): Settings {
	const isGiven = (name: string) => values[name] !== undefined && values[name] !== "";
	const number = (name: string, fallback: number, least: number, most: number) => {
		const value = values[name] === undefined ? fallback : Number(values[name]);
		if (Number.isInteger(value) && value >= least && value <= most) return value;
		throw new RangeError(`${name} is to be a number from ${least} to ${most}`);
	};
	/** `what` it takes, for the person who got it wrong. */
	const text = (name: string, what: string, isRight: (text: string) => boolean) => {
		if (!isGiven(name)) return undefined;
		const value = values[name];
		const written = typeof value === "number" ? String(value) : value;
		if (typeof written === "string" && isRight(written)) return written;
		throw new RangeError(`${name} is to be ${what}`);
	};
	const pin = (name: string): Pin | undefined => {
		const written = text(name, "the number of a pin, or on Linux the name of a line", word =>
			/^[A-Za-z0-9_.:-]{1,31}$/.test(word)
		);
		if (written === undefined || !/^[0-9.-]+$/.test(written)) return written;
		return number(name, 0, 0, 511);
	};
	const anything = () => true;
	const task = (word: string) => /^\S.* \S+$/.test(word) && isAction(word.slice(word.lastIndexOf(" ") + 1));
	const given: Address[] = [];
	for (const peer of Array.isArray(values.peers) ? values.peers : []) {
		const address = parseAddress(String(peer));
		if (address === undefined) throw new RangeError(`"${peer}" is no address: write ADDRESS:PORT`);
		given.push(address);
	}
	return {
		given,
		port: number("port", defaultPort, 1, 65_535),
		isSmall: text("memory", "small or large", word => word === "small" || word === "large") === "small",
		isHeadless: values.headless === true,
		line: pin("line"),
		button: pin("button"),
		led: pin("led"),
		buttonTask: text("buttonTask", `WHO ACTION, like "lamp toggle"`, task),
		suite: values.suite === undefined ? undefined : String(values.suite),
		rounds: number("rounds", defaultRounds, roundsRange.least, roundsRange.most),
		wifi: wifiOf(text),
		answers: {
			name: text("name", "a text", anything),
			type: text("type", "a text", anything),
			password: text("homePassword", "a text", anything),
			pin: text("homePin", "a text", anything),
			home: text("home", "the id of a home, 16 hexadecimal digits", id =>
				isHomeIdText(id.toLowerCase())
			)?.toLowerCase(),
			genesisMessage: text("genesis", "a text", anything)
		}
	};
}

/** The credentials among the settings. A message never repeats the password. */
function wifiOf(
	text: (name: string, what: string, isRight: (text: string) => boolean) => string | undefined
): WifiCredentials | undefined {
	const ssid = text("ssid", "a text", () => true);
	const password = text("password", "a text", () => true) ?? "";
	if (ssid === undefined) return undefined;
	const fault = wifiFault({ ssid, password });
	if (fault !== undefined) throw new RangeError(`ssid or password: ${fault}`);
	return { ssid, password };
}
