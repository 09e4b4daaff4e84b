/** Scripts of which a name has letters, as bits. */
export const Script = Object.freeze({
	latin: 1,
	/** Kana, Chinese characters, Hangul: written together, and with Latin letters. */
	eastAsian: 2,
	greek: 4,
	cyrillic: 8,
	hebrew: 16,
	arabic: 32
} as const);

/**
 * The letters beyond ASCII that a name may have: first and last code point, and their script; ordered. All are letters of
 * one code point that no normal form of Unicode 15 changes, and nobody's mark, sign or digit: what two fonts, or two ways
 * of typing it, would make two texts of is not here. Scripts that cannot do without combining marks (Devanagari, Thai
 * and others) are not either.
 */
const letters = new Uint16Array([
	// À to ž, without the multiplication and division signs, ĳ, ŀ and ŉ
	0xc0, 0xd6, 1, 0xd8, 0xf6, 1, 0xf8, 0x131, 1, 0x134, 0x13e, 1, 0x141, 0x148, 1, 0x14a, 0x17e, 1,
	// Ə, ơ, ư, the vowels of Pinyin, ș and ț, ə
	0x18f, 0x18f, 1, 0x1a0, 0x1a1, 1, 0x1af, 0x1b0, 1, 0x1cd, 0x1dc, 1, 0x218, 0x21b, 1, 0x259, 0x259, 1,
	// Greek
	0x386, 0x386, 4, 0x388, 0x38a, 4, 0x38c, 0x38c, 4, 0x38e, 0x3a1, 4, 0x3a3, 0x3ce, 4,
	// Cyrillic
	0x400, 0x45f, 8, 0x48a, 0x4ff, 8,
	// Hebrew
	0x5d0, 0x5ea, 16,
	// Arabic, and what Persian, Urdu and Kurdish add
	0x621, 0x63a, 32, 0x641, 0x64a, 32, 0x679, 0x679, 32, 0x67e, 0x67e, 32, 0x686, 0x686, 32, 0x688, 0x688, 32,
	0x691, 0x691, 32, 0x695, 0x695, 32, 0x698, 0x698, 32, 0x6a4, 0x6a4, 32, 0x6a9, 0x6a9, 32, 0x6af, 0x6af, 32,
	0x6b5, 0x6b5, 32, 0x6ba, 0x6ba, 32, 0x6be, 0x6be, 32, 0x6c1, 0x6c1, 32, 0x6c6, 0x6c6, 32, 0x6cc, 0x6cc, 32,
	0x6ce, 0x6ce, 32, 0x6d2, 0x6d2, 32, 0x6d5, 0x6d5, 32,
	// Welsh, Vietnamese
	0x1e80, 0x1e85, 1, 0x1ea0, 0x1ef9, 1,
	// 々, hiragana, katakana, Chinese characters, Hangul syllables
	0x3005, 0x3005, 2, 0x3041, 0x3096, 2, 0x30a1, 0x30fa, 2, 0x30fc, 0x30fc, 2, 0x4e00, 0x9fff, 2, 0xac00,
	0xd7a3, 2
]);

/** The script of a letter beyond ASCII; 0 for what cannot stand in a name. */
export function scriptOf(point: number): number {
	let low = 0;
	let high = letters.length / 3;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (point > letters[3 * middle + 1]) low = middle + 1;
		else high = middle;
	}
	return 3 * low < letters.length && point >= letters[3 * low] ? letters[3 * low + 2] : 0;
}

/** What a character of ASCII is in a name; a letter or a digit is more than a sign: see `asciiKind`. */
export const AsciiKind = Object.freeze({ none: 0, space: 1, sign: 2 } as const);

/** From U+0020 on: a kind, or what a letter or digit folds to: small letters, i and 1 as l, 0 as o. */
const ascii = new Uint8Array([
	1, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0, 2, 0, 2, 2, 0, 111, 108, 50, 51, 52, 53, 54, 55, 56, 57, 0, 0, 0, 0, 0, 0,
	0, 97, 98, 99, 100, 101, 102, 103, 104, 108, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117,
	118, 119, 120, 121, 122, 0, 0, 0, 0, 2, 0, 97, 98, 99, 100, 101, 102, 103, 104, 108, 106, 107, 108, 109,
	110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 0, 0, 0, 0
]);

/** The kind of a character of ASCII or, of a letter or digit, the code of what it folds to. */
export function asciiKind(code: number): number {
	return ascii[code - 0x20] ?? AsciiKind.none;
}
