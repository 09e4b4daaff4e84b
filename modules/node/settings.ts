import { roundsRange } from "../chain/chain.js";
import { type Address, defaultPort, parseAddress } from "./address.js";

/** Rounds of PBKDF2 of a home that is founded without saying otherwise. */
const defaultRounds = 4096;

/** What the host, the manifest, or the command line sets. */
export interface Settings {
	readonly port: number;
	/** Where to look for peers; none for a broadcast. */
	readonly given: readonly Address[];
	/** The line of the light, lock, switch or sensor, where it is wired. */
	readonly line: number | undefined;
	/** Rounds of PBKDF2 of a home that is founded here. */
	readonly rounds: number;
	/** The name of the suite of a home that is founded here; undefined for the usual one. */
	readonly suite: string | undefined;
}

/** Reads `mc/config`. Throws a RangeError that names the setting when one is wrong. */
export function readSettings(values: Readonly<Record<string, unknown>>): Settings {
	const number = (name: string, fallback: number, least: number, most: number) => {
		const value = values[name] === undefined ? fallback : Number(values[name]);
		if (Number.isInteger(value) && value >= least && value <= most) return value;
		throw new RangeError(`${name} is to be a number from ${least} to ${most}`);
	};
	const given: Address[] = [];
	for (const peer of Array.isArray(values.peers) ? values.peers : []) {
		const address = parseAddress(String(peer));
		if (address === undefined) throw new RangeError(`"${peer}" is no address: write ADDRESS:PORT`);
		given.push(address);
	}
	return {
		given,
		port: number("port", defaultPort, 1, 65_535),
		line: values.line === undefined ? undefined : number("line", 0, 0, 63),
		suite: values.suite === undefined ? undefined : String(values.suite),
		rounds: number("rounds", defaultRounds, roundsRange.least, roundsRange.most)
	};
}
