import { fromAscii, toText } from "bulk";
import { BytesError } from "./bytes-error.js";
import { atOnce, fromCodePoints } from "./text.js";

/**
 * The text as UTF-8 (RFC 3629). Throws a BytesError for a surrogate without its other half, which has no
 * UTF-8.
 */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
	const ascii = fromAscii(text);
	if (ascii !== undefined) return new Uint8Array(ascii);
	const bytes = new Uint8Array(text.length * 4);
	let length = 0;
	// By iterator: it gives whole code points both where strings are UTF-16 (Node) and where not (XS).
	for (const character of text) {
		const code = character.codePointAt(0) ?? 0;
		if (code < 0x80) {
			bytes[length++] = code;
			continue;
		}
		if (code < 0x800) {
			bytes[length++] = 0xc0 | (code >> 6);
		} else {
			if (code < 0x10000) {
				if (code >= 0xd800 && code <= 0xdfff) throw new BytesError("a surrogate without its other half");
				bytes[length++] = 0xe0 | (code >> 12);
			} else {
				bytes[length++] = 0xf0 | (code >> 18);
				bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
			}
			bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
		}
		bytes[length++] = 0x80 | (code & 0x3f);
	}
	return bytes.slice(0, length);
}

/** How many bytes follow a first byte of 0x80 and more; -1 for one that begins nothing. */
function followers(first: number): number {
	if (first >= 0xc2 && first <= 0xdf) return 1;
	if (first >= 0xe0 && first <= 0xef) return 2;
	if (first >= 0xf0 && first <= 0xf4) return 3;
	return -1;
}

/**
 * The text of UTF-8 bytes (RFC 3629). Throws a BytesError for anything that is not: overlong forms,
 * surrogates, code points above U+10FFFF, stray or missing continuation bytes. A byte-order mark is kept.
 */
export function decodeUtf8(bytes: Uint8Array): string {
	const text = toText(bytes);
	if (text !== undefined) return text;
	const codes: number[] = [];
	const pieces: string[] = [];
	const length = bytes.length;
	for (let i = 0; i < length; ) {
		if (codes.length === atOnce) pieces.push(fromCodePoints(codes.splice(0)));
		const start = i;
		const first = bytes[i++];
		if (first < 0x80) {
			codes.push(first);
			continue;
		}
		const count = followers(first);
		if (count < 0 || start + count >= length) throw new BytesError(`not UTF-8 at byte ${start}`);
		let code = first & (0x3f >> count);
		while (i <= start + count) {
			const next = bytes[i++];
			if ((next & 0xc0) !== 0x80) throw new BytesError(`not UTF-8 at byte ${start}`);
			code = (code << 6) | (next & 0x3f);
		}
		const overlong = (count === 2 && code < 0x800) || (count === 3 && code < 0x10000);
		if (overlong || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
			throw new BytesError(`not UTF-8 at byte ${start}`);
		}
		codes.push(code);
	}
	pieces.push(fromCodePoints(codes));
	return pieces.join("");
}
