/** Sensors and switches on lines of their own: who watches one hears of each change, and of no more than that. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Home } from "./home.mjs";

/** What a node has printed of a device that it watches. */
const toldOf = (node, name) =>
	[...node.output.matchAll(new RegExp(`^${name}: (on|off)$`, "gm"))].map(([, state]) => state);

for (const type of ["sensor", "switch"]) {
	test(`a ${type} that is watched tells of each change of its line, bounces not counted`, async context => {
		const home = await Home.open(context, 2);
		const lamp = await home.found();
		const pir = await home.join("pir", type, lamp);
		// A line that nobody drives is held high.
		await lamp.ask("watch pir", /pir: on\n/);
		await pir.ask("watch pir", /pir: on\n/);
		for (const [level, state] of [
			[0, "off"],
			[1, "on"],
			[0, "off"]
		]) {
			const started = performance.now();
			// Its contacts bounce.
			for (const bounce of [level, 1 - level, level, 1 - level, level]) pir.type(`line 2 ${bounce}`);
			await lamp.waitFor(new RegExp(`pir: ${state}\n`), 10_000);
			context.diagnostic(`told after ${Math.round(performance.now() - started)} ms`);
			await wait(1_200);
		}
		for (const node of [lamp, pir]) assert.deepEqual(toldOf(node, "pir"), ["on", "off", "on", "off"]);
		// A disturbance on the wire is no change.
		for (const level of [1, 0]) pir.type(`line 2 ${level}`);
		await wait(1_200);
		assert.equal(toldOf(lamp, "pir").length, 4);
	});
}

test("an input that changes 1000 times a second floods nobody, and its last state arrives", async context => {
	const home = await Home.open(context, 2);
	const lamp = await home.found();
	const pir = await home.join("pir", "sensor", lamp);
	await lamp.ask("watch pir", /pir: on\n/);
	const seconds = 5;
	const begun = performance.now();
	for (let change = 0; change < seconds * 1_000; change += 1) {
		pir.type(`line 2 ${change % 2}`);
		const ahead = begun + change - performance.now();
		if (ahead > 1) await wait(ahead);
	}
	const told = toldOf(lamp, "pir").length;
	context.diagnostic(`told ${told} times`);
	assert.ok(told <= 2 + 7 + seconds, `told ${told} times`);
	// It still serves others, and comes to an end.
	pir.type("line 2 0");
	await lamp.ask("task pir read", /pir: (on|off)\n/, 12_000);
	for (let waited = 0; waited < 10_000 && toldOf(lamp, "pir").at(-1) !== "off"; waited += 100)
		await wait(100);
	await wait(1_500);
	assert.equal(toldOf(lamp, "pir").at(-1), "off");
	pir.type("line 2 1");
	await lamp.waitFor(/pir: on\n/, 10_000);
});
