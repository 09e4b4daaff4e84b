import { equalBytes } from "../bytes/bytes.js";
import { compareInOrder, hashLength } from "./block.js";
import { idLength } from "./node-id.js";

/** What the chain keeps in RAM for each block; the block itself stays in the storage. */
export interface IndexEntry {
	readonly hash: Uint8Array;
	readonly height: number;
	/** Where the storage has the block, below 65,536. */
	readonly slot: number;
	readonly author: Uint8Array;
	readonly sequence: number;
	/** 255 stands for every kind from 255. */
	readonly kind: number;
	/** The node that an add or a grant is about; eight zeros for other kinds. */
	readonly subject: Uint8Array;
	/** Whether it is older than the checkpoint and kept to show who the founders are. */
	readonly isAnchor: boolean;
}

const heightAt = hashLength;
const sequenceAt = heightAt + 4;
const slotAt = sequenceAt + 4;
const kindAt = slotAt + 2;
const flagsAt = kindAt + 1;
const authorAt = flagsAt + 1;
const subjectAt = authorAt + idLength;
const entryLength = subjectAt + idLength;
/** Entries for which room is made at a time. */
const growth = 32;

/**
 * The blocks in their order, packed at 60 bytes each: an object per block would not fit a microcontroller. Takes room as
 * they come, since most homes are small. Heights and sequences are below 2^32.
 */
export class BlockIndex {
	/** Most blocks that fit. */
	readonly capacity: number;
	#bytes = new Uint8Array(0);
	#view = new DataView(this.#bytes.buffer);
	#length = 0;

	constructor(capacity: number) {
		this.capacity = capacity;
	}

	get length(): number {
		return this.#length;
	}

	/** Inserts in order and returns the block's number. The caller has seen that there is room. */
	insert(entry: IndexEntry): number {
		if (this.#length * entryLength === this.#bytes.length) this.#grow();
		let number = this.#length;
		while (number > 0 && this.#comesBefore(entry, number - 1)) number -= 1;
		const at = number * entryLength;
		this.#bytes.copyWithin(at + entryLength, at, this.#length * entryLength);
		this.#bytes.set(entry.hash, at);
		this.#view.setUint32(at + heightAt, entry.height);
		this.#view.setUint32(at + sequenceAt, entry.sequence);
		this.#view.setUint16(at + slotAt, entry.slot);
		this.#bytes[at + kindAt] = Math.min(entry.kind, 255);
		this.#bytes[at + flagsAt] = entry.isAnchor ? 1 : 0;
		this.#bytes.set(entry.author, at + authorAt);
		this.#bytes.set(entry.subject, at + subjectAt);
		this.#length += 1;
		return number;
	}

	clear(): void {
		this.#length = 0;
	}

	remove(number: number): void {
		const at = this.#at(number);
		this.#bytes.copyWithin(at, at + entryLength, this.#length * entryLength);
		this.#length -= 1;
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
		return this.#view.getUint32(this.#at(number) + heightAt);
	}

	slot(number: number): number {
		return this.#view.getUint16(this.#at(number) + slotAt);
	}

	kind(number: number): number {
		return this.#view.getUint8(this.#at(number) + kindAt);
	}

	sequence(number: number): number {
		return this.#view.getUint32(this.#at(number) + sequenceAt);
	}

	isAnchor(number: number): boolean {
		return this.#view.getUint8(this.#at(number) + flagsAt) === 1;
	}

	/** A view of the author's id, good until the next change. */
	author(number: number): Uint8Array {
		const at = this.#at(number) + authorAt;
		return this.#bytes.subarray(at, at + idLength);
	}

	/** A view of the id of the node that an add or a grant is about, good until the next change. */
	subject(number: number): Uint8Array {
		const at = this.#at(number) + subjectAt;
		return this.#bytes.subarray(at, at + idLength);
	}

	isBy(number: number, author: Uint8Array): boolean {
		return equalBytes(this.author(number), author);
	}

	#grow(): void {
		const entries = Math.min(this.#length + growth, this.capacity);
		const bytes = new Uint8Array(entries * entryLength);
		bytes.set(this.#bytes);
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer);
	}

	#at(number: number): number {
		if (number < 0 || number >= this.#length) throw new RangeError(`no block ${number}`);
		return number * entryLength;
	}

	#comesBefore(entry: IndexEntry, number: number): boolean {
		const at = number * entryLength;
		const hash = this.#bytes.subarray(at, at + hashLength);
		return compareInOrder(entry.height, entry.hash, this.#view.getUint32(at + heightAt), hash) < 0;
	}
}
