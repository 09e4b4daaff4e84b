import { readFileSync } from "node:fs";
import { readSymbols } from "./elf.mjs";
import { readUf2 } from "./uf2.mjs";

/** What the linker left of a program: what is flashed, and where its functions are. */
export class Image {
	/** Of `readUf2`. */
	parts;
	/** Addresses by name. */
	symbols;
	#sorted;

	/** `file`: a UF2 file with the ELF file of the same name beside it. */
	constructor(file) {
		this.parts = readUf2(readFileSync(file));
		this.symbols = readSymbols(readFileSync(file.replace(/\.uf2$/, ".elf")));
	}

	/** The address of what has this name; throws when there is none. */
	address(name) {
		const address = this.symbols.get(name);
		if (address === undefined) throw new Error(`the image has no ${name}`);
		return address;
	}

	/** The name of the function at or below an address, for people who look for a fault. */
	nameAt(address) {
		this.#sorted ??= [...this.symbols].filter(([name]) => !name.startsWith("$")).sort((a, b) => a[1] - b[1]);
		let [low, high] = [0, this.#sorted.length];
		while (high - low > 1) {
			const middle = (low + high) >> 1;
			if (this.#sorted[middle][1] <= address) low = middle;
			else high = middle;
		}
		const [name, start] = this.#sorted[low];
		return `${name}+${address - start}`;
	}
}

/**
 * Why there is nothing to run on, or undefined: `PICO_UF2` names the image of the program, `RP2040_BOOTROM` that of
 * the chip's boot ROM.
 */
export function whyNoImage() {
	const missing = ["PICO_UF2", "RP2040_BOOTROM"].filter(name => !process.env[name]);
	return missing.length === 0 ? undefined : `${missing.join(" and ")} not set: see tests/emulator/README.md`;
}
