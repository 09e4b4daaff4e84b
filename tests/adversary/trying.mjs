/**
 * What nobody may break, tried on scenarios that fast-check makes up and, where one fails, makes short. `ADVERSARY_BUILD` names
 * another folder than build/js: that of a mutation. On Node alone: fast-check takes functions of browsers and Node when it is
 * imported, which XS does not have; inside XS the unit tests try a few scenarios at random.
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
const { joinHeadLength, playJoin } = await load("join-play");
const { guessHeadLength, playGuesses } = await load("guess-play");
rememberVerified();

let home;
const theHome = () => {
	home ??= adversaryHome();
	return home;
};

/** By name: how scenarios look, how they are played, and what a person is told of them beforehand. */
export const properties = {
	commands: {
		sentence:
			"a command acts within 10 seconds of being asked, at most once, or never, and in the order of asks",
		head: headLength,
		rows: 14,
		play: numbers => play(theHome(), scenarioOf(numbers)),
		text: numbers => {
			const { asker, device, isFresh, isThirdSilent, drifts, steps } = scenarioOf(numbers);
			const about = `${asker} asks ${device}, fresh ${isFresh}, third silent ${isThirdSilent}, drifts ${drifts}`;
			return [about, ...steps.map(step => `\t${stepText(step)}`)].join("\n");
		}
	},
	joining: {
		sentence: "what fake homes learn of a joiner's password is one guess each time that a person types it",
		head: joinHeadLength,
		rows: 16,
		play: playJoin,
		text: () => "see below"
	},
	guesses: {
		sentence: "what strangers learn of a home's password is five guesses each time that a person invites",
		head: guessHeadLength,
		rows: 28,
		play: numbers => playGuesses(theHome(), numbers),
		text: () => "see below"
	}
};

const number = fc.noBias(fc.nat(numberEnd - 1));
const row = length => fc.tuple(...Array.from({ length }, () => number));

function scenarios({ head, rows }) {
	const steps = fc.noBias(fc.array(row(rowLength), { minLength: 1, maxLength: rows, size: "max" }));
	return fc.tuple(row(head), steps).map(([first, rest]) => [first, ...rest]);
}

/** Plays a scenario. An error that comes out is a fault too. */
export function tried(name, numbers) {
	try {
		return properties[name].play(numbers);
	} catch (error) {
		const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
		return { faults: [text], asks: 0, acts: 0, story: () => text };
	}
}

/**
 * Tries `runs` scenarios, or as many as fit into so many milliseconds. Returns what was looked at and, where one failed, its
 * numbers, made as small as they can be unless `isShort`.
 */
export function attack({ name, seed, runs, milliseconds = Number.POSITIVE_INFINITY, isShort = false }) {
	const count = { scenarios: 0, asks: 0, acts: 0 };
	const property = fc.property(scenarios(properties[name]), numbers => {
		const { faults, asks, acts } = tried(name, numbers);
		count.scenarios += 1;
		count.asks += asks;
		count.acts += acts;
		return faults.length === 0;
	});
	const limit = Number.isFinite(milliseconds) ? { interruptAfterTimeLimit: Math.max(1, milliseconds) } : {};
	const options = { seed, numRuns: runs, endOnFailure: isShort, ...limit };
	const { failed, counterexample } = fc.check(property, options);
	return { ...count, found: failed ? counterexample?.[0] : undefined };
}

/** A scenario that failed, for a person: the steps, what was not kept, how it is played again, what all consoles said. */
export function report(name, numbers, seed) {
	const { faults, story } = tried(name, numbers);
	return [
		`${name}, seed ${seed}: ${properties[name].text(numbers)}`,
		"",
		...faults,
		"",
		`again: npm run adversary -- --property ${name} --scenario '${JSON.stringify(numbers)}'`,
		"",
		story()
	].join("\n");
}
