import { printable } from "../../modules/bytes/bytes.js";
import { equal, ok } from "./assert.js";

/**
 * Code points, first and last, that never come out, written down anew: controls, what turns text round, what has no
 * width, halves of pairs, what is for private use.
 */
const never: readonly (readonly [number, number])[] = [
	[0, 0x1f],
	[0x7f, 0x9f],
	[0xad, 0xad],
	[0x34f, 0x34f],
	[0x61c, 0x61c],
	[0x115f, 0x1160],
	[0x17b4, 0x17b5],
	[0x180b, 0x180f],
	[0x200b, 0x200f],
	[0x2028, 0x202e],
	[0x2060, 0x206f],
	[0xd800, 0xf8ff],
	[0xfe00, 0xfe0f],
	[0xfeff, 0xfeff],
	[0xffa0, 0xffa0],
	[0xfff9, 0xfffb],
	[0xe0000, 0x10ffff]
];

/** Whatever `text` is, with whatever `limit` of 10 or more. */
export function letsNothingElseThrough(text: string, limit: number): void {
	const shown = printable(text);
	const cut = printable(text, limit);
	for (const each of [shown, cut]) {
		for (const character of each) {
			const code = character.codePointAt(0) ?? 0;
			ok(!never.some(([first, last]) => code >= first && code <= last), `U+${code.toString(16)}`);
		}
		equal(printable(each), each, "done once more");
	}
	equal(printable(cut, limit), cut, "cut once more");
	ok(cut.length <= limit, `${cut.length} of ${limit} characters`);
	if (shown.length <= limit) equal(cut, shown);
	// A backslash of the text itself may look like an escape.
	if (!text.includes("\\")) equal(unescaped(shown), text);
}

function unescaped(shown: string): string {
	const units = /\\u([0-9a-f]{4})(?:\\u(d[c-f][0-9a-f]{2}))?/g;
	return shown.replace(units, (whole, first: string, second: string | undefined) => {
		const high = Number.parseInt(first, 16);
		if (second === undefined) return String.fromCodePoint(high);
		const low = Number.parseInt(second, 16);
		if (high < 0xd800 || high > 0xdbff) return String.fromCodePoint(high, low);
		ok(whole.length === 12);
		return String.fromCodePoint(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
	});
}
