/** A bad member, a bad owner and a thief of an owner's key, each with the keys of a real node and no rule that binds it. */
import assert from "node:assert/strict";
import path from "node:path";
import { describe, test } from "node:test";
import { fromHex } from "../../build/js/modules/bytes/bytes.js";
import { OptionNumber, pathOptions, uintOption } from "../../build/js/modules/coap/coap.js";
import { Relay } from "../faults/relay.mjs";
import { answerTo, digestOf, Home, hasBlocks } from "./home.mjs";
import { Code, encode, Insider, idOf, Kind, Prefixes, Records, secureNotation, toHex } from "./insider.mjs";

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

/** Brings a node something that it takes, where it has not come by another way before; again while it takes in others'. */
async function brought(insider, node, delivery, tries = 20) {
	const taken = await insider.bring(node, delivery);
	if (typeof taken === "number") return;
	if (tries === 0 || !/being taken in|no answer/.test(taken.message)) throw taken;
	await new Promise(resolve => setTimeout(resolve, 200));
	await brought(insider, node, delivery, tries - 1);
}

/** A removal by an owner, as the number that comes after all that it has taken. */
function removalOf(insider, node) {
	const taking = insider.chain.nextTaking(insider.identity.id);
	return insider.block({ kind: Kind.remove, taking, ids: [fromHex(idOf(node))] });
}

/** With the paper, at a node that is to be an owner. */
async function recover(node, paper, stolen, owners) {
	await node.ask(`recover ${path.basename(node.data)}`, /Recovery key/);
	await node.ask(paper, /is to be put out\?/);
	const [asked] = await node.ask(stolen, /(?:and to stay|Go on)\? /);
	if (/stay/.test(asked)) await node.ask("y", /Go on\? /);
	await node.ask("y", new RegExp(`A new era of the home has begun: ${owners}`));
	node.type("n");
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

	test("with a stolen owner's key has nobody's flash written without end by one checkpoint after the other", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const desk = await home.join("desk", "light", lamp);
		const spy = await home.join("spy", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await recover(desk, lamp.recoveryKey, "-", "desk, lamp are owners|lamp, desk are owners");
		for (const node of home.nodes)
			await node.until(
				"chain",
				/base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/,
				60_000
			);
		for (const node of [desk, lamp, spy]) await node.kill();
		const thief = await Insider.open(context, desk);
		const { id: author, privateKey } = thief.identity;
		thief.chain.issueCheckpoint({ author, privateKey, time: null });
		const before = await writesOf(door);
		for (let number = 2; number < 66; number += 1)
			await thief.bring(
				door,
				thief.forgeBase(table => table, { number })
			);
		const written = (await writesOf(door)) - before;
		assert.ok(written > 0 && written < 120, `${written} writes`);
		// The other owner's are taken at once, and what that takes away.
		lamp.start();
		await lamp.waitFor(/ready /);
		await lamp.until("chain", /base checkpoint 1[67] /, 60_000);
		await lamp.ask("remove spy", /\(y\/n\)/);
		await lamp.ask("y", /spy is removed\.\n/);
		lamp.type("n");
		await door.until("members", /door \(lock\)(?![\s\S]*spy)/);
		await lamp.ask("checkpoint", /\(y\/n\)/);
		const [, made] = await lamp.ask("y", /Checkpoint (\d+) is made/);
		await door.until("chain", new RegExp(`base checkpoint ${made} `));
	});

	test("with a stolen owner's key loses to the paper on a node that it has removed, whatever it goes on to say", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const late = await home.join("late", "light", lamp);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await late.kill();
		await lamp.kill();
		const thief = await Insider.open(context, lamp);
		// The last base that there can be, under which it removes a member.
		const { id: author, privateKey } = thief.identity;
		thief.chain.issueCheckpoint({ author, privateKey, time: null });
		const last = thief.forgeBase(table => table, { number: 0x1000_0000 });
		for (const node of [door, knob]) await brought(thief, node, last);
		thief.chain.adopt(last);
		const removal = removalOf(thief, knob);
		for (const node of [door, knob]) await brought(thief, node, [removal]);
		await knob.until("status", /removed from the home/);
		// Nobody would hear of an era that a removed node opens for somebody else.
		await knob.ask(
			"recover door",
			/No: the home holds this node for removed, so here it can make this node an owner alone: say recover knob, or use the paper on door\.\n/
		);
		// Who was off meets the thief alone.
		await door.kill();
		await knob.kill();
		late.start();
		await late.waitFor(/ready /);
		await brought(thief, late, last);
		await brought(thief, late, [removal]);
		await late.until("chain", /base checkpoint 268435456[\s\S]*lamp removed/);
		await door.start().waitFor(/ready /);
		knob.start();
		await knob.waitFor(/this node was removed from the home/);
		await recover(knob, lamp.recoveryKey, "lamp", "knob is an owner");
		await knob.kill();
		await knob.start().waitFor(/ready /);
		for (const node of [door, late]) {
			await node.until(
				"chain",
				/base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/,
				60_000
			);
			await node.until("members", /knob \(switch, owner\)/);
		}
		// Whatever it brings, and asks for, it is nobody.
		for (const node of [door, late, knob]) {
			assert.ok((await thief.bring(node, last)) instanceof Error);
			assert.ok((await thief.bring(node, [removal])) instanceof Error);
			await node.ask("status", /members +3;/);
			await node.ask("chain", /base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/);
		}
	});

	test("with a stolen owner's key takes two new keys, and the paper brings back whom that owner had admitted", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		await home.join("desk", "light", lamp);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await lamp.kill();
		const thief = await Insider.open(context, lamp);
		const spy = thief.newcomer("spy", thief.endOfLog);
		thief.chain.add(spy.block.cose);
		const others = home.nodes.filter(node => node !== lamp);
		for (const node of others) {
			await brought(thief, node, [spy.block]);
			await node.until("members", /spy \(light\)/);
		}
		// One after the other, or one that hears of the first from another has ended what it has with the thief.
		const rotates = [thief.rotate(), thief.rotate()];
		for (const node of others) process.kill(node.pid, "SIGSTOP");
		for (const node of others) {
			process.kill(node.pid, "SIGCONT");
			await brought(thief, node, rotates);
			await node.until("members", /^(?![\s\S]*spy \()[\s\S]*lamp \(/);
			process.kill(node.pid, "SIGSTOP");
		}
		for (const node of others) process.kill(node.pid, "SIGCONT");
		await knob.ask(
			"recover lamp",
			/No: lamp took two new keys at once, so somebody else has its key: name another node\.\n/
		);
		await knob.ask("recover knob", /Recovery key/);
		await knob.ask(
			lamp.recoveryKey,
			/lamp took two new keys at once, so somebody else has that key: put out in any case\. If you have it, use the paper there\. Out by new keys of an owner, and can come back: door, desk, spy\./
		);
		await knob.ask("spy", /Admitted by who is put out: door, desk\. Are all of these yours, and to stay\?/);
		await knob.ask(
			"y",
			/Owners will be knob \([0-9a-f]{8}\); members door, desk\. Put out for good: lamp \([0-9a-f]{8}\), spy \([0-9a-f]{8}\)\./
		);
		await knob.ask("y", /A new era of the home has begun: knob is an owner/);
		knob.type("n");
		for (const node of [door, ...others.filter(({ data }) => data.endsWith("desk"))]) {
			await node.until("members", /knob \(switch, owner\)/, 60_000);
			await node.until("members", /desk \(light/);
		}
		await knob.ask("task desk on", /desk: on\n/);
		await knob.ask("task door unlock", /door: unlocked\n/);
		assert.ok((await thief.bring(door, [removalOf(thief, knob)])) instanceof Error);
	});

	test("who owns with others brings nobody back by its tables, cannot hide that they are strange, and is put out by the paper", async context => {
		const home = await Home.open(context, 4);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		await home.join("spy", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await recover(door, lamp.recoveryKey, "-", "lamp, door are owners|door, lamp are owners");
		for (const node of [lamp, knob])
			await node.until("chain", /base (?:checkpoint \d+ [^\n]*of )?era 1, opened with the recovery key\n/);
		await lamp.kill();
		const bad = await Insider.open(context, lamp);
		await bad.follow(door);
		await door.ask("remove spy", /\(y\/n\)/);
		await door.ask("y", /spy is removed\.\n/);
		door.type("n");
		await knob.until("status", /members +3;/);
		// It says that it covers the removal, and shows a home in which nobody was removed; over a base that nobody has.
		const strange = bad.forgeBase(
			table => ({
				...table,
				removed: new Records(16),
				covers: table.covers.map(({ id }) => ({ id, taking: 1, hash: new Uint8Array(16) }))
			}),
			{ previous: new Uint8Array(16) }
		);
		for (const node of [door, knob]) await brought(bad, node, strange);
		bad.chain.adopt(strange);
		const { id: author, privateKey } = bad.identity;
		bad.chain.issueCheckpoint({ author, privateKey, time: null });
		for (const node of [door, knob]) {
			await brought(bad, node, bad.chain.bundle);
			await node.until("status", /members +3;/);
			await node.ask("chain", / {2}! {2}a checkpoint says otherwise than this node's blocks/);
		}
		// The other owner goes on, and ends it.
		await door.ask("grant knob unlock door", /knob may unlock door\.\n/);
		await recover(door, lamp.recoveryKey, "lamp", "door is an owner");
		await knob.until("chain", /base (?:checkpoint \d+ [^\n]*of )?era 2, opened with the recovery key\n/);
		for (const node of [door, knob]) {
			assert.ok((await bad.bring(node, bad.chain.bundle)) instanceof Error);
			const from = node.output.length;
			await node.ask("status", /members +2;/);
			await node.ask("chain", /base (?:checkpoint \d+ [^\n]*of )?era 2[^\n]*\n/);
			assert.doesNotMatch(node.output.slice(from), /says otherwise/);
		}
	});

	test("that was removed while a lock was off does not open it while an owner is telling it so, however slowly", async context => {
		const relay = new Relay();
		const home = await Home.open(context, 3, relay);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		await lamp.ask("grant knob unlock door", /knob may unlock door\.\n/);
		for (const node of home.nodes) await hasBlocks(node, 4);
		await door.kill();
		const apart = [lamp.port, knob.port];
		relay.reaches = (from, to) => !(apart.includes(from) && apart.includes(to));
		await lamp.ask("remove knob", /\(y\/n\)/);
		await lamp.ask("y", /knob is removed\.\n/);
		lamp.type("n");
		await lamp.ask("checkpoint", /\(y\/n\)/);
		await lamp.ask("y", /Checkpoint 1 is made/);
		// What says so is a datagram of some size, which does not get through.
		relay.alter = bytes => (bytes.length < 400 ? bytes : new Uint8Array(0));
		await door.start().waitFor(/ready /);
		await knob.ask("task door unlock", /door: (?!unlocked)/, 30_000);
		assert.doesNotMatch(door.output, /line 2 = 1|asked: unlock/);
		relay.alter = bytes => bytes;
		await door.until("status", /members +2;/, 60_000);
	});

	test("is not taken at its word that nobody was removed where it admitted who asks", async context => {
		const relay = new Relay();
		const home = await Home.open(context, 5, relay);
		const lamp = await home.found();
		const door = await home.join("door", "lock", lamp);
		const knob = await home.join("knob", "switch", lamp);
		const spy = await home.join("spy", "switch", lamp);
		const friend = await home.join("friend", "switch", spy);
		await lamp.until("members", /friend \(switch, provisional/);
		await lamp.ask("grant friend unlock door", /friend may unlock door\.\n/);
		for (const node of home.nodes) await hasBlocks(node, 6);
		await door.kill();
		const bad = [spy.port, friend.port];
		const isApart = (from, to) =>
			bad.includes(from) !== bad.includes(to) && from !== door.port && to !== door.port;
		relay.reaches = (from, to) => !isApart(from, to);
		await lamp.ask("remove friend", /\(y\/n\)/);
		await lamp.ask("y", /friend is removed\.\n/);
		lamp.type("n");
		await knob.until("status", /members +4;/);
		await lamp.kill();
		// The lock hears nobody but the two: no word that its chain is fresh, it says, and not that of who admitted the asker.
		relay.reaches = (from, to) => !isApart(from, to) && ![from, to].includes(knob.port);
		door.start();
		await door.waitFor(/ready /);
		// What may have been asked before its start it refuses; and a newer ask takes the place of one that waits.
		await new Promise(resolve => setTimeout(resolve, 1_500));
		await answerTo(friend, "task door unlock", /door: unlocked\n/);
		await door.waitFor(/nobody else answers: friend is judged by what this node knows\n/);
	});

	test("keeps no node busy with those whom it admitted and who are members no more", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const porch = await home.join("porch", "light", lamp);
		const spy = await home.join("spy", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await spy.kill();
		// No owner's node makes a checkpoint meanwhile, in which those would stay who are there then.
		await lamp.kill();
		const bad = await Insider.open(context, spy);
		// Each comes before those that were brought before it: of two at a time the others are members no more.
		const all = Array.from({ length: 12 }, (_, number) => bad.newcomer(`spy${number}`));
		all.sort((a, b) => (toHex(a.block.hash) < toHex(b.block.hash) ? 1 : -1));
		const met = [];
		const read = secureNotation.taskRequest.write({
			action: "read",
			hint: new Uint8Array(4),
			stamp: undefined
		});
		for (const { identity, block } of all) {
			await brought(bad, porch, [block]);
			bad.chain.add(block);
			const one = await Insider.open(context, spy, identity);
			one.chain.add(block);
			// It has another chain, it says, and does not answer when it is asked for that.
			const state = await one.ask(porch, Code.Post, read, { path: "/tasks" });
			assert.ok(!(state instanceof Error), String(state));
			met.push(one);
		}
		const gone = met.slice(0, -2);
		const heard = () => gone.reduce((sum, one) => sum + one.heard, 0);
		// What was begun before they were gone ends, and then nobody asks for them.
		let quiet = 0;
		for (let waited = 0; quiet < 5 && waited < 30; waited += 1) {
			const before = heard();
			await new Promise(resolve => setTimeout(resolve, 1_000));
			quiet = heard() === before ? quiet + 1 : 0;
		}
		assert.equal(quiet, 5, `${met.map(one => one.heard)} datagrams`);
		await porch.ask("status", /members +5;/);
	});

	test("is answered with a refusal whatever it asks a node for, and costs it nothing that stays", async context => {
		const home = await Home.open(context, 2);
		const lamp = await home.found();
		const spy = await home.join("spy", "switch", lamp);
		await hasBlocks(lamp, 2);
		await spy.kill();
		const before = await writesOf(lamp);
		const digest = await digestOf(lamp);
		const bad = await Insider.open(context, spy);
		const lengths = [0, 16, 32, 33, 1024, 512 * 16].map(length => new Uint8Array(length).fill(7));
		const said = [null, 0, -1, Number.MAX_SAFE_INTEGER, "text", [], [[[[]]]], ...lengths];
		const asked = [];
		for (const kind of [0, 1, 2, 3, 4, -1, Number.MAX_SAFE_INTEGER, null])
			for (const first of said)
				for (const rest of [[], [new Uint8Array(22 * 64)]]) asked.push([kind, first, ...rest]);
		const bodies = [...asked.map(encode), ...lengths, new Uint8Array(12_288)];
		const left = bodies.flatMap(body =>
			[Code.Fetch, Code.Post].map(code => ({ path: "/blocks", code, body }))
		);
		for (const path of ["/record", "/tasks", "/sync"])
			for (const body of bodies.slice(0, 40)) left.push({ path, code: Code.Post, body });
		const work = async () => {
			for (let one = left.pop(); one !== undefined; one = left.pop()) {
				const reply = await bad.ask(lamp, one.code, one.body, { path: one.path });
				assert.ok(
					!(reply instanceof Error) || !/no answer/.test(reply.message),
					`${one.path} ${toHex(one.body)}`
				);
			}
		};
		await Promise.all([work(), work(), work(), work()]);
		assert.equal(await digestOf(lamp), digest);
		assert.ok((await writesOf(lamp)) - before < 16);
		assert.doesNotMatch(lamp.output, /failed:/);
	});

	test("has no node restart by registering for what is no state", async context => {
		const home = await Home.open(context, 2);
		const lamp = await home.found();
		const spy = await home.join("spy", "switch", lamp);
		await hasBlocks(lamp, 2);
		await spy.kill();
		const bad = await Insider.open(context, spy);
		await bad.ask(lamp, Code.Get, new Uint8Array(0), { path: "/tasks" });
		const second = { number: OptionNumber.Block2, value: Uint8Array.of(16) };
		const options = [uintOption(OptionNumber.Observe, 0), ...pathOptions("/tasks"), second];
		for (let count = 0; count < 24; count += 1)
			assert.equal(await bad.askOddly(lamp, Code.Get, options), Code.BadRequest);
		const [status] = await lamp.ask("status", /memory[\s\S]*flash.*\n/);
		assert.doesNotMatch(status, /faults|restart/);
	});

	test("takes no place that others need of a node's own requests, by leaving them without an answer", async context => {
		const home = await Home.open(context, 3);
		const lamp = await home.found();
		const porch = home.node("porch", lamp);
		porch.settings.push("memory=small");
		await home.admit(porch, "light", lamp);
		const spy = await home.join("spy", "switch", lamp);
		for (const node of home.nodes) await hasBlocks(node, 3);
		await spy.kill();
		const bad = await Insider.open(context, spy);
		await bad.follow(porch);
		// It has the same blocks as the node, whenever it is asked, and never says anything of the home's password.
		const { digest, authorityDigest: authority } = bad.chain;
		const same = { digest, authority, summary: undefined, covered: Prefixes.of([]), peers: [] };
		bad.serve("/blocks", {
			[Code.Fetch]: (_from, _payload, answer) => answer.reply(secureNotation.comparison.write(same))
		});
		let isKnown = false;
		bad.serve("/record", {
			[Code.Post]: (_from, _payload, answer) => {
				// Once, by which it is known to be where it is now.
				if (!isKnown) answer.reply(new Uint8Array(0));
				isKnown = true;
			}
		});
		// Each time it says that its chain is another one.
		const read = secureNotation.taskRequest.write({
			action: "read",
			hint: new Uint8Array(4),
			stamp: undefined
		});
		let isOver = false;
		const flood = async () => {
			while (!isOver) {
				await bad.ask(porch, Code.Post, read, { path: "/tasks" });
				await new Promise(resolve => setTimeout(resolve, 10));
			}
		};
		const flooding = flood();
		await new Promise(resolve => setTimeout(resolve, 3_000));
		const [told] = await porch.ask("watch lamp", /^lamp: .*\n/m);
		isOver = true;
		await flooding;
		assert.equal(told, "lamp: off\n");
	});
});
