import { encodeUtf8, Records } from "../bytes/bytes.js";
import type { Clock } from "../clock/clock.js";

export interface DeduplicationOptions {
	readonly clock: Clock;
	/** Messages remembered at once. */
	readonly maxEntries: number;
	/** Bytes of replies kept at once. */
	readonly maxBytes: number;
}

/** A message that was received, and what to repeat when it comes again. */
export interface Remembered {
	/** What its duplicates get; nothing when undefined. */
	readonly reply: Uint8Array | undefined;
}

/** A row: until when, in milliseconds; flags; where its reply begins and ends; its key, and a zero behind that. */
const untilAt = 0;
const untilLength = 6;
const flagsAt = untilAt + untilLength;
const startAt = flagsAt + 1;
const endAt = startAt + 4;
const keyAt = endAt + 4;
/** Bytes for a key at first: enough for an IPv4 address and a token of ours. */
const keyRoom = 44;
const repliesGrowth = 256;

const pinned = 1;
const favoured = 2;

/**
 * Messages received lately, by a key of peer, message id and token (RFC 7252 section 4.5). When full, the oldest goes,
 * except the pinned ones, and the favoured ones last. What has expired goes when the table is next used: no timer waits for it.
 * All lie in two buffers: with objects of their own, each takes a board 300 bytes.
 */
export class Deduplication {
	readonly #clock: Clock;
	readonly #maxEntries: number;
	readonly #maxBytes: number;
	/** In the order of arrival. */
	#rows = new Records(keyAt + keyRoom);
	#rowLength = keyAt + keyRoom;
	/** The replies, with gaps where some were forgotten, up to `#end`. */
	#replies = new Uint8Array(0);
	#end = 0;
	#bytes = 0;
	/** How many are not favoured: where there are none, the oldest is all that is looked at. */
	#strangers = 0;
	/** Before this nothing is to be forgotten. */
	#next = Number.POSITIVE_INFINITY;
	/** The key that was looked for last, as text and as bytes: one message asks for its own several times. */
	#key = "";
	#keyBytes: Uint8Array = new Uint8Array(1);

	constructor(options: DeduplicationOptions) {
		this.#clock = options.clock;
		this.#maxEntries = options.maxEntries;
		this.#maxBytes = options.maxBytes;
	}

	get size(): number {
		return this.#rows.count;
	}

	/** Bytes of the replies kept. */
	get bytes(): number {
		return this.#bytes;
	}

	find(key: string): Remembered | undefined {
		const row = this.rowOf(key);
		if (row < 0) return undefined;
		if (this.number(row, untilAt, untilLength) <= this.#clock.now()) {
			this.remove(row);
			return undefined;
		}
		const [start, end] = this.placeOf(row);
		return { reply: start === end ? undefined : this.#replies.slice(start, end) };
	}

	/** Remembers a message that `find` does not know, for `lifetime` ms; false when the table is full of pinned ones. */
	remember(key: string, lifetime: number, reply?: Uint8Array): boolean {
		const now = this.#clock.now();
		if (now >= this.#next) this.forget(now);
		if (this.size >= this.#maxEntries && !this.removeOldest(-1)) return false;
		const until = Math.ceil(now + lifetime);
		if (until < this.#next) this.#next = until;
		const bytes = this.bytesOf(key);
		if (keyAt + bytes.length > this.#rowLength) this.widen(keyAt + bytes.length);
		const row = new Uint8Array(this.#rowLength);
		row.set(bytes, keyAt);
		this.#rows.add(row);
		this.setNumber(this.size - 1, untilAt, untilLength, until);
		this.#strangers += 1;
		if (reply !== undefined) this.setReply(key, reply);
		return true;
	}

	/** What duplicates get from now on. Older messages are forgotten when their replies take too much room. */
	setReply(key: string, reply: Uint8Array | undefined): void {
		let row = this.rowOf(key);
		if (row < 0) return;
		this.dropReply(row);
		const { length } = reply ?? this.#replies.subarray(0, 0);
		while (this.#bytes + length > this.#maxBytes && this.removeOldest(row)) row = this.rowOf(key);
		if (reply === undefined || length === 0) return;
		if (this.#end + length > this.#replies.length) this.gather(length);
		this.#replies.set(reply, this.#end);
		this.setNumber(row, startAt, 4, this.#end);
		this.#end += length;
		this.setNumber(row, endAt, 4, this.#end);
		this.#bytes += length;
	}

	/** A pinned message stays until unpinned: forgetting one that is being handled would act on it twice. */
	pin(key: string, isPinned: boolean): void {
		const row = this.rowOf(key);
		if (row < 0) return;
		const others = this.#rows.byte(row, flagsAt) & ~pinned;
		this.#rows.setByte(row, flagsAt, isPinned ? others | pinned : others);
	}

	/** A message of somebody who was verified goes after those of strangers. */
	favour(key: string): void {
		const row = this.rowOf(key);
		if (row < 0) return;
		const flags = this.#rows.byte(row, flagsAt);
		if ((flags & favoured) !== 0) return;
		this.#rows.setByte(row, flagsAt, flags | favoured);
		this.#strangers -= 1;
	}

	clear(): void {
		this.#rows.clear();
		this.#replies = new Uint8Array(0);
		this.#end = 0;
		this.#bytes = 0;
		this.#strangers = 0;
	}

	/** What has expired, up to the first that has not. */
	private forget(now: number): void {
		this.#next = Number.POSITIVE_INFINITY;
		while (this.size > 0) {
			const until = this.number(0, untilAt, untilLength);
			if (until > now) {
				this.#next = until;
				return;
			}
			this.remove(0);
		}
	}

	private removeOldest(except: number): boolean {
		let oldest = -1;
		for (let row = 0; row < this.size; row += 1) {
			const flags = this.#rows.byte(row, flagsAt);
			if ((flags & pinned) !== 0 || row === except) continue;
			if ((flags & favoured) === 0 || this.#strangers === 0) {
				oldest = row;
				break;
			}
			if (oldest < 0) oldest = row;
		}
		if (oldest < 0) return false;
		this.remove(oldest);
		return true;
	}

	private remove(row: number): void {
		this.dropReply(row);
		if ((this.#rows.byte(row, flagsAt) & favoured) === 0) this.#strangers -= 1;
		this.#rows.remove(row);
	}

	private dropReply(row: number): void {
		const [start, end] = this.placeOf(row);
		this.#bytes -= end - start;
		this.setNumber(row, endAt, 4, start);
	}

	/** Closes the gaps, and makes room for a reply of `length` bytes. */
	private gather(length: number): void {
		const room = this.#bytes + length + repliesGrowth;
		const replies = new Uint8Array(room);
		let at = 0;
		for (let row = 0; row < this.size; row += 1) {
			const [start, end] = this.placeOf(row);
			replies.set(this.#replies.subarray(start, end), at);
			this.setNumber(row, startAt, 4, at);
			at += end - start;
			this.setNumber(row, endAt, 4, at);
		}
		this.#replies = replies;
		this.#end = at;
	}

	/** For keys that are longer than any before. */
	private widen(length: number): void {
		const rows = new Records(length);
		for (let row = 0; row < this.size; row += 1) {
			const wide = new Uint8Array(length);
			wide.set(this.#rows.at(row));
			rows.add(wide);
		}
		this.#rows = rows;
		this.#rowLength = length;
	}

	private rowOf(key: string): number {
		const bytes = this.bytesOf(key);
		return keyAt + bytes.length > this.#rowLength ? -1 : this.#rows.next(bytes, keyAt, 0);
	}

	/** The bytes of a key, and a zero: no key begins with another one so. */
	private bytesOf(key: string): Uint8Array {
		if (key !== this.#key) {
			const text = encodeUtf8(key);
			const bytes = new Uint8Array(text.length + 1);
			bytes.set(text);
			this.#keyBytes = bytes;
			this.#key = key;
		}
		return this.#keyBytes;
	}

	private placeOf(row: number): readonly [start: number, end: number] {
		return [this.number(row, startAt, 4), this.number(row, endAt, 4)];
	}

	private number(row: number, at: number, length: number): number {
		let number = 0;
		for (let i = 0; i < length; i += 1) number = number * 256 + this.#rows.byte(row, at + i);
		return number;
	}

	private setNumber(row: number, at: number, length: number, number: number): void {
		let rest = number;
		for (let i = length - 1; i >= 0; i -= 1) {
			this.#rows.setByte(row, at + i, rest % 256);
			rest = Math.floor(rest / 256);
		}
	}
}
