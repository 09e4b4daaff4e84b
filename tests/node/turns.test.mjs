/**
 * What comes from others is judged with at most one check of a signature in a turn of the loop: on a board each takes a quarter
 * of a second, and meanwhile it is deaf.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checksMade } from "primitives";
import { Chain, Kind } from "../../build/js/modules/chain/chain.js";
import { runAtOnce } from "../../build/js/modules/crypto/crypto.js";
import { BlockIntake } from "../../build/js/modules/node/block-intake.js";
import { RemovalNotice } from "../../build/js/modules/node/removal-notice.js";
import { signRecord, writeRecord } from "../../build/js/modules/secure/record.js";
import { RecordExchange } from "../../build/js/modules/secure/record-exchange.js";
import { deriveScalars, register } from "../../build/js/modules/spake2plus/spake2plus.js";
import { Store } from "../../build/js/modules/store/store.js";
import { MemoryStorage } from "../../build/js/tests/harness/blocks.js";
import { Story } from "../../build/js/tests/harness/chain-story.js";
import { MemoryPreference } from "../../build/js/tests/harness/memory-preference.js";
import { VirtualClock } from "../../build/js/tests/harness/virtual-clock.js";

/** Counts the checks of each turn. */
class CountingClock extends VirtualClock {
	counts = [];

	after(milliseconds, action) {
		return super.after(milliseconds, () => this.count(action));
	}

	count(action) {
		const before = checksMade();
		action();
		this.counts.push(checksMade() - before);
	}
}

/** The intake of a node that has this chain. */
function intakeOf(chain) {
	const clock = new CountingClock();
	const intake = new BlockIntake({ chain, clock, onBlock: () => {}, report: () => {} });
	/** Does something, and all that comes of it: what each turn checked, and what came in the end. */
	const run = act => {
		const results = [];
		clock.count(() => act(intake, taken => results.push(taken)));
		assert.equal(intake.isBusy, results.length === 0);
		clock.advance(1000);
		assert.equal(intake.isBusy, false);
		assert.equal(results.length, 1);
		return { taken: results[0], most: Math.max(...clock.counts), all: clock.counts.reduce((a, b) => a + b) };
	};
	return {
		adopt: bundle => run((intake, done) => intake.adopt("peer", bundle, done)),
		take: blocks => run((intake, done) => intake.take("peer", blocks, done))
	};
}

const owners = ["lamp", "door", "knob"];

/** A home of three owners, each of whom took five new keys, and a checkpoint by the last of these; the home before the keys, and in the first era. */
function manyKeys() {
	const story = new Story();
	const first = story.withMembers("door", "knob", "desk");
	const before = story.withOwners(["door", "knob"], ["desk"]);
	const full = story.copy(before);
	for (const owner of owners) for (const key of [1, 2, 3, 4, 5]) story.rotate(full, owner, `${owner} ${key}`);
	story.checkpoint(full, "door");
	return { story, first, before, full };
}

const copyOf = bundle => ({ ...bundle, anchors: [...bundle.anchors] });

/** The same bytes with another signature. */
function forged(cose) {
	const bytes = cose.slice();
	bytes[bytes.length - 1] ^= 1;
	return bytes;
}

describe("in a turn of the loop at most one signature is checked", () => {
	test("of a base with all that comes with it, for who has nothing yet", () => {
		const { story, full } = manyKeys();
		const chain = new Chain({ storage: new MemoryStorage(), home: story.home });
		const { taken, most, all } = intakeOf(chain).adopt(full.bundle);
		assert.deepEqual(taken, { count: 1, lie: undefined, refusal: undefined });
		assert.deepEqual(chain.digest, full.digest);
		// Genesis, opening, two of each new key, and the checkpoint: nothing is checked twice.
		assert.deepEqual([most, all], [1, 33]);
	});

	test("of a base with new keys, for who has those before", () => {
		const { before, full } = manyKeys();
		const { taken, most, all } = intakeOf(before).adopt(full.bundle);
		assert.equal(taken.count, 1);
		assert.deepEqual(before.digest, full.digest);
		assert.deepEqual([most, all], [1, 31]);
		assert.deepEqual(intakeOf(before).adopt(full.bundle), {
			taken: { count: 0, lie: undefined, refusal: undefined },
			most: 0,
			all: 0
		});
	});

	test("of a base by one of two keys that claim to be an owner's", () => {
		const { story, before } = manyKeys();
		const [one, other] = [story.copy(before), story.copy(before)];
		story.signsWith("lamp", "lamp");
		for (const [chain, key] of [
			[one, "first"],
			[other, "second"]
		])
			story.rotate(chain, "lamp", key, false);
		story.merge(one, other);
		for (const key of ["first", "second"]) {
			const full = story.copy(one);
			story.signsWith("lamp", key);
			story.checkpoint(full, "lamp");
			const node = story.copy(before);
			const { taken, most } = intakeOf(node).adopt(full.bundle);
			assert.deepEqual([taken.count, most], [1, 1]);
			assert.deepEqual(node.digest, full.digest);
		}
	});

	test("of a base of which something is forged, and who sent it is told from who did not know better", () => {
		const { before, full, story } = manyKeys();
		const { bundle } = full;
		const offers = [
			[{ ...bundle, checkpoint: forged(bundle.checkpoint) }, "refused"],
			// The genesis block and the opening that are here are not asked for.
			...[2, 3, 7, 16].map(at => [
				{ ...bundle, anchors: bundle.anchors.with(at, forged(bundle.anchors[at])) }
			]),
			[
				{ ...bundle, anchors: bundle.anchors.slice(0, 2).concat(bundle.anchors.slice(2).map(forged)) },
				"refused"
			]
		];
		for (const [offer, expected] of offers) {
			const node = story.copy(before);
			const plain = story.copy(before);
			const { taken, most, all } = intakeOf(node).adopt(copyOf(offer));
			assert.ok(most <= 1, `${most} in a turn`);
			assert.ok(all <= 35, `${all} checks`);
			if (expected !== undefined) assert.notEqual(taken.refusal, undefined);
			let refusal;
			try {
				plain.adopt(offer);
			} catch (error) {
				refusal = error.message;
			}
			assert.deepEqual([taken.refusal, node.digest], [refusal, plain.digest], "as at once");
		}
		const stranger = new Chain({ storage: new MemoryStorage(), home: story.home });
		for (const at of [0, 1]) {
			const offer = { ...bundle, anchors: bundle.anchors.with(at, forged(bundle.anchors[at])) };
			const { taken, most } = intakeOf(stranger).adopt(offer);
			assert.equal(most, 1);
			assert.notEqual(taken.lie, undefined);
		}
	});

	test("of blocks with two signatures, and of those that two keys may have signed", () => {
		const { story, before } = manyKeys();
		for (const owner of owners) story.signsWith(owner, owner);
		const [one, other, node] = [story.copy(before), story.copy(before), story.copy(before)];
		story.rotate(one, "lamp", "first", false);
		story.rotate(other, "lamp", "second", false);
		story.merge(one, other);
		for (const key of ["first", "second"]) {
			const copy = story.copy(one);
			story.signsWith("lamp", key);
			story.remove(copy, "lamp", "desk");
			story.merge(one, copy);
		}
		story.add(one, "door", "attic");
		const blocks = Array.from({ length: one.length }, (_, number) => one.blockAt(number))
			.sort((a, b) => Number(b.body.kind === Kind.rotate) - Number(a.body.kind === Kind.rotate))
			.map(({ cose }) => cose);
		const { taken, most } = intakeOf(node).take(blocks);
		assert.deepEqual([taken.refusal, most], [undefined, 1]);
		assert.deepEqual(node.digest, one.digest);
	});

	test("of what this node signs itself: none", () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const before = checksMade();
		story.recover(chain, ["lamp"], ["door"]);
		assert.equal(checksMade() - before, 0);
		assert.equal(chain.eraNumber, 1);
	});

	test("of what shows a node that it was removed", () => {
		const { story, first, before, full } = manyKeys();
		story.remove(full, "door", "desk");
		for (const isCovered of [false, true]) {
			if (isCovered) story.checkpoint(full, "knob");
			for (const isLater of [false, true]) {
				// In an era before, the opening comes with it.
				const chain = story.copy(isLater ? first : before);
				const clock = new CountingClock();
				const { id } = story.node("desk");
				const store = new Store({ preference: new MemoryPreference(), domain: "test" });
				const notice = new RemovalNotice({ store, chain, id, clock, report: () => {} });
				let judged = 0;
				clock.count(() => notice.hear(full.proofOfRemoval(id), () => (judged += 1)));
				clock.advance(1000);
				assert.deepEqual([judged, notice.isRemoved], [1, true]);
				assert.equal(Math.max(...clock.counts), 1);
				assert.ok(clock.counts.length > 20, "with all the keys");
			}
		}
	});

	test("of a record of the home's password, where the one here was signed for the era before", () => {
		const story = new Story();
		const chain = story.withOwners(["door"], ["knob"]);
		story.checkpoint(chain, "lamp", 1);
		const made = runAtOnce(register(deriveScalars(new Uint8Array(32).fill(1))));
		const signed = () =>
			writeRecord(signRecord({ ...made, version: 1, signed: undefined }, chain.era, story.node("lamp")));
		const old = signed();
		story.recover(chain, ["lamp"], ["knob"]);
		const now = signed();
		for (const [name, payload] of [
			["knob", forged(now)],
			["knob", now],
			["lamp", forged(now)]
		]) {
			const { id, privateKey, key: publicKey } = story.node(name);
			const homeSecret = { value: old, replace: secret => Object.assign(homeSecret, { value: secret }) };
			const clock = new CountingClock();
			let received;
			const link = {
				serve: (_path, handlers) => {
					[received] = Object.values(handlers);
				}
			};
			const identity = { id, privateKey, publicKey };
			const nothing = () => {};
			new RecordExchange({
				identity,
				chain,
				clock,
				homeSecret,
				link,
				mayWrite: () => true,
				sendTo: nothing,
				report: nothing
			});
			let answered;
			const from = chain.members.get(story.node("lamp").id);
			const reply = given => {
				answered = given;
			};
			clock.count(() => received(from, payload, { reply }));
			clock.advance(1000);
			assert.deepEqual(answered, name === "lamp" || payload === now ? now : old);
			assert.ok(Math.max(...clock.counts) <= 1, `${name}: ${clock.counts}`);
		}
	});
});
