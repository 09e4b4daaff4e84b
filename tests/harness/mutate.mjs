import { readFileSync, writeFileSync } from "node:fs";

/**
 * Edits a copy of the build: of a file, what stands there once, and what comes in its place. Returns what takes the edits back. Throws
 * where something does not stand there once.
 */
export function mutate(copy, edits) {
	const before = new Map();
	for (const [file, from, to] of edits) {
		const text = readFileSync(`${copy}/${file}`, "utf8");
		if (text.split(from).length !== 2) throw new Error(`${file} does not hold once: ${from}`);
		if (!before.has(file)) before.set(file, text);
		writeFileSync(
			`${copy}/${file}`,
			text.replace(from, () => to)
		);
	}
	return () => {
		for (const [file, text] of before) writeFileSync(`${copy}/${file}`, text);
	};
}
