/** Owners, members and provisional members, by the consoles of real processes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerTo, digestOf, Home, hasBlocks, learnsOfRemoval } from "./home.mjs";

describe("who is what in a home", { concurrency: true }, () => {
	test("whom a member admits is provisional, admits nobody, and is a member once an owner confirms it", async context => {
		const home = await Home.open(context, 5);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const porch = await home.join("porch", "lock", door);
		assert.match(door.output, /admitted porch \(lock\); an owner has to confirm it\n/);
		for (const node of home.nodes) {
			await node.until("members", /porch \(lock, provisional member admitted by door\)/);
		}
		await porch.ask("invite", /No: this node admits nobody before an owner has confirmed it\.\n/);
		// It is asked for its state, and does not take part in what is asked of all locks.
		await answerTo(lamp, "task porch read", /porch: locked\n/);
		const from = lamp.output.length;
		await answerTo(lamp, "task lock lock", /door: locked\n/);
		assert.match(lamp.output.slice(from), /porch: left out: an owner has to say "confirm porch" first/);
		assert.doesNotMatch(lamp.output.slice(from), /porch: locked/);
		await lamp.ask("watch all", /porch: left out/);
		lamp.type("unwatch");
		await door.ask("confirm porch", /No: [^\n]*owner[^\n]*\n/);
		await porch.ask("confirm porch", /No: [^\n]*owner[^\n]*\n/);
		await lamp.ask("confirm door", /No: door is a member already\.\n/);
		await lamp.ask("confirm porch", /porch is confirmed\.\n/);
		await lamp.ask("confirm porch", /No: porch is a member already\.\n/);
		for (const node of home.nodes) await node.until("members", /porch \(lock\) /);
		await answerTo(lamp, "task all lock", /porch: locked\n/);
		const attic = await home.join("attic", "light", porch);
		await lamp.until("members", /attic \(light, provisional member admitted by porch\)/);
		// Its sponsor goes, and it stays, since an owner said so.
		await lamp.ask("remove door", /\(y\/n\)/);
		await lamp.ask("y", /door is removed\.\n/);
		lamp.type("n");
		await learnsOfRemoval(door, "lamp");
		for (const node of [lamp, porch, attic]) await node.until("members", /porch \(lock\) (?![\s\S]*door)/);
		await answerTo(porch, "task attic on", /attic: on\n/);
	});

	test("whom a removed member admitted is out with it, and may join again", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const spy = await home.join("spy", "light", door);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await answerTo(spy, "task lamp on", /lamp: on\n/);
		await lamp.ask("remove door", /\(y\/n\)/);
		await lamp.ask("y", /door is removed\.\n/);
		lamp.type("n");
		for (const node of [lamp, knob]) {
			await node.until("status", /members +2;/);
			const start = node.output.length;
			await node.ask("members", /knob \(/);
			assert.doesNotMatch(node.output.slice(start), /spy|door \(/);
		}
		await learnsOfRemoval(door, "lamp");
		// It is no member, and was not removed: nothing that it asks for is done.
		const isOut =
			/this node is out of the home: door, which admitted it, was removed, and no owner is known to have confirmed it; "reset" this node and ask an owner to invite it\n/;
		await spy.answers("task lamp off", [/^lamp: (?!off)/m], 30_000);
		// It hears of it by that, or before, when it looks at an owner's chain.
		await spy.until("status", /out of the home with door\n/, 30_000);
		assert.match(spy.output, isOut);
		await lamp.ask("status", /state +on\n/);
		await spy.ask("status", /state +off; out of the home with door\n/);
		await spy.kill();
		spy.start();
		await spy.waitFor(/this node is out of the home: door/);
		await spy.ask("status", /out of the home with door\n/);
		// It does as it is told, and is in again.
		await spy.ask("reset", /Type wipe, or no:/);
		spy.type("wipe");
		await spy.ended();
		spy.peers = [`127.0.0.1:${lamp.port}`];
		await home.admit(spy, "light", lamp);
		for (const node of [lamp, knob, spy]) await node.until("status", /members +3;/);
		await spy.ask("status", /state +off\n/);
		await answerTo(spy, "task lamp off", /lamp: off\n/);
	});

	test("only an owner removes, grants, takes back, makes checkpoints and gives a new password", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", door);
		for (const node of home.nodes) await hasBlocks(node, 3);
		const digest = await digestOf(lamp);
		for (const node of [door, knob]) {
			for (const command of [
				"remove lamp",
				"grant knob unlock door",
				"ungrant knob unlock door",
				"checkpoint",
				"confirm knob"
			]) {
				await node.ask(command, /No: [^\n]+\.\n/);
			}
			await node.ask("password", /No: only an owner can give the home a new password\.\n/);
		}
		await answerTo(knob, "task door unlock", /door: not granted\n/);
		for (const node of home.nodes) assert.equal(await digestOf(node), digest);
		await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/);
		await knob.until("task door unlock", /door: unlocked\n/);
		await lamp.ask("ungrant knob unlock door", /knob may not unlock door any more\.\n/);
		await knob.until("task door unlock", /door: not granted\n/);
	});
});
