/** Rows for which room is made at a time. */
const growth = 32;

/**
 * Which block rests on which: a row of bits for each slot of the storage, one bit for each slot. 256 slots take 8 KB,
 * and a question costs one look. Takes room up to the last slot that is used.
 */
export class Ancestry {
	readonly #rowLength: number;
	#rows = new Uint8Array(0);

	/** `capacity`: how many slots there are. */
	constructor(capacity: number) {
		this.#rowLength = (capacity + 7) >> 3;
	}

	/** The row of a block that rests on the blocks in `parents`, and on what these rest on. */
	rowOver(parents: readonly number[]): Uint8Array {
		const row = new Uint8Array(this.#rowLength);
		for (const slot of parents) {
			this.addTo(row, slot);
			setBit(row, slot);
		}
		return row;
	}

	/** Notes what the block in `slot` rests on; an empty row stands for nothing. */
	set(slot: number, row: Uint8Array): void {
		const at = slot * this.#rowLength;
		if (at >= this.#rows.length) this.#grow(slot);
		this.#rows.fill(0, at, at + this.#rowLength);
		this.#rows.set(row, at);
	}

	/** Whether the block in `slot` rests on the one in `ancestor`. */
	has(slot: number, ancestor: number): boolean {
		return (this.#rows[slot * this.#rowLength + (ancestor >> 3)] & (1 << (ancestor & 7))) !== 0;
	}

	/** Adds what the block in `slot` rests on to a row; nothing where the row has that block, and so these, already. */
	addTo(row: Uint8Array, slot: number): void {
		if (hasBit(row, slot)) return;
		const at = slot * this.#rowLength;
		for (let byte = 0; byte < this.#rowLength; byte += 1) row[byte] |= this.#rows[at + byte];
	}

	/** Whether the block in `slot` rests on all of a row. */
	hasAll(slot: number, row: Uint8Array): boolean {
		const at = slot * this.#rowLength;
		for (let byte = 0; byte < this.#rowLength; byte += 1) {
			if ((row[byte] & ~this.#rows[at + byte]) !== 0) return false;
		}
		return true;
	}

	/** Forgets a block that is dropped, in every row: its slot may be given to another. */
	forget(slot: number): void {
		const mask = ~(1 << (slot & 7));
		for (let at = slot >> 3; at < this.#rows.length; at += this.#rowLength) this.#rows[at] &= mask;
		this.#rows.fill(0, slot * this.#rowLength, (slot + 1) * this.#rowLength);
	}

	#grow(slot: number): void {
		const rows = new Uint8Array((slot - (slot % growth) + growth) * this.#rowLength);
		rows.set(this.#rows);
		this.#rows = rows;
	}
}

/** Whether `slot` is in a row. */
export function hasBit(row: Uint8Array, slot: number): boolean {
	return (row[slot >> 3] & (1 << (slot & 7))) !== 0;
}

export function setBit(row: Uint8Array, slot: number): void {
	row[slot >> 3] |= 1 << (slot & 7);
}

export function clearBit(row: Uint8Array, slot: number): void {
	row[slot >> 3] &= ~(1 << (slot & 7));
}
