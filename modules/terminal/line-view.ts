import { printable } from "../bytes/bytes.js";
import { isContinuation, type LineBuffer, textOf } from "./line-buffer.js";

/** Taken for the width of a window that does not tell it. */
const usualColumns = 80;
/** From this first byte on a character may take two columns: U+1000. */
const firstWide = 0xe1;
/** Bytes of a line that is shown whole at its end: a board takes a millisecond for each letter beyond ASCII. */
const longest = 250;
/** ECMA-48: from the beginning of the line, erase what stands in it. */
const erased = "\r\u001b[K";
/** What stands for a character that a terminal would obey, or that nobody sees. */
const stranger = "\ufffd";

/**
 * How a line that is being typed shows: in the last line of a terminal, and never more than fits there, so that nothing but
 * that line has to be drawn again, however wide the window is or becomes. Of a longer line the part around the cursor shows.
 * No table of widths is needed: the cursor is put by writing what stands before it.
 */
export class LineView {
	/** What is on show: from where to where in the line, the cursor's place, and how many columns are to the left of it. */
	#start = 0;
	#end = 0;
	#cursor = 0;
	#column = 0;

	/** What makes the terminal's line empty. */
	erase(): string {
		const isEmpty = this.#end === this.#start;
		this.#start = this.#end = this.#cursor = this.#column = 0;
		return isEmpty ? "" : erased;
	}

	/** What shows the line after characters were added at its end, and nothing else was done. */
	append(line: LineBuffer, columns: number): string {
		const from = this.#end;
		const column = this.#column + width(line, from, line.length);
		if (this.#cursor !== from || column > room(columns)) return this.draw(line, columns);
		this.#end = this.#cursor = line.length;
		this.#column = column;
		return shown(line, from, line.length);
	}

	/** What shows the line as it is now. */
	draw(line: LineBuffer, columns: number): string {
		const wasEmpty = this.#end === this.#start;
		this.arrange(line, room(columns));
		const before = shown(line, this.#start, this.#cursor);
		const after = shown(line, this.#cursor, this.#end);
		if (wasEmpty && after === "") return before;
		return after === "" ? `\r${before}\u001b[K` : `\r${before}${after}\u001b[K\r${before}`;
	}

	/** What shows a line that ends here, whole if a person can have typed it: it may take several lines of the terminal then. */
	finish(line: LineBuffer): string {
		const isWhole = (this.#start === 0 && this.#end === line.length) || line.length > longest;
		const text = isWhole ? "" : `${erased}${shown(line, 0, line.length)}`;
		this.#start = this.#end = this.#cursor = this.#column = 0;
		return text;
	}

	/** Chooses what part of the line shows: the same as before, unless the cursor is not in it. */
	private arrange(line: LineBuffer, most: number): void {
		const { cursor, length } = line;
		let start = Math.min(this.#start, cursor);
		if (start < this.#start || width(line, start, cursor) > most) {
			start = cursor;
			for (let left = most >> 1; start > 0; ) {
				const place = line.before(start);
				left -= columnsOf(line.bytes[place]);
				if (left < 0) break;
				start = place;
			}
		}
		let end = cursor;
		let column = width(line, start, cursor);
		this.#column = column;
		while (end < length) {
			column += columnsOf(line.bytes[end]);
			if (column > most) break;
			end = line.after(end);
		}
		this.#start = start;
		this.#cursor = cursor;
		this.#end = end;
	}
}

/** The last column stays free: what a terminal does after a character there differs. */
function room(columns: number): number {
	return (columns === 0 ? usualColumns : columns) - 1;
}

/** Columns that a character may take at most, by its first byte. */
function columnsOf(first: number | undefined): number {
	return first !== undefined && first >= firstWide ? 2 : 1;
}

function width({ bytes }: LineBuffer, start: number, end: number): number {
	let columns = 0;
	for (let place = start; place < end; place += 1) {
		const byte = bytes[place];
		if (!isContinuation(byte)) columns += columnsOf(byte);
	}
	return columns;
}

function shown(line: LineBuffer, start: number, end: number): string {
	if (start >= end) return "";
	const text = textOf(line.bytes.subarray(start, end)) ?? "";
	if (printable(text) === text) return text;
	let safe = "";
	for (const character of text) safe += printable(character) === character ? character : stranger;
	return safe;
}
