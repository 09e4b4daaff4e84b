import { compareBytes, equalBytes } from "../bytes/bytes.js";
import { compareInOrder, hashLength } from "./block.js";
import { idLength } from "./node-id.js";

/** What the chain keeps in RAM for each block; the block itself stays in the storage. */
export interface IndexEntry {
	readonly hash: Uint8Array;
	readonly height: number;
	/** Where the storage has the block. */
	readonly slot: number;
	readonly author: Uint8Array;
	readonly sequence: number;
	/** 255 stands for every kind from 255. */
	readonly kind: number;
}

const heightAt = hashLength;
const slotAt = heightAt + 2;
const sequenceAt = slotAt + 2;
const kindAt = sequenceAt + 2;
const parentAt = kindAt + 1;
const authorAt = parentAt + 1;
const entryLength = authorAt + idLength;

/**
 * The blocks in their order, packed at 48 bytes each: an object per block would not fit a microcontroller.
 * Heights, slots and sequences are below 65,536.
 */
export class BlockIndex {
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	#length = 0;

	constructor(capacity: number) {
		this.#bytes = new Uint8Array(capacity * entryLength);
		this.#view = new DataView(this.#bytes.buffer);
	}

	get length(): number {
		return this.#length;
	}

	/** Most blocks that fit. */
	get capacity(): number {
		return this.#bytes.length / entryLength;
	}

	get isFull(): boolean {
		return this.#length >= this.capacity;
	}

	/** Inserts in order and returns the block's number. The caller has seen that there is room. */
	insert(entry: IndexEntry): number {
		let number = this.#length;
		while (number > 0 && this.#comesBefore(entry, number - 1)) number -= 1;
		const at = number * entryLength;
		this.#bytes.copyWithin(at + entryLength, at, this.#length * entryLength);
		this.#bytes.set(entry.hash, at);
		this.#view.setUint16(at + heightAt, entry.height);
		this.#view.setUint16(at + slotAt, entry.slot);
		this.#view.setUint16(at + sequenceAt, entry.sequence);
		this.#bytes[at + kindAt] = Math.min(entry.kind, 255);
		this.#bytes[at + parentAt] = 0;
		this.#bytes.set(entry.author, at + authorAt);
		this.#length += 1;
		return number;
	}

	/** The number of the block whose hash begins with `prefix` (4 to 32 bytes), or -1. */
	find(prefix: Uint8Array): number {
		const first = prefix[0];
		for (let number = 0; number < this.#length; number += 1) {
			const at = number * entryLength;
			if (this.#bytes[at] !== first) continue;
			if (equalBytes(this.#bytes.subarray(at, at + prefix.length), prefix)) return number;
		}
		return -1;
	}

	hash(number: number): Uint8Array {
		const at = this.#at(number);
		return this.#bytes.slice(at, at + hashLength);
	}

	height(number: number): number {
		return this.#view.getUint16(this.#at(number) + heightAt);
	}

	slot(number: number): number {
		return this.#view.getUint16(this.#at(number) + slotAt);
	}

	kind(number: number): number {
		return this.#view.getUint8(this.#at(number) + kindAt);
	}

	/** How many blocks `author` has here, which is the sequence of its next one. */
	countOf(author: Uint8Array): number {
		let next = 0;
		for (let number = 0; number < this.#length; number += 1) {
			const at = number * entryLength;
			if (!equalBytes(this.#bytes.subarray(at + authorAt, at + entryLength), author)) continue;
			next = Math.max(next, this.#view.getUint16(at + sequenceAt) + 1);
		}
		return next;
	}

	/** Notes that the block has a child. */
	markParent(number: number): void {
		this.#bytes[this.#at(number) + parentAt] = 1;
	}

	isParent(number: number): boolean {
		return this.#bytes[this.#at(number) + parentAt] === 1;
	}

	#at(number: number): number {
		if (number < 0 || number >= this.#length) throw new RangeError(`no block ${number}`);
		return number * entryLength;
	}

	#comesBefore(entry: IndexEntry, number: number): boolean {
		const at = number * entryLength;
		const hash = this.#bytes.subarray(at, at + hashLength);
		return compareInOrder(entry.height, entry.hash, this.#view.getUint16(at + heightAt), hash) < 0;
	}
}

/** Ascending by bytes, as `parents` are written. */
export function sortHashes(hashes: Uint8Array[]): Uint8Array[] {
	return hashes.sort(compareBytes);
}
