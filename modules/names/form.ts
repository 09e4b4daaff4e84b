import { AsciiKind, asciiKind, Script, scriptOf } from "./alphabet.js";
import { reservedFault } from "./reserved.js";

/** Most bytes of UTF-8 that a node's name may have. */
export const nameLimit = 24;

const together = Script.latin | Script.eastAsian;
const rightToLeft = Script.hebrew | Script.arabic;

/**
 * Why a text cannot be a node's name, in words for the person who chose it; undefined when it can. A block that gives such
 * a name is malformed, so this depends on the text alone and stays as it is for all blocks of this format:
 *
 * - 1 to 24 bytes of UTF-8.
 * - Letters, the digits 0 to 9, single spaces, and - _ ' . & +; it begins and ends with a letter or a digit.
 * - Letters of one script, but for Latin and East Asian ones, which go together. A name in Hebrew or Arabic begins with
 *   a letter: a number before it would show where one after it shows.
 * - No word that a command takes for something else, and nothing that looks like an id.
 */
export function nameFault(name: string): string | undefined {
	const { length } = name;
	if (length === 0) return "a name needs at least one character";
	if (length > nameLimit) return tooLong;
	let bytes = 0;
	let scripts = 0;
	let first: number = AsciiKind.none;
	let last: number = AsciiKind.none;
	let isSpread = false;
	for (let index = 0; index < length; index += 1) {
		const code = name.charCodeAt(index);
		let kind: number;
		if (code < 0x80) {
			kind = asciiKind(code);
			bytes += 1;
			if (kind > AsciiKind.sign && code > lastDigit) scripts |= Script.latin;
		} else {
			kind = scriptOf(code);
			bytes += code < 0x800 ? 2 : 3;
			scripts |= kind;
			if (kind !== 0) kind = letter;
		}
		if (kind === AsciiKind.none) return notInNames(name.codePointAt(index) ?? 0);
		if (kind === AsciiKind.space && last === AsciiKind.space) isSpread = true;
		if (index === 0) first = kind;
		last = kind;
	}
	if (bytes > nameLimit) return tooLong;
	if (first <= AsciiKind.sign || last <= AsciiKind.sign)
		return "a name begins and ends with a letter or a digit";
	if (isSpread) return "a name has no two spaces in a row";
	const isMixed = (scripts & ~together) !== 0 && (scripts & (scripts - 1)) !== 0;
	if (isMixed) return "a name does not mix scripts like these";
	if ((scripts & rightToLeft) !== 0 && name.charCodeAt(0) <= lastDigit) {
		return "a name in Hebrew or Arabic begins with a letter";
	}
	return reservedFault(name);
}

const tooLong = `a name has at most ${nameLimit} bytes`;
const lastDigit = 0x39;
/** The kind of each letter beyond ASCII: more than a sign. */
const letter = 0x80;

function notInNames(code: number): string {
	const character = String.fromCodePoint(code);
	const what = character === '"' ? "quotation mark" : `"${character}"`;
	return `a name has no ${what}, only letters, digits, single spaces and - _ ' . & +`;
}
