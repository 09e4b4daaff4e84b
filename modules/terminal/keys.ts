/** Control characters, which are keys of the line editor. */
export const Key = Object.freeze({
	/** What was read completes no key. */
	none: 0,
	home: 1,
	left: 2,
	cancel: 3,
	/** ctrl-D: the character under the cursor, or the end of the input. */
	endOrDelete: 4,
	end: 5,
	right: 6,
	backspace: 8,
	tab: 9,
	lineFeed: 10,
	/** ctrl-K */
	removeAfter: 11,
	/** ctrl-L */
	clearScreen: 12,
	return: 13,
	down: 14,
	up: 16,
	/** ctrl-U */
	removeBefore: 21,
	/** ctrl-W */
	removeWord: 23,
	/** The key of that name. */
	rubout: 127,
	/** The key of that name, which has no control character. */
	delete: 0x100
} as const);

const escapeByte = 0x1b;
const bell = 7;

/** How far an escape sequence has been read (ECMA-48): its first character, its parameters, one more, or a text. */
type State = "none" | "escape" | "parameters" | "one" | "text";

/** What ends ESC [: the letters of VT100 and xterm. */
function lettered(final: number): number {
	if (final === 0x41) return Key.up;
	if (final === 0x42) return Key.down;
	if (final === 0x43) return Key.right;
	if (final === 0x44) return Key.left;
	if (final === 0x46) return Key.end;
	if (final === 0x48) return Key.home;
	return Key.none;
}

/** The number in ESC [ NUMBER ~ */
function numbered(parameter: number): number {
	if (parameter === 1 || parameter === 7) return Key.home;
	if (parameter === 4 || parameter === 8) return Key.end;
	return parameter === 3 ? Key.delete : Key.none;
}

/**
 * Makes keys of the bytes of a terminal. An escape sequence becomes the control character that does the same, or nothing; a
 * control character ends it wherever it stands, so that no noise keeps a line from its end.
 */
export class KeyReader {
	#state: State = "none";
	#parameter = 0;
	#isFirst = false;

	/** Whether the next byte stands for itself. */
	get isPlain(): boolean {
		return this.#state === "none";
	}

	/** A byte of text, a control character, `Key.delete`, or `Key.none`. */
	take(byte: number): number {
		const state = this.#state;
		if (byte === escapeByte) {
			this.#state = "escape";
			return Key.none;
		}
		if (byte < 0x20) {
			this.#state = "none";
			return state === "text" && byte === bell ? Key.none : byte;
		}
		if (state === "none") return byte;
		if (state === "text") return Key.none;
		if (byte >= 0x7f) {
			this.#state = "none";
			return byte === Key.rubout ? Key.none : byte;
		}
		if (state === "escape") return this.begin(byte);
		if (state === "parameters") return this.parameter(byte);
		this.#state = "none";
		return lettered(byte);
	}

	private begin(byte: number): number {
		this.#parameter = 0;
		this.#isFirst = true;
		if (byte === 0x5b) this.#state = "parameters";
		else if (byte === 0x4f) this.#state = "one";
		// A device control string, start of string, operating system command, privacy message, application command.
		else if (byte === 0x50 || byte === 0x58 || (byte >= 0x5d && byte <= 0x5f)) this.#state = "text";
		else this.#state = "none";
		return Key.none;
	}

	private parameter(byte: number): number {
		const isFirst = this.#isFirst;
		this.#isFirst = false;
		if (byte >= 0x30 && byte <= 0x39) {
			this.#parameter = Math.min(10 * this.#parameter + byte - 0x30, 99);
			return Key.none;
		}
		if (byte < 0x40) return Key.none;
		// ESC [ [ A is a key of the Linux console.
		this.#state = isFirst && byte === 0x5b ? "one" : "none";
		if (byte === 0x7e) return numbered(this.#parameter);
		return lettered(byte);
	}
}
