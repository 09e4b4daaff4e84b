import assert from "node:assert/strict";
import { toHex } from "../../build/js/modules/bytes/bytes.js";
import { identityOf, saveIdentity } from "../../build/js/modules/node/identity.js";
import { Peers } from "../../build/js/modules/node/peers.js";
import { SessionSecrets } from "../../build/js/modules/secure/session-secrets.js";
import { BlockFile, Store } from "../../build/js/modules/store/store.js";
import { blocksOf, fullHome } from "../../build/js/tests/harness/full-home.js";
import { MemoryPreference } from "../../build/js/tests/harness/memory-preference.js";
import { addMemoryOfC, assertCalm, openHouse, powerOn, ready, standstillLimit, statusOf } from "./home.mjs";
import { domain, flashWith } from "./preferences.mjs";

/**
 * The founder's preferences in a full home: its key, all blocks, a session with each of the others and where it was. `checkpoints`: as
 * `fullHome` takes it.
 */
function fillPreference(checkpoints = 0) {
	const preference = new MemoryPreference();
	const store = new Store({ preference, domain });
	const { story, chain } = fullHome(new BlockFile(store), checkpoints);
	const { privateKey } = story.node("lamp");
	const kept = { privateKey, name: "lamp", type: 0, home: story.home, suite: 1, rounds: 1000 };
	const identity = identityOf({ ...kept, secret: new Uint8Array(101), isConfirmed: true });
	saveIdentity(store, identity);
	const own = () => identity.publicKey;
	const secrets = new SessionSecrets({ store, own, report: assert.fail, mayWrite: () => true });
	const peers = new Peers(store);
	chain.members.all.slice(1).forEach(({ idText: name, key }, index) => {
		const id = Uint8Array.of(index + 1);
		const masterSecret = new Uint8Array(16).fill(index);
		const secret = { name, masterSecret, masterSalt: new Uint8Array(8), senderId: id, recipientId: id };
		secrets.put(name, secret, key);
		peers.learn(name, { host: `192.168.4.${150 + index}`, port: 5683 });
	});
	const said = { blocks: blocksOf(chain), members: chain.members.size };
	return { preference, said, digest: toHex(chain.digest.subarray(0, 8)) };
}

/**
 * A board with the largest home that there can be starts and stays up, with 63 members of which none answers: the worst
 * for its memory, since it has all of them to ask.
 */
export async function largestHome(context, figures) {
	const { preference, said, digest } = fillPreference();
	const house = openHouse();
	const lamp = powerOn(house, "lamp", { flash: flashWith(preference) });
	await lamp.waitFor(ready, 60_000);
	figures.add(`boot with ${said.members} members and ${said.blocks} blocks: power to ready, ms`, lamp.uptime);
	// What it does at its start ends a little later.
	await house.run(5_000);
	figures.add("longest standstill there as it starts, ms", lamp.standstill, standstillLimit);
	lamp.meter.reset();
	await house.run(60_000);
	const status = await statusOf(lamp);
	assert.deepEqual([status.blocks, status.members, status.digest], [said.blocks, said.members, digest]);
	context.diagnostic(`${status.freeFlash} KB of flash free`);
	figures.add("XS RAM there after the last collection, KB", lamp.memory.last / 1024);
	figures.add("XS RAM there after a collection, most, KB", lamp.memory.peak / 1024);
	figures.add("longest standstill there after the start, ms", lamp.meter.longest);
	await sayAll(lamp, house, figures, said.blocks);
	await checkpointAgain(lamp, house, figures);
	figures.add("XS RAM there, most, whatever an owner says, KB", lamp.memory.peak / 1024);
	addMemoryOfC(figures, [lamp]);
	assertCalm([lamp]);
}

/** Each block once, as JSON: nothing got lost between the board and its reader. */
function assertWhole(output, blocks) {
	const [json] = /^\[.*\]\r?$/m.exec(output);
	const hashes = JSON.parse(json).map(({ hash }) => hash);
	assert.ok(hashes.length >= blocks - 2, `${hashes.length} blocks`);
	assert.equal(new Set(hashes).size, hashes.length);
}

/** What an owner says there, each of which all is judged by: no turn of the loop may keep a press waiting. */
async function sayAll(lamp, house, figures, blocks) {
	await say(
		lamp,
		house,
		figures,
		[
			["members", /(\n[0-9a-f]{8} {2}[^\n]*){64}\n/],
			["chain", new RegExp(`\\n${blocks - 2} {2}[^\\n]*\\n`)],
			["export", /\]\r?\n/],
			// Its log is full: a checkpoint comes first.
			["grant member 0 unlock all", /member 0 may unlock every lock/],
			["ungrant member 0 unlock all", /member 0 may not unlock every lock any more/],
			["remove member 5", /Remove it\? \(y\/n\)/],
			["y", /member 5 is removed/],
			["n"]
		],
		blocks
	);
	const status = await statusOf(lamp);
	// Whom it admitted and no owner confirmed are out with it.
	assert.equal(status.members, 64 - 1 - 8);
}

/** `said`: lines, each with what it answers; without, it is only typed. */
async function say(lamp, house, figures, said, blocks = 0) {
	for (const [line, answer] of said) {
		lamp.meter.reset();
		const start = lamp.now;
		lamp.type(line);
		const from = lamp.output.length;
		if (answer !== undefined) await lamp.waitFor(answer, 60_000);
		if (line === "export") assertWhole(lamp.output.slice(from), blocks);
		const took = (lamp.now - start) / 1e6;
		// What follows of it.
		await house.run(5_000);
		if (answer === undefined) continue;
		figures.most("longest standstill there, whatever an owner says, ms", lamp.meter.longest, standstillLimit);
		const what = `${line}: it stood still for ${lamp.meter.longest} ms`;
		assert.ok(lamp.meter.longest < standstillLimit, what);
		if (line === "y") figures.most("a removal there, until it is done, ms", took);
	}
}

/**
 * The same after one checkpoint, with 10 grants and 48 removed ids in the table, and after three, with 64 and 128: no table has more. All rosters
 * are full then.
 */
export async function oldestHome(_context, figures) {
	for (const checkpoints of [1, 3]) await oldHome(figures, checkpoints);
}

async function oldHome(figures, checkpoints) {
	const { preference, said } = fillPreference(checkpoints);
	const house = openHouse();
	const lamp = powerOn(house, "lamp", { flash: flashWith(preference) });
	await lamp.waitFor(ready, 60_000);
	const after = `after ${checkpoints} checkpoint${checkpoints > 1 ? "s" : ""}`;
	figures.add(`boot there ${after}: power to ready, ms`, lamp.uptime);
	await house.run(5_000);
	const status = await statusOf(lamp);
	assert.deepEqual([status.blocks, status.members], [said.blocks, said.members]);
	await sayAll(lamp, house, figures, said.blocks);
	await checkpointAgain(lamp, house, figures);
	figures.add(`XS RAM there ${after}, most, KB`, lamp.memory.peak / 1024);
	addMemoryOfC(figures, [lamp]);
	assertCalm([lamp]);
}

/**
 * Checkpoints soon after the one that made room, a removal after them, and two at once: nothing that is typed may take the memory that
 * there is.
 */
async function checkpointAgain(lamp, house, figures) {
	const what = "longest standstill there, with checkpoints one after the other, ms";
	const seen = () => {
		figures.most(what, lamp.meter.longest, standstillLimit);
		assertCalm([lamp]);
	};
	for (const pause of [5_000, 0, 0]) {
		lamp.meter.reset();
		await askCheckpoint(lamp);
		await lamp.waitFor(/Checkpoint \d+ is made/, 60_000);
		await house.run(pause);
		seen();
	}
	await say(lamp, house, figures, [
		["remove member 4", /Remove it\? \(y\/n\)/],
		["y", /member 4 is removed/],
		["n"]
	]);
	lamp.meter.reset();
	await askCheckpoint(lamp);
	await askCheckpoint(lamp);
	await lamp.waitFor(/Checkpoint \d+ is made[\s\S]*Checkpoint \d+ is made/, 60_000);
	await house.run(30_000);
	seen();
}

async function askCheckpoint(lamp) {
	lamp.type("checkpoint");
	await lamp.waitFor(/Make a checkpoint\? \(y\/n\)/, 60_000);
	lamp.type("y");
}
