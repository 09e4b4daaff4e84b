/** Bounds how many bodies come in at once, and their bytes together. */
export class ByteBudget {
	readonly #maxBodies: number;
	readonly #maxBytes: number;
	#bodies = 0;
	#bytes = 0;

	constructor(options: { readonly maxBodies: number; readonly maxBytes: number }) {
		this.#maxBodies = options.maxBodies;
		this.#maxBytes = options.maxBytes;
	}

	/** Room for one more body; false when there is none. */
	open(): boolean {
		if (this.#bodies >= this.#maxBodies) return false;
		this.#bodies += 1;
		return true;
	}

	/** Room for more bytes of an open body; false when there is none. */
	take(bytes: number): boolean {
		if (this.#bytes + bytes > this.#maxBytes) return false;
		this.#bytes += bytes;
		return true;
	}

	/** Gives back a body and the bytes taken for it. */
	close(bytes: number): void {
		this.#bodies -= 1;
		this.#bytes -= bytes;
	}
}
