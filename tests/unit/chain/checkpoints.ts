import { toHex } from "../../../modules/bytes/bytes.js";
import { BlockError, Chain, Offer, type Signer } from "../../../modules/chain/chain.js";
import { plainRow } from "../../../modules/chain/roster.js";
import { encodeTable } from "../../../modules/chain/table-format.js";
import { runAtOnce, type Steps } from "../../../modules/crypto/crypto.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { MemoryStorage } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { fullHome } from "../../harness/full-home.js";
import { suite } from "../../harness/suite.js";

const unlock = 5;

/** A home with a grant, a removal and a new key, and its storage. */
function oldHome() {
	const story = new Story();
	const storage = new MemoryStorage();
	const chain = story.chain(storage);
	for (const name of ["door", "desk", "oven"]) story.add(chain, "lamp", name);
	story.grant(chain, "lamp", "desk", unlock, "door");
	story.rotate(chain, "desk", "desk's new key");
	story.remove(chain, "lamp", "oven");
	return { story, storage, chain };
}

function signerOf(story: Story): Signer {
	const { id, privateKey } = story.node("lamp");
	return { author: id, privateKey, time: null };
}

/** What a chain reads from a storage. */
function reloaded(story: Story, storage: MemoryStorage): Chain {
	const chain = new Chain({ storage: storage.copy(), home: story.home });
	equal(chain.load(), []);
	return chain;
}

/** All that the table of the base says. */
function said({ base }: Chain): unknown {
	ok(base !== undefined);
	const { table } = base;
	return {
		bytes: toHex(encodeTable(table)),
		rows: [...table.members].map(plainRow),
		grants: [...table.members.grants],
		covers: table.covers,
		policies: table.policies,
		removed: Array.from({ length: table.removed.count }, (_, number) => toHex(table.removed.at(number)))
	};
}

/** Goes on to the next pause; whether the work is over, also where it was refused because another came first. */
function advance(steps: Steps<unknown>): boolean {
	try {
		return steps.next().done === true;
	} catch (error) {
		if (!(error instanceof BlockError) || error.reason !== "checkpoint") throw error;
		return true;
	}
}

/** How far one of two works is before the other begins, and the other before both go on in turn. */
function* interleavings(most: number): Generator<readonly [number, number]> {
	for (let ahead = 0; ahead < most; ahead += 1) {
		yield [ahead, 0];
		yield [0, ahead];
	}
}

export default suite("chain: checkpoints in turns", {
	"what was granted to who is removed, or on what is, is not to be given again": () => {
		const story = new Story();
		const first = story.withOwners([], ["door", "knob", "desk"]);
		const lamp = story.copy(first, "lamp");
		for (const name of ["knob", "desk"]) story.grant(lamp, "lamp", name, 5, "door");
		const left = () => lamp.notReissued.length;
		story.checkpoint(lamp);
		equal(left(), 0);
		story.remove(lamp, "lamp", "knob");
		equal(left(), 0, "who may");
		story.remove(lamp, "lamp", "door");
		equal(left(), 0, "where");
	},
	"the table that one is made with is the one that others read": () => {
		const { story, storage, chain } = oldHome();
		const other = story.withMembers("door", "desk", "oven");
		for (let number = 0; number < 3; number += 1) {
			story.add(chain, "desk", `guest ${number}`);
			story.add(chain, "lamp", `friend ${number}`);
			story.grant(chain, "lamp", `guest ${number}`, unlock, number === 0 ? null : "door");
			story.describe(chain, "door", { name: `door ${number}`, types: Uint8Array.of(1, number) });
			// The desk takes along whom it has admitted.
			if (number === 2) story.remove(chain, "lamp", "desk");
			story.checkpoint(chain);
			equal(said(chain), said(reloaded(story, storage)));
			story.meet(other, chain);
			equal(said(other), said(chain));
		}
		const roomy = new MemoryStorage();
		const full = fullHome(roomy);
		full.story.checkpoint(full.chain);
		equal(full.chain.members.size, 64);
		equal(said(full.chain), said(reloaded(full.story, roomy)));
	},
	"what comes while one is made is covered as well": () => {
		const { story, chain } = oldHome();
		const steps = chain.makeCheckpoint(() => signerOf(story));
		equal(steps.next().done, false);
		story.grant(chain, "lamp", "door", unlock, "desk");
		runAtOnce(steps);
		equal(chain.checkpoint, 1);
		ok(story.may(chain, "door", unlock, "desk"));
	},
	"another that comes first stands, and nothing is left of this one": () => {
		let pauses = 0;
		for (let isThrough = false; !isThrough; pauses += 1) {
			const { story, storage, chain } = oldHome();
			const steps = chain.makeCheckpoint(() => signerOf(story));
			for (let left = pauses; left >= 0 && !isThrough; left -= 1) isThrough = steps.next().done === true;
			if (isThrough) break;
			story.checkpoint(chain);
			throws(() => runAtOnce(steps), BlockError, "another checkpoint came first");
			equal(chain.checkpoint, 1);
			// The genesis block, the checkpoint, and the desk's new key.
			equal(storage.slots().length, 3);
			equal(hex(reloaded(story, storage).digest), hex(chain.digest));
		}
		ok(pauses >= 4, `${pauses} pauses`);
	},
	"the new keys that come with one are heard, also where its table is none": () => {
		const { story, chain } = oldHome();
		const other = story.copy(chain);
		story.rotate(other, "lamp", "lamp's new key");
		story.checkpoint(other);
		const { bundle } = other;
		ok(bundle !== undefined);
		for (const table of [bundle.table.subarray(1), bundle.table.subarray(0, -1), new Uint8Array(0)]) {
			const fresh = story.copy(chain);
			throws(() => fresh.adopt({ ...bundle, table }), BlockError, "table");
			equal(fresh.checkpoint, 0);
			equal(fresh.members.get(story.node("lamp").id)?.turn, 1);
		}
	},
	"of two under way at the same time, made or taken over, one rules, and what is stored is its own table":
		() => {
			const kinds = ["made", "taken low", "taken high"] as const;
			for (const first of kinds) {
				for (const second of kinds) {
					for (const [one, other] of interleavings(12)) {
						const { story, storage, chain } = oldHome();
						const [low, high] = [story.copy(chain), story.copy(chain)];
						story.grant(low, "lamp", "desk", unlock, null);
						story.checkpoint(low);
						story.grant(high, "lamp", "door", unlock, "desk");
						for (let number = 0; number < 2; number += 1) story.checkpoint(high);
						const begin = (kind: (typeof kinds)[number]): Steps<unknown> => {
							if (kind === "made") return chain.makeCheckpoint(() => signerOf(story));
							const { bundle } = kind === "taken low" ? low : high;
							ok(bundle !== undefined);
							return chain.judgeBase(new Offer(bundle));
						};
						const what = `${first} after ${one} pauses, ${second} after ${other}`;
						const steps = [begin(first), begin(second)] as const;
						for (let pause = 0; pause < Math.max(one, other); pause += 1)
							if (pause < one) advance(steps[0]);
							else advance(steps[1]);
						for (let pause = 0; pause < 24; pause += 1) for (const each of steps) advance(each);
						equal(steps.map(advance), [true, true], what);
						ok(chain.checkpoint > 0, what);
						if (first === "taken high" || second === "taken high") ok(chain.checkpoint >= 2, what);
						equal(hex(reloaded(story, storage).digest), hex(chain.digest), what);
						const { bundle } = chain;
						ok(bundle !== undefined, what);
						const late = story.withMembers("door", "desk", "oven");
						late.adopt(bundle);
						equal(
							hex(late.base?.hash ?? new Uint8Array(0)),
							hex(chain.base?.hash ?? new Uint8Array(1)),
							what
						);
					}
				}
			}
		},
	"the base before rules again with its own table, where the ruling one falls while another is made": () => {
		let pauses = 0;
		for (let isThrough = false; !isThrough; pauses += 1) {
			const story = new Story();
			const storage = new MemoryStorage();
			const chain = story.chain(storage);
			story.merge(chain, story.withOwners(["door"], ["desk"]));
			story.checkpoint(chain, "door");
			const knowing = story.copy(chain);
			story.rotate(knowing, "lamp", "lamp's new key", false);
			story.add(chain, "lamp", "spy");
			story.checkpoint(chain, "lamp");
			const { id, privateKey } = story.node("door");
			const steps = chain.makeCheckpoint(() => ({ author: id, privateKey, time: null }));
			for (let left = pauses; left >= 0 && !isThrough; left -= 1) isThrough = steps.next().done === true;
			if (isThrough) break;
			story.merge(chain, knowing);
			advance(steps);
			while (!advance(steps));
			const what = `after ${pauses} pauses`;
			equal([chain.checkpoint, story.members(chain)], [1, ["desk", "door", "lamp"]], what);
			equal(hex(reloaded(story, storage).digest), hex(chain.digest), what);
		}
		ok(pauses >= 4, `${pauses} pauses`);
	},
	"where the ruling one falls the base before rules some turns later, whatever comes meanwhile": () => {
		for (const meanwhile of ["nothing", "a block", "a start", "made", "taken over"] as const) {
			let turns = 0;
			for (let isThrough = false; !isThrough; turns += 1) {
				const story = new Story();
				const storage = new MemoryStorage();
				const later: (() => void)[] = [];
				const chain = new Chain({ storage, home: story.home, later: work => void later.push(work) });
				const work = (most: number) => {
					for (let left = most; left > 0; left -= 1) {
						const next = later.shift();
						if (next === undefined) return false;
						next();
					}
					return true;
				};
				story.merge(chain, story.withOwners(["door"], ["desk"]));
				story.checkpoint(chain, "door");
				const honest = story.copy(chain);
				const rotate = story.rotate(honest, "lamp", "lamp's new key", false);
				story.checkpoint(chain, "lamp");
				story.signsWith("lamp", "lamp's new key");
				while (later.length > 0) work(1);
				chain.add(rotate.cose);
				const what = `${meanwhile} after ${turns} turns`;
				equal(chain.checkpoint, 2, what);
				isThrough = !work(turns) && turns > 0;
				const hasFallen = chain.checkpoint === 1;
				if (meanwhile === "a block") story.add(chain, "desk", "attic");
				if (meanwhile === "a start") equal(reloaded(story, storage).checkpoint, 1, what);
				if (meanwhile === "made") story.checkpoint(chain, "door");
				if (meanwhile === "taken over") {
					story.checkpoint(honest, "door");
					ok(honest.bundle !== undefined);
					chain.adopt(honest.bundle);
				}
				while (later.length > 0) work(1);
				if (meanwhile === "made") equal(chain.checkpoint, hasFallen ? 2 : 3, what);
				else equal(chain.checkpoint, meanwhile === "taken over" ? 2 : 1, what);
				ok(story.members(chain).includes("desk"), what);
				equal(hex(reloaded(story, storage).digest), hex(chain.digest), what);
			}
			ok(turns >= 2, `${turns} turns`);
		}
	},
	"what members may is the same, whether it was worked out in the turn after or is asked for before": () => {
		for (const turns of [0, 1, 99]) {
			const story = new Story();
			const first = story.withOwners(["door"], ["desk", "oven", "attic"]);
			const later: (() => void)[] = [];
			const storage = new MemoryStorage();
			const chain = new Chain({ storage, home: story.home, later: work => void later.push(work) });
			story.merge(chain, first);
			const work = () => {
				for (let left = turns; left > 0; left -= 1) later.shift()?.();
			};
			const steps: ((chain: Chain) => unknown)[] = [
				each => story.grant(each, "lamp", "desk", unlock, "door"),
				each => story.grant(each, "door", "oven", unlock, "desk"),
				each => story.checkpoint(each),
				each => story.grant(each, "lamp", "attic", unlock, null),
				each => story.withdraw(each, "door", "desk", unlock, "door"),
				each => story.remove(each, "lamp", "oven"),
				each => story.checkpoint(each, "door"),
				each => story.grant(each, "door", "desk", unlock, "door")
			];
			for (const [number, step] of steps.entries()) {
				step(chain);
				work();
				// Two of three are judged again before anybody asks.
				if (number % 3 === 1) equal(story.standing(chain), story.standing(reloaded(story, storage)));
			}
			ok(story.may(chain, "desk", unlock, "door") && story.may(chain, "attic", unlock, "desk"));
			ok(!story.may(chain, "oven", unlock, "desk"));
		}
	},
	"of two that are taken over at the same time the higher one rules": () => {
		let pauses = 0;
		for (let isThrough = false; !isThrough; pauses += 1) {
			for (const isHigherFirst of [true, false]) {
				const { story, storage, chain } = oldHome();
				const [low, high] = [story.copy(chain), story.copy(chain)];
				story.checkpoint(low);
				story.grant(high, "lamp", "door", unlock, "desk");
				for (let number = 0; number < 3; number += 1) story.checkpoint(high);
				const [first, second] = isHigherFirst ? [high, low] : [low, high];
				ok(first.bundle !== undefined && second.bundle !== undefined);
				const steps = chain.judgeBase(new Offer(first.bundle));
				for (let left = pauses; left >= 0 && !isThrough; left -= 1) isThrough = steps.next().done === true;
				if (isThrough) break;
				chain.adopt(second.bundle);
				equal(runAtOnce(steps)?.hash, isHigherFirst ? high.base?.hash : undefined);
				equal(chain.checkpoint, 3);
				ok(story.may(chain, "door", unlock, "desk"));
				equal(hex(reloaded(story, storage).digest), hex(high.digest));
			}
		}
		ok(pauses >= 4, `${pauses} pauses`);
	}
});
