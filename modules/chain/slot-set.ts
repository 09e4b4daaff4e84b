/** Bytes for which room is made at a time. */
const growth = 8;

/** Numbers of slots, a bit each: a `Set` takes 40 bytes for each of them on a board. */
export class SlotSet {
	#bits = new Uint8Array(0);
	#size = 0;

	get size(): number {
		return this.#size;
	}

	has(slot: number): boolean {
		const byte = slot >> 3;
		return byte < this.#bits.length && ((this.#bits[byte] ?? 0) & (1 << (slot & 7))) !== 0;
	}

	add(slot: number): void {
		if (this.has(slot)) return;
		const byte = slot >> 3;
		if (byte >= this.#bits.length) {
			const bits = new Uint8Array(byte + growth);
			bits.set(this.#bits);
			this.#bits = bits;
		}
		this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (slot & 7));
		this.#size += 1;
	}

	delete(slot: number): void {
		if (!this.has(slot)) return;
		const byte = slot >> 3;
		this.#bits[byte] = (this.#bits[byte] ?? 0) & ~(1 << (slot & 7));
		this.#size -= 1;
	}

	clear(): void {
		this.#bits = new Uint8Array(0);
		this.#size = 0;
	}

	/** The lowest that is not among them. */
	get lowestFree(): number {
		let slot = 0;
		while (this.has(slot)) slot += 1;
		return slot;
	}
}
