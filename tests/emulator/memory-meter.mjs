/** Fields of XS's machine (SDK 8.2.3, 32 bit, release): bytes of chunks and number of slots in use. */
const offsets = Object.freeze({ chunks: 0xac, slots: 0xbc });
const slotSize = 16;

/**
 * XS's memory, seen from outside: what is left in use whenever the garbage collector has run. What the console's
 * `status` calls in use has garbage in it.
 */
export class MemoryMeter {
	/** Bytes in use after the collection that left most. */
	peak = 0;
	/** Bytes in use after the last collection. */
	last = 0;
	collections = 0;
	#chip;
	#machine;

	constructor(chip) {
		this.#chip = chip;
		this.#machine = chip.symbol("gThe");
		chip.watch("fxCollect", () => {
			chip.once(chip.registers[14] & ~1, () => this.#collected());
		});
	}

	/** Bytes in use now: slots and chunks, garbage included. */
	get used() {
		const { mcu } = this.#chip;
		const machine = mcu.readUint32(this.#machine);
		const field = offset => mcu.readUint32(machine + offset);
		return { slots: slotSize * field(offsets.slots), chunks: field(offsets.chunks) };
	}

	#collected() {
		// The machine is being made until the program runs.
		if (this.#chip.mcu.readUint32(this.#machine) === 0) return;
		const { slots, chunks } = this.used;
		this.collections += 1;
		this.last = slots + chunks;
		this.peak = Math.max(this.peak, this.last);
	}
}
