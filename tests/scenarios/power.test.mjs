import assert from "node:assert/strict";
import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "node:test";
import { answerTo, digestOf, Home, hasBlocks, tellPassword } from "./home.mjs";

test("a lamp killed while a fourth node joins has all four blocks seconds after its return", async context => {
	const home = await Home.open(context, 4);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	const knob = await home.join("knob", "switch", lamp);
	await hasBlocks(door, 3);
	await knob.ask("task lamp on", /lamp: on\n/);
	await lamp.kill();
	const attic = await home.join("attic", "sensor", door);
	lamp.start();
	await lamp.waitFor(/ready [0-9a-f]{32} lamp light/, 10_000);
	assert.match(lamp.output, /line 2 = 1/, "lit as it was");
	await hasBlocks(lamp, 4, 10_000);
	await answerTo(knob, "task lamp off", /lamp: off\n/);
	await answerTo(attic, "task lamp on", /lamp: on\n/);
	assert.equal(await digestOf(lamp), await digestOf(attic));
});

test("a lamp that the system stops keeps a state that was still to be written", async context => {
	const home = await Home.open(context, 1);
	const lamp = await home.found();
	// The first is written at once, the second only 10 seconds later, for the flash's sake.
	await lamp.ask("task lamp on", /lamp: on\n/);
	await lamp.ask("task lamp off", /lamp: off\n/);
	assert.deepEqual(await lamp.kill("SIGTERM"), { code: 143, signal: null });
	lamp.start();
	await lamp.ask("status", /state +off\n/);
});

test("nodes killed again and again during their joins come to one home of single members", async context => {
	const home = await Home.open(context, 4);
	const lamp = await home.found();
	const joiners = ["door", "desk", "attic"].map(name => home.node(name, lamp));
	let kills = 0;
	for (const [index, joiner] of joiners.entries()) {
		const lines = ["n", ["door", "desk", "attic"][index], "light"];
		tellPassword(joiner);
		joiner.start(...lines);
		for (let cut = 0; cut < 8; cut += 1) {
			// From before its first file to after its last: the moments at which it writes.
			await new Promise(resolve => setTimeout(resolve, 12 + cut * 9));
			await joiner.kill();
			kills += 1;
			// Each exchange that is cut off counts as a guess at the password, and five end an invitation.
			lamp.type("invite 600");
			const isNew = !(await readdir(path.join(joiner.data, "verifichain")).catch(() => [])).includes(
				"identity"
			);
			// A join that was cut off asks for the password again.
			joiner.start(...(isNew ? lines : []));
		}
		await joiner.waitFor(/ready [0-9a-f]{32} /);
	}
	context.diagnostic(`${kills} kills`);
	for (const node of [lamp, ...joiners]) await hasBlocks(node, 4);
	const [, listed] = await lamp.ask("export", /(\[\{.*\}\])\n/);
	const isName = item => typeof item === "string" && !/^[0-9a-f]*$/.test(item);
	const names = JSON.parse(listed).map(({ body }) => body.find(isName));
	assert.deepEqual(names.sort(), ["attic", "desk", "door", "lamp"]);
});

test("damaged, truncated and foreign files are named, healed or asked about, and nothing is lost", async context => {
	const home = await Home.open(context, 2);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	await hasBlocks(door, 2);
	const digest = await digestOf(door);
	const folder = path.join(door.data, "verifichain");
	const damages = [
		["b0", file => truncate(file, 40)],
		["b1", file => truncate(file, 0)],
		["b0", file => writeFile(file, Buffer.alloc(300, 1))],
		["peers", file => writeFile(file, "not an address")],
		["b7", file => writeFile(file, Buffer.alloc(2000))]
	];
	for (const [name, damage] of damages) {
		await door.stop();
		await damage(path.join(folder, name));
		door.start();
		await door.waitFor(/damaged/);
		await door.waitFor(/ready [0-9a-f]{32} door lock/);
		assert.equal(await digestOf(door), digest, name);
	}
	await door.stop();
	const identity = await readFile(path.join(folder, "identity"));
	await writeFile(path.join(folder, "identity"), identity.subarray(0, 20));
	door.start();
	await door.waitFor(/cannot start: "identity" is damaged/);
	door.type("n");
	assert.equal(await door.ended(), 1);
	assert.deepEqual(await readFile(path.join(folder, "identity")), identity.subarray(0, 20));
	await writeFile(path.join(folder, "identity"), identity);
	door.start();
	await door.waitFor(/ready [0-9a-f]{32} door lock/);
});
