/**
 * Simulated GPIO chips of the kernel (gpio-sim): real lines to whoever opens them, with a pull that a test sets and a
 * value that it reads. Needs root, and a kernel that offers them.
 */
import {
	accessSync,
	closeSync,
	constants,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	writeFileSync,
	writeSync
} from "node:fs";
import { join } from "node:path";

const root = "/sys/kernel/config/gpio-sim";

/** Why there are none here, or undefined. */
export function simulatorFault() {
	try {
		accessSync(root, constants.W_OK);
		return undefined;
	} catch (error) {
		return `no simulated lines: ${error.message}`;
	}
}

export class SimulatedChip {
	#folder;
	#names;
	#device;
	/** As "/dev/gpiochip0". */
	path;

	/** `label`: how the chip is called. `names`: of lines, by number; `hogs`: lines that somebody else holds. */
	constructor({ name, label, lines = 64, names = {}, hogs = [] }) {
		this.#folder = join(root, name);
		this.#names = { ...names };
		for (const line of hogs) this.#names[line] ??= "";
		const bank = join(this.#folder, "bank0");
		mkdirSync(bank, { recursive: true });
		writeFileSync(join(bank, "num_lines"), String(lines));
		writeFileSync(join(bank, "label"), label);
		for (const [number, text] of Object.entries(this.#names)) {
			mkdirSync(join(bank, `line${number}`));
			if (text !== "") writeFileSync(join(bank, `line${number}`, "name"), text);
		}
		for (const line of hogs) {
			const hog = join(bank, `line${line}`, "hog");
			mkdirSync(hog);
			writeFileSync(join(hog, "name"), "somebody");
			writeFileSync(join(hog, "direction"), "output-low");
		}
		this.hogs = hogs;
		writeFileSync(join(this.#folder, "live"), "1");
		this.path = `/dev/${read(join(bank, "chip_name"))}`;
		const device = read(join(this.#folder, "dev_name"));
		this.#device = join("/sys/devices/platform", device, read(join(bank, "chip_name")));
	}

	/** Moves an input from outside: 0 or 1. */
	pull(line, value) {
		writeFileSync(join(this.#device, `sim_gpio${line}`, "pull"), value === 1 ? "pull-up" : "pull-down");
	}

	/** Moves an input from low to high and back at once. */
	spike(line) {
		const file = openSync(join(this.#device, `sim_gpio${line}`, "pull"), "w");
		const texts = [Buffer.from("pull-up"), Buffer.from("pull-down")];
		for (const text of texts) writeSync(file, text, 0, text.length, 0);
		closeSync(file);
	}

	/** Which way an input is pulled: "pull-up" or "pull-down". */
	pullOf(line) {
		return read(join(this.#device, `sim_gpio${line}`, "pull"));
	}

	/** The level of a line, 0 or 1. */
	value(line) {
		return Number(read(join(this.#device, `sim_gpio${line}`, "value")));
	}

	remove() {
		writeFileSync(join(this.#folder, "live"), "0");
		const bank = join(this.#folder, "bank0");
		for (const line of this.hogs) rmdirSync(join(bank, `line${line}`, "hog"));
		for (const entry of readdirSync(bank)) if (entry.startsWith("line")) rmdirSync(join(bank, entry));
		rmdirSync(bank);
		rmdirSync(this.#folder);
	}
}

function read(file) {
	return readFileSync(file, "utf8").trim();
}
