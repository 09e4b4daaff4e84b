/** What names are made of, against Unicode's own properties, which XS does not have. */
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { printable } from "../../build/js/modules/bytes/bytes.js";
import { scriptOf } from "../../build/js/modules/names/alphabet.js";
import { foldName, nameFault } from "../../build/js/modules/names/names.js";
import { seed } from "../faults/dice.mjs";

const scripts = [
	[1, /\p{Script=Latin}/u],
	[2, /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u30fc]/u],
	[4, /\p{Script=Greek}/u],
	[8, /\p{Script=Cyrillic}/u],
	[16, /\p{Script=Hebrew}/u],
	[32, /\p{Script=Arabic}/u]
];

const letters = [];
for (let code = 0x80; code < 0x110000; code += 1) {
	if (scriptOf(code) !== 0) letters.push(String.fromCodePoint(code));
}

test("each letter beyond ASCII is a letter of its script that stays itself in every normal form", () => {
	assert.ok(letters.length > 32_000, `${letters.length}`);
	for (const letter of letters) {
		const point = `U+${letter.codePointAt(0).toString(16)}`;
		assert.match(letter, /^\p{L}$/u, point);
		assert.doesNotMatch(letter, /[\p{M}\p{Default_Ignorable_Code_Point}\p{Deprecated}]/u, point);
		for (const form of ["NFC", "NFKC"]) assert.equal(letter.normalize(form), letter, point);
		const [script] = scripts.find(([, property]) => property.test(letter));
		assert.equal(scriptOf(letter.codePointAt(0)), script, point);
		assert.equal(printable(letter), letter, point);
	}
});

test("a Latin letter folds as its own small letter without marks, a Cyrillic one as its small letter does", () => {
	const bare = letter => letter.normalize("NFD").replace(/\p{M}/gu, "");
	for (const letter of letters) {
		const point = `U+${letter.codePointAt(0).toString(16)}`;
		const script = scriptOf(letter.codePointAt(0));
		assert.equal([...foldName(letter)].length, 1, point);
		assert.notEqual(foldName(letter), "?", point);
		if (script === 2) continue;
		if (script !== 32) assert.equal(foldName(letter), foldName(bare(letter)), point);
		if (script === 4) continue;
		assert.equal(foldName(bare(letter.toLowerCase())), foldName(letter), point);
	}
});

/** Names made of letters of all kinds, also of what no name has. */
const piece = fc.oneof(
	{ weight: 8, arbitrary: fc.constantFrom(..."abcdefilmoprstuvwxyzABEHIKMNOPTXYZ0123456789") },
	{ weight: 2, arbitrary: fc.constantFrom(..." -_'.&+~,\"") },
	{ weight: 8, arbitrary: fc.constantFrom(...letters.filter(letter => letter < "\u3000")) },
	{ weight: 3, arbitrary: fc.constantFrom(...letters) },
	{ weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 1 }) }
);
const text = fc.array(piece, { maxLength: 14 }).map(pieces => pieces.join(""));
/** Of one script, so that many of them are names. */
const name = fc.oneof(
	text,
	...scripts.map(([script]) =>
		fc
			.array(
				fc.constantFrom(
					...letters.filter(letter => scriptOf(letter.codePointAt(0)) === script),
					" ",
					"1",
					"0"
				),
				{
					minLength: 1,
					maxLength: 8
				}
			)
			.map(pieces => pieces.join(""))
	)
);

test("a fold is folded for good, and stays when a name is written in another form", () => {
	const property = fc.property(name, written => {
		const fold = foldName(written);
		assert.equal(foldName(fold), fold);
		if (nameFault(written) !== undefined) return;
		assert.equal(written.normalize("NFKC"), written);
		assert.notEqual(fold, "");
		assert.equal(foldName(written.replaceAll(" ", "-")), fold);
	});
	fc.assert(property, { numRuns: 20_000, seed });
});

test("names that are shown alike fold to the same", () => {
	/** What looks like these letters, in Latin, Greek and Cyrillic; "?" for none. */
	const alike = [
		"aαа bΒв cϲс eεе hΗһ iιі jϳј kκк mΜм oοо pρр s?ѕ tΤт uυ? vν? xχх yγу",
		"AΑА BΒВ CϹС EΕЕ HΗН IΙІ J?Ј KΚК MΜМ NΝ? OΟО PΡР S?Ѕ TΤТ XΧХ YΥУ ZΖ? lΙӏ",
		"áάа éέё óόӧ ÓΌӦ íίї ÍΊЇ ýϓӳ ÿ?ў 000 1ΙӀ 111 222 ___"
	]
		.join(" ")
		.split(" ")
		.map(letters => [...letters]);
	const picks = fc.array(fc.constantFrom(...alike), { minLength: 1, maxLength: 10 });
	const script = fc.nat(2);
	let twins = 0;
	const property = fc.property(picks, script, script, (letters, first, second) => {
		const names = [first, second].map(column => letters.map(row => row[column]).join(""));
		if (names[0] === names[1] || names.some(each => nameFault(each) !== undefined)) return;
		twins += 1;
		assert.equal(foldName(names[0]), foldName(names[1]), names.join(" and "));
		assert.deepEqual(
			names.map(each => printable(each)),
			names
		);
	});
	fc.assert(property, { numRuns: 30_000, seed });
	assert.ok(twins > 1_000, `${twins} pairs`);
});
