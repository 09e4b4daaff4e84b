import { BytesError } from "./bytes-error.js";
import { atOnce, fromCodePoints } from "./text.js";

/** Bytes whose digits are made a text at once. */
const bytesAtOnce = atOnce / 2;

/** Two lower-case hexadecimal digits for each byte. */
export function toHex(bytes: Uint8Array): string {
	const { length } = bytes;
	let text = piece(bytes, 0, Math.min(length, bytesAtOnce));
	for (let at = bytesAtOnce; at < length; at += bytesAtOnce) {
		text += piece(bytes, at, Math.min(length, at + bytesAtOnce));
	}
	return text;
}

/** Ids are written so again and again, and on a board a call for each digit costs more than this. */
function piece(bytes: Uint8Array, start: number, end: number): string {
	const codes: number[] = [];
	for (let i = start; i < end; i++) {
		const high = bytes[i] >> 4;
		const low = bytes[i] & 15;
		codes.push(high < 10 ? 0x30 + high : 0x57 + high, low < 10 ? 0x30 + low : 0x57 + low);
	}
	return fromCodePoints(codes);
}

function valueOfLetter(code: number, character: string): number {
	if (code >= 0x61 && code <= 0x66) return code - 0x57;
	if (code >= 0x41 && code <= 0x46) return code - 0x37;
	throw new BytesError(`not a hexadecimal digit: ${JSON.stringify(character)}`);
}

/**
 * The bytes of hexadecimal text, upper or lower case. Throws a BytesError for an odd number of digits and for
 * any other character, spaces too.
 */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
	const length = text.length;
	if (length % 2 !== 0) throw new BytesError("an odd number of hexadecimal digits");
	const bytes = new Uint8Array(length / 2);
	let place = 0;
	// By iterator: in XS, a character's place in a string is found by walking from its start.
	for (const character of text) {
		const code = character.charCodeAt(0);
		const value = code >= 0x30 && code <= 0x39 ? code - 0x30 : valueOfLetter(code, character);
		bytes[place >> 1] |= (place & 1) === 0 ? value << 4 : value;
		place += 1;
	}
	return bytes;
}
