import { BasePeripheral } from "rp2040js";
import { Random } from "./random.mjs";

const randomBit = 0x1c;

/**
 * The ring oscillator, whose bit at RANDOMBIT is all the entropy that the chip has. Here it comes from a seed, so that
 * two boards differ and a test runs the same each time. Says nothing about the real one's quality.
 */
export class Oscillator extends BasePeripheral {
	#random;

	constructor(mcu, seed) {
		super(mcu, "ROSC");
		this.#random = new Random(seed);
	}

	readUint32(offset) {
		return offset === randomBit ? this.#random.below(2) : 0xffffffff;
	}

	writeUint32() {}
}
