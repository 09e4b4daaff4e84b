import { lineLimit, textOf } from "./line-buffer.js";

const lineFeed = 10;
const carriageReturn = 13;

/** Makes lines of what comes from a pipe or a file: a line feed ends each, or a return and a line feed. */
export class PlainLines {
	readonly #onLine: (line: string | null) => void;
	/** A line, and its return. */
	readonly #bytes = new Uint8Array(lineLimit + 1);
	#length = 0;
	#isTooLong = false;

	constructor(onLine: (line: string | null) => void) {
		this.#onLine = onLine;
	}

	/** Takes what came up to the end of the first line; returns how many bytes that is. */
	receive(bytes: Uint8Array): number {
		const end = bytes.indexOf(lineFeed);
		this.add(end < 0 ? bytes : bytes.subarray(0, end));
		if (end < 0) return bytes.length;
		this.deliver();
		return end + 1;
	}

	/** No more comes: what there is of a line is one. */
	end(): void {
		if (this.#length > 0 || this.#isTooLong) this.deliver();
	}

	private add(bytes: Uint8Array): void {
		const room = this.#bytes.length - this.#length;
		if (bytes.length > room) this.#isTooLong = true;
		this.#bytes.set(bytes.subarray(0, room), this.#length);
		this.#length += Math.min(bytes.length, room);
	}

	private deliver(): void {
		const isReturned = this.#length > 0 && this.#bytes[this.#length - 1] === carriageReturn;
		const bytes = this.#bytes.slice(0, isReturned ? this.#length - 1 : this.#length);
		const isText = !this.#isTooLong && bytes.length <= lineLimit && !bytes.includes(0);
		this.#bytes.fill(0);
		this.#length = 0;
		this.#isTooLong = false;
		this.#onLine(isText ? textOf(bytes) : null);
	}
}
