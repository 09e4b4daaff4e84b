import { BytesError, decodeUtf8 } from "../bytes/bytes.js";

/** Bytes of a line at most. */
export const lineLimit = 1023;

/** Bytes for which there is room at first, and by which it grows: a board's lines are short, and seldom typed. */
const roomStep = 64;

/** Of UTF-8: whether it goes on with a character that began before. */
export function isContinuation(byte: number | undefined): boolean {
	return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Bytes of the character that begins with `first`; 0 for what begins none. */
function sizeOf(first: number): number {
	if (first < 0x80) return 1;
	if (first < 0xc2 || first > 0xf4) return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/** Whether a character that begins with `first` can go on with `second`, which is a continuation (RFC 3629, section 4). */
function isSecond(first: number, second: number): boolean {
	if (first === 0xe0) return second >= 0xa0;
	if (first === 0xed) return second < 0xa0;
	if (first === 0xf0) return second >= 0x90;
	return first !== 0xf4 || second < 0x90;
}

/** The text of UTF-8, or null for what is none. */
export function textOf(bytes: Uint8Array): string | null {
	try {
		return decodeUtf8(bytes);
	} catch (error) {
		if (!(error instanceof BytesError)) throw error;
		return null;
	}
}

/** The line that is being typed, in UTF-8, and the place in it where the next character goes. */
export class LineBuffer {
	#bytes = new Uint8Array(roomStep);
	#length = 0;
	#cursor = 0;
	/** A character of several bytes, as far as it is here. */
	readonly #character = new Uint8Array(4);
	#arrived = 0;
	#isTooLong = false;
	#isText = true;

	get length(): number {
		return this.#length;
	}

	/** Those below `length` count. Good until something is inserted. */
	get bytes(): Uint8Array {
		return this.#bytes;
	}

	/** Where the next character goes: in bytes, always between characters. */
	get cursor(): number {
		return this.#cursor;
	}

	/** The line; null where it became too long, or something came that is no UTF-8. */
	get line(): string | null {
		if (this.#isTooLong || !this.#isText || this.#arrived > 0) return null;
		return textOf(this.#bytes.subarray(0, this.#length));
	}

	/** What stands before the cursor. */
	get textBefore(): string | null {
		return textOf(this.#bytes.subarray(0, this.#cursor));
	}

	/** Takes a byte of text. A character of several bytes is inserted once it is whole. */
	insert(byte: number): void {
		if (byte < 0x80) {
			if (this.#arrived > 0) this.spoil();
			this.place(byte);
			return;
		}
		if (isContinuation(byte) === (this.#arrived === 0)) {
			this.spoil();
			if (isContinuation(byte)) return;
		}
		this.#character[this.#arrived] = byte;
		this.#arrived += 1;
		const first = this.#character[0] ?? 0;
		const size = sizeOf(first);
		// Overlong, a surrogate, or beyond U+10FFFF: all of which shows in the first two bytes.
		if (size === 0 || (this.#arrived === 2 && !isSecond(first, byte))) this.spoil();
		else if (this.#arrived === size) this.insertWhole(size);
	}

	private insertWhole(size: number): void {
		if (this.#length + size > lineLimit) this.#isTooLong = true;
		else for (let i = 0; i < size; i += 1) this.place(this.#character[i] ?? 0);
		this.#arrived = 0;
	}

	private place(byte: number): void {
		if (this.#length === lineLimit) {
			this.#isTooLong = true;
			return;
		}
		this.reserve(this.#length + 1);
		if (this.#cursor < this.#length) this.#bytes.copyWithin(this.#cursor + 1, this.#cursor, this.#length);
		this.#bytes[this.#cursor] = byte;
		this.#cursor += 1;
		this.#length += 1;
	}

	/** What lay in a smaller buffer is wiped: it may be a password. */
	private reserve(length: number): void {
		if (length <= this.#bytes.length) return;
		const bytes = new Uint8Array(Math.min(length + roomStep, lineLimit));
		bytes.set(this.#bytes);
		this.#bytes.fill(0);
		this.#bytes = bytes;
	}

	/** What came is no text. */
	private spoil(): void {
		this.#isText = false;
		this.#arrived = 0;
	}

	/** Where the character before `place` begins. */
	before(place: number): number {
		let start = place - 1;
		while (start > 0 && isContinuation(this.#bytes[start])) start -= 1;
		return Math.max(start, 0);
	}

	/** Where the character at `place` ends. */
	after(place: number): number {
		let end = place + 1;
		while (end < this.#length && isContinuation(this.#bytes[end])) end += 1;
		return Math.min(end, this.#length);
	}

	/** Where the word before the cursor begins, and what spaces follow it. */
	get wordStart(): number {
		let start = this.#cursor;
		while (start > 0 && this.#bytes[start - 1] === 0x20) start -= 1;
		while (start > 0 && this.#bytes[start - 1] !== 0x20) start -= 1;
		return start;
	}

	moveTo(place: number): void {
		this.#cursor = place;
	}

	/** Removes the bytes from `start` to `end`; the cursor goes there. */
	remove(start: number, end: number): void {
		if (start >= end) return;
		this.#bytes.copyWithin(start, end, this.#length);
		this.#length -= end - start;
		this.#bytes.fill(0, this.#length, this.#length + end - start);
		this.#cursor = start;
		this.#isTooLong = false;
		if (this.#length === 0) this.#isText = true;
	}

	/** Puts other text in the place of all that stands before the cursor. */
	replaceBefore(text: Uint8Array): void {
		this.remove(0, this.#cursor);
		for (const byte of text) this.insert(byte);
	}

	/** Puts another line in the place of this one, with the cursor at its end. */
	replace(line: Uint8Array): void {
		this.clear();
		this.reserve(line.length);
		this.#bytes.set(line);
		this.#length = line.length;
		this.#cursor = line.length;
	}

	/** Forgets all of it: it may have been a password. */
	clear(): void {
		this.#bytes.fill(0);
		if (this.#bytes.length > roomStep) this.#bytes = new Uint8Array(roomStep);
		this.#character.fill(0);
		this.#length = 0;
		this.#cursor = 0;
		this.#arrived = 0;
		this.#isTooLong = false;
		this.#isText = true;
	}
}
