import { fromCodePoints } from "../bytes/bytes.js";
import { AsciiKind, asciiKind } from "./alphabet.js";

/**
 * What letters beyond ASCII are taken for, in blocks from these code points on: small letters without their accents, and Greek
 * and Cyrillic ones, as they stand there, by the Latin letter or the digit that looks alike. So a Greek capital goes
 * another way than its small letter where that looks otherwise: Ν is n, ν is v. "?" stands for what no name has.
 */
const firsts = new Uint16Array([0xc0, 0x1a0, 0x1af, 0x1cd, 0x218, 0x386, 0x400, 0x48a, 0x1e80, 0x1ea0]);
const blocks: readonly string[] = Object.freeze([
	"aaaaaaæceeeelllldnooooo?ouuuuypbaaaaaaæceeeelllldnooooo?ouuuuypyaaaaaaccccccccddddeeeeeeeeeegggggggghhhhllllllllll??jjkkkllllll??llnnnnnn?nnooooooœœrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzz",
	"oo",
	"uu",
	"aalloouuuuuuuuuu",
	"sstt",
	"a?ehl?o?ywlabrδezhθlkλmnξonp?σtyфxψwlyaenluabyδeznθlkλmvξonpσσtuфxψwluouw",
	"eehreslljљњhkиyџa6brдeж3ииkλmhonpctyфxцчшщъыbэюяa6brдeж3ииkλmhonpctyфxцчшщъыbэюяeehreslljљњhkиyџ",
	"ииbbpprrrrrrжж33kkkkkkkkhhhhnnҩҩccttyyyyxxҵҵччччhheeeelжжkkλλhhhhччmmlaaaaææeeeeeeжж3333ииииooθθθθээyyyyyyччrrыыrrxxxx",
	"wwwwww",
	"aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeelllloooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy"
]);

/** Other letters, and below each what it is taken for: what is written alike, or so small a difference apart. */
const others =
	"Əəסוןأإآاىیکةہھهەؤئۆێڕڵぁぃぅぇぉっゃゅょゎゕゖァアィイゥウェエォオッャュョヮヵヶカニロハタトーリヘベペムヌ";
const likes =
	"eeollllllييكoooooويويرلあいうえおつやゆよわかけアアイイウウ工工才才ツヤユヨワ力ケ力二口八夕卜一りへべぺ厶又";

/**
 * A name as the eye takes it in: names that fold to the same are not told apart by a person. Small letters, no accents,
 * no spaces and no signs; Greek and Cyrillic letters by the Latin ones that look alike, i, l and 1 by l, o and 0 by o.
 * Folded once more it stays the same. It is not for showing, and any text has one.
 */
export function foldName(name: string): string {
	const codes: number[] = [];
	const { length } = name;
	// Without expressions: an engine may compile them anew each time, and a home has many names.
	for (let index = 0; index < length; index += 1) {
		const code = fold(name.charCodeAt(index));
		if (code !== dropped) codes.push(code);
	}
	return fromCodePoints(codes);
}

/**
 * A number of 32 bits by which folded names are compared without making them: names that fold to the same have the same
 * (FNV-1a, by 16 bits), and few others.
 */
export function foldPrint(name: string): number {
	let print = 0x811c9dc5 | 0;
	const { length } = name;
	for (let index = 0; index < length; index += 1) {
		const code = fold(name.charCodeAt(index));
		if (code !== dropped) print = Math.imul(print ^ code, 0x01000193);
	}
	return print;
}

/** What `fold` makes of spaces and signs. */
const dropped = 0;

/** What a character is taken for. */
function fold(code: number): number {
	if (code >= 0x80) return letter(code);
	const kind = asciiKind(code);
	if (kind === AsciiKind.none) return code;
	return kind > AsciiKind.sign ? kind : dropped;
}

function letter(code: number): number {
	if (code >= beyond) return code;
	let number = firsts.length - 1;
	while (number >= 0 && code < firsts[number]) number -= 1;
	const block = number < 0 ? "" : blocks[number];
	const place = number < 0 ? 0 : code - firsts[number];
	if (place < block.length) return block.charCodeAt(place);
	const other = others.indexOf(String.fromCodePoint(code));
	return other < 0 ? code : likes.charCodeAt(other);
}

/** From here on, the Chinese characters and Hangul, each stands for itself. */
const beyond = 0x4e00;
