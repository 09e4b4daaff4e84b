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

declare global {
	interface ErrorConstructor {
		/** Of V8: how many frames an error's trace has. */
		stackTraceLimit: number;
	}
}

/** How many parts of each home are given, of 10 to 30 blocks; and how often the whole. */
const parts = 78;
const wholes = 2;
/** How many nodes of each home act by themselves. */
const ownParts = 10;

/** What random histories came to. */
export interface Result {
	readonly sums: Sums;
	readonly found: Found[];
}

type Sums = Compared & { homes: number; histories: number };
type Found = { readonly history: string; readonly text: string };

const nothing: Sums = { homes: 0, histories: 0, events: 0, blocks: 0, standings: 0, tables: 0, bases: 0 };

/** Compares random histories of all settings in turn, until enough or until `until` says so. */
export function compareRandom(options: { count: number; seed: number; until: () => boolean }): Result {
	const sums = { ...nothing };
	const found: Found[] = [];
	for (let at = 0; sums.histories < options.count && !options.until(); at += 1) {
		const result = compareHome(options.seed, at);
		add(sums, result.sums);
		found.push(...result.found);
	}
	return { sums, found };
}

/** Compares random histories out of one home, or of no home at all. */
export function compareHome(seed: number, at: number): Result {
	const sums = { ...nothing, homes: 1 };
	const found: Found[] = [];
	const number = seed * 1_000_003 + at;
	const { name, prepared } = preparedOf(number, at);
	for (let part = 0; part < parts + wholes; part += 1) {
		sums.histories += 1;
		const text = quietly(() => add(sums, compareOne(prepared, number, part)));
		if (text !== undefined) found.push({ history: `${name} ${number} part ${part}`, text });
	}
	return { sums, found };
}

function compareOne(prepared: Prepared, number: number, part: number): Compared {
	const seed = number * 128 + part;
	return part < wholes ? compare(prepared, seed) : compareShort(prepared, seed);
}

/** Says what differs. A chain refuses so much that the traces of its errors would take a third of the time: only an error that is none of its own is made again with its trace. */
function quietly(work: () => void): string | undefined {
	const { stackTraceLimit } = Error;
	for (const limit of [0, stackTraceLimit]) {
		Error.stackTraceLimit = limit;
		try {
			work();
			return undefined;
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			if (error instanceof DifferenceError) return error.message;
			if (limit > 0) return error.stack ?? error.message;
		} finally {
			Error.stackTraceLimit = stackTraceLimit;
		}
	}
	return "an error that does not come again";
}

/** Every other history is of no home at all: it costs less, and has more that is rare. */
function preparedOf(number: number, at: number): { name: string; prepared: Prepared } {
	const setting = settings[Math.floor(at / 2) % settings.length];
	if (at % 2 === 0 && setting !== undefined)
		return { name: setting.name, prepared: new Prepared(historyOf(setting, number)) };
	return { name: "soup", prepared: new Prepared(new Soup(new Chance(number)).make()) };
}

/** Compares what nodes do by themselves. Returns how many runs there were, and what differs. */
export function compareOwnRandom(options: { count: number; seed: number; until: () => boolean }): {
	runs: number;
	found: string[];
} {
	const found: string[] = [];
	let runs = 0;
	for (let at = 0; runs < options.count && !options.until(); at += 1) {
		const { sums, found: more } = compareOwnHome(options.seed, at);
		runs += sums.histories;
		found.push(...more.map(({ history, text }) => `${history}: ${text}`));
	}
	return { runs, found };
}

/** As `compareHome`, what ten nodes do by themselves. */
export function compareOwnHome(seed: number, at: number): Result {
	const number = seed * 1_000_003 + at;
	const { name, prepared } = preparedOf(number, at);
	const sums = { ...nothing, homes: 1, histories: ownParts };
	const found: Found[] = [];
	for (let part = 0; part < ownParts; part += 1) {
		const text = quietly(() => compareOwn(prepared, number * 64 + part));
		if (text !== undefined) found.push({ history: `${name} ${number} part ${part}`, text });
	}
	return { sums, found };
}

/** All that was made in one random home. */
export function historyOf(setting: (typeof settings)[number], seed: number): History {
	const { home } = play(setting, seed, allRules);
	return { blocks: home.blocks, bases: home.bases.map(({ base }) => base) };
}

/** Adds what one history or several came to. */
export function add(sums: Sums, more: Partial<Sums>): void {
	for (const name of ["homes", "histories", "events", "blocks", "standings", "tables", "bases"] as const)
		sums[name] += more[name] ?? 0;
}
