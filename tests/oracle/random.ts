import { Chance } from "./chance.js";
import {
	type Compared,
	compare,
	compareOwn,
	compareShort,
	DifferenceError,
	type History,
	Prepared
} from "./compare.js";
import { play, settings } from "./history.js";
import { allRules } from "./rules.js";
import { Soup } from "./soup.js";

/** How many parts of each home are given, of 10 to 30 blocks; and how often the whole. */
const parts = 48;
const wholes = 2;

/** What random histories came to. */
export interface Result {
	readonly sums: Compared & { homes: number; histories: number };
	readonly found: { readonly history: string; readonly text: string }[];
}

/** Compares random histories of all settings in turn, until enough or until `until` says so. */
export function compareRandom(options: { count: number; seed: number; until: () => boolean }): Result {
	const sums = { homes: 0, histories: 0, events: 0, blocks: 0, standings: 0, tables: 0, bases: 0 };
	const found: Result["found"] = [];
	for (let at = 0; sums.histories < options.count && !options.until(); at += 1) {
		const setting = settings[Math.floor(at / 2) % settings.length];
		if (setting === undefined) break;
		const number = options.seed * 1_000_003 + at;
		// Every other history is of no home at all: it costs less, and has more that is rare.
		const prepared = new Prepared(
			at % 2 === 0 ? historyOf(setting, number) : new Soup(new Chance(number)).make()
		);
		sums.homes += 1;
		for (let part = 0; part < parts + wholes; part += 1) {
			sums.histories += 1;
			const seed = number * 64 + part;
			try {
				add(sums, part < wholes ? compare(prepared, seed) : compareShort(prepared, seed));
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				const text = error instanceof DifferenceError ? error.message : (error.stack ?? error.message);
				found.push({ history: `${at % 2 === 0 ? setting.name : "soup"} ${number} part ${part}`, text });
			}
		}
	}
	return { sums, found };
}

/** Compares what nodes do by themselves. Returns how many runs there were, and what differs. */
export function compareOwnRandom(options: { count: number; seed: number; until: () => boolean }): {
	runs: number;
	found: string[];
} {
	const found: string[] = [];
	let runs = 0;
	for (let at = 0; runs < options.count && !options.until(); at += 1) {
		const setting = settings[Math.floor(at / 2) % settings.length];
		if (setting === undefined) break;
		const number = options.seed * 1_000_003 + at;
		const prepared = new Prepared(
			at % 2 === 0 ? historyOf(setting, number) : new Soup(new Chance(number)).make()
		);
		for (let part = 0; part < 10; part += 1) {
			runs += 1;
			try {
				compareOwn(prepared, number * 64 + part);
			} catch (error) {
				if (!(error instanceof DifferenceError)) throw error;
				found.push(`${number} part ${part}: ${error.message}`);
			}
		}
	}
	return { runs, found };
}

/** All that was made in one random home. */
export function historyOf(setting: (typeof settings)[number], seed: number): History {
	const { home } = play(setting, seed, allRules);
	return { blocks: home.blocks, bases: home.bases.map(({ base }) => base) };
}

function add(sums: Compared, more: Compared): void {
	sums.events += more.events;
	sums.blocks += more.blocks;
	sums.standings += more.standings;
	sums.tables += more.tables;
	sums.bases += more.bases;
}
