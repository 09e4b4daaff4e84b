/** Checkpoints that a person asks for, and those that owners' nodes make by themselves. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { answerTo, digestOf, Home, password, pin } from "./home.mjs";

/** Milliseconds in which an owner's node makes a checkpoint by itself, after a random wait to 10 s. */
const patience = 20_000;

async function checkpoint(owner) {
	await owner.ask("checkpoint", /Make a checkpoint\? \(y\/n\)/);
	await owner.ask("y", /Checkpoint \d+ is made\.\n/);
}

describe("checkpoints", { concurrency: true }, () => {
	test("an owner's node makes room by itself when somebody's places are three quarters full", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		await door.ask("status", /room for 2 of this node/);
		const porch = await home.join("porch", "light", door);
		await home.join("attic", "light", door);
		// It has said as much as it may, until the owner's node makes room.
		await door.ask("status", /room for 0 of this node/);
		await lamp.waitFor(/made checkpoint 1: it makes room\n/, patience);
		for (const node of home.nodes) {
			await node.until("chain", /base checkpoint 1 \([0-9a-f]+\)\n/);
			await node.until("status", /chain +1 blocks/);
			await node.ask("members", /porch \(light, provisional member admitted by door\)/);
		}
		await door.ask("status", /room for 8 of this node/);
		await porch.ask("status", /room for 2 of this node/);
		const digests = new Set();
		for (const node of home.nodes) digests.add(await digestOf(node));
		assert.equal(digests.size, 1);
		await lamp.ask("confirm porch", /porch is confirmed\.\n/);
		await porch.until("members", /porch \(light\) /);
	});

	test("a member without a place invites nobody, and no joiner spends its password on it", async context => {
		const home = await Home.open(context, 5);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		await lamp.kill();
		for (const name of ["porch", "attic"]) await home.join(name, "light", door);
		await door.ask("status", /room for 0 of this node/);
		const full = /No: this node has said as much as it may: an owner's checkpoint makes room\.\n/;
		await door.ask("invite", full);
		const desk = home.node("desk", door);
		desk.start("n", "desk", "light", password, pin);
		await desk.waitFor(/Not joined: 127\.0\.0\.1:\d+ is not inviting\. Trying again/);
		lamp.start();
		await lamp.waitFor(/made checkpoint 1: it makes room\n/, patience);
		// Its last invitation is still open, so the desk may have been in time to take a place.
		await door.until("status", /room for [78] of this node/);
		await door.ask("invite", /Inviting/);
		await desk.waitFor(/ready [0-9a-f]{32} desk/);
	});

	test("an owner says as much as its person likes: its node makes a checkpoint first where its log is full", async context => {
		const home = await Home.open(context, 2);
		const lamp = await home.found("lamp", "lock");
		const knob = await home.join("knob", "switch", lamp);
		for (let count = 0; count < 30; count += 1) {
			await lamp.ask(
				`${count % 2 === 0 ? "grant" : "ungrant"} knob unlock lamp`,
				/knob may (?:not )?unlock lamp/
			);
		}
		await lamp.ask("grant knob unlock all", /knob may unlock every lock\.\n/);
		await lamp.ask("chain", /base checkpoint [1-9]/);
		await knob.until("chain", /base checkpoint [1-9]/);
		await digestsAgree(home);
	});

	test("who has a new key has it in the next base, which its owner's node makes by itself", async context => {
		const home = await Home.open(context, 2);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		await door.ask("rotate", /This node has a new key; the old one opens nothing any more\.\n/);
		await door.ask(
			"rotate",
			/No: this node took a new key just now: after an owner's checkpoint it may again\.\n/
		);
		await lamp.waitFor(/made checkpoint 1: it makes room\n/, patience);
		await door.until("chain", /base checkpoint 1 /);
		await answerTo(lamp, "task door unlock", /door: unlocked\n/);
		await door.ask("rotate", /This node has a new key/);
		await lamp.until("chain", /door took a new key/);
		await answerTo(lamp, "task door lock", /door: locked\n/);
	});

	test("what an owner took back is not shown as gone with the base", async context => {
		const home = await Home.open(context, 2);
		const lamp = await home.found("lamp", "lock");
		const knob = await home.join("knob", "switch", lamp);
		await lamp.ask("grant knob unlock lamp", /knob may unlock lamp\.\n/);
		await checkpoint(lamp);
		await lamp.ask("ungrant knob unlock lamp", /knob may not unlock lamp any more\.\n/);
		await wait(1_500);
		await lamp.ask("grant knob unlock all", /knob may unlock every lock\.\n/);
		await lamp.ask("ungrant knob unlock all", /knob may not unlock every lock any more\.\n/);
		await checkpoint(lamp);
		await knob.until("chain", /base checkpoint 2 /);
		// Its node looks a second after a change.
		await wait(1_500);
		await lamp.ask("chain\nstatus", /digest/);
		assert.doesNotMatch(lamp.output, /gone with the base/);
	});

	test("a checkpoint changes nobody's standing, and is the same after another start", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const porch = await home.join("porch", "light", door);
		await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/);
		await porch.until("status", /chain +5 blocks/);
		const before = await membersOf(porch);
		await checkpoint(lamp);
		for (const node of [porch, knob, door]) {
			await node.until("chain", /base checkpoint 1 /);
			await node.kill();
			node.start();
			await node.waitFor(/ready /);
		}
		assert.deepEqual(await membersOf(porch), before);
		await knob.until("task door unlock", /door: unlocked\n/);
		await answerTo(porch, "task door lock", /door: locked\n/);
		await answerTo(porch, "task door unlock", /door: not granted\n/);
		await digestsAgree(home);
	});
});

async function digestsAgree({ nodes }) {
	for (const node of nodes) await node.until("status", new RegExp(`digest ${await digestOf(nodes[0])}`));
}

/** Who is what, as a node lists them. */
async function membersOf(node) {
	const start = node.output.length;
	await node.ask("members\nstatus", /digest/);
	return [...node.output.slice(start).matchAll(/^[0-9a-f]{8} {2}(\S+ \([^)]*\))/gm)]
		.map(([, text]) => text)
		.sort();
}
