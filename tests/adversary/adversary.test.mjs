/**
 * An adversary that owns the network, and stops and restarts nodes, against promises 1 and 8: always the same scenarios, so that who
 * changes nothing sees nothing new; `npm run adversary` makes up others. `ADVERSARY_SEED` is for others here.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { mutations } from "./mutation-list.mjs";
import { attack, properties, report } from "./trying.mjs";

const seed = Number(process.env.ADVERSARY_SEED ?? 1);
/** Scenarios, and milliseconds that they may take on a machine that does much else. */
const bounds = { commands: [350, 28_000], joining: [120, 12_000], guesses: [100, 12_000] };

for (const [name, { sentence }] of Object.entries(properties)) {
	test(sentence, context => {
		const [runs, milliseconds] = bounds[name];
		const { found, scenarios, asks, acts } = attack({ name, seed, runs, milliseconds });
		assert.ok(found === undefined, found && report(name, found, seed));
		context.diagnostic(`${scenarios} scenarios, ${asks} asked or allowed, ${acts} acted or learned`);
		assert.ok(acts > 0, "there was something to look at");
	});
}

test("each mutation still fits the code that it is to be taken out of", () => {
	for (const { name, edits } of mutations) {
		for (const [file, from] of edits) {
			const text = readFileSync(new URL(`../../build/js/${file}`, import.meta.url), "utf8");
			assert.equal(text.split(from).length, 2, `${name}: ${from}`);
		}
	}
});
