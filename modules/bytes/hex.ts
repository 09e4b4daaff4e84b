import { BytesError } from "./bytes-error.js";
import { atOnce, fromCodePoints } from "./text.js";

/** The character code of a hexadecimal digit, 0 to 15. */
function digit(value: number): number {
	return value < 10 ? 0x30 + value : 0x57 + value;
}

/** Two lower-case hexadecimal digits for each byte. */
export function toHex(bytes: Uint8Array): string {
	const codes: number[] = [];
	const pieces: string[] = [];
	for (let i = 0; i < bytes.length; i++) {
		if (codes.length === atOnce) pieces.push(fromCodePoints(codes.splice(0)));
		codes.push(digit(bytes[i] >> 4), digit(bytes[i] & 15));
	}
	pieces.push(fromCodePoints(codes));
	return pieces.join("");
}

function valueOfDigit(character: string): number {
	const code = character.charCodeAt(0);
	if (code >= 0x30 && code <= 0x39) return code - 0x30;
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
		const value = valueOfDigit(character);
		bytes[place >> 1] |= (place & 1) === 0 ? value << 4 : value;
		place += 1;
	}
	return bytes;
}
