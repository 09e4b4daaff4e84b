/**
 * The unit tests, which are written for XS, on Node: for coverage and for a debugger. One subtest for each.
 *
 *     npx tsc && node --enable-source-maps --import ./tests/node/register.mjs --test tests/node/unit.test.mjs
 */
import { describe, test } from "node:test";
import { suites } from "../../build/js/tests/suites.js";
import { within } from "../../hosts/house/patience.mjs";

for (const { name, tests } of suites) {
	describe(name, () => {
		for (const [sentence, run] of Object.entries(tests)) {
			test(sentence, async context => {
				const note = await within(120_000, run);
				if (typeof note === "string") context.diagnostic(note);
			});
		}
	});
}
