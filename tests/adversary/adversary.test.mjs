/**
 * An adversary that owns the network, stops and restarts nodes, against promise 1: always the same scenarios, so that who
 * changes nothing sees nothing new; `npm run adversary` makes up others.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { attack, report } from "./trying.mjs";

const seed = Number(process.env.ADVERSARY_SEED ?? 1);

test("a command acts within 10 seconds of being asked, at most once, or never, and in the order of asks", context => {
	const { found, scenarios, asks, acts } = attack({ seed, runs: 500, milliseconds: 40_000 });
	assert.ok(found === undefined, found && report(found, seed));
	context.diagnostic(`${scenarios} scenarios, ${asks} asks, ${acts} acts`);
	assert.ok(acts > scenarios, "there was something to look at");
});
