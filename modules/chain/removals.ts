import { equalBytes } from "../bytes/bytes.js";
import { Block, isKeyProven } from "./block.js";
import type { BlockSet } from "./block-set.js";
import { type CheckpointBody, Kind } from "./body.js";
import type { Checkpoints } from "./checkpoints.js";
import { Founders } from "./founders.js";
import type { Judge } from "./judge.js";
import type { Membership } from "./membership.js";
import { idLength } from "./node-id.js";
import { Rank } from "./rank.js";
import { hashOfTable, partsOfTable } from "./table.js";

/** Most blocks that come with the first in a proof: what is missing then may leave it unproven. */
const othersLimit = 12;

/**
 * How a node is shown that it was removed, which gets nothing else any more: by the block that removed it and the new keys
 * that its author took, or, where a checkpoint covers that, by the checkpoint, the ids that its table says were removed,
 * and the hash of the rest of the table. Anyone may be shown it, so it says no more than that.
 */
export class Removals {
	readonly #set: BlockSet;
	readonly #judge: Judge;
	readonly #members: () => Membership;
	readonly #checkpoints: Checkpoints;
	readonly #counts: (number: number) => boolean;

	constructor(options: {
		blocks: BlockSet;
		judge: Judge;
		members: () => Membership;
		checkpoints: Checkpoints;
		counts: (number: number) => boolean;
	}) {
		this.#set = options.blocks;
		this.#judge = options.judge;
		this.#members = options.members;
		this.#checkpoints = options.checkpoints;
		this.#counts = options.counts;
	}

	/** The proof that a node was removed; empty where it was not. */
	proofOf(id: Uint8Array): readonly Uint8Array[] {
		if (!this.#members().isRemoved(id)) return [];
		const { index, storage } = this.#set;
		for (let number = index.length - 1; number >= 0; number -= 1) {
			if (index.kind(number) !== Kind.remove || !this.#counts(number)) continue;
			const block = new Block(storage.read(index.slot(number)));
			if (removes(block, id)) return [block.cose, ...this.#keysOf(block.author)];
		}
		return this.#byCheckpoint();
	}

	/**
	 * Whether a proof shows that a node was removed by who stands above it, as far as is known here: what it rests on is
	 * not here. Throws a BlockError for what is no block.
	 */
	isProof([cose, ...rest]: readonly Uint8Array[], id: Uint8Array): boolean {
		if (cose === undefined) return false;
		const block = new Block(cose);
		if (!this.#set.isOfHome(block)) return false;
		if (block.body.kind === Kind.checkpoint) return this.#isShownBy(block, block.body, rest, id);
		return removes(block, id) && this.#isByWhoStandsAbove(block, rest, id);
	}

	#byCheckpoint(): readonly Uint8Array[] {
		const { base, storage } = this.#set;
		const bytes = this.#set.tableBytes;
		if (base === undefined || bytes === undefined) return [];
		const { rest, removed } = partsOfTable(bytes, base.table);
		const anchors = this.#checkpoints.anchors.filter(({ body }) => body.kind !== Kind.genesis);
		const shown = anchors.slice(0, othersLimit).map(({ cose }) => cose);
		return [storage.read(base.slot), rest, removed, ...shown];
	}

	/** The latest new keys of an author, in the order in which it took them: who was away may know it under an older one. */
	#keysOf(author: Uint8Array): Uint8Array[] {
		const { index, storage } = this.#set;
		const keys: Block[] = [];
		for (let number = 0; number < index.length; number += 1) {
			if (index.kind(number) !== Kind.rotate || !index.isBy(number, author)) continue;
			keys.push(new Block(storage.read(index.slot(number))));
		}
		keys.sort((a, b) => a.sequence - b.sequence);
		return keys.slice(-othersLimit).map(({ cose }) => cose);
	}

	#isByWhoStandsAbove(block: Block, keys: readonly Uint8Array[], id: Uint8Array): boolean {
		const { author } = block;
		const recovery = this.#judge.recoveryKey(author);
		if (recovery !== undefined) return block.isSignedBy(recovery);
		const remover = this.#members().get(author);
		const rank = this.#members().get(id)?.rank ?? Rank.member;
		if (remover === undefined || remover.isFrozen || remover.rank <= rank) return false;
		const known = remover.key;
		if (block.isSignedBy(known)) return true;
		// Those that are known here already are not signed by the key that is.
		let key = known;
		for (const cose of keys.slice(0, othersLimit)) {
			const taken = new Block(cose);
			const { body } = taken;
			if (body.kind !== Kind.rotate || !equalBytes(taken.author, author) || !this.#set.isOfHome(taken))
				continue;
			if (taken.isSignedBy(key) && isKeyProven(taken, body)) key = body.key;
		}
		return key !== known && block.isSignedBy(key);
	}

	/** A checkpoint by a founder shows it to all but founders; by the recovery key, to all. */
	#isShownBy(
		checkpoint: Block,
		{ hash }: CheckpointBody,
		[rest, removed, ...anchors]: readonly Uint8Array[],
		id: Uint8Array
	): boolean {
		if (rest === undefined || removed === undefined || !hasId(removed, id)) return false;
		if (rest.length !== hash.length || !equalBytes(hashOfTable({ rest, removed }), hash)) return false;
		const { author } = checkpoint;
		const recovery = this.#judge.recoveryKey(author);
		if (recovery !== undefined) return checkpoint.isSignedBy(recovery);
		const self = this.#members().get(id);
		if (self?.isFounder && self.isFrozen) return false;
		const founders = new Founders({ genesis: this.#set.genesis, members: this.#members().all });
		const isShown = () => {
			const key = founders.keyOf(author);
			return key !== undefined && !founders.isFounder(id) && checkpoint.isSignedBy(key);
		};
		// Who is known here already; else one that came since, as the blocks show that come with it.
		if (isShown()) return true;
		for (const anchor of anchors.slice(0, othersLimit)) {
			const block = new Block(anchor);
			if (this.#set.isOfHome(block)) founders.follow(block);
		}
		return isShown();
	}
}

function removes({ body }: Block, id: Uint8Array): boolean {
	return body.kind === Kind.remove && body.ids.some(other => equalBytes(other, id));
}

function hasId(row: Uint8Array, id: Uint8Array): boolean {
	for (let at = 0; at + idLength <= row.length; at += idLength) {
		if (equalBytes(row.subarray(at, at + idLength), id)) return true;
	}
	return false;
}
