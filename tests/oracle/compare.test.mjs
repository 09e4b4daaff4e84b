/**
 * The real chain against the oracle of its rules: the same histories in bytes, in any order. `ORACLE_SEED` is for others than
 * always; `node tests/oracle/compare.mjs` compares more of them.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { register } from "node:module";
import test from "node:test";
import { mutations } from "./mutation-list.mjs";

register("./quick-resolver.mjs", import.meta.url);
const { compareOwnRandom, compareRandom } = await import("../../build/js/tests/oracle/random.js");
const { compareWhole, Prepared } = await import("../../build/js/tests/oracle/compare.js");
const { opening, row } = await import("../../build/js/tests/oracle/home.js");
const { compareShortest, compareStories } = await import("../../build/js/tests/oracle/told.js");

const seed = Number(process.env.ORACLE_SEED ?? 1);
/** Milliseconds for random histories. */
const patience = 9000;

test("what is made in each story comes to the same in the chain", () => {
	assert.deepEqual(compareStories(2), []);
});

test("every history of two blocks, and some of three, comes to the same in the chain", context => {
	const end = Date.now() + 4000;
	for (const length of [1, 2, 3])
		for (const whose of ["members", "owners"]) {
			const { count, found } = compareShortest(whose, length, () => Date.now() > end);
			context.diagnostic(`${count} histories of ${whose}, ${length} blocks`);
			assert.deepEqual(found, []);
		}
});

test("a key that a table has at another turn than a rotate is another key", () => {
	const first = opening({ hash: 1, era: 0, rows: [row("F", "owner"), row("P", "member")] });
	const rows = [row("F", "owner"), { ...row("P", "member"), key: "P/9", turn: 1 }];
	const second = {
		...first,
		hash: 4,
		number: 1,
		signer: "F",
		key: "F/0",
		table: { ...first.table, rows }
	};
	const place = { opening: 1, author: "P", sequence: 0, previous: undefined };
	const body = { kind: "rotate", turn: 2, to: "P/9", proof: true, takings: 0 };
	// Signed with the first key, so that its turn is one too high: it counts for nothing.
	const rotate = { ...place, hash: 2, number: 0, base: 1, key: "P/0", body };
	for (const hash of [10, 11]) {
		const said = { ...place, hash, number: 1, base: 4, key: "P/9", body: { kind: "other" } };
		compareWhole(new Prepared({ blocks: [rotate, said], bases: [first, second] }), 1);
	}
});

test("random histories come to the same in the chain", context => {
	const end = Date.now() + patience;
	const { sums, found } = compareRandom({ count: 10_000, seed, until: () => Date.now() > end });
	context.diagnostic(JSON.stringify(sums));
	assert.deepEqual(found, []);
	assert.ok(sums.histories > 0);
});

test("a node does by itself what the oracle's does", context => {
	const end = Date.now() + 4000;
	const { runs, found } = compareOwnRandom({ count: 200, seed, until: () => Date.now() > end });
	context.diagnostic(`${runs} nodes`);
	assert.deepEqual(found, []);
	assert.ok(runs > 0);
});

test("each mutation still fits the code that it is to be put into", () => {
	for (const { name, edits } of mutations) {
		for (const [file, from] of edits) {
			const text = readFileSync(new URL(`../../build/js/${file}`, import.meta.url), "utf8");
			assert.equal(text.split(from).length, 2, `${name}: ${from}`);
		}
	}
});
