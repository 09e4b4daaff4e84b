import { readFileSync } from "node:fs";

const size = 16 * 1024;

/** The RP2040's boot ROM, revision B1. It is not part of this project, nor of rp2040js. */
export class BootRom {
	/** Its 4096 words. */
	words;

	/** `file`: its 16 KB, or a text that lists its words as numbers like 0x20041f00. */
	constructor(file = process.env.RP2040_BOOTROM) {
		const bytes = readFileSync(file);
		if (bytes.length === size) {
			this.words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + size));
			return;
		}
		const numbers = bytes.toString("latin1").match(/0x[0-9a-f]{8}/gi) ?? [];
		if (numbers.length !== size / 4) throw new Error(`${file} is no boot ROM of 16 KB`);
		this.words = Uint32Array.from(numbers, Number);
	}

	/**
	 * The address of a function by its two letters (RP2040 data sheet, 2.8.3): the halfword at 0x14 points to a table
	 * of codes and addresses.
	 */
	address(code) {
		const halves = new Uint16Array(this.words.buffer);
		const wanted = code.charCodeAt(0) | (code.charCodeAt(1) << 8);
		for (let at = halves[0x14 / 2] / 2; halves[at] !== 0; at += 2) {
			if (halves[at] === wanted) return halves[at + 1] & ~1;
		}
		throw new Error(`the boot ROM has no function ${code}`);
	}
}
