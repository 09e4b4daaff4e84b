/** What a thief of an owner's key leaves behind in his tables, and that nothing of it is left once the paper was used. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "../../build/js/modules/bytes/bytes.js";
import { Rank } from "../../build/js/modules/chain/chain.js";
import { plainRow, Roster } from "../../build/js/modules/chain/roster.js";
import { answerTo, Home, hasBlocks } from "./home.mjs";
import { Insider, idOf } from "./insider.mjs";
import { brought, checkpoint, forgedRows, recover, rotateBy } from "./thief.mjs";

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
		await knob.until("chain", /base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/);
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
			await knob.until("chain", new RegExp(`base (?:checkpoint \\d+ [^\\n]*of )?era ${era + 1}`));
		}
		for (const node of [lamp, door, knob]) process.kill(node.pid, "SIGSTOP");
		late.start();
		await late.waitFor(/ready /);
		await recover(late, lamp.recoveryKey, "-", /A new era of the home has begun: lamp, late|late, lamp/);
		for (const node of [lamp, door, knob]) process.kill(node.pid, "SIGCONT");
		late.type("task knob read");
		await late.waitFor(/has a new era of the home, [^\n]* use the recovery key again\n/, 60_000);
		// It may meet the lamp first, which has another era 1.
		await late.until("chain", /base (?:checkpoint \d+ [^\n]*of )?era 2,/, 60_000);
		await recover(late, lamp.recoveryKey, "-", /A new era of the home has begun: door, late|late, door/);
		for (const node of [door, knob])
			await node.until("chain", /base (?:checkpoint \d+ [^\n]*of )?era 3,/, 60_000);
	});

	test("brings back whom the checkpoint had that fell by the thief's new key", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await checkpoint(lamp, home.nodes, 1);
		const desk = await home.join("desk", "light", lamp);
		for (const node of home.nodes) await node.until("members", /desk/);
		// As of before the desk was admitted, though a checkpoint has it by now.
		const thief = await Insider.open(context, lamp);
		const rotate = rotateBy(thief);
		await checkpoint(lamp, home.nodes, 2);
		await lamp.kill();
		await brought(thief, door, [rotate]);
		for (const node of [door, knob]) await node.until("members", /^(?![\s\S]*desk)[\s\S]*lamp \(/);
		await door.ask("recover door", /Recovery key/);
		await door.ask(lamp.recoveryKey, /Out by new keys of an owner, and can come back: desk\. /);
		await door.ask("lamp", /Admitted by who is put out: knob, desk\. [^\n]*\(y\/n\)/);
		await door.ask("y", /Owners will be door \([0-9a-f]{8}\); members knob, desk\. [^\n]*\(y\/n\)/);
		await door.ask("y", /A new era of the home has begun/);
		door.type("n");
		await knob.until("chain", /base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/);
		// Nobody told it that it was out: it hears of all that when it meets somebody.
		desk.type("task knob read");
		await desk.until(
			"chain",
			/base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/,
			60_000
		);
		await answerTo(knob, "task desk on", /desk: on\n/);
	});

	test("brings back nobody of his table that fell without being asked", async context => {
		const home = await Home.open(context, 2);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		for (const node of home.nodes) await hasBlocks(node, 2);
		const thief = await Insider.open(context, lamp);
		const { identity } = thief.newcomer("spy");
		const { id: author, privateKey } = thief.identity;
		thief.chain.issueCheckpoint({ author, privateKey, time: null });
		const { id, publicKey: key } = identity;
		const table = thief.forgeBase(said => {
			const members = new Roster();
			for (const row of said.members) members.put(plainRow(row));
			const sponsor = fromHex(idOf(door));
			const standing = { turn: 0, isFrozen: false, rank: Rank.member, sponsor, guards: 0 };
			return {
				...said,
				members: members.put({ id, name: "spy", types: Uint8Array.of(0), key, ...standing })
			};
		});
		process.kill(door.pid, "SIGSTOP");
		await lamp.ask("rotate", /This node has a new key/);
		process.kill(lamp.pid, "SIGSTOP");
		process.kill(door.pid, "SIGCONT");
		await brought(thief, door, table);
		await door.until("members", /spy \(light\)/);
		process.kill(lamp.pid, "SIGCONT");
		await door.until("members", /^(?![\s\S]*spy)[\s\S]*lamp \(/, 60_000);
		await door.ask("recover door", /Recovery key/);
		await door.ask(lamp.recoveryKey, /Out by new keys of an owner, and can come back: spy\. /);
		await door.ask("-", /Admitted by who is put out, or out already: spy\. [^\n]*\(y\/n\)/);
		await door.ask(
			"n",
			/Owners will be (?:lamp|door) \([0-9a-f]{8}\), (?:lamp|door) \([0-9a-f]{8}\); members nobody\. Put out for good: spy \([0-9a-f]{8}\)\. /
		);
		await door.ask("y", /A new era of the home has begun/);
		door.type("n");
		await door.ask("status", /members +2;/);
	});
});
