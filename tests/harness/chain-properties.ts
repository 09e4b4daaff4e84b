import { type Block, BlockError, Chain, Kind } from "../../modules/chain/chain.js";
import { equal, hex, ok } from "./assert.js";
import { type Act, deliver, grow, recoveryNumber, type Scribe } from "./block-graph.js";
import { MemoryStorage } from "./blocks.js";
import { Dice } from "./simulation.js";
import { standing } from "./standing.js";

/** What must hold of every chain. Each throws where it does not, and tells how much there was to look at. */

/** Everybody does as it likes. */
const anarchy = Object.freeze({ isHonest: () => false });

/** Any order of delivery, with duplicates, comes to the same order, members and digest. */
export function anyOrderIsTheSame(scribe: Scribe, acts: readonly Act[], seed: number): number {
	const { blocks } = grow(scribe, acts, anarchy);
	const expected = summary(deliver(blocks));
	const dice = new Dice(seed);
	for (let turn = 0; turn < 3; turn += 1) {
		const again = blocks.filter(() => dice.roll() < 0.3);
		equal(summary(deliver(shuffled([...blocks, ...again], dice))), expected, `order ${turn}`);
	}
	return blocks.length;
}

/**
 * Whatever comes, and in whatever order: what the chain makes of it block by block, where it can without looking at the
 * others, is what a start makes of all of them. Returns how often somebody became a member by a block that was not read
 * again: how often the others were not looked at.
 */
export function oneByOneIsTheSame(scribe: Scribe, acts: readonly Act[], seed: number): number {
	const dice = new Dice(seed);
	const { blocks } = grow(scribe, acts, {
		isHonest: author => author % 3 === 0,
		seesAll: ({ beside }) => beside % 4 !== 0
	});
	let unread = 0;
	for (const disorder of [0, 3, blocks.length]) {
		const places = new Map(blocks.map((block, index) => [block, index + dice.roll() * disorder]));
		const waiting = [...blocks].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
		unread += takeOneByOne(waiting, `disorder ${disorder}`);
	}
	return unread;
}

function takeOneByOne(order: readonly Block[], what: string): number {
	const storage = new WatchedStorage();
	const chain = new Chain({ storage });
	let unread = 0;
	let waiting = [...order];
	for (let before = -1; before !== waiting.length; ) {
		before = waiting.length;
		waiting = waiting.filter(block => {
			storage.seen.clear();
			const { size } = chain.members;
			try {
				chain.add(block.cose);
			} catch (error) {
				if (!(error instanceof BlockError)) throw error;
				return true;
			}
			const found = summary(chain);
			if (chain.members.size > size && !storage.seen.has(storage.written)) unread += 1;
			const again = new Chain({ storage: storage.copy(), home: chain.home });
			again.load();
			equal(found, summary(again), `${what}, after ${chain.length} blocks`);
			return false;
		});
	}
	return unread;
}

/** Notes which slots are read, and which was written last. */
class WatchedStorage extends MemoryStorage {
	readonly seen = new Set<number>();
	written = -1;

	override read(slot: number): Uint8Array {
		this.seen.add(slot);
		return super.read(slot);
	}

	override write(slot: number, cose: Uint8Array): void {
		this.written = slot;
		super.write(slot, cose);
	}
}

/** What a removed author did that no counting removal of it has seen never counts, and it is no member. */
export function unseenActsOfTheRemovedAreVoid(scribe: Scribe, acts: readonly Act[], seed: number): number {
	const graph = grow(scribe, acts, anarchy);
	const chain = deliver(shuffled(graph.blocks, new Dice(seed)));
	let unseen = 0;
	for (const id of chain.members.removed) {
		ok(chain.members.get(id) === undefined, "a removed node is no member");
		const removals = graph.blocks.flatMap((block, index) =>
			removes(block, id) && chain.countsAt(chain.find(block.hash)) ? [index] : []
		);
		ok(removals.length > 0, "there is a removal that counts");
		for (const [index, { author, hash }] of graph.blocks.entries()) {
			if (hex(author) !== hex(id)) continue;
			if (removals.some(removal => graph.ancestors[removal]?.has(index))) continue;
			unseen += 1;
			ok(!chain.countsAt(chain.find(hash)), `block ${index} is unseen by the removals ${removals}`);
		}
	}
	return unseen;
}

/**
 * Two ordinary members, 5 and 6, do as they like, and own the network; the others keep to the protocol, and remove
 * nobody but these two. Whatever happens, every add by an honest member counts that knows itself added by an honest
 * one, as long as the node that it adds is not removed.
 */
export function nobodyVoidsAnHonestAdd(scribe: Scribe, acts: readonly Act[], seed: number): number {
	const isBad = (number: number) => number === 5 || number === 6;
	const graph = grow(scribe, acts, {
		isHonest: author => !isBad(author),
		// Ranks stay with the honest: what a bad admin can do is another matter.
		insteadOf: ({ deed }, author, target) => {
			if (author === recoveryNumber) return undefined;
			return deed % 5 === 4 && isBad(target) ? 4 : 0;
		}
	});
	const chain = deliver(shuffled(graph.blocks, new Dice(seed)));
	/** The honest adds, by the node that each adds. */
	const sponsors = new Map<string, number[]>();
	let adds = 0;
	// In the order in which they were done: who is added by an honest member comes before what it adds.
	for (const [index, { body, author, hash }] of graph.blocks.entries()) {
		if (body.kind !== Kind.add || !graph.honest.has(index)) continue;
		const isFounder = hex(author) === hex(scribe.person(0).id);
		const isSponsored = sponsors.get(hex(author))?.some(add => graph.ancestors[index]?.has(add));
		const id = scribe.people.find(({ key }) => hex(key) === hex(body.key))?.id;
		if (!(isFounder || isSponsored) || id === undefined || chain.members.isRemoved(id)) continue;
		sponsors.set(hex(id), [...(sponsors.get(hex(id)) ?? []), index]);
		adds += 1;
		ok(chain.countsAt(chain.find(hash)), `the honest add ${index} counts`);
		ok(chain.members.get(id) !== undefined, `who was added by block ${index} is a member`);
	}
	return adds;
}

/** A checkpoint changes nobody's standing: not where it is made, nor where it is taken over, nor what old peers bring. */
export function aCheckpointChangesNobody(scribe: Scribe, acts: readonly Act[], seed: number): number {
	const { blocks } = grow(scribe, acts, anarchy);
	const chain = deliver(blocks);
	const before = standing(chain);
	const founder = chain.members.all.find(
		({ isFounder, isFrozen, id }) => isFounder && !isFrozen && hex(id) === hex(scribe.person(0).id)
	);
	const privateKey = [scribe.person(0), scribe.key("key 0 of 0"), scribe.key("key 1 of 0")].find(
		({ key }) => founder !== undefined && hex(key) === hex(founder.key)
	)?.privateKey;
	// A home whose founder was removed has to be recovered first.
	if (founder === undefined || privateKey === undefined) return 0;
	const { cose } = chain.issueCheckpoint({ author: founder.id, privateKey, time: null });
	equal(standing(chain), before, "where it was made");
	const { bundle } = chain;
	ok(bundle !== undefined, "it can be handed on");
	equal(hex(bundle.checkpoint), hex(cose));
	const dice = new Dice(seed);
	const known = [shuffled(blocks, dice), blocks.slice(0, 1), blocks.slice(0, blocks.length >> 1)];
	for (const [index, old] of known.entries()) {
		const other = deliver(old);
		other.adopt(bundle);
		equal(standing(other), before, `taken over by one that has ${old.length} blocks`);
		equal(hex(other.digest), hex(chain.digest), `the digest of node ${index}`);
	}
	// Peers from before it bring everything again.
	for (const block of shuffled([...blocks, ...blocks], dice)) {
		try {
			chain.add(block.cose);
		} catch {
			// Refused: it is older than the checkpoint.
		}
	}
	equal(standing(chain), before, "after all that came again");
	return blocks.length;
}

/** A history at random. */
export function randomActs(dice: Dice, count: number): Act[] {
	const below = (limit: number) => Math.floor(dice.roll() * limit);
	return Array.from({ length: count }, () => ({
		author: below(8),
		deed: below(11),
		target: below(7),
		seen: below(64),
		beside: below(64)
	}));
}

function summary(chain: Chain): unknown {
	const numbers = Array.from({ length: chain.length }, (_, number) => number);
	return {
		digest: hex(chain.digest),
		order: numbers.map(number => `${hex(chain.hashAt(number))} ${chain.countsAt(number)}`),
		standing: standing(chain),
		next: [...chain.members.all.map(({ next }) => next), chain.members.recoveryNext],
		evidence: chain.members.evidence.map(
			({ author, sequence, hashes, isRotate }) => `${author} ${sequence} ${hashes.map(hex)} ${isRotate}`
		)
	};
}

function removes({ body }: Block, id: Uint8Array): boolean {
	return body.kind === Kind.remove && body.ids.some(other => hex(other) === hex(id));
}

function shuffled<T>(list: readonly T[], dice: Dice): T[] {
	const result = [...list];
	for (let last = result.length - 1; last > 0; last -= 1) {
		const other = Math.floor(dice.roll() * (last + 1));
		const held = result[last];
		const taken = result[other];
		if (held !== undefined && taken !== undefined) [result[last], result[other]] = [taken, held];
	}
	return result;
}
