import { decodeUtf8, encodeUtf8, fromCodePoints, printable } from "../../../modules/bytes/bytes.js";
import { equal, ok } from "../../harness/assert.js";
import { letsNothingElseThrough } from "../../harness/printable-properties.js";
import { Dice } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

export default suite("printable", {
	"printable text is what it was": () => {
		for (const text of ["", "lamp", "Tür 3~!", "日本語", "שלום", "🏠 home", 'a "b" \\ \\u202e']) {
			equal(printable(text), text);
		}
	},
	"controls, C0, DEL and C1, are shown as what they are": () => {
		equal(printable("a\0b\t\n\r\x1b[31m\x7f\x80\x9b\x9f"), controls);
	},
	"what turns text round is shown as what it is": () => {
		for (const code of [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e]) shows(code);
		for (const code of [0x2066, 0x2067, 0x2068, 0x2069]) shows(code);
	},
	"what nobody sees is shown as what it is": () => {
		for (const code of [0xa0, 0xad, 0x34f, 0x115f, 0x1160, 0x1680, 0x17b4, 0x17b5, 0x180b, 0x180e])
			shows(code);
		for (const code of [0x2000, 0x200b, 0x200c, 0x200d, 0x2028, 0x2029, 0x202f, 0x205f, 0x2060]) shows(code);
		for (const code of [0x2064, 0x206a, 0x206f, 0x2800, 0x3000, 0x3164, 0xfe00, 0xfe0f, 0xfeff]) shows(code);
		for (const code of [0xffa0, 0xfff9, 0xfffb, 0x1bca0, 0x1d173, 0xe0001, 0xe0020, 0xe007f, 0xe01ef])
			shows(code);
	},
	"what is no character for everybody is shown as a number": () => {
		for (const code of [0xe000, 0xf8ff, 0xfdd0, 0xfdef, 0xfffe, 0xffff, 0x1ffff, 0x40000, 0xf0000, 0x10ffff])
			shows(code);
		equal(printable("\ud83d"), "\\ud83d");
		equal(printable("a\udc00b"), "a\\udc00b");
	},
	"JSON stays the same JSON": () => {
		const value = ["tür\u202e", '"\u0085\\', "\u{e0041}", 1];
		const text = printable(JSON.stringify(value));
		equal(text, '["tür\\u202e","\\"\\u0085\\\\","\\udb40\\udc41",1]');
		equal(JSON.parse(text), value);
	},
	"a text that is too long is cut, with a mark, within the limit": () => {
		equal(printable("0123456789", 10), "0123456789");
		equal(printable("0123456789a", 10), "0123 [...]");
		equal(printable("\u202e\u202e", 10), "\\u20 [...]");
		equal(printable("012🏠4567890", 10).length <= 10, true);
		for (let length = 0; length < 12; length += 1) {
			const cut = printable(`${"x".repeat(length)}${"🏠".repeat(20)}`, 12);
			equal(decodeUtf8(encodeUtf8(cut)), cut, "no half of a pair is left");
			ok(cut.endsWith(" [...]"), cut);
		}
	},
	"whatever comes, only printable characters come out, and nothing gets lost": () => {
		const dice = new Dice(20);
		const alphabet = [0, 7, 10, 27, 0x41, 0x5c, 0x22, 0x7f, 0x9b, 0xad, 0xe4, 0x202e, 0x2066, 0x200d, 0xfe0f];
		for (let turn = 0; turn < 2000; turn += 1) {
			const codes = Array.from({ length: Math.floor(dice.roll() * 24) }, () => {
				const roll = dice.roll();
				if (roll < 0.4) return alphabet[Math.floor(dice.roll() * alphabet.length)] ?? 0;
				return Math.floor(dice.roll() * (roll < 0.7 ? 0x3000 : 0x110000));
			});
			letsNothingElseThrough(fromCodePoints(codes), Math.floor(dice.roll() * 60) + 10);
		}
	}
});

const controls = "a\\u0000b\\u0009\\u000a\\u000d\\u001b[31m\\u007f\\u0080\\u009b\\u009f";

function shows(code: number): void {
	const text = `a${String.fromCodePoint(code)}b`;
	const shown = printable(text);
	ok(/^a(\\u[0-9a-f]{4}){1,2}b$/.test(shown), `U+${code.toString(16)}: ${shown}`);
	equal(JSON.parse(`"${shown}"`), text);
}
