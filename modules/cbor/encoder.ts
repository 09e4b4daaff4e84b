import { compareBytes, encodeUtf8 } from "../bytes/bytes.js";
import { CborError } from "./cbor-error.js";
import { maximumDepth, maximumObjects, maximumValues } from "./limits.js";
import { type CborValue, isArray, isBytes, isInteger, isMap, isText } from "./value.js";

/**
 * The value in deterministic CBOR (RFC 8949, section 4.2.1): shortest heads, the keys of a map in the order of
 * their encodings. Throws a CborError for a number that is not an integer within ±(2^53 - 1), two keys of one
 * encoding, nesting over 16, more than 256 values, and more than 64 arrays, maps and byte strings; throws a BytesError for text with a surrogate without its other half.
 */
export function encode(value: CborValue): Uint8Array<ArrayBuffer> {
	return encodeSequence([value]);
}

/** The values one after the other (RFC 8742). Throws as `encode` does. */
export function encodeSequence(values: readonly CborValue[]): Uint8Array<ArrayBuffer> {
	const encoder = new Encoder();
	for (const value of values) encoder.item(value, 0);
	return encoder.result();
}

/** What an array of so many values begins with, for one that is written a value after the other. */
export function encodeArrayHead(count: number): Uint8Array<ArrayBuffer> {
	const encoder = new Encoder();
	encoder.open(count);
	return encoder.result();
}

/** What a byte string of so many bytes begins with, for one that is written in parts. */
export function encodeBytesHead(length: number): Uint8Array<ArrayBuffer> {
	const encoder = new Encoder();
	encoder.head(2, length);
	return encoder.result();
}

class Encoder {
	#bytes = new Uint8Array(64);
	#length = 0;
	#objects = 0;
	#values = 0;

	/** Writes one item that stands in `depth` arrays and maps. One call a level: XS's stack is small. */
	item(value: CborValue, depth: number): void {
		this.#values += 1;
		if (typeof value === "number") {
			if (!isInteger(value)) throw new CborError(`${value} is not an integer within 2^53`);
			this.head(value < 0 ? 1 : 0, value < 0 ? -1 - value : value);
		} else if (isText(value)) {
			const bytes = encodeUtf8(value);
			this.head(3, bytes.length);
			this.raw(bytes);
		} else if (isBytes(value)) {
			this.#objects += 1;
			this.head(2, value.length);
			this.raw(value);
		} else if (isArray(value)) {
			this.#open(4, value.length, depth);
			for (const item of value) this.item(item, depth + 1);
		} else if (isMap(value)) {
			this.#open(5, value.size, depth);
			const entries: { key: Uint8Array; item: CborValue }[] = [];
			for (const [key, item] of value) {
				const start = this.#length;
				this.item(key, depth + 1);
				entries.push({ key: this.#bytes.slice(start, this.#length), item });
				this.#length = start;
			}
			entries.sort((a, b) => compareBytes(a.key, b.key));
			for (let i = 0; i < entries.length; i++) {
				const { key, item } = entries[i];
				if (i > 0 && compareBytes(entries[i - 1].key, key) === 0) {
					throw new CborError("two keys of a map have one encoding");
				}
				this.raw(key);
				this.item(item, depth + 1);
			}
		} else {
			this.head(7, simple(value));
		}
	}

	/** The head of an array. */
	open(count: number): void {
		this.#open(4, count, 0);
	}

	result(): Uint8Array<ArrayBuffer> {
		if (this.#values > maximumValues) throw new CborError("too many values");
		if (this.#objects > maximumObjects) {
			throw new CborError("too many arrays, maps and byte strings");
		}
		return this.#bytes.slice(0, this.#length);
	}

	#open(major: number, count: number, depth: number): void {
		if (depth >= maximumDepth) throw new CborError(`nesting over ${maximumDepth}`);
		this.#objects += 1;
		this.head(major, count);
	}

	/** The shortest head: the argument in the first byte, or in 1, 2, 4 or 8 bytes after it. */
	head(major: number, argument: number): void {
		if (argument < 24) {
			this.grow(1);
			this.#bytes[this.#length++] = (major << 5) | argument;
			return;
		}
		const power = argument < 0x100 ? 0 : argument < 0x10000 ? 1 : argument < 0x100000000 ? 2 : 3;
		const size = 1 << power;
		this.grow(1 + size);
		this.#bytes[this.#length++] = (major << 5) | (24 + power);
		let rest = argument;
		for (let i = this.#length + size - 1; i >= this.#length; i--) {
			this.#bytes[i] = rest % 256;
			rest = Math.floor(rest / 256);
		}
		this.#length += size;
	}

	private raw(bytes: Uint8Array): void {
		this.grow(bytes.length);
		this.#bytes.set(bytes, this.#length);
		this.#length += bytes.length;
	}

	private grow(count: number): void {
		const needed = this.#length + count;
		if (needed <= this.#bytes.length) return;
		const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
		larger.set(this.#bytes.subarray(0, this.#length));
		this.#bytes = larger;
	}
}

function simple(value: boolean | null | undefined): number {
	if (value === false) return 20;
	if (value === true) return 21;
	if (value === null) return 22;
	if (value === undefined) return 23;
	throw new CborError(`a ${typeof value} has no encoding`);
}
