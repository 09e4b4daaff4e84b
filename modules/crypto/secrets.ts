/** Secrets that a piece of work makes on its way, kept together so that none is forgotten at the end. */
export class Secrets {
	#kept: Uint8Array[] = [];

	/** Notes `bytes` for `wipe` and returns them. */
	keep<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
		this.#kept.push(bytes);
		return bytes;
	}

	/** Overwrites all that was kept with zeros. */
	wipe(): void {
		for (const bytes of this.#kept) bytes.fill(0);
		this.#kept = [];
	}
}
