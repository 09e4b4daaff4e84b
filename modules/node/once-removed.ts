import { concat, equalBytes, Records } from "../bytes/bytes.js";
import { type Chain, idLength, prefixLength } from "../chain/chain.js";
import { type Store, StoreError } from "../store/store.js";

/** The name under which it is kept. */
const recordName = "once-removed";
/** Most ids: with the era's opening they fit one value of 1024 bytes. */
const idsLimit = 60;

export interface OnceRemovedOptions {
	readonly store: Store;
	readonly chain: Chain;
	readonly report: (text: string) => void;
}

/**
 * Whom this node has known as removed in this era, where its chain does not show that any more. Which removals count is said by the
 * key of who removed: a thief of that key can give it up as of before, or take two more beside its owner's, and all who keep the same
 * blocks forget the removal alike. A door need not: here a removal is for the whole era, whatever comes. Kept over restarts; in memory
 * only the ids that the chain has forgotten.
 */
export class OnceRemoved {
	readonly #options: OnceRemovedOptions;
	/** The first 16 bytes of the hash of the block that opened the era; none while there is no base. */
	#era: Uint8Array;
	/** Who was removed, as it was after the last change. */
	#before: Records;
	#forgotten: Records;

	constructor(options: OnceRemovedOptions) {
		this.#options = options;
		this.#era = this.era;
		this.#before = options.chain.members.removedIds;
		this.#forgotten = this.load();
	}

	has(id: Uint8Array): boolean {
		return this.#forgotten.find(id) >= 0;
	}

	/** To be told after each change of the chain. */
	look(): void {
		const { removedIds } = this.#options.chain.members;
		const before = this.#before;
		const { era } = this;
		this.#before = removedIds;
		if (!equalBytes(era, this.#era)) {
			this.#era = era;
			if (this.#forgotten.count === 0) return;
			this.#forgotten = new Records(idLength);
			this.write(store => store.delete(recordName));
			return;
		}
		let isNew = false;
		for (let number = 0; number < before.count; number += 1) {
			const id = before.at(number);
			if (removedIds.find(id) >= 0 || this.#forgotten.find(id) >= 0) continue;
			this.#forgotten.add(id.slice());
			if (this.#forgotten.count > idsLimit) this.#forgotten.remove(0);
			isNew = true;
		}
		if (!isNew) return;
		const ids = Array.from({ length: this.#forgotten.count }, (_, number) => this.#forgotten.at(number));
		this.write(store => store.set(recordName, concat(era, ...ids)));
	}

	private get era(): Uint8Array {
		return this.#options.chain.base?.opening.slice(0, prefixLength) ?? new Uint8Array(0);
	}

	private write(write: (store: Store) => void): void {
		try {
			write(this.#options.store);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#options.report(error.message);
		}
	}

	/** What is damaged is forgotten: the chain may show it again. */
	private load(): Records {
		const ids = new Records(idLength);
		try {
			const kept = this.#options.store.get(recordName);
			if (kept === undefined || (kept.length - prefixLength) % idLength !== 0) return ids;
			if (!equalBytes(kept.subarray(0, prefixLength), this.#era)) return ids;
			for (let at = prefixLength; at < kept.length; at += idLength) ids.add(kept.slice(at, at + idLength));
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
		}
		return ids;
	}
}
