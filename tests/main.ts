import config from "mc/config";
import Terminal, { exit } from "terminal";
import Timer from "timer";
import type { Test } from "./harness/suite.js";
import { suites } from "./suites.js";

/** `only`: the beginning of the names of those suites that are to run. `limit`: see there. */
const { only, limit: given }: Record<string, unknown> = config;

/** Milliseconds that one test may take before it counts as failed. */
const limit = given === undefined ? 30_000 : Number(given);

/**
 * Runs every unit test where it is started (XS on any host) and writes a line for each: `ok SUITE > TEST`, or
 * `not ok SUITE > TEST`, with what it counted or the error after it, indented. Ends with `N passed, N failed`, exit code 0 or 1.
 */
async function main(terminal: Terminal): Promise<void> {
	let passed = 0;
	let failed = 0;
	for (const { name, tests } of suites) {
		if (typeof only === "string" && !name.startsWith(only)) continue;
		for (const [sentence, test] of Object.entries(tests)) {
			try {
				const note = await within(test);
				passed += 1;
				terminal.write(`ok ${name} > ${sentence}\n${note === undefined ? "" : `    ${note}\n`}`);
			} catch (error) {
				failed += 1;
				terminal.write(`not ok ${name} > ${sentence}\n${indented(error)}\n`);
			}
		}
	}
	terminal.write(`${passed} passed, ${failed} failed\n`);
	exit(failed === 0 ? 0 : 1);
}

/** One turn of the loop for each test, so that a long run does not starve the host. */
function within(test: Test): Promise<string | undefined> {
	return new Promise((resolve, reject) => {
		const timer = Timer.set(() => reject(new Error(`no result after ${limit} ms`)), limit);
		const end = (settle: () => void) => {
			Timer.clear(timer);
			settle();
		};
		Timer.set(() => {
			try {
				Promise.resolve(test()).then(
					note => end(() => resolve(typeof note === "string" ? note : undefined)),
					error => end(() => reject(error))
				);
			} catch (error) {
				end(() => reject(error));
			}
		}, 0);
	});
}

function indented(error: unknown): string {
	const text = error instanceof Error ? `${error}\n${error.stack ?? ""}` : String(error);
	return text.replace(/^/gm, "    ");
}

main(new Terminal({}));
