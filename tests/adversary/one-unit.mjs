/** Runs those unit tests of a suite, on the build that is being looked at, whose names have some words. Exit code 1 when one fails. */
import path from "node:path";
import { pathToFileURL } from "node:url";

const build = path.resolve(process.env.ADVERSARY_BUILD ?? "build/js");
const { suites } = await import(pathToFileURL(path.join(build, "tests/suites.js")).href);
const [name, words] = process.argv.slice(2);
const tests = Object.entries(suites.find(suite => suite.name === name)?.tests ?? {});
const chosen = tests.filter(([sentence]) => sentence.includes(words));
if (chosen.length === 0) throw new Error(`no test of "${name}" says "${words}"`);
for (const [, run] of chosen) {
	try {
		await run();
	} catch {
		process.exitCode = 1;
	}
}
