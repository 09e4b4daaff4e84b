import { compare, copy, find } from "bulk";

/** Records for which room is made at a time. */
const growth = 4;

/**
 * Records of one length, each with a key at its beginning, in one buffer: an object for each would not fit a
 * microcontroller.
 */
export class Records {
	readonly #length: number;
	#bytes: Uint8Array;
	#count = 0;

	/** `length`: bytes of a record; `room`: for how many there is room at once. */
	constructor(length: number, room = 0) {
		this.#length = length;
		this.#bytes = new Uint8Array(room * length);
	}

	/** Forgets all; what they held is wiped. */
	clear(): void {
		this.#bytes.fill(0);
		this.#bytes = new Uint8Array(0);
		this.#count = 0;
	}

	copy(): Records {
		const copy = new Records(this.#length);
		copy.#bytes = this.#bytes.slice();
		copy.#count = this.#count;
		return copy;
	}

	/** Makes room for so many at once. */
	reserve(count: number): void {
		this.widen(count * this.#length);
	}

	get count(): number {
		return this.#count;
	}

	/** The number of the record that begins with `key`, or -1. Not constant time. */
	find(key: Uint8Array): number {
		return this.next(key, 0, 0);
	}

	/** As `find`, where the key is `length` bytes of `bytes`, from `at` on. */
	findPart(bytes: Uint8Array, at: number, length: number): number {
		if (this.#count === 0) return -1;
		const size = this.#length;
		const found = find(this.#bytes, 0, size, this.#count * size, bytes, at, length);
		return found < 0 ? -1 : found / size;
	}

	/** As `find`, where the key is `length` bytes of another's record, from `place` on. */
	findOf(other: Records, number: number, place: number, length: number): number {
		return this.findPart(other.#bytes, number * other.#length + place, length);
	}

	/** Whether a record and another's have the same `length` bytes at a place. Not constant time. */
	hasPartOf(number: number, other: Records, otherNumber: number, place: number, length: number): boolean {
		const at = this.placeOf(number) + place;
		return compare(this.#bytes, at, other.#bytes, other.placeOf(otherNumber) + place, length) === 0;
	}

	/** The number of the first record, from `number` on, that has these bytes at `place` in it, or -1. Not constant time. */
	next(part: Uint8Array, place: number, number: number): number {
		if (number >= this.#count) return -1;
		const size = this.#length;
		const at = find(this.#bytes, number * size + place, size, this.#count * size, part, 0, part.length);
		return at < 0 ? -1 : (at - place) / size;
	}

	/** A byte of a record. Throws a RangeError for a number without a record. */
	byte(number: number, place: number): number {
		return this.#bytes[this.placeOf(number) + place];
	}

	/** Throws as `byte` does. */
	setByte(number: number, place: number, byte: number): void {
		this.#bytes[this.placeOf(number) + place] = byte;
	}

	/** A view of a record, good until one is added or removed. Throws a RangeError for a number without a record. */
	at(number: number): Uint8Array {
		const at = this.placeOf(number);
		return this.#bytes.subarray(at, at + this.#length);
	}

	/** Adds a record behind the others. Throws a RangeError for one of another length. */
	add(record: Uint8Array): void {
		this.insert(this.#count, record);
	}

	/** Adds a copy of another's record. Throws a RangeError for a number without one, or for one of another length. */
	addFrom(other: Records, number: number): void {
		const from = other.placeOf(number);
		if (other.#length !== this.#length) throw new RangeError(`a record of ${other.#length} bytes`);
		const at = this.#count * this.#length;
		this.makeRoom();
		copy(this.#bytes, at, other.#bytes, from, this.#length);
		this.#count += 1;
	}

	/** Adds copies of all of another's records. Throws a RangeError for one of another length. */
	addAll(other: Records): void {
		if (other.#length !== this.#length) throw new RangeError(`a record of ${other.#length} bytes`);
		this.reserve(this.#count + other.#count);
		const bytes = other.#bytes.subarray(0, other.#count * other.#length);
		this.#bytes.set(bytes, this.#count * this.#length);
		this.#count += other.#count;
	}

	/** Puts a record before the one that has this number, or behind the last. Throws as `add` does. */
	insert(number: number, record: Uint8Array): void {
		if (record.length !== this.#length) throw new RangeError(`a record of ${record.length} bytes`);
		const end = this.#count * this.#length;
		this.makeRoom();
		const at = number * this.#length;
		this.#bytes.copyWithin(at + this.#length, at, end);
		this.#bytes.set(record, at);
		this.#count += 1;
	}

	/** Puts a record where it stands in the order of bytes, if it is not there: for records of which all are added so. */
	insertOnce(record: Uint8Array): void {
		let low = 0;
		let high = this.#count;
		while (low < high) {
			const middle = (low + high) >> 1;
			const order = compare(this.#bytes, middle * this.#length, record, 0, this.#length);
			if (order === 0) return;
			if (order < 0) low = middle + 1;
			else high = middle;
		}
		this.insert(low, record);
	}

	/** Takes a record out; what it held is wiped. */
	remove(number: number): void {
		const at = number * this.#length;
		const end = this.#count * this.#length;
		this.at(number).fill(0);
		this.#bytes.copyWithin(at, at + this.#length, end);
		this.#bytes.fill(0, end - this.#length, end);
		this.#count -= 1;
		const room = (this.#count + growth) * this.#length;
		if (this.#bytes.length < room + growth * this.#length) return;
		const wide = this.#bytes;
		this.#bytes = wide.slice(0, room);
		wide.fill(0);
	}

	private makeRoom(): void {
		const end = this.#count * this.#length;
		if (end >= this.#bytes.length) this.widen(end + growth * this.#length);
	}

	private widen(length: number): void {
		if (length <= this.#bytes.length) return;
		const bytes = new Uint8Array(length);
		bytes.set(this.#bytes);
		this.#bytes = bytes;
	}

	private placeOf(number: number): number {
		if (!(number >= 0 && number < this.#count)) throw new RangeError(`no record ${number}`);
		return number * this.#length;
	}
}
