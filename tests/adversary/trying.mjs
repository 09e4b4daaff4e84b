/**
 * Promise 1 on scenarios that fast-check makes up and, where one fails, makes short. `ADVERSARY_BUILD` names another folder than
 * build/js: that of a mutation. On Node alone: fast-check takes functions of browsers and Node when it is imported, which XS does
 * not have; inside XS the unit tests try a few scenarios at random.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { rememberVerified } from "../node/hosts/primitives.mjs";

const build = path.resolve(process.env.ADVERSARY_BUILD ?? "build/js");
const load = name => import(pathToFileURL(path.join(build, `tests/harness/adversary/${name}.js`)).href);
const { adversaryHome, play } = await load("play");
const { headLength, numberEnd, rowLength, scenarioOf } = await load("numbers");
const { stepText } = await load("scenario");
rememberVerified();

const number = fc.noBias(fc.nat(numberEnd - 1));
const row = length => fc.tuple(...Array.from({ length }, () => number));
const numbers = fc
	.tuple(row(headLength), fc.noBias(fc.array(row(rowLength), { minLength: 1, maxLength: 14, size: "max" })))
	.map(([head, steps]) => [head, ...steps]);

let home;

/** Plays a scenario. An error of the application's own that comes out is a fault too. */
export function tried(scenario) {
	home ??= adversaryHome();
	try {
		return play(home, scenarioOf(scenario));
	} catch (error) {
		const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
		return { faults: [text], asks: 0, acts: 0, story: () => text };
	}
}

/**
 * Tries `runs` scenarios, or as many as fit into so many milliseconds. Returns what was looked at and, where one failed, its
 * numbers, made as small as they can be unless `isShort`.
 */
export function attack({ seed, runs, milliseconds = Number.POSITIVE_INFINITY, isShort = false }) {
	const count = { scenarios: 0, asks: 0, acts: 0 };
	const property = fc.property(numbers, scenario => {
		const { faults, asks, acts } = tried(scenario);
		count.scenarios += 1;
		count.asks += asks;
		count.acts += acts;
		return faults.length === 0;
	});
	const limit = Number.isFinite(milliseconds) ? { interruptAfterTimeLimit: milliseconds } : {};
	const { failed, counterexample } = fc.check(property, {
		seed,
		numRuns: runs,
		endOnFailure: isShort,
		...limit
	});
	return { ...count, found: failed ? counterexample?.[0] : undefined };
}

/** A scenario that failed, for a person: the steps, what was not kept, how it is run again, what all consoles said. */
export function report(scenario, seed) {
	const { asker, device, isFresh, isThirdSilent, drifts, steps } = scenarioOf(scenario);
	const { faults, story } = tried(scenario);
	return [
		`found with seed ${seed}: ${asker} asks ${device}, fresh ${isFresh}, third silent ${isThirdSilent}, drifts ${drifts}`,
		...steps.map(step => `\t${stepText(step)}`),
		"",
		...faults,
		"",
		`again: npm run adversary -- --scenario '${JSON.stringify(scenario)}'`,
		"",
		story()
	].join("\n");
}
