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
 * The members that this node has known as removed in this era. Which removals count is said by the key of who removed: a thief of that
 * key can give it up as of before, or take two more beside its owner's, and all who keep the same blocks forget the removal alike. A
 * door need not: here a removal is for the whole era, whatever comes. Written as soon as it is heard, or a cut while it is undone
 * would lose it; what a thief invents, ids that never were members here, pushes none of these out.
 */
export class OnceRemoved {
	readonly #options: OnceRemovedOptions;
	/** The first 16 bytes of the hash of the block that opened the era; none while there is no base. */
	#era: Uint8Array;
	/** Who was a member after the last change. */
	#members = new Records(idLength);
	#removed: Records;
	/** What is to be written still. */
	#isUnwritten = false;

	constructor(options: OnceRemovedOptions) {
		this.#options = options;
		this.#era = this.era;
		this.#removed = this.load();
		this.noteShown();
		this.noteMembers();
		if (this.#isUnwritten) this.write();
	}

	has(id: Uint8Array): boolean {
		return this.#removed.find(id) >= 0;
	}

	/** To be told after each change of the chain. */
	look(): void {
		const { era } = this;
		if (!equalBytes(era, this.#era)) {
			this.#era = era;
			this.#isUnwritten = this.#removed.count > 0;
			// Where the base was damaged until now, this is the era in which they were removed.
			this.#removed = this.load();
		} else this.noteRemoved();
		this.noteShown();
		this.noteMembers();
		if (this.#isUnwritten) this.write();
	}

	/** Whom the chain shows as removed, members or not: these give way to those whom this node has known as members. */
	private noteShown(): void {
		const { removedIds } = this.#options.chain.members;
		for (let number = 0; number < removedIds.count; number += 1) {
			const id = removedIds.at(number);
			if (this.#removed.count === idsLimit) return;
			if (this.has(id)) continue;
			this.#removed.insert(0, id.slice());
			this.#isUnwritten = true;
		}
	}

	private noteRemoved(): void {
		const { members } = this.#options.chain;
		const before = this.#members;
		for (let number = 0; number < before.count; number += 1) {
			const id = before.at(number);
			if (members.roster.has(id) || !members.isRemoved(id) || this.has(id)) continue;
			this.#removed.add(id.slice());
			if (this.#removed.count > idsLimit) this.#removed.remove(0);
			this.#isUnwritten = true;
		}
	}

	private noteMembers(): void {
		const { roster } = this.#options.chain.members;
		const members = new Records(idLength, roster.size);
		for (let number = 0; number < roster.size; number += 1) members.add(roster.idAt(number));
		this.#members = members;
	}

	private get era(): Uint8Array {
		return this.#options.chain.base?.opening.slice(0, prefixLength) ?? new Uint8Array(0);
	}

	/**
	 * Where the flash refuses, it is tried again after the next change. Not while the chain is damaged: its era may be one of before, and
	 * what is kept is of the one that comes back.
	 */
	private write(): void {
		const { store, chain, report } = this.#options;
		if (chain.isDamaged) return;
		const ids = Array.from({ length: this.#removed.count }, (_, number) => this.#removed.at(number));
		try {
			if (ids.length === 0) store.delete(recordName);
			else store.set(recordName, concat(this.#era, ...ids));
			this.#isUnwritten = false;
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
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
