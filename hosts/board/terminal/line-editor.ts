/** Bytes of a line at most. */
const lineLimit = 1023;
/** Lines that the up arrow brings back. */
const historyLimit = 8;

const control = Object.freeze({
	c: 3,
	backspace: 8,
	lineFeed: 10,
	return: 13,
	u: 21,
	escape: 27,
	delete: 127
});

/** What of an escape sequence has been seen. */
type Escape = "none" | "escape" | "sequence";

/** Lines that do not come back, because a password may stand in them. */
const secret = /^\s*wifi./i;

export interface LineEditorOwner {
	/** Each line without its end; null for one that is too long or no text. */
	onLine(line: string | null): void;
	/** What the person who types is to see. */
	write(text: string): void;
	/** The text of UTF-8, or null for what is none. */
	decode(bytes: Uint8Array): string | null;
}

/**
 * Makes lines of what is typed on a serial terminal, which neither echoes nor edits: backspace removes a character,
 * ctrl-U the line; ctrl-C drops it; the arrows up and down bring lines back. Return, line feed, or both end a line.
 */
export class LineEditor {
	readonly #owner: LineEditorOwner;
	readonly #history: Uint8Array[] = [];
	readonly #line = new Uint8Array(lineLimit);
	#length = 0;
	#isTooLong = false;
	#isAfterReturn = false;
	#escape: Escape = "none";
	/** Where in the history the line on show comes from: its length where it is a new one. */
	#place = 0;

	/** Whether typed characters show; what is typed while they do not is not kept in the history either. */
	echo = true;

	constructor(owner: LineEditorOwner) {
		this.#owner = owner;
	}

	receive(bytes: Uint8Array): void {
		for (const byte of bytes) this.#take(byte);
	}

	#take(byte: number): void {
		const isAfterReturn = this.#isAfterReturn;
		this.#isAfterReturn = byte === control.return;
		if (this.#escape !== "none") this.#takeEscape(byte);
		else if (byte === control.escape) this.#escape = "escape";
		else if (byte === control.return || (byte === control.lineFeed && !isAfterReturn)) this.#end();
		else if (byte === control.backspace || byte === control.delete) this.#removeCharacter();
		else if (byte === control.u) this.#replace(new Uint8Array(0));
		else if (byte === control.c) this.#drop();
		else if (byte >= 0x20) this.#add(byte);
	}

	/** The arrows come as ESC [ A and ESC [ B, on some terminals with an O instead of the bracket. */
	#takeEscape(byte: number): void {
		if (this.#escape === "escape") {
			this.#escape = byte === 0x5b || byte === 0x4f ? "sequence" : "none";
			return;
		}
		// Parameters stand before the letter that ends a sequence.
		if (byte >= 0x20 && byte < 0x40) return;
		this.#escape = "none";
		if (!this.echo) return;
		if (byte === 0x41) this.#recall(this.#place - 1);
		else if (byte === 0x42) this.#recall(this.#place + 1);
	}

	#add(byte: number): void {
		if (this.#length === lineLimit) {
			this.#isTooLong = true;
			return;
		}
		this.#line[this.#length] = byte;
		this.#length += 1;
		if (!this.echo) return;
		// A character of several bytes is shown once it is whole.
		const start = this.#lastCharacter();
		const text = this.#owner.decode(this.#line.slice(start, this.#length));
		if (text !== null) this.#owner.write(text);
	}

	/** Where the last character begins. */
	#lastCharacter(): number {
		let start = this.#length - 1;
		while (start > 0 && ((this.#line[start] ?? 0) & 0xc0) === 0x80) start -= 1;
		return start;
	}

	#removeCharacter(): void {
		if (this.#length === 0) return;
		this.#length = this.#lastCharacter();
		this.#isTooLong = false;
		if (this.echo) this.#owner.write("\b \b");
	}

	#drop(): void {
		this.#clear();
		this.#owner.write("^C\n");
	}

	#clear(): void {
		this.#line.fill(0);
		this.#length = 0;
		this.#isTooLong = false;
		this.#place = this.#history.length;
	}

	#recall(place: number): void {
		if (place < 0 || place > this.#history.length) return;
		this.#replace(this.#history[place] ?? new Uint8Array(0));
		this.#place = place;
	}

	#replace(line: Uint8Array): void {
		while (this.#length > 0) this.#removeCharacter();
		this.#isTooLong = false;
		for (const byte of line) this.#add(byte);
	}

	#end(): void {
		const bytes = this.#line.slice(0, this.#length);
		const line = this.#isTooLong ? null : this.#owner.decode(bytes);
		if (this.echo && line !== null && !secret.test(line)) this.#remember(bytes);
		this.#clear();
		this.#owner.write("\n");
		this.#owner.onLine(line);
	}

	#remember(line: Uint8Array): void {
		const last = this.#history[this.#history.length - 1];
		if (line.length === 0 || (last !== undefined && isSame(line, last))) return;
		this.#history.push(line);
		if (this.#history.length > historyLimit) this.#history.shift();
	}
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
