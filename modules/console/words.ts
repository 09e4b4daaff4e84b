/*
 * No expression here repeats over characters: XS keeps a state for each, and a line of 700 letters took all the memory
 * that a board has for them. A loop in JavaScript over a long line would stand still for too long.
 */

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
