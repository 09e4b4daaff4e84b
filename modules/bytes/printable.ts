/** Stands at the end of a text that was cut. */
const mark = " [...]";

/**
 * Ranges of code points beyond ASCII, first and last, that a terminal obeys, that turn text round, or that nobody sees:
 * controls, formats, spaces other than U+0020, fillers, variation selectors, surrogates, what is for private use, and
 * the planes where nothing is assigned. By Unicode 15; ordered.
 */
const hidden: readonly number[] = Object.freeze([
	0x7f, 0xa0, 0xad, 0xad, 0x34f, 0x34f, 0x600, 0x605, 0x61c, 0x61c, 0x6dd, 0x6dd, 0x70f, 0x70f, 0x890, 0x891,
	0x8e2, 0x8e2, 0x115f, 0x1160, 0x1680, 0x1680, 0x17b4, 0x17b5, 0x180b, 0x180f, 0x2000, 0x200f, 0x2028,
	0x202f, 0x205f, 0x206f, 0x2800, 0x2800, 0x3000, 0x3000, 0x3164, 0x3164, 0xd800, 0xf8ff, 0xfdd0, 0xfdef,
	0xfe00, 0xfe0f, 0xfeff, 0xfeff, 0xffa0, 0xffa0, 0xfff0, 0xfffb, 0xfffe, 0xffff, 0x110bd, 0x110bd, 0x110cd,
	0x110cd, 0x13430, 0x1343f, 0x1bca0, 0x1bca3, 0x1d159, 0x1d159, 0x1d173, 0x1d17a, 0x1fffe, 0x1ffff, 0x2fffe,
	0x2ffff, 0x3fffe, 0x10ffff
]);

/**
 * What a terminal may show of a text that others wrote: printable characters as they are, and each other one as JSON
 * writes it, `\u202e`, with two such for one beyond U+FFFF, so that a person sees that something was there and JSON
 * stays the same JSON. More than `limit` characters are cut, with a mark at the end, within the limit. Done once more,
 * it changes nothing.
 */
export function printable(text: string, limit = Number.POSITIVE_INFINITY): string {
	const isWhole = text.length <= limit;
	const shown = withoutHidden(isWhole ? text : text.slice(0, limit));
	if (isWhole && shown.length <= limit) return shown;
	// Not between the halves of a pair, which would leave one that is no character.
	return `${shown.slice(0, limit - mark.length).replace(/[\ud800-\udbff]$/, "")}${mark}`;
}

/**
 * Run by run of what is not ASCII. The expression repeats over nothing: XS keeps a state for each character of a
 * repetition, and a board has memory for some hundred.
 */
function withoutHidden(text: string): string {
	let shown = "";
	let rest = text;
	for (;;) {
		const start = rest.search(/[^ -~]/);
		if (start < 0) return shown + rest;
		let end = start + 1;
		while (end < rest.length && !isPlain(rest.charCodeAt(end))) end += 1;
		shown += rest.slice(0, start) + escaped(rest.slice(start, end));
		rest = rest.slice(end);
	}
}

function isPlain(code: number): boolean {
	return code >= 0x20 && code < 0x7f;
}

function escaped(run: string): string {
	let shown = "";
	for (const character of run) {
		const code = character.codePointAt(0) ?? 0;
		shown += isHidden(code) ? jsonEscape(code) : character;
	}
	return shown;
}

function isHidden(code: number): boolean {
	if (code < 0x20) return true;
	for (let index = 0; index < hidden.length; index += 2) {
		if (code <= hidden[index + 1]) return code >= hidden[index];
	}
	return false;
}

function jsonEscape(code: number): string {
	if (code >= 0x10000) {
		const rest = code - 0x10000;
		return jsonEscape(0xd800 + (rest >> 10)) + jsonEscape(0xdc00 + (rest & 0x3ff));
	}
	return `\\u${code.toString(16).padStart(4, "0")}`;
}
