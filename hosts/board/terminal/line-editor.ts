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
const secret = /^wifi./i;

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
	/** How much of the line has been shown: a character of several bytes is shown once it is whole. */
	#shown = 0;
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

	/**
	 * Takes what was typed, up to the first key that ends the line, drops it or puts another in its place: what a person
	 * pastes is then done in as many turns as there are lines. Returns how many bytes it took.
	 */
	receive(bytes: Uint8Array): number {
		let taken = 0;
		while (taken < bytes.length) {
			const byte = bytes[taken] ?? 0;
			taken += 1;
			if (this.take(byte)) return taken;
		}
		this.show();
		return taken;
	}

	/** Whether it ended the line, dropped or replaced it. */
	private take(byte: number): boolean {
		const isAfterReturn = this.#isAfterReturn;
		this.#isAfterReturn = byte === control.return;
		if (this.#escape !== "none") return this.takeEscape(byte);
		if (byte === control.return || (byte === control.lineFeed && !isAfterReturn)) this.end();
		else if (byte === control.u) this.replace(new Uint8Array(0));
		else if (byte === control.c) this.drop();
		else {
			if (byte === control.escape) this.#escape = "escape";
			else if (byte === control.backspace || byte === control.delete) this.removeCharacter();
			else if (byte >= 0x20) this.add(byte);
			return false;
		}
		return true;
	}

	/** The arrows come as ESC [ A and ESC [ B, on some terminals with an O instead of the bracket. */
	private takeEscape(byte: number): boolean {
		if (this.#escape === "escape") {
			this.#escape = byte === 0x5b || byte === 0x4f ? "sequence" : "none";
			return false;
		}
		// Parameters stand before the letter that ends a sequence.
		if (byte >= 0x20 && byte < 0x40) return false;
		this.#escape = "none";
		if (!this.echo || (byte !== 0x41 && byte !== 0x42)) return false;
		this.recall(this.#place + (byte === 0x41 ? -1 : 1));
		return true;
	}

	private add(byte: number): void {
		if (this.#length === lineLimit) {
			this.#isTooLong = true;
			return;
		}
		this.#line[this.#length] = byte;
		this.#length += 1;
	}

	/** Shows what was added, as far as it is whole. */
	private show(): void {
		const from = this.#shown;
		const to = this.wholeLength();
		if (from >= to) return;
		this.#shown = to;
		if (!this.echo) return;
		const text = this.#owner.decode(this.#line.slice(from, to));
		if (text !== null) this.#owner.write(text);
	}

	/** Where the last character begins. */
	private lastCharacter(): number {
		let start = this.#length - 1;
		while (start > 0 && isContinuation(this.#line[start])) start -= 1;
		return start;
	}

	/** Where the last character ends that has all of its bytes. */
	private wholeLength(): number {
		if (this.#length === 0) return 0;
		const start = this.lastCharacter();
		const first = this.#line[start] ?? 0;
		const size = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
		return start + size > this.#length ? start : this.#length;
	}

	private removeCharacter(): void {
		if (this.#length === 0) return;
		this.show();
		this.#length = this.lastCharacter();
		this.#isTooLong = false;
		if (this.#shown <= this.#length) return;
		this.#shown = this.#length;
		if (this.echo) this.#owner.write("\b \b");
	}

	private drop(): void {
		this.show();
		this.clear();
		this.#owner.write("^C\n");
	}

	private clear(): void {
		this.#line.fill(0);
		this.#length = 0;
		this.#shown = 0;
		this.#isTooLong = false;
		this.#place = this.#history.length;
	}

	private recall(place: number): void {
		if (place < 0 || place > this.#history.length) return;
		this.replace(this.#history[place] ?? new Uint8Array(0));
		this.#place = place;
	}

	private replace(line: Uint8Array): void {
		this.show();
		let shown = 0;
		for (let i = 0; i < this.#shown; i += 1) if (!isContinuation(this.#line[i])) shown += 1;
		if (shown > 0 && this.echo) this.#owner.write("\b \b".repeat(shown));
		this.#line.fill(0);
		this.#line.set(line);
		this.#length = line.length;
		this.#shown = 0;
		this.#isTooLong = false;
		this.show();
	}

	private end(): void {
		this.show();
		const bytes = this.#line.slice(0, this.#length);
		const line = this.#isTooLong ? null : this.#owner.decode(bytes);
		if (this.echo && line !== null && !secret.test(line.trimStart())) this.remember(bytes);
		this.clear();
		this.#owner.write("\n");
		this.#owner.onLine(line);
	}

	private remember(line: Uint8Array): void {
		const last = this.#history[this.#history.length - 1];
		if (line.length === 0 || (last !== undefined && isSame(line, last))) return;
		this.#history.push(line);
		if (this.#history.length > historyLimit) this.#history.shift();
	}
}

/** Of UTF-8: whether it goes on with a character that began before. */
function isContinuation(byte: number | undefined): boolean {
	return byte !== undefined && (byte & 0xc0) === 0x80;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
