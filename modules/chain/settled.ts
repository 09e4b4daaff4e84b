import { hasBit } from "./ancestry.js";
import { digestOf } from "./block.js";
import type { BlockSet } from "./block-set.js";
import { effectOf, type Profile } from "./effect.js";
import { LiveBlocks } from "./live-blocks.js";
import { Membership } from "./membership.js";

/** What the blocks that are here come to; made anew when they change. */
export class Settled {
	readonly membership: Membership;
	/**
	 * SHA-256 over the hash of the checkpoint (or of the genesis block) and the hashes, in order, of the later blocks
	 * that count and of those that these rest on.
	 */
	readonly digest: Uint8Array;
	/** Numbers of the blocks without effect. */
	readonly #void = new Set<number>();
	/** The slots that counting blocks rest on. */
	readonly #needed: Uint8Array | undefined;
	readonly #set: BlockSet;

	/** `profiles`: what adds say, by their slots, kept from one time to the next. */
	constructor(set: BlockSet, profiles: Map<number, Profile>) {
		this.#set = set;
		const { base, recovery, index, ancestry, storage } = set;
		if (base === undefined) {
			this.membership = Membership.none;
			this.digest = digestOf([]);
			return;
		}
		const live = new LiveBlocks({ index, ancestry, storage, profiles, base: base.slot });
		const { membership, counts } = effectOf(live, base.table, recovery);
		this.membership = membership;
		const needed = ancestry.rowOver([]);
		for (let number = 0; number < live.length; number += 1) {
			if (counts[number] === 1) ancestry.addTo(needed, live.slot(number));
			else this.#void.add(live.place(number));
		}
		this.#needed = needed;
		const hashes = [base.hash];
		for (let number = 0; number < live.length; number += 1) {
			if (counts[number] === 1 || hasBit(needed, live.slot(number))) hashes.push(live.hash(number));
		}
		this.digest = digestOf(hashes);
	}

	isVoid(number: number): boolean {
		return this.#void.has(number);
	}

	/** Whether a block that counts rests on block `number`. */
	isNeeded(number: number): boolean {
		return this.#needed !== undefined && hasBit(this.#needed, this.#set.index.slot(number));
	}
}
