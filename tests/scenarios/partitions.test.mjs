/** A home in two halves, each with an owner: what one half said holds in both once they meet, in whatever order and whoever is bad. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Relay } from "../faults/relay.mjs";
import { answerTo, digestOf, Home, hasBlocks } from "./home.mjs";
import { Insider, idOf, toHex } from "./insider.mjs";
import { brought, checkpoint, recover, removeAt } from "./thief.mjs";

/** Members as a console lists them, of whom one is none. */
const without = name => new RegExp(`^(?![\\s\\S]*  ${name} \\()[\\s\\S]*knob \\(`);

/** Two owners, lamp and desk, and with them a lock, who may open it, and one more, in a new era. */
async function twoOwners(context, relay) {
	const home = await Home.open(context, 5, relay);
	const lamp = await home.found();
	const desk = await home.join("desk", "light", lamp);
	const door = await home.join("door", "lock", lamp);
	const knob = await home.join("knob", "switch", lamp);
	const spy = await home.join("spy", "switch", lamp);
	for (const node of home.nodes) await hasBlocks(node, 5, 60_000);
	await recover(desk, lamp.recoveryKey, "-", /A new era of the home has begun: [^\n]* are owners/);
	for (const node of home.nodes)
		await node.until(
			"chain",
			/base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/,
			60_000
		);
	await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/);
	for (const node of home.nodes) await hasBlocks(node, 2, 60_000);
	await answerTo(knob, "task door unlock", /door: unlocked\n/);
	return { home, lamp, desk, door, knob, spy };
}

/** A base of that number by a bad owner, which says that it covers all that another can have taken, and shows nothing of it. */
function blindBase(bad, other, number) {
	const { id: author, privateKey } = bad.identity;
	if (bad.chain.bundle === undefined) bad.chain.issueCheckpoint({ author, privateKey, time: null });
	const change = table => ({
		...table,
		covers: table.covers.map(cover =>
			toHex(cover.id) === idOf(other) ? { ...cover, taking: 12 * number } : cover
		)
	});
	return bad.forgeBase(change, { number });
}

describe("two halves of a home", { concurrency: true }, () => {
	for (const isLockFirst of [true, false]) {
		const order = isLockFirst ? "the lock" : "others";
		test(`keep a removal of the one, which a bad owner's tables cover unseen in the other, when he meets ${order} first`, async context => {
			const relay = new Relay();
			const { lamp, desk, door, knob, spy } = await twoOwners(context, relay);
			await desk.kill();
			const bad = await Insider.open(context, desk);
			relay.split([lamp.port, door.port]);
			await removeAt(lamp, "spy");
			await door.until("members", without("spy"), 60_000);
			// Nobody says it again but who has heard it.
			await lamp.kill();
			await brought(bad, isLockFirst ? door : knob, blindBase(bad, lamp, 2));
			await (isLockFirst ? door : knob).until("chain", /base checkpoint 2 /);
			relay.heal();
			for (const node of [door, knob]) {
				await node.until("members", without("spy"), 90_000);
				await node.until("chain", /base checkpoint 2 /);
			}
			await door.kill();
			door.start();
			await door.waitFor(/ready /);
			// The highest number that there is.
			const last = blindBase(bad, lamp, 2 ** 28);
			for (const node of [knob, door]) await brought(bad, node, last);
			for (const node of [door, knob]) {
				await node.until("chain", /base checkpoint 268435456 /);
				await node.until("members", without("spy"), 60_000);
			}
			await answerTo(spy, "task door unlock", /door: (?!unlocked)[^\n]*\n/);
			// The other owner goes on to remove, and who has the paper to take the home back.
			lamp.start();
			await lamp.waitFor(/ready /);
			await lamp.until("chain", /base checkpoint 268435456 /, 90_000);
			await removeAt(lamp, "knob");
			await door.until("members", /^(?![\s\S]* {2}knob \()[\s\S]*lamp \(/, 60_000);
			await recover(lamp, lamp.recoveryKey, "desk", /A new era of the home has begun: lamp is an owner/);
			await door.until(
				"chain",
				/base (?:checkpoint \d+ [^\n]*of )?era 2, opened with the recovery key\n/,
				60_000
			);
		});
	}

	test("keep a withdrawal of the one, over a grant and a checkpoint in the other", async context => {
		const relay = new Relay();
		const { home, lamp, desk, door, knob } = await twoOwners(context, relay);
		relay.split([lamp.port, door.port]);
		await lamp.ask("ungrant knob unlock door", /knob may not unlock door any more/);
		await desk.ask("ungrant knob unlock door", /knob may not unlock door any more/);
		await checkpoint(desk, [knob], 1);
		await desk.ask("grant knob unlock door", /knob may unlock door\.\n/);
		await checkpoint(desk, [knob], 2);
		relay.heal();
		for (const node of home.nodes)
			await node.until("grants", /Nobody was granted anything; an owner needs no grant\.\n/, 90_000);
		await answerTo(knob, "task door unlock", /door: not granted\n/);
		assert.equal([...door.output.matchAll(/knob asked: unlock/g)].length, 1);
		// Whoever gives it again has heard of that by now.
		await desk.ask("grant knob unlock door", /knob may unlock door\.\n/, 30_000);
		await knob.until("task door unlock", /door: unlocked\n/, 60_000);
	});

	test("in which the paper was used on each come to the same home", async context => {
		const relay = new Relay();
		const { home, lamp, desk, door, knob } = await twoOwners(context, relay);
		relay.split([lamp.port, door.port]);
		await recover(door, lamp.recoveryKey, "desk", /A new era of the home has begun: [^\n]* are owners/);
		await recover(knob, lamp.recoveryKey, "lamp", /A new era of the home has begun: [^\n]* are owners/);
		await lamp.until(
			"chain",
			/base (?:checkpoint \d+ [^\n]*of )?era 2, opened with the recovery key\n/,
			60_000
		);
		await desk.until(
			"chain",
			/base (?:checkpoint \d+ [^\n]*of )?era 2, opened with the recovery key\n/,
			60_000
		);
		relay.heal();
		const told = /era 2 of the home was opened twice[^\n]*use the recovery key again\n/;
		await Promise.race([door, knob].map(node => node.waitFor(told, 120_000)));
		for (let tries = 0; ; tries += 1) {
			const digests = new Set(await Promise.all([door, knob].map(digestOf)));
			if (digests.size === 1) break;
			assert.ok(tries < 90, "door and knob stay apart");
			await new Promise(resolve => setTimeout(resolve, 1_000));
		}
		// A third use overrules both, on either side.
		await recover(door, lamp.recoveryKey, "-", /A new era of the home has begun: [^\n]*/);
		for (const node of home.nodes.filter(one => one === door || one === knob))
			await node.until(
				"chain",
				/base (?:checkpoint \d+ [^\n]*of )?era 3, opened with the recovery key\n/,
				120_000
			);
	});
});
