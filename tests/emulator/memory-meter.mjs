/** Fields of XS's machine (SDK 8.2.3, 32 bit, release): bytes of chunks and number of slots in use. */
const offsets = Object.freeze({ chunks: 0xac, slots: 0xbc });
const slotSize = 16;
/** In the second argument of `fxCollect`: chunks are collected too, not only slots. */
const compact = 1;

/**
 * XS's memory, seen from outside: what is left in use whenever the garbage collector has run. What the console's
 * `status` calls in use has garbage in it. A collection is of slots alone, or of slots and chunks.
 */
export class MemoryMeter {
	collections = 0;
	/** Bytes in use after the last collection, and after those that left most, of slots and of chunks. */
	#last = { slots: 0, chunks: 0 };
	#peak = { slots: 0, chunks: 0 };
	#chip;
	#machine;

	constructor(chip) {
		this.#chip = chip;
		this.#machine = chip.symbol("gThe");
		chip.watch("fxCollect", () => {
			const isCompacting = (chip.registers[1] & compact) !== 0;
			chip.once(chip.registers[14] & ~1, () => this.#collected(isCompacting));
		});
	}

	/** Bytes in use now: slots and chunks, garbage included. */
	get used() {
		const { mcu } = this.#chip;
		const machine = mcu.readUint32(this.#machine);
		const field = offset => mcu.readUint32(machine + offset);
		return { slots: slotSize * field(offsets.slots), chunks: field(offsets.chunks) };
	}

	/** Bytes in use after the last collections. */
	get last() {
		return this.#last.slots + this.#last.chunks;
	}

	/** The most slots and the most chunks in use after a collection, in bytes: perhaps not at the same moment. */
	get peak() {
		return this.#peak.slots + this.#peak.chunks;
	}

	#collected(isCompacting) {
		// The machine is being made until the program runs.
		if (this.#chip.mcu.readUint32(this.#machine) === 0) return;
		const { used } = this;
		this.collections += 1;
		for (const kind of isCompacting ? ["slots", "chunks"] : ["slots"]) {
			this.#last[kind] = used[kind];
			this.#peak[kind] = Math.max(this.#peak[kind], used[kind]);
		}
	}
}
