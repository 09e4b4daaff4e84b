import { BytesError } from "./bytes-error.js";
import { fromCodePoints } from "./text.js";

/** Crockford's alphabet: no I, L, O, U, which people misread or would rather not read. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * Crockford's base32, for secrets that a person writes down: upper case, 8 characters for 5 bytes, no padding
 * characters; the last character is filled up with zero bits.
 */
export function toBase32(bytes: Uint8Array): string {
	const codes: number[] = [];
	let bits = 0;
	let pending = 0;
	for (let i = 0; i < bytes.length; i++) {
		pending = ((pending << 8) | bytes[i]) & 0xfff;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			codes.push(alphabet.charCodeAt((pending >> bits) & 31));
		}
	}
	if (bits > 0) codes.push(alphabet.charCodeAt((pending << (5 - bits)) & 31));
	return fromCodePoints(codes);
}

/** The five bits of a character. Only ASCII letters are folded: toUpperCase makes an I of a dotless i. */
function fiveBits(character: string): number {
	const code = character.charCodeAt(0);
	const upper = code >= 0x61 && code <= 0x7a ? String.fromCharCode(code - 0x20) : character;
	if (upper === "O") return 0;
	if (upper === "I" || upper === "L") return 1;
	const value = alphabet.indexOf(upper);
	if (value < 0) throw new BytesError(`not a base32 character: ${JSON.stringify(character)}`);
	return value;
}

/**
 * The bytes of Crockford base32 as a person typed it: upper or lower case, I and L read as 1, O as 0, spaces
 * and hyphens ignored. Throws a BytesError for another character, a length that no number of bytes gives, and
 * filling bits that are not zero (a slip in the last character).
 */
export function fromBase32(text: string): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
	let length = 0;
	let bits = 0;
	let pending = 0;
	for (const character of text) {
		if (character === " " || character === "-") continue;
		pending = ((pending << 5) | fiveBits(character)) & 0xfff;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			bytes[length++] = pending >> bits;
		}
	}
	if (bits >= 5) throw new BytesError("a base32 character is missing or too many");
	if ((pending & ((1 << bits) - 1)) !== 0) throw new BytesError("the last base32 character is not right");
	return bytes.slice(0, length);
}
