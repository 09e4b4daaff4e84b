/** Bytes of all lines that come back, with an end each. */
const size = 1024;
/** Bytes by which the memory for them grows. */
const growth = 128;
const lineEnd = 10;

/** The lines that were typed last, as many as there is room for, in one block of memory. */
export class History {
	#bytes = new Uint8Array(0);
	#length = 0;

	/** Keeps a line of at most 1023 bytes without control characters; an empty one, and the same once more, are not kept. */
	add(line: Uint8Array): void {
		const last = this.at(1);
		if (line.length === 0 || line.length >= size || (last !== undefined && isSame(line, last))) return;
		while (this.#length + line.length + 1 > size) this.dropOldest();
		const end = this.#length + line.length + 1;
		if (end > this.#bytes.length) {
			const bytes = new Uint8Array(Math.min(end + growth, size));
			bytes.set(this.#bytes);
			this.#bytes = bytes;
		}
		this.#bytes.set(line, this.#length);
		this.#length += line.length + 1;
		this.#bytes[this.#length - 1] = lineEnd;
	}

	/** A line: 1 for the last, 2 for the one before it; undefined where there is none. */
	at(number: number): Uint8Array | undefined {
		let end = this.#length;
		for (let count = 1; end > 0; count += 1) {
			const start = end < 2 ? 0 : this.#bytes.lastIndexOf(lineEnd, end - 2) + 1;
			if (count === number) return this.#bytes.slice(start, end - 1);
			end = start;
		}
		return undefined;
	}

	private dropOldest(): void {
		const start = this.#bytes.indexOf(lineEnd) + 1;
		this.#bytes.copyWithin(0, start, this.#length);
		this.#length -= start;
	}
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
