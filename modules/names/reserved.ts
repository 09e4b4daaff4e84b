import { foldName } from "./fold.js";

/**
 * Words, folded, that mean something else where a console takes a name: groups, the types of devices, also those to
 * come, and what may stand in a name's place in a rule or a grant. They belong to the format of blocks, so none can be
 * added; a word of a later version wins over a name all the same, and who is called so goes by its id.
 */
const words: readonly string[] = Object.freeze([
	// all, any, none, this
	"all",
	"any",
	"none",
	"thls",
	// light, lock, switch, sensor, plug, cover, siren, button
	"llght",
	"lock",
	"swltch",
	"sensor",
	"plug",
	"cover",
	"slren",
	"button",
	// contact, motion, leak, smoke, thermometer, hygrometer, meter
	"contact",
	"motlon",
	"leak",
	"smoke",
	"thermometer",
	"hygrometer",
	"meter",
	// owner, member, admin, founder
	"owner",
	"member",
	"admln",
	"founder",
	// start, at, from, not, night, sunset, sunrise
	"start",
	"at",
	"from",
	"not",
	"nlght",
	"sunset",
	"sunrlse"
]);

/** Why a name is not to be had, though its form is right; undefined where it is. */
export function reservedFault(name: string): string | undefined {
	const folded = foldName(name);
	if (isReserved(folded)) return `"${name}" means something else in commands`;
	return isLikeId(folded) ? `"${name}" looks like an id` : undefined;
}

/** Whether it is one of the words, or more than one of such. */
function isReserved(folded: string): boolean {
	if (folded.length > longest) return false;
	if (words.includes(folded)) return true;
	if (!folded.endsWith("s")) return false;
	return (
		words.includes(folded.slice(0, -1)) || (folded.endsWith("es") && words.includes(folded.slice(0, -2)))
	);
}

/** Whether a person may take it for an id: 8 hexadecimal digits or more, of which 0 folds to o and 1 to l. */
function isLikeId(folded: string): boolean {
	if (folded.length < 8) return false;
	for (const character of folded) if (!digits.includes(character)) return false;
	return true;
}

const digits = "ol23456789abcdef";
/** Letters of the longest word, in the plural. */
const longest = 13;
