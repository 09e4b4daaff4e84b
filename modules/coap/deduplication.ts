import { encodeUtf8, Records } from "../bytes/bytes.js";
import type { Clock } from "../clock/clock.js";

export interface DeduplicationOptions {
	readonly clock: Clock;
	/** Messages remembered at once. */
	readonly maxEntries: number;
	/** Bytes of replies kept at once: 16 bits say where one lies. */
	readonly maxBytes: number;
}

/** A message that was received, and what to repeat when it comes again. */
export interface Remembered {
	/** What its duplicates get; nothing when undefined. */
	readonly reply: Uint8Array | undefined;
}

/** A row: until when in milliseconds, where its reply begins and ends, flags, its key with its end. */
const startAt = 6;
const endAt = startAt + 2;
const flagsAt = endAt + 2;
const keyAt = flagsAt + 1;
/** Bytes of a row at first: with a key of an IPv4 address and a token of ours. */
const usualLength = keyAt + 44;
/** Bytes by which the room for replies grows. */
const growth = 256;

const pinned = 1;
const favoured = 2;

/**
 * Messages received lately, by a key of peer, message id and token (RFC 7252 section 4.5). When full, the oldest goes,
 * except the pinned ones, and the favoured ones last. What has expired goes when the table is next used: no timer waits for it.
 * All lie in two buffers: as objects each takes a board 300 bytes.
 */
export class Deduplication {
	readonly #options: DeduplicationOptions;
	/** In the order of arrival. */
	#rows = new Records(usualLength);
	#rowLength = usualLength;
	/** The replies up to `#end`, those that were forgotten among them. */
	#replies = new Uint8Array(0);
	#end = 0;
	/** Bytes of those that are kept. */
	#bytes = 0;
	/** How many are not favoured: where there are none, the oldest is all that is looked at. */
	#strangers = 0;
	/** Before this nothing is to be forgotten. */
	#next = Number.POSITIVE_INFINITY;
	/** The key that was asked for last, also as bytes: one message asks for its own several times. */
	#key = "";
	#keyBytes = new Uint8Array(1);

	constructor(options: DeduplicationOptions) {
		this.#options = options;
	}

	find(key: string): Remembered | undefined {
		const row = this.rowOf(key);
		if (row < 0) return undefined;
		const view = this.view(row);
		if (untilIn(view) <= this.#options.clock.now()) {
			this.remove(row);
			return undefined;
		}
		const reply = this.#replies.slice(view.getUint16(startAt), view.getUint16(endAt));
		return { reply: reply.length === 0 ? undefined : reply };
	}

	/** Remembers a message that `find` does not know, for `lifetime` ms; false when the table is full of pinned ones. */
	remember(key: string, lifetime: number, reply?: Uint8Array): boolean {
		const now = this.#options.clock.now();
		if (now >= this.#next) this.forget(now);
		if (this.#rows.count >= this.#options.maxEntries && !this.removeOldest(-1)) return false;
		const until = Math.ceil(now + lifetime);
		this.#next = Math.min(this.#next, until);
		const bytes = this.bytesOf(key);
		this.widen(keyAt + bytes.length);
		const row = new Uint8Array(this.#rowLength);
		row.set(bytes, keyAt);
		this.#rows.add(row);
		const view = this.view(this.#rows.count - 1);
		view.setUint16(0, until / 2 ** 32);
		view.setUint32(2, until);
		this.#strangers += 1;
		if (reply !== undefined) this.setReply(key, reply);
		return true;
	}

	/** What duplicates get from now on. Older messages are forgotten when their replies take too much room. */
	setReply(key: string, reply: Uint8Array): void {
		let row = this.rowOf(key);
		if (row < 0) return;
		const { length } = reply;
		this.dropReply(row);
		while (this.#bytes + length > this.#options.maxBytes && this.removeOldest(row)) row = this.rowOf(key);
		if (this.#end + length > this.#replies.length) this.gather(length);
		this.#replies.set(reply, this.#end);
		const view = this.view(row);
		view.setUint16(startAt, this.#end);
		this.#end += length;
		view.setUint16(endAt, this.#end);
		this.#bytes += length;
	}

	/** A pinned message stays until unpinned: forgetting one that is being handled would act on it twice. */
	pin(key: string, isPinned: boolean): void {
		const row = this.rowOf(key);
		if (row < 0) return;
		const others = this.#rows.byte(row, flagsAt) & favoured;
		this.#rows.setByte(row, flagsAt, isPinned ? others | pinned : others);
	}

	/** A message of somebody who was verified goes after those of strangers. */
	favour(key: string): void {
		const row = this.rowOf(key);
		if (row < 0 || this.isFavoured(row)) return;
		this.#rows.setByte(row, flagsAt, this.#rows.byte(row, flagsAt) | favoured);
		this.#strangers -= 1;
	}

	clear(): void {
		while (this.#rows.count > 0) this.remove(0);
	}

	/** What has expired, up to the first that has not. */
	private forget(now: number): void {
		this.#next = Number.POSITIVE_INFINITY;
		while (this.#rows.count > 0) {
			const until = untilIn(this.view(0));
			if (until > now) {
				this.#next = until;
				return;
			}
			this.remove(0);
		}
	}

	private removeOldest(except: number): boolean {
		let oldest = -1;
		for (let row = 0; row < this.#rows.count; row += 1) {
			if (row === except || (this.#rows.byte(row, flagsAt) & pinned) !== 0) continue;
			if (oldest < 0) oldest = row;
			if (this.#strangers > 0 && this.isFavoured(row)) continue;
			oldest = row;
			break;
		}
		if (oldest >= 0) this.remove(oldest);
		return oldest >= 0;
	}

	private isFavoured(row: number): boolean {
		return (this.#rows.byte(row, flagsAt) & favoured) !== 0;
	}

	private remove(row: number): void {
		this.dropReply(row);
		if (!this.isFavoured(row)) this.#strangers -= 1;
		this.#rows.remove(row);
	}

	private dropReply(row: number): void {
		const view = this.view(row);
		const start = view.getUint16(startAt);
		this.#bytes -= view.getUint16(endAt) - start;
		view.setUint16(endAt, start);
	}

	/** Lets go what was forgotten, and makes room for a reply of `length` bytes. */
	private gather(length: number): void {
		const replies = new Uint8Array(this.#bytes + length + growth);
		let end = 0;
		for (let row = 0; row < this.#rows.count; row += 1) {
			const view = this.view(row);
			const reply = this.#replies.subarray(view.getUint16(startAt), view.getUint16(endAt));
			replies.set(reply, end);
			view.setUint16(startAt, end);
			end += reply.length;
			view.setUint16(endAt, end);
		}
		this.#replies = replies;
		this.#end = end;
	}

	/** For keys that are longer than any before. */
	private widen(length: number): void {
		if (length <= this.#rowLength) return;
		const before = this.#rows;
		this.#rows = new Records(length);
		this.#rowLength = length;
		for (let row = 0; row < before.count; row += 1) {
			const wide = new Uint8Array(length);
			wide.set(before.at(row));
			this.#rows.add(wide);
		}
	}

	private rowOf(key: string): number {
		return this.#rows.next(this.bytesOf(key), keyAt, 0);
	}

	/** The bytes of a key and of its end: no key begins with another one so. */
	private bytesOf(key: string): Uint8Array {
		if (key !== this.#key) {
			this.#keyBytes = encodeUtf8(`${key}\n`);
			this.#key = key;
		}
		return this.#keyBytes;
	}

	private view(row: number): DataView {
		const { buffer, byteOffset } = this.#rows.at(row);
		return new DataView(buffer, byteOffset);
	}
}

function untilIn(row: DataView): number {
	return row.getUint16(0) * 2 ** 32 + row.getUint32(2);
}
