import { equalBytes } from "../bytes/bytes.js";
import { hasBit, setBit } from "./ancestry.js";
import { type Block, digestOf } from "./block.js";
import type { BlockSet } from "./block-set.js";
import { Kind } from "./body.js";
import { effectOf } from "./effect.js";
import { changeBy } from "./latest.js";
import { LiveBlocks } from "./live-blocks.js";
import { Membership } from "./membership.js";

/** What the blocks that are here come to; made anew when they change, unless `append` can take in what came. */
export class Settled {
	readonly #set: BlockSet;
	#membership = Membership.none;
	#digest: Uint8Array | undefined;
	/** A row of the blocks since the checkpoint, and itself. */
	readonly #live: Uint8Array;
	/** A row of those without effect. */
	readonly #void: Uint8Array;
	/** A row of what counting blocks rest on. */
	readonly #needed: Uint8Array;

	constructor(set: BlockSet) {
		this.#set = set;
		const { base, recovery, ancestry } = set;
		this.#live = ancestry.rowOver([]);
		this.#void = ancestry.rowOver([]);
		this.#needed = ancestry.rowOver([]);
		if (base === undefined) return;
		const { live, membership, counts } = set.profiles.renew(profileOf => {
			const blocks = new LiveBlocks({ blocks: set, profileOf });
			return { live: blocks, ...effectOf(blocks, base.table, recovery) };
		});
		this.#membership = membership;
		setBit(this.#live, base.slot);
		// The last first: what it rests on need not be added again.
		for (let number = live.length - 1; number >= 0; number -= 1) {
			const slot = live.slot(number);
			setBit(this.#live, slot);
			if (counts[number] === 1) ancestry.addTo(this.#needed, slot);
			else setBit(this.#void, slot);
		}
	}

	get membership(): Membership {
		return this.#membership;
	}

	/**
	 * SHA-256 over the hash of the checkpoint (or of the genesis block) and the hashes, in order, of the later blocks
	 * that count and of those that these rest on.
	 */
	get digest(): Uint8Array {
		this.#digest ??= digestOf(this.#hashes());
		return this.#digest;
	}

	/**
	 * Takes in the block that was just kept, where it rests on all others and so comes after them in the order. False when
	 * all has to be settled anew.
	 */
	append(block: Block): boolean {
		const { index, ancestry, recovery, profiles } = this.#set;
		const number = index.length - 1;
		if (!equalBytes(index.hash(number), block.hash)) return false;
		const slot = index.slot(number);
		if (!ancestry.hasAll(slot, this.#live)) return false;
		const change = changeBy({ block, membership: this.#membership, index, recovery });
		if (change === undefined) return false;
		this.#membership = this.#membership.with(change.members, change.given);
		if (block.body.kind === Kind.add) profiles.note(slot, block.body);
		if (change.counts) {
			ancestry.addTo(this.#needed, slot);
			this.#digest = undefined;
		} else setBit(this.#void, slot);
		setBit(this.#live, slot);
		return true;
	}

	isVoid(number: number): boolean {
		return hasBit(this.#void, this.#set.index.slot(number));
	}

	*#hashes(): Generator<Uint8Array, void, undefined> {
		const { base, index } = this.#set;
		if (base === undefined) return;
		yield base.hash;
		for (let number = 0; number < index.length; number += 1) {
			const slot = index.slot(number);
			const isLeftOut = hasBit(this.#void, slot) && !hasBit(this.#needed, slot);
			if (this.#set.isLive(number) && !isLeftOut) yield index.hash(number);
		}
	}
}
