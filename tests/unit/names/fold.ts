import { foldName } from "../../../modules/names/names.js";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

/** Names of which any two look alike. */
const alike: readonly (readonly string[])[] = [
	["lamp", "LAMP", "Lamp", "l-a m_p", "I.amp", "1amp", "iamp", "lämp", "Łąmp", "lamp".split("").join("'")],
	["coco", "сосо", "СОСО", "c0c0", "ċöçó", "со-со"],
	["tom", "том", "Том", "TOM", "ΤΟΜ", "Τομ"],
	["vovo", "νονο", "νόνο"],
	["NOPH", "ΝΟΡΗ", "ПОРН"],
	["kapa", "кара", "ΚΑΡΑ", "κάρα"],
	["room 0", "room O", "room o", "rööm0"],
	["лампа", "Лампа", "ЛАМПА"],
	["й", "и", "Ӣ"],
	["ёлка", "ЕЛКА"],
	["ΓΑΜΑ", "ГАМА"],
	["口", "ロ"],
	["へや", "ヘや", "ヘゃ"],
	["カ一", "力ー"],
	["سلمى", "سلمي", "سلمی"],
	["أحمد", "احمد", "آحمد"],
	["l", "ا", "ו", "1", "I"]
];

/** Names of which no two look alike. */
const different: readonly string[] = [
	"lamp 1",
	"lamp 2",
	"lamp 3",
	"lamp 11",
	"lamp",
	"lamb",
	"door",
	"dor",
	"лампа",
	"ламба",
	"Νίκος",
	"vίκος".replace("v", "ν"),
	"vase",
	"nase",
	"灯",
	"大灯",
	"は",
	"ば",
	"ぱ",
	"거실",
	"객실",
	"דלת",
	"דלתות",
	"باب",
	"بات",
	"5",
	"S",
	"8",
	"B"
];

export default suite("names: what looks alike", {
	"folds to the same": () => {
		for (const names of alike) {
			for (const name of names) equal(foldName(name), foldName(names[0] ?? ""), `${name} and ${names[0]}`);
		}
	},
	"and what does not, does not": () => {
		const folded = new Map<string, string>();
		for (const name of different) {
			const fold = foldName(name);
			ok(!folded.has(fold), `${name} and ${folded.get(fold)}`);
			folded.set(fold, name);
		}
	},
	"is folded once for good, whatever it is": () => {
		let code = 0;
		for (; code < 0x1_0000; code += 1) {
			if (code >= 0x4e20 && code < 0x9ff0 && code % 64 > 0) continue;
			if (code >= 0xac20 && code < 0xd790 && code % 64 > 0) continue;
			if (code >= 0xd800 && code < 0xe000) continue;
			const fold = foldName(String.fromCharCode(code));
			equal(foldName(fold), fold, `U+${code.toString(16)}`);
		}
		for (const text of ["", " ", "~", "🏠", "\u202e", "x".repeat(500)])
			equal(foldName(foldName(text)), foldName(text));
	}
});
