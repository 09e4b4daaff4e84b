import { fromHex, Records } from "../../../modules/bytes/bytes.js";
import { Directory, foldPrint, type Named, nearest } from "../../../modules/names/names.js";
import { bytes, equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

/** An id of this beginning. */
function idOf(start: string, end = "00"): string {
	return start.padEnd(30, "0") + end;
}

/** A home of members called by name, and ids of those who were removed. */
function home(members: Readonly<Record<string, string>>, removed: readonly string[] = []): Directory<Named> {
	const all = Object.entries(members).map(([idText, name]) => ({ name, idText, id: bytes(idText) }));
	const get = (id: string) => all.find(({ idText }) => idText === id);
	const at = (number: number) => {
		const member = all[number];
		if (member === undefined) throw new RangeError(`no member ${number}`);
		return member;
	};
	const removedIds = new Records(16);
	for (const id of removed) removedIds.add(fromHex(id));
	return new Directory({ size: all.length, at, get, removedIds });
}

/** Whom a text means, by ids. */
function meant(directory: Directory<Named>, who: string): string | readonly string[] {
	const found = directory.find(who);
	return "one" in found ? found.one.idText : found.several.map(({ idText }) => idText);
}

const [lamp, door, desk] = [idOf("aaaa1111"), idOf("bbbb2222"), idOf("cccc3333")];

export default suite("names: whom a text means", {
	"a name, an id in full or by 8 digits, and both together": () => {
		const members = home({ [lamp]: "lamp", [door]: "front door", [desk]: "灯" });
		for (const who of ["lamp", lamp, "aaaa1111", "lamp~aaaa1111", `lamp~${lamp}`])
			equal(meant(members, who), lamp, who);
		for (const who of ["front door", door, "bbbb2222", "front door~bbbb2222"])
			equal(meant(members, who), door, who);
		for (const who of ["灯", "灯~cccc3333"]) equal(meant(members, who), desk, who);
		for (const who of [
			"",
			"~",
			"lam",
			"door",
			"aaaa111",
			"aaaa11110",
			"dddd4444",
			idOf("aaaa1111", "01"),
			"~aaaa1111",
			"desk~aaaa1111",
			`door~${lamp}`,
			"lamp~aaaa111",
			"lamp~bbbb2222",
			"lamp~"
		]) {
			equal(meant(members, who), [], who);
		}
		equal([members.labelOf(lamp), members.labelOf(door)], ["lamp", "front door"]);
	},
	"names that look alike are told apart by ids alone": () => {
		const members = home({ [lamp]: "coco", [door]: "сосо", [desk]: "desk" });
		equal(
			[lamp, door, desk].map(id => members.labelOf(id)),
			["coco~aaaa1111", "сосо~bbbb2222", "desk"]
		);
		for (const who of ["coco", "сосо", "COCO", "c0c0"]) equal(meant(members, who), [lamp, door], who);
		equal([meant(members, "coco~aaaa1111"), meant(members, "сосо~bbbb2222")], [lamp, door]);
		equal(meant(members, "coco~bbbb2222"), [], "the other's name");
		equal(members.alike("C-o-c-o").length, 2);
	},
	"a name that is written otherwise is nobody's, and reminds of whose it may be": () => {
		const members = home({ [lamp]: "Lamp" });
		equal(
			[meant(members, "1amp"), meant(members, "lämp"), meant(members, "la-mp")],
			[[lamp], [lamp], [lamp]]
		);
	},
	"the case of letters is of no account, but where two names look alike": () => {
		const members = home({ [lamp]: "Lamp", [door]: "İğne Ωμ", [desk]: "灯" });
		for (const who of ["lamp", "LAMP", "lAmP", "LAMP~AAAA1111", "AAAA1111", lamp.toUpperCase()])
			equal(meant(members, who), lamp, who);
		equal(meant(members, "İĞNE ΩΜ"), door);
		const twins = home({ [lamp]: "Lamp", [door]: "lamp" });
		for (const who of ["Lamp", "lamp", "LAMP"]) equal(meant(twins, who), [lamp, door], who);
	},
	"the nearest name is found, and none that is far": () => {
		const members = home({ [lamp]: "Lamp", [door]: "front door", [desk]: "desk 12" });
		for (const [typed, name] of [
			["lmap", "Lamp"],
			["LMAP", "Lamp"],
			["lamb", "Lamp"],
			["frnt door", "front door"],
			["front", "front door"],
			["desk 21", "desk 12"]
		] as const) {
			equal(members.nearest(typed), name, typed);
		}
		for (const typed of ["", "kitchen", "x".repeat(1_000)]) equal(members.nearest(typed), undefined, typed);
		equal(
			[members.nearest("al", ["all", "light"]), members.nearest("lihgt", ["all", "light"])],
			["all", "light"]
		);
		const twins = home({ [lamp]: "coco", [door]: "сосо" });
		equal(twins.nearest("coca"), "coco~aaaa1111", "one of two that look alike, with its id");
		// A full home of long names that are all near: its cost is bounded, see `nearest`.
		const full = Array.from({ length: 64 }, (_, number) => `living room window ${number}`);
		equal(nearest("living rom widow 7", full), "living room window 7");
	},
	"names whose prints are the same by chance are not alike for that": () => {
		const [first, second] = ["desk old south 9", "bath knob fan 2"];
		equal(foldPrint(first), foldPrint(second), "their prints");
		const members = home({ [lamp]: first, [door]: second });
		equal([members.labelOf(lamp), members.labelOf(door)], [first, second]);
		equal([meant(members, first), meant(members, second)], [lamp, door]);
	},
	"a name that a block gives has the id with it where another's looks alike": () => {
		const members = home({ [lamp]: "coco", [door]: "door" });
		equal(members.labelAs("coco", lamp), "coco", "its own");
		equal(members.labelAs("c0c0", lamp), "c0c0", "its own of before");
		equal(members.labelAs("сосо", desk), "сосо~cccc3333", "of one who is no member any more");
		equal(members.labelAs("coco", door), "coco~bbbb2222", "of one who is called otherwise by now");
		equal(members.labelAs("desk", desk), "desk");
	},
	"8 digits are enough where no other id begins so, nor that of one who was removed": () => {
		const [first, second, beside] = [idOf("abcd1234", "01"), idOf("abcd1234", "02"), idOf("99999999", "03")];
		const gone = idOf("99999999", "04");
		const members = home({ [first]: "a", [second]: "b", [beside]: "c", [lamp]: "d" }, [gone]);
		const ids = [
			first,
			second,
			beside,
			gone,
			lamp,
			idOf("abcd1234", "05"),
			idOf("12345678"),
			idOf("aaaa1111", "06")
		];
		equal(
			ids.map(id => members.shortId(id)),
			[first, second, beside, gone, "aaaa1111", idOf("abcd1234", "05"), "12345678", idOf("aaaa1111", "06")]
		);
		equal(meant(members, "abcd1234"), [first, second]);
		equal(meant(members, "99999999"), [beside], "or is it the one that is gone?");
		equal(
			[first, second, beside].map(id => meant(members, id)),
			[first, second, beside]
		);
		equal([meant(members, "a~abcd1234"), meant(members, `a~${first}`)], [[first], first]);
		equal([meant(members, gone), members.labelOf(gone)], [[], gone]);
	},
	"whoever is called by another's id, or as a label, is in nobody's way": () => {
		// No block gives such names; and if one did:
		const members = home({
			[lamp]: door,
			[door]: lamp,
			[desk]: "bbbb2222",
			[idOf("dddd4444")]: "lamp~aaaa1111"
		});
		equal(
			[lamp, door, desk].map(id => meant(members, id)),
			[lamp, door, desk]
		);
		equal([meant(members, "aaaa1111"), meant(members, "bbbb2222")], [lamp, door]);
		equal(meant(members, "dddd4444"), idOf("dddd4444"));
	},
	"in a home of 64 each has a label that means it": () => {
		const names = ["coco", "сосо", "desk", "灯", "C0C0"];
		const entries = Array.from({ length: 64 }, (_, number) => [
			idOf(number.toString(16).padStart(8, "0"), "07"),
			names[number % 7] ?? `node ${number}`
		]);
		const members = home(Object.fromEntries(entries));
		for (const [id = ""] of entries) equal(meant(members, members.labelOf(id)), id);
	}
});
