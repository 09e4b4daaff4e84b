/** A bad member, a bad owner and a thief of an owner's key, each with the keys of a real node and no rule that binds it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Home, hasBlocks } from "./home.mjs";
import { Insider, Kind, toHex } from "./insider.mjs";

/** How often a node has written to its flash since it was started. */
async function writesOf(node) {
	const [, writes] = await node.ask("status", /values, (\d+) writes/);
	return Number(writes);
}

/** As many blocks of one place in a log as somebody likes to sign, each of which comes before those that were brought before it. */
function eachBeforeTheLast(insider, count) {
	const type = insider.chain.members.get(insider.identity.id).types[0];
	const blocks = Array.from({ length: count }, (_, time) =>
		insider.block({ kind: Kind.describe, name: insider.identity.name, types: Uint8Array.of(type) }, { time })
	);
	return blocks.sort((a, b) => (toHex(a.hash) < toHex(b.hash) ? 1 : -1));
}

describe("an insider", { concurrency: true }, () => {
	test("has nobody's flash written without end by blocks that push each other out", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const spy = await home.join("spy", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await spy.kill();
		// No owner's node makes a checkpoint meanwhile.
		await lamp.kill();
		const before = await writesOf(door);
		const bad = await Insider.open(context, spy);
		const blocks = eachBeforeTheLast(bad, 256);
		for (let at = 0; at < blocks.length; at += 16) await bad.bring(door, blocks.slice(at, at + 16));
		const written = (await writesOf(door)) - before;
		assert.ok(written > 0 && written < 60, `${written} writes`);
		// What others say is heard at once, and what it said in the end later.
		lamp.start();
		await lamp.waitFor(/ready /);
		await lamp.ask("remove spy", /\(y\/n\)/);
		await lamp.ask("y", /spy is removed\.\n/);
		await door.until("members", /door \(lock\)(?![\s\S]*spy)/);
	});
});
