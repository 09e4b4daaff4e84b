/** What a terminal is given, against Unicode's own properties, which XS does not have, and against whatever may come. */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { printable } from "../../build/js/modules/bytes/bytes.js";
import { letsNothingElseThrough } from "../../build/js/tests/harness/printable-properties.js";
import { seed } from "../faults/dice.mjs";

/** Controls, formats, what is no character or nobody's, what ends a line, what nobody is to see, spaces. */
const hidden =
	/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;

/** Blank, though Unicode calls them symbols: braille without a dot, a note without a head. */
const blank = new Set([0x2800, 0x1d159]);

test("of all code points those come out that a person sees", () => {
	let shown = 0;
	for (let code = 0; code < 0x110000; code += 1) {
		const character = String.fromCodePoint(code);
		const isSame = printable(character) === character;
		if (code === 0x20) assert.ok(isSame);
		else if (hidden.test(character) || blank.has(code)) assert.ok(!isSame, `U+${code.toString(16)} came out`);
		else if (/\P{Cn}/u.test(character)) assert.ok(isSame, `U+${code.toString(16)} did not come out`);
		if (isSame) shown += 1;
	}
	assert.ok(shown > 140_000, `${shown}`);
});

test("whatever text comes, nothing else comes out, and nothing gets lost", () => {
	const unit = fc.oneof(
		fc.string({ unit: "grapheme" }),
		fc.string({ unit: "binary" }),
		fc.integer({ min: 0, max: 0xffff }).map(code => String.fromCharCode(code)),
		fc.constantFrom("\x1b[2J", "\r", "\x9b", "\u202e", "\u2066", "\u200d", "\ufeff", "\u{e0041}", "\\", "🏠")
	);
	const text = fc.array(unit, { maxLength: 40 }).map(parts => parts.join(""));
	const tried = fc.property(text, fc.integer({ min: 10, max: 200 }), letsNothingElseThrough);
	fc.assert(tried, { numRuns: 5_000, seed });
});
