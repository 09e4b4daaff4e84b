/**
 * Leaves in the flash what preloaded code would copy into memory: `node in-flash.mjs MODDABLE IN OUT` on the C that
 * xsl writes.
 *
 * XS has two instructions each for a function's code and for a text: one that copies it into a chunk, and one that
 * points to where it lies (`..._ARCHIVE`). xsl gives the second to modules that it loads from the archive, but not to
 * preloaded ones, which it runs itself before it writes them. Once they are written they lie in the flash too, and the
 * second would do: every function that is made at run time then takes no copy of its code, and no text in the code a
 * copy of its own. The two have the same length, so nothing else changes.
 *
 * The instructions' numbers and lengths are read from the SDK (xs/sources/xsCommon.c). Code that is not understood to
 * its last byte stops the build.
 */
import { readFileSync, writeFileSync } from "node:fs";

const [, , moddable, from, to] = process.argv;
const common = readFileSync(`${moddable}/xs/sources/xsCommon.c`, "utf8");
const table = /gxCodeSizes\[XS_CODE_COUNT\][^{]*\{([^}]*)\}/.exec(common)?.[1] ?? "";
const instructions = [...table.matchAll(/(-?\d+)\s*\/\* (XS_\w+) \*\//g)];
/** Lengths by number: more than 0 in all; 0 with an identifier; -1, -2, -4 with so many bytes of a length. */
const lengths = instructions.map(([, length]) => Number(length));
const numbers = new Map(instructions.map(([, , name], number) => [name, number]));
const idLength = 2;

const replacements = new Map();
for (const kind of ["CODE", "STRING"]) {
	for (const size of [1, 2, 4]) {
		const copying = numbers.get(`XS_CODE_${kind}_${size}`);
		const pointing = numbers.get(`XS_CODE_${kind}_ARCHIVE_${size}`);
		if (copying === undefined || pointing === undefined) throw new Error("this SDK has other instructions");
		if (lengths[copying] !== lengths[pointing]) throw new Error("this SDK has other lengths");
		replacements.set(copying, pointing);
	}
}

let count = 0;

/** Replaces in a function's code, given as the bytes of a C string. */
function replace(text) {
	const bytes = [...text.matchAll(/\\x([0-9a-f]{2})/g)].map(([, digits]) => Number.parseInt(digits, 16));
	if (bytes.length * 4 !== text.length) throw new Error("code is written otherwise than as \\x..");
	let place = 0;
	while (place < bytes.length) {
		const code = bytes[place];
		const length = lengths[code];
		if (length === undefined) throw new Error(`unknown instruction ${code}`);
		if (replacements.has(code)) {
			bytes[place] = replacements.get(code);
			count += 1;
		}
		if (length > 0) place += length;
		else if (length === 0) place += 1 + idLength;
		else {
			let size = 0;
			for (let i = 0; i < -length; i++) size += bytes[place + 1 + i] * 2 ** (8 * i);
			place += 1 - length + size;
		}
	}
	if (place !== bytes.length) throw new Error("code ends within an instruction");
	return bytes.map(byte => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

const source = readFileSync(from, "utf8");
const result = source.replace(
	/(\.kind = XS_CODE_X_KIND\}, \.value = \{ \.code = \{ \(txByte\*\)")([^"]*)(")/g,
	(_, before, text, after) => before + replace(text) + after
);
if (count === 0) throw new Error("no code was found in what xsl wrote");
writeFileSync(to, result);
console.log(`# ${count} pieces of code and text stay in the flash`);
