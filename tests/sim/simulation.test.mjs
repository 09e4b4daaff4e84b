/**
 * A home on the simulated network: many nodes, the same modules, no sockets. Its clock stands still while a node
 * computes, so that what is looked at is how often nodes wait for each other.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { Growth } from "./growth.mjs";

/** Milliseconds, the design's goal for a home of 50. */
const goal = 2_000;

test("thirty nodes join one after another, are parted and meet again, and are one home within 2 seconds each time", context => {
	const home = new Growth(1);
	while (home.size < 30) home.join();
	const slow = home.joins.filter(({ milliseconds }) => milliseconds > goal);
	assert.deepEqual(slow, [], "joins that took long");
	const healing = home.heal(true);
	assert.ok(healing.milliseconds <= goal, `the halves were one after ${healing.milliseconds} ms`);
	const last = home.joins.at(-1);
	context.diagnostic(
		`the last join took ${last.milliseconds} ms and ${last.bytes} bytes; the halves were one ${healing.milliseconds} ms after the first word across, by ${healing.messages} datagrams`
	);
});
