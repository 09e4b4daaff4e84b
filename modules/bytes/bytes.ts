/** Bytes and text: joining, comparing, hexadecimal, UTF-8, base32, text for a terminal. */
import { compare } from "bulk";

export { fromBase32, toBase32 } from "./base32.js";
export { BytesError } from "./bytes-error.js";
export { fromHex, toHex } from "./hex.js";
export { printable } from "./printable.js";
export { Records } from "./records.js";
export { fromCodePoints } from "./text.js";
export { decodeUtf8, encodeUtf8 } from "./utf8.js";

/** All parts in a row, in a new buffer. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	let length = 0;
	for (const part of parts) length += part.length;
	const whole = new Uint8Array(length);
	let offset = 0;
	for (const part of parts) {
		whole.set(part, offset);
		offset += part.length;
	}
	return whole;
}

/**
 * Whether both hold the same bytes. Not constant time: it stops at the first difference, so secrets and tags
 * are compared with `constantTimeEqual` of the crypto room.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
	const { length } = a;
	return length === b.length && compare(a, 0, b, 0, length) === 0;
}

/**
 * Below zero, zero or above zero as `a` stands before, at or after `b` in lexicographic order; a beginning of
 * the other stands first. Not constant time.
 */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
	return compare(a, 0, b, 0, Math.min(a.length, b.length)) || a.length - b.length;
}
