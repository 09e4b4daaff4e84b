import { BytesError, decodeUtf8 } from "../bytes/bytes.js";
import { CborError } from "./cbor-error.js";
import { Container, OpenArray, OpenMap } from "./container.js";
import { maximumDepth, maximumObjects, maximumValues } from "./limits.js";
import type { CborValue } from "./value.js";

/**
 * The one value that `bytes` holds. Byte strings in it are copies, so nothing holds on to the input. Throws a
 * CborError for all that is not deterministic CBOR of our subset, for bytes left over, for nesting over 16, for
 * more than 256 values, and for more than 64 arrays, maps and byte strings. Needs no more stack for nested
 * input than for flat, and no memory on the word of a length that the input does not bear out.
 */
export function decode(bytes: Uint8Array): CborValue {
	const { value, end } = decodeFirst(bytes);
	if (end < bytes.length) throw new CborError("bytes after the end", end);
	return value;
}

/** The value that begins at `offset`, and the offset after it; what comes there is not looked at. */
export function decodeFirst(bytes: Uint8Array, offset = 0): { value: CborValue; end: number } {
	const decoder = new Decoder(bytes, offset);
	const value = decoder.next();
	return { value, end: decoder.offset };
}

/**
 * How many values the array has that begins at `offset`, and where the first begins: for one that is read a value after
 * the other. Throws a CborError for what is no array.
 */
export function decodeArrayHead(bytes: Uint8Array, offset: number): { count: number; end: number } {
	const decoder = new Decoder(bytes, offset);
	const count = decoder.arrayHead();
	return { count, end: decoder.offset };
}

/** Values one after the other up to the end (RFC 8742); none for no bytes. Throws as `decode` does. */
export function decodeSequence(bytes: Uint8Array): CborValue[] {
	const decoder = new Decoder(bytes, 0);
	const values: CborValue[] = [];
	while (decoder.offset < bytes.length) values.push(decoder.next());
	return values;
}

class Decoder {
	readonly #bytes: Uint8Array;
	#offset: number;
	#objects = maximumObjects;
	#values = maximumValues;

	constructor(bytes: Uint8Array, offset: number) {
		this.#bytes = bytes;
		this.#offset = offset;
	}

	/** Where the next item begins. */
	get offset(): number {
		return this.#offset;
	}

	/** Reads one value. A loop with a list of the open containers, because XS cannot catch a stack overflow. */
	next(): CborValue {
		const open: Container[] = [];
		for (;;) {
			const item = this.item(open.length);
			let value: CborValue;
			if (item instanceof Container) {
				if (!item.full) {
					open.push(item);
					continue;
				}
				value = item.value;
			} else {
				value = item;
			}
			// The value is whole; it may complete the container it stands in, and that the next, ...
			let container = open[open.length - 1];
			while (container?.add(value, this.#offset)) {
				value = container.value;
				open.pop();
				container = open[open.length - 1];
			}
			if (container === undefined) return value;
		}
	}

	arrayHead(): number {
		const start = this.#offset;
		const first = this.#bytes[this.#offset++];
		if (first === undefined) throw new CborError("the input ends early", start);
		if (first >> 5 !== 4) throw new CborError("no array", start);
		return this.argument(first & 31, start);
	}

	/** Reads a scalar, or the head of an array or map. */
	private item(depth: number): CborValue | Container {
		const start = this.#offset;
		if (start >= this.#bytes.length) throw new CborError("the input ends early", start);
		if (this.#values === 0) throw new CborError("too many values", start);
		this.#values -= 1;
		const first = this.#bytes[this.#offset++];
		const major = first >> 5;
		if (major === 7) return simple(first & 31, start);
		if (major === 6) throw new CborError("a tag", start);
		const argument = this.argument(first & 31, start);
		switch (major) {
			case 0:
				return argument;
			case 1:
				if (argument === Number.MAX_SAFE_INTEGER) throw new CborError("an integer beyond 2^53", start);
				return -1 - argument;
			case 2:
				this.count(start);
				return this.take(argument, start).slice();
			case 3:
				return text(this.take(argument, start), start);
			default: {
				this.count(start);
				if (depth >= maximumDepth) throw new CborError(`nesting over ${maximumDepth}`, start);
				// Every item takes at least a byte.
				if (argument * (major - 3) > this.#bytes.length - this.#offset) {
					throw new CborError("a length beyond the input", start);
				}
				return major === 4 ? new OpenArray(argument) : new OpenMap(argument, this.#bytes, this.#offset);
			}
		}
	}

	private argument(info: number, start: number): number {
		if (info < 24) return info;
		if (info === 31) throw new CborError("an indefinite length", start);
		if (info > 27) throw new CborError("a reserved first byte", start);
		const end = this.#offset + (1 << (info - 24));
		if (end > this.#bytes.length) throw new CborError("the input ends early", start);
		let argument = 0;
		while (this.#offset < end) argument = argument * 256 + this.#bytes[this.#offset++];
		const least = info === 24 ? 24 : info === 25 ? 0x100 : info === 26 ? 0x10000 : 0x100000000;
		if (argument < least) throw new CborError("not the shortest form", start);
		if (argument > Number.MAX_SAFE_INTEGER) throw new CborError("an integer beyond 2^53", start);
		return argument;
	}

	private take(length: number, start: number): Uint8Array {
		if (length > this.#bytes.length - this.#offset) {
			throw new CborError("a length beyond the input", start);
		}
		this.#offset += length;
		return this.#bytes.subarray(this.#offset - length, this.#offset);
	}

	private count(start: number): void {
		if (this.#objects === 0) {
			throw new CborError("too many arrays, maps and byte strings", start);
		}
		this.#objects -= 1;
	}
}

function simple(info: number, start: number): CborValue {
	switch (info) {
		case 20:
			return false;
		case 21:
			return true;
		case 22:
			return null;
		case 23:
			return undefined;
		case 25:
		case 26:
		case 27:
			throw new CborError("a floating-point number", start);
		case 31:
			throw new CborError("a break without an indefinite length", start);
		default:
			throw new CborError("an unknown simple value", start);
	}
}

function text(bytes: Uint8Array, start: number): string {
	try {
		return decodeUtf8(bytes);
	} catch (error) {
		if (error instanceof BytesError) throw new CborError("text that is not UTF-8", start);
		throw error;
	}
}
