import { printable } from "../../../modules/bytes/bytes.js";
import { nameFault, nameLimit } from "../../../modules/names/names.js";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

function refused(names: readonly string[], text: string): void {
	for (const name of names) {
		const fault = nameFault(name);
		ok(fault?.includes(text), `${JSON.stringify(name)}: ${fault}`);
	}
}

export default suite("names: what a node may be called", {
	"is 1 to 24 bytes": () => {
		equal(nameLimit, 24);
		for (const name of ["a", "7", "x".repeat(24), "ü".repeat(12), "灯".repeat(8)])
			equal(nameFault(name), undefined, name);
		refused([""], "at least one");
		refused(["x".repeat(25), "x".repeat(10_000), `x${"ü".repeat(12)}`, "灯".repeat(9)], "24 bytes");
	},
	"is written in letters of the world, digits, and few signs": () => {
		for (const name of [
			"lamp",
			"Lampe Küche",
			"Mom's desk",
			"St. Anna",
			"a_b-c & d+e",
			"Ţară și ț",
			"Łódź",
			"Đèn phòng khách",
			"Λάμπα",
			"Ώρα 2",
			"Лампа кухня",
			"Ґанок Ї",
			"מנורה 2",
			"مصباح",
			"چراغ راهرو",
			"リビングのライト",
			"佐々木",
			"客厅灯",
			"거실 조명",
			"LED灯 3",
			"TVの横"
		]) {
			equal(nameFault(name), undefined, name);
			equal(printable(name), name, "shown as it is");
		}
	},
	"has nothing that is not seen, turns text round, or is written in two ways": () => {
		refused(
			[
				"a\nb",
				"a\tb",
				"\u0000",
				"a\u007fb",
				"a\u0085b",
				"a\u00a0b",
				"a\u00adb",
				"a\u034fb",
				"a\u061cb",
				"a\u115fb",
				"a\u180eb",
				"a\u200bb",
				"a\u200db",
				"a\u200eb",
				"a\u202eb",
				"a\u2028b",
				"a\u2029b",
				"a\u2066b",
				"a\u2060b",
				"a\u3000b",
				"a\u3164b",
				"a\ue000b",
				"a\ufe0fb",
				"a\ufeffb",
				"a\uffa0b",
				"a\ufffdb",
				"a\ud800b",
				"a\u{e0041}b",
				"e\u0301",
				"о\u0308",
				"は\u3099",
				"\u1112\u1161",
				"שׁ",
				"\u064b\u0628",
				"ａｂ",
				"ﬁ",
				"ŉ",
				"ſ",
				"²",
				"٣",
				"Ⅷ",
				"㍿",
				"\uf900",
				"lamp🏠",
				"ламѫ",
				"ὰ",
				"बत्ती"
			],
			"a name has no "
		);
	},
	"has none of the signs that commands and labels are made of": () => {
		const signs = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i));
		const taken = signs.filter(sign => nameFault(`x${sign}y`) === undefined).join("");
		equal(taken, " &'+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
	},
	"begins and ends with a letter or a digit, and has single spaces": () => {
		refused([" ", "-", "_", " lamp", "lamp ", "-lamp", "lamp.", "+1", "'lamp'", "灯-"], "begins and ends");
		refused(["a  b", "灯  2"], "two spaces");
		equal(nameFault("a - b"), undefined);
	},
	"does not mix scripts that look alike, or run the other way": () => {
		refused(
			["lаmp", "lamp Ω", "Λампа", "лампа Ω", "lamp מ", "مa", "مנ", "灯Ж", "Жの", "ロא", "аl", "Aδ"],
			"does not mix"
		);
		refused(["2 מנורה", "2مصباح", "10 מ"], "begins with a letter");
		equal([nameFault("מ 2-3"), nameFault("2 лампы"), nameFault("2灯")], [undefined, undefined, undefined]);
	},
	"is no word that a command takes for something else, however it is written": () => {
		const words = [
			"all any none this",
			"light lock switch sensor plug cover siren button contact motion leak smoke thermometer hygrometer meter",
			"lights locks switches sensors plugs covers sirens buttons contacts leaks thermometers hygrometers meters",
			"owner owners member members admin admins founder start at from not night sunset sunrise"
		];
		refused(words.join(" ").split(" "), "means something else");
		refused(
			[
				"ALL",
				"Light",
				"a-l-l",
				"A.L.L",
				"a11",
				"aII",
				"lıght",
				"1ight",
				"l1ght",
				"L0ck",
				"äll",
				"Ɩ".replace("Ɩ", "plüg"),
				"ат"
			],
			"means something else"
		);
		for (const name of ["allo", "lighthouse", "lamp", "door lock", "night light", "hall", "ball"]) {
			equal(nameFault(name), undefined, name);
		}
	},
	"does not look like an id": () => {
		refused(
			[
				"deadbeef",
				"DEADBEEF",
				"12345678",
				"0123456789abcdef01234567",
				"cd1293aa",
				"cdl293aa",
				"cdI293aa",
				"cd1293aO",
				"cd 1293-aa",
				"сd1293aa".replace("с", "ç"),
				"асеасе66"
			],
			"looks like an id"
		);
		for (const name of ["1234567", "cafe", "deadbeeg", "lamp 12345678"])
			equal(nameFault(name), undefined, name);
	}
});
