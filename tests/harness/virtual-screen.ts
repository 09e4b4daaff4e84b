/** What a terminal of some width shows (the part of ECMA-48 that a line editor needs), rows without end. */
export class VirtualScreen {
	columns: number;
	/** Characters, and how many columns each takes; a wide one stands once. */
	#rows: { character: string; columns: number }[][] = [[]];
	#row = 0;
	#column = 0;
	#sequence = "";
	/** Columns of wide characters: as terminals take them. */
	readonly #isWide = /[\u1100-\u115f\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3]/;

	constructor(columns = 80) {
		this.columns = columns;
	}

	/** All that is in sight, a row each, without the spaces at its end. */
	get rows(): string[] {
		return this.#rows.map(row =>
			row
				.map(({ character }) => character)
				.join("")
				.trimEnd()
		);
	}

	/** The same as one text. */
	get text(): string {
		return this.rows.join("\n");
	}

	/** The row and the column where the next character goes. */
	get cursor(): [row: number, column: number] {
		return [this.#row, this.#column];
	}

	write(text: string): void {
		for (const character of text) {
			if (this.#sequence !== "") this.#escape(character);
			else if (character === "\u001b") this.#sequence = character;
			else if (character === "\r") this.#column = 0;
			else if (character === "\n") this.#lineFeed();
			else this.#put(character);
		}
	}

	#lineFeed(): void {
		this.#column = 0;
		this.#row += 1;
		this.#rows[this.#row] ??= [];
	}

	#escape(character: string): void {
		this.#sequence += character;
		if (character === "[" || (character >= "0" && character <= "9")) return;
		const sequence = this.#sequence.slice(1);
		this.#sequence = "";
		if (sequence === "[K") this.#rows[this.#row] = this.#before(this.#column);
		else if (sequence === "[H") this.#row = this.#column = 0;
		else if (sequence === "[2J") this.#rows = [[]];
		else throw new Error(`a terminal has no ${JSON.stringify(sequence)}`);
	}

	/** The row's characters up to a column. */
	#before(column: number): { character: string; columns: number }[] {
		const row = this.#rows[this.#row] ?? [];
		const kept = [];
		let columns = 0;
		for (const cell of row) {
			if (columns + cell.columns > column) break;
			columns += cell.columns;
			kept.push(cell);
		}
		for (; columns < column; columns += 1) kept.push({ character: " ", columns: 1 });
		return kept;
	}

	#put(character: string): void {
		if (character < " ") throw new Error(`a terminal would obey ${character.codePointAt(0)}`);
		const columns = this.#isWide.test(character) ? 2 : 1;
		if (this.#column + columns > this.columns && this.#column > 0) this.#lineFeed();
		const row = this.#rows[this.#row] ?? [];
		let covered = 0;
		let rest = 0;
		for (const cell of row) {
			if (covered >= this.#column + columns) break;
			covered += cell.columns;
			rest += 1;
		}
		this.#rows[this.#row] = [...this.#before(this.#column), { character, columns }, ...row.slice(rest)];
		this.#column += columns;
	}
}
