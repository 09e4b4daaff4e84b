/** What a thief of an owner's key leaves behind in his tables, and that nothing of it is left once the paper was used. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerTo, Home, hasBlocks } from "./home.mjs";
import { Insider } from "./insider.mjs";
import { brought, forgedRows, recover } from "./thief.mjs";

describe("a thief's table that the paper ends", { concurrency: true }, () => {
	test("has nobody's keys counted as changed, nor any used up", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await lamp.kill();
		const thief = await Insider.open(context, lamp);
		// The same keys, as if each had been changed as often as can be said.
		const base = forgedRows(thief, row => (row.isOwner ? row : { ...row, turn: 0xffff }));
		for (const node of [door, knob]) await brought(thief, node, base);
		await door.ask("chain", /a checkpoint says otherwise than this node's blocks/);
		const asked = await recover(
			door,
			lamp.recoveryKey,
			"lamp",
			/A new era of the home has begun: door is an owner/
		);
		assert.doesNotMatch(asked.join(), /Another key/);
		await knob.until("chain", /base era 1, opened with the recovery key\n/);
		for (const node of [door, knob]) await node.ask("rotate", /This node has a new key/);
		await door.ask("grant knob unlock door", /knob may unlock door\.\n/);
		await answerTo(knob, "task door unlock", /door: unlocked\n/);
	});

	test("tells the person whose new era was overtaken by another one, at a node that was off over two", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const late = await home.join("late", "light", knob);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await late.kill();
		for (const [era, stolen] of ["-", "lamp"].entries()) {
			await recover(door, lamp.recoveryKey, stolen, /A new era of the home has begun/);
			await knob.until("chain", new RegExp(`base era ${era + 1}`));
		}
		for (const node of [lamp, door, knob]) process.kill(node.pid, "SIGSTOP");
		late.start();
		await late.waitFor(/ready /);
		await recover(late, lamp.recoveryKey, "-", /A new era of the home has begun: lamp, late|late, lamp/);
		for (const node of [lamp, door, knob]) process.kill(node.pid, "SIGCONT");
		late.type("task knob read");
		await late.waitFor(/has a new era of the home, [^\n]* use the recovery key again\n/, 60_000);
		await late.ask("chain", /base era 2,/);
		await recover(late, lamp.recoveryKey, "-", /A new era of the home has begun: door, late|late, door/);
		for (const node of [door, knob]) await node.until("chain", /base era 3,/, 60_000);
	});
});
