/** In a window that is narrower nothing is to be gained. */
const leastColumns = 20;

/**
 * The line in as many lines as it takes in a window of `columns`, each ending between two words; as it is where the width is
 * not known (0). What stands in columns, with two spaces between them, goes on below the second.
 */
export function wrapped(line: string, columns: number): string {
	if (columns < leastColumns || widthOf(line) < columns) return line;
	const second = line.search(/ {2}[^ ]/) + 2;
	const indent = second > 2 && second < columns / 2 ? second : 0;
	const margin = `\n${" ".repeat(indent)}`;
	let text = "";
	let column = 0;
	let isFirst = true;
	for (const word of line.split(" ")) {
		const width = widthOf(word);
		// The spaces that stand between columns are words without letters.
		if (!isFirst && width > 0 && column > indent && column + 1 + width >= columns) {
			text = `${text.trimEnd()}${margin}${word}`;
			column = indent + width;
		} else {
			text += isFirst ? word : ` ${word}`;
			column += width + (isFirst ? 0 : 1);
		}
		isFirst = false;
	}
	return text;
}

/** Columns that a text may take at most: see modules/terminal/line-view. */
function widthOf(text: string): number {
	let columns = 0;
	for (const character of text) columns += (character.codePointAt(0) ?? 0) >= 0x1000 ? 2 : 1;
	return columns;
}
