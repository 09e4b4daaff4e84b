/*
 * No expression here repeats over characters: XS keeps a state for each, and a line of 700 letters took all the memory
 * that a board has for them. A loop in JavaScript over a long line would stand still for too long.
 */

/** A refusal as a sentence; its reason may be a question. */
export function no(reason: string): string {
	return `No: ${reason}${reason.endsWith("?") ? "" : "."}`;
}

/** The first word of a line, and what follows it; neither with spaces around it. */
export function firstWord(line: string): readonly [word: string, rest: string] {
	const text = line.trim();
	const end = text.search(/\s/);
	return end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end).trim()];
}

/** What stands before the last word of a line, empty where there is but one, and that word. */
export function lastWord(line: string): readonly [before: string, word: string] {
	const text = line.trim();
	const start = Math.max(text.lastIndexOf(" "), text.lastIndexOf("\t")) + 1;
	return [text.slice(0, start).trim(), text.slice(start)];
}

/**
 * What stands before the first such word (of small letters) in a line, whatever its letters' case, and after it; undefined where
 * there is none with words around it.
 */
export function aroundWord(line: string, word: string): readonly [before: string, after: string] | undefined {
	const text = line.trim();
	const small = text.toLowerCase();
	// A few letters become two.
	const lower = small.length === text.length ? small : text;
	for (let start = lower.indexOf(word); start >= 0; start = lower.indexOf(word, start + 1)) {
		const end = start + word.length;
		if (isSpace(text.charAt(start - 1)) && isSpace(text.charAt(end)))
			return [text.slice(0, start).trim(), text.slice(end).trim()];
	}
	return undefined;
}

function isSpace(character: string): boolean {
	return character === " " || character === "\t";
}
