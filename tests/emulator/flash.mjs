import { Random } from "./random.mjs";

export const sectorSize = 4096;
export const pageSize = 256;

/** Milliseconds that a Pico W's flash takes as a rule (W25Q16JV data sheet, 9.6: tSE, tPP). */
export const times = Object.freeze({ erase: 45, program: 0.4 });

/** The power went away; thrown out of the operation in which it did. */
export class PowerCut extends Error {}

/**
 * The 2 MB of flash of a board, which outlive its resets and power cuts. An erase of one sector and a program of one
 * page are one operation each.
 */
export class Flash {
	bytes;
	/** How many operations have begun. */
	operations = 0;
	/** Called before each operation with `{ kind: "erase" or "program", offset }`. */
	onOperation = () => {};
	#cut;
	#random;

	/** `seed`: decides what an operation that is cut off leaves behind. */
	constructor({ size = 2 * 1024 * 1024, seed = 1 } = {}) {
		this.bytes = new Uint8Array(size).fill(0xff);
		this.#random = new Random(seed);
	}

	/** `parts`: of `readUf2`. */
	load(parts) {
		for (const { offset, bytes } of parts) this.bytes.set(bytes, offset);
		return this;
	}

	/** Another one that holds the same. */
	copy(seed = 1) {
		const copy = new Flash({ size: 0, seed });
		copy.bytes = this.bytes.slice();
		return copy;
	}

	/**
	 * Cuts the power in the operation number `at`, counted from now, the next one being 0: `phase` is "before" it,
	 * in the "middle" of it, or "after" it.
	 */
	cutAt(at, phase) {
		this.#cut = { at: this.operations + at, phase };
	}

	/** Throws a PowerCut where `cutAt` wants it. */
	erase(offset) {
		this.#operate("erase", offset, isWhole => {
			const sector = this.bytes.subarray(offset, offset + sectorSize);
			if (isWhole) sector.fill(0xff);
			else this.#disturb(sector, byte => byte | this.#random.below(256));
		});
	}

	/** Bits go from 1 to 0 only. Throws a PowerCut where `cutAt` wants it. */
	program(offset, page) {
		this.#operate("program", offset, isWhole => {
			const target = this.bytes.subarray(offset, offset + pageSize);
			if (isWhole) {
				for (let i = 0; i < pageSize; i += 1) target[i] &= page[i];
			} else this.#disturb(target, (byte, i) => byte & (page[i] | this.#random.below(256)));
		});
	}

	#operate(kind, offset, act) {
		this.onOperation({ kind, offset });
		const isLast = this.#cut?.at === this.operations;
		const phase = isLast ? this.#cut.phase : undefined;
		this.operations += 1;
		if (phase !== "before") act(phase !== "middle");
		if (isLast) throw new PowerCut(`${phase} the ${kind} at ${offset.toString(16)}`);
	}

	/** Half of the places, spread anywhere, have begun to change, each in some of its bits. */
	#disturb(bytes, change) {
		for (let i = 0; i < bytes.length; i += 1) {
			if (this.#random.below(2) === 0) bytes[i] = change(bytes[i], i);
		}
	}
}
