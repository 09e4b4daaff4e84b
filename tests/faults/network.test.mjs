/**
 * Homes of real processes over a bad network: losing, repeating, delaying and reordering what they say, and cutting
 * them in halves. `FAULTS_SEED` repeats the dice.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerTo, digestOf, Home, hasBlocks } from "../scenarios/home.mjs";
import { Dice, seed, sleep } from "./dice.mjs";
import { Relay } from "./relay.mjs";

/** Milliseconds that a home may take for each step. */
const patience = 180_000;

// Together, since they mostly wait.
describe("over a bad network", { concurrency: true }, () => {
	test("every home comes together over a network that loses, repeats, delays and reorders", async context => {
		context.diagnostic(`FAULTS_SEED=${seed}`);
		const kinds = [
			{ loss: 0.1, duplication: 0.3, delay: 200 },
			{ loss: 0.2, duplication: 0.2, delay: 100 },
			{ loss: 0.3, duplication: 0.1, delay: 50 }
		];
		await Promise.all(kinds.map((kind, index) => live(context, { ...kind, seed: seed + index })));
	});

	test("what two halves of a home do apart from each other comes together", async context => {
		context.diagnostic(`FAULTS_SEED=${seed}`);
		await Promise.all(
			[0, 0.1, 0.2].map((loss, index) => part(context, { loss, delay: 20, seed: seed + index }))
		);
	});
});

async function live(context, kind) {
	const relay = new Relay(kind);
	const home = await Home.open(context, 4, relay);
	const began = Date.now();
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp, { patience });
	const [knob, desk] = await Promise.all([
		home.join("knob", "switch", door, { patience }),
		home.join("desk", "light", lamp, { patience })
	]);
	for (const node of home.nodes) await hasBlocks(node, 4, patience);
	const joined = Date.now();
	await isOne(home);
	for (const state of ["on", "off", "on"]) {
		await answerTo(knob, `task desk ${state}`, new RegExp(`desk: ${state}\n`));
	}
	await answerTo(desk, "task door read", /door: locked\n/);
	const percent = part => `${Math.round(part * 100)} %`;
	context.diagnostic(
		`loss ${percent(kind.loss)}, duplication ${percent(kind.duplication)}, delay to ${kind.delay} ms, seed ${kind.seed}: 4 nodes in ${joined - began} ms, ${relay.seen} datagrams, ${relay.lost} lost`
	);
	assert.ok(relay.lost > 0, "the network was bad");
}

async function part(context, kind) {
	const dice = new Dice(kind.seed);
	const relay = new Relay({ ...kind, loss: 0 });
	const home = await Home.open(context, 8, relay);
	const lamp = await home.found();
	const door = await home.join("door", "lock", lamp);
	const knob = await home.join("knob", "switch", lamp);
	const attic = await home.join("attic", "sensor", door);
	for (const node of home.nodes) await hasBlocks(node, 4, patience);
	// So that the door has room to admit more than two.
	await lamp.ask("checkpoint", /Make a checkpoint/);
	await lamp.ask("y", /Checkpoint 1 is made/);
	for (const node of home.nodes) {
		await node.until("chain", /base checkpoint 1 /);
		await hasBlocks(node, 1);
	}
	relay.loss = kind.loss;
	// Each half has a sponsor, and each adds two.
	const left = [lamp, dice.pick([knob, attic])];
	const side = new Set(left.map(({ port }) => port));
	relay.reaches = (from, to) => side.has(from) === side.has(to);
	const added = [];
	for (const [sponsor, names] of [
		[lamp, ["desk", "shelf"]],
		[door, ["porch", "cellar"]]
	]) {
		for (const name of names) {
			const node = home.node(name, sponsor);
			if (sponsor === lamp) side.add(node.port);
			added.push(home.admit(node, "light", sponsor, patience));
		}
	}
	await Promise.all(added);
	await hasBlocks(lamp, 3, patience);
	await hasBlocks(door, 3, patience);
	assert.notEqual(await digestOf(lamp), await digestOf(door));
	relay.heal();
	const healed = Date.now();
	for (const node of home.nodes) await hasBlocks(node, 5, patience);
	await isOne(home);
	context.diagnostic(
		`loss ${Math.round(kind.loss * 100)} %, seed ${kind.seed}: 8 nodes were one home ${Date.now() - healed} ms after the halves met`
	);
}

async function isOne(home) {
	await sleep(100);
	const digests = await Promise.all(home.nodes.map(node => digestOf(node)));
	assert.equal(new Set(digests).size, 1, "one digest");
	const members = await Promise.all(
		home.nodes.map(async node => (await node.ask("status", /members +(\d+);/))[1])
	);
	assert.deepEqual([...new Set(members)], [String(home.nodes.length)]);
}
