/** One of two owners is bad, or somebody has its key: what it says to real processes takes nothing from the other. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fromHex } from "../../build/js/modules/bytes/bytes.js";
import { answerTo, Home, hasBlocks } from "./home.mjs";
import { Insider, idOf } from "./insider.mjs";
import { brought, forgedRows, recover, removeAt } from "./thief.mjs";

/** A home of the owners lamp and desk, a lock and a switch, and who has the desk's key. `spy`: a member besides, which the desk admits. */
async function badDesk(context, { spy = false } = {}) {
	const home = await Home.open(context, spy ? 5 : 4);
	const lamp = await home.found();
	const desk = await home.join("desk", "light", lamp);
	const door = await home.join("door", "lock", lamp);
	const knob = await home.join("knob", "switch", lamp);
	for (const node of home.nodes) await hasBlocks(node, 4);
	await recover(desk, lamp.recoveryKey, "-", /A new era of the home has begun: [^\n]* are owners/);
	const opened = /base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/;
	for (const node of home.nodes) await node.until("chain", opened, 60_000);
	if (spy) {
		const node = await home.join("spy", "switch", desk);
		for (const other of [lamp, door]) await other.until("members", /spy \(switch\)/, 60_000);
		await node.kill();
	}
	await desk.kill();
	const bad = await Insider.open(context, desk);
	await bad.follow(lamp);
	const { id: author, privateKey } = bad.identity;
	bad.chain.issueCheckpoint({ author, privateKey, time: null });
	return { home, lamp, desk, door, knob, bad };
}

const digits = node => idOf(node).slice(0, 8);

describe("a bad owner", { concurrency: true }, () => {
	test("keeps no lock shut, and nobody's signing waiting, by saying nothing again and again", async context => {
		const { lamp, door, bad } = await badDesk(context);
		await answerTo(lamp, "task door read", /door: locked\n/);
		let isOver = false;
		const saying = Promise.all(
			[door, lamp].map(async node => {
				for (; !isOver; await sleep(500)) await bad.bring(node, []);
			})
		);
		await sleep(2_000);
		for (const action of ["unlock", "lock", "unlock"])
			await answerTo(lamp, `task door ${action}`, new RegExp(`door: ${action}ed\\n`));
		await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/, 4_000);
		isOver = true;
		await saying;
	});

	test("has none of the other's removals kept from a lock by giving each node another checkpoint", async context => {
		const { lamp, door, knob, bad } = await badDesk(context);
		const { number } = bad.chain.base;
		// As many as a node takes of whoever brings them, in a row.
		for (let more = 1; more <= 17; more += 1)
			await bad.bring(
				lamp,
				bad.forgeBase(table => table, { number: number + more })
			);
		await brought(
			bad,
			door,
			bad.forgeBase(table => table, { number: 1_000 })
		);
		await lamp.until("chain", /base checkpoint 100\d /, 20_000);
		await knob.kill();
		await removeAt(lamp, "knob");
		await door.until("members", /^(?![\s\S]*knob \()[\s\S]*lamp \(/, 20_000);
	});

	test("does not have the paper put out the wrong owner by a table with other names unseen", async context => {
		const { lamp, desk, door, bad } = await badDesk(context);
		assert.match(lamp.output, /Write beside it the first eight digits/);
		const others = { lamp: "desk", desk: "lamp" };
		await brought(
			bad,
			door,
			forgedRows(bad, row => ({ ...row, name: others[row.name] ?? row.name }))
		);
		await door.until("members", new RegExp(`${digits(desk)} +lamp \\(`));
		await door.ask("recover door", /Recovery key/);
		await door.ask(lamp.recoveryKey, /is to be put out\?/);
		let [asked] = await door.ask("desk", /[^\n]*(?:to stay|Go on)\? \(y\/n\)/);
		while (!/Go on/.test(asked)) [asked] = await door.ask("y", /[^\n]*(?:to stay|Go on)\? \(y\/n\)/);
		assert.match(asked, new RegExp(`Owners will be [^;]*lamp \\(${digits(desk)}\\)`));
		assert.match(asked, new RegExp(`Put out for good: desk \\(${digits(lamp)}\\)`));
	});

	test("gives nobody another sponsor than in the table before unnoticed", async context => {
		const { lamp, door, bad } = await badDesk(context, { spy: true });
		const sponsor = fromHex(idOf(lamp));
		// Under an honest table before, or it may have been admitted twice.
		await brought(bad, door, bad.chain.bundle);
		await brought(
			bad,
			door,
			forgedRows(bad, row => (row.name === "spy" ? { ...row, sponsor } : row))
		);
		await door.until("chain", /a checkpoint says otherwise/);
	});
});
