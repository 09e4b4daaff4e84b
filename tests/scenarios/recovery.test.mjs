/** The recovery key on paper: read back when a home is founded, checked, and used when an owner's node is stolen. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { describe, test } from "node:test";
import { answerTo, digestOf, Home, learnsOfRemoval, password, pin } from "./home.mjs";

const paper = /^[0-9A-Z]{5}(?: [0-9A-Z]{5}){10}$/m;

/** Starts to found a home, up to the question for a part of the recovery key. */
async function founding(node) {
	node.readsPaper = false;
	node.start("y", "lamp", "light", password, password, pin, pin, "begun in a test");
	const [, group] = await node.waitFor(/Type group (\d+) of it, from your paper:\n/);
	const [key] = paper.exec(node.output);
	return { key, answer: key.split(" ")[group - 1] };
}

describe("the recovery key", { concurrency: true }, () => {
	test("a home is founded once its recovery key was read from paper; cut off before, there is none", async context => {
		const home = await Home.open(context, 1);
		const lamp = home.node("lamp");
		const first = await founding(lamp);
		const kept = () => readdir(path.join(lamp.data, "verifichain")).catch(() => []);
		assert.ok(!(await kept()).includes("identity"));
		await lamp.kill();
		assert.ok(!(await kept()).includes("identity"));
		// It asks anew, and shows another key.
		const second = await founding(lamp);
		assert.match(lamp.output, /Is this the first node of a new home\?/);
		assert.notEqual(second.key, first.key);
		for (const wrong of [second.key, "00000", second.answer.slice(1), first.answer]) {
			if (wrong === second.answer) continue;
			await lamp.ask(wrong, /that is not what stands there; look at your paper; once more:\n/);
		}
		assert.doesNotMatch(lamp.output, /ready /);
		await lamp.ask(second.answer.toLowerCase(), /ready [0-9a-f]{32} lamp light/);
		const [, id] = /ready ([0-9a-f]{32})/.exec(lamp.output);
		await lamp.ask("recovery", /Recovery key, as it was written down:\n/);
		await lamp.ask(first.key, /No: that is the recovery key of another home\.\n/);
		await lamp.kill();
		lamp.start();
		await lamp.waitFor(new RegExp(`ready ${id} lamp light`));
		assert.doesNotMatch(lamp.output, paper, "it is shown once");
	});

	test("recovery tells whether what is on a paper is right, at any member", async context => {
		const home = await Home.open(context, 2);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const key = lamp.recoveryKey;
		const slip = key.startsWith("0") ? `1${key.slice(1)}` : `0${key.slice(1)}`;
		for (const node of [lamp, door]) {
			for (const [typed, told] of [
				[key, /That is this home's recovery key: keep it safe\.\n/],
				[key.toLowerCase().replaceAll(" ", ""), /That is this home's recovery key/],
				[slip, /No: that is not a recovery key: look for a slip of the pen\.\n/],
				[key.slice(0, -1), /No: that is not a recovery key/],
				["0", /No: that is not a recovery key/],
				["no key at all", /No: that is not a recovery key/]
			]) {
				await node.ask("recovery", /Recovery key, as it was written down:\n/);
				await node.ask(typed, told);
			}
		}
		assert.ok(!door.output.includes(key));
	});

	test("a stolen owner and its spy are put out for good, members stay, and grants are listed to be given again", async context => {
		const home = await Home.open(context, 6);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const spy = await home.join("spy", "switch", lamp);
		await lamp.ask("grant knob unlock door", /knob may unlock door/);
		await lamp.ask("grant spy unlock all", /spy may unlock every lock/);
		for (const node of [door, knob, spy]) await node.until("status", /chain +6 blocks/);
		await spy.until("task door unlock", /door: unlocked\n/);

		await door.ask("recover nobody", /No: /);
		await door.ask("recover door", /Recovery key, as it was written down:\n/);
		await door.ask("a word", /No: that is not a recovery key/);
		await door.ask("recover door", /Recovery key, as it was written down:\n/);
		await door.ask(lamp.recoveryKey, /Who was stolen or lost, and is to be put out\?/);
		await door.ask("door", /that is who is to be an owner; once more:\n/);
		await door.ask("lamp, no such", /once more:\n/);
		const [asked] = await door.ask("lamp, spy", /Admitted by who is put out: [^\n]*\n/);
		assert.match(asked, /: knob\. Are all of these yours, and to stay\? \(y\/n\)/);
		const [summary] = await door.ask("y", /Owners will be [^\n]*\n/);
		assert.match(
			summary,
			/Owners will be door \([0-9a-f]{8}\); members knob\. Put out for good: lamp \([0-9a-f]{8}\), spy \([0-9a-f]{8}\)\. Grants have to be given again\. Go on\? \(y\/n\)/
		);
		const before = await digestOfAsking(door, "n", /Nothing was done\.\n/);
		assert.equal(await digestOf(lamp), before);
		for (const line of ["recover door", lamp.recoveryKey, "lamp, spy", "y"]) door.type(line);
		await door.waitFor(/Go on\? \(y\/n\)/);
		await door.ask("y", /A new era of the home has begun: door is an owner\.\n/);
		await door.waitFor(/To be given again: grant knob unlock door\n/);
		await door.waitFor(/Give the home a new password now\? \(y\/n\)/);
		assert.doesNotMatch(door.output, /To be given again: grant spy/);
		door.type("y");
		await door.waitFor(/Password of the home/);
		for (const line of ["another horse", "another horse", "8520"]) door.type(line);
		await door.ask("8520", /The home has a new password\.\n/);

		await knob.until("chain", /base checkpoint 1 \([0-9a-f]+\) of era 1, opened with the recovery key\n/);
		await knob.until(
			"members",
			/door \(lock, owner\)[\s\S]*knob \(switch\)|knob \(switch\)[\s\S]*door \(lock, owner\)/
		);
		await knob.ask("status", /members +2;/);
		for (const node of [lamp, spy]) {
			await learnsOfRemoval(node, "knob");
			await node.ask("task door unlock", /door: (?!unlocked)/, 30_000);
		}
		// No grant is left, until an owner gives it again.
		await answerTo(knob, "task door unlock", /door: not granted\n/);
		await door.ask("grant knob unlock door", /knob may unlock door\.\n/);
		await knob.until("task door unlock", /door: unlocked\n/);
		// Neither the stolen node nor its spy admits anybody, and the old password opens the home to nobody.
		for (const command of ["invite", "grant spy unlock all", "remove door", "rotate", "checkpoint"]) {
			await lamp.ask(command, /No: this node was removed from the home\.\n/);
		}
		for (const command of ["invite", "rotate"]) {
			await spy.ask(command, /No: this node was removed from the home\.\n/);
		}
		const attic = home.node("attic", door);
		await door.ask("invite", /Inviting/);
		attic.start("n", "attic", "light", password, pin);
		await attic.waitFor(/Not joined: wrong password or PIN/);
		attic.type("another horse");
		attic.type("8520");
		await attic.waitFor(/ready [0-9a-f]{32} attic/);
		// It is the same after another start of all.
		for (const node of home.nodes) {
			await node.kill();
			node.start();
			await node.waitFor(/ready [0-9a-f]{32}/);
		}
		for (const node of [door, knob, attic]) await node.until("status", /members +3;/);
		for (const node of [lamp, spy]) await node.until("status", /removed from the home/);
	});

	test("a recovery that is refused, or given up, leaves nothing behind", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		for (const node of home.nodes) await node.until("status", /chain +3 blocks/);
		const other = await Home.open(context, 1);
		const foreign = (await other.found("other")).recoveryKey;
		const stateOf = async node => {
			const [, digest] = await node.ask("status", /digest ([0-9a-f]{16})/);
			const [, members] = await node.ask("status", /members +(\d+);/);
			const files = await readdir(path.join(node.data, "verifichain"));
			return [
				digest,
				members,
				files
					.filter(name => name !== "peers")
					.sort()
					.join()
			];
		};
		const before = await stateOf(door);
		for (const who of ["door", "knob", "lamp"]) {
			for (const key of [foreign, "a word", lamp.recoveryKey.slice(1)]) {
				// The key comes before every other question.
				await door.ask(`recover ${who}`, /Recovery key, as it was written down:\n/);
				const from = door.output.length;
				await door.ask(key, /No: that is (not a recovery key|the recovery key of another home)[^\n]*\n/);
				assert.doesNotMatch(door.output.slice(from), /put out|\(y\/n\)/);
			}
		}
		await door.ask("recover attic", /No: there is no "attic"/);
		for (const line of ["recover knob", lamp.recoveryKey, "lamp", "y"]) door.type(line);
		await door.waitFor(/Go on\? \(y\/n\)/);
		await door.ask("n", /Nothing was done\.\n/);
		assert.deepEqual(await stateOf(door), before);
		for (const node of [lamp, knob]) assert.equal(await digestOf(node), before[0]);
		await door.kill();
		door.start();
		await door.waitFor(/ready [0-9a-f]{32} door/);
		assert.deepEqual(await stateOf(door), before);
		// On a node that is no owner afterwards it says where the password is changed.
		for (const line of ["recover knob", lamp.recoveryKey, "lamp", "y"]) door.type(line);
		await door.waitFor(/Go on\? \(y\/n\)/);
		await door.ask("y", /A new era of the home has begun: knob is an owner\.\n/);
		await door.waitFor(
			/Who was put out may know the home's password\. Say "password" on an owner's node to give the home a new one\.\n/
		);
	});

	test("whom a thief admitted goes with him, where a person says that they are not his", async context => {
		const home = await Home.open(context, 5);
		const lamp = await home.found();
		const porch = await home.join("porch", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const spy = await home.join("spy", "switch", porch);
		for (const node of home.nodes) await node.until("status", /chain +4 blocks/);
		await lamp.ask("recover lamp", /Recovery key/);
		await lamp.ask(lamp.recoveryKey, /is to be put out\?/);
		await lamp.ask(
			"porch",
			/Admitted by who is put out: spy\. Are all of these yours, and to stay\? \(y\/n\)/
		);
		await lamp.ask(
			"n",
			/Owners will be lamp \([0-9a-f]{8}\); members knob\. Put out for good: porch \([0-9a-f]{8}\), spy \([0-9a-f]{8}\)\./
		);
		await lamp.ask("y", /A new era of the home has begun: lamp is an owner\.\n/);
		lamp.type("n");
		await knob.until("status", /members +2;/);
		await knob.ask("chain", /base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/);
		for (const node of [porch, spy]) await learnsOfRemoval(node, "knob");
		await answerTo(knob, "task lamp on", /lamp: on\n/);
	});

	test("a thief who removed all others with a stolen owner loses the home to who has the paper", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		await lamp.ask("remove door", /\(y\/n\)/);
		await lamp.ask("y", /door is removed\.\n/);
		lamp.type("n");
		await learnsOfRemoval(door, "lamp");
		await door.kill();
		door.start();
		await door.waitFor(/this node was removed from the home/);
		await door.ask("recover door", /Recovery key/);
		await door.ask(lamp.recoveryKey, /is to be put out\?/);
		await door.ask(
			"lamp",
			/Owners will be door \([0-9a-f]{8}\); members nobody\. Put out for good: lamp \([0-9a-f]{8}\)\./
		);
		await door.ask("y", /A new era of the home has begun: door is an owner\.\n/);
		assert.match(door.output, /this node is a member again: start it anew\n/);
		await door.kill();
		door.start();
		await door.waitFor(/ready [0-9a-f]{32} door/);
		assert.doesNotMatch(door.output, /was removed/);
		const attic = await home.join("attic", "light", door);
		await answerTo(door, "task attic on", /attic: on\n/);
		await attic.ask("members", /door \(lock, owner\)[^\n]*\n/);
		await attic.ask("status", /members +2;/);
	});
});

/** Types an answer, waits for what is said, and asks for the digest. */
async function digestOfAsking(node, answer, pattern) {
	await node.ask(answer, pattern);
	return digestOf(node);
}
