import { StringDecoder } from "node:string_decoder";
import { GPIOPinState } from "rp2040js";
import { Flash, PowerCut } from "./flash.mjs";
import { LoopMeter } from "./loop-meter.mjs";
import { MemoryMeter } from "./memory-meter.mjs";
import { Chip } from "./rp2040.mjs";
import { UsbConsole } from "./usb-console.mjs";
import { WifiChip } from "./wifi-chip.mjs";

const million = 1_000_000;
/** Milliseconds after each edge at which the contacts of a cheap button touch or part once more. */
const bounces = [0.3, 0.7, 1.2, 2.1, 3.4];

/** A board that restarts itself more often than this is given up. */
const restartLimit = 20;

/** A Pico W in the house: its chip, flash and Wi-Fi, a person at its USB console, a button and lamps at its pins. */
export class Board {
	name;
	flash;
	chip;
	wifi;
	/** The LoopMeter and the MemoryMeter since the last reset. */
	meter;
	memory;
	/** All that it printed, over restarts. */
	output = "";
	/** How often it restarted itself. */
	restarts = 0;
	/** What cut the power of the flash operation, if something did. */
	cut;
	/** The levels that its output pins took on, as `{ at, pin, level }`, `at` in milliseconds of the house. */
	edges = [];
	#options;
	#console;
	#decoder = new StringDecoder("utf8");
	#cursor = 0;
	/** Levels from outside by pin; those of pull-ups and of a person's finger. */
	#levels;
	/** The house's time at the last reset, in nanoseconds. */
	#origin = 0;
	#boots = 0;
	/** The most bytes of C stack and of C heap before the last reset. */
	#most = { stack: 0, heap: 0 };
	/** The longest standstill before the last reset. */
	#standstill = 0;

	/**
	 * `house`: a House; `image`: an Image; `bootRom`: a BootRom; `mac`: 6 bytes; `buttons`: pins pulled up; `flash`: as
	 * another board left it.
	 */
	constructor({ house, name, image, bootRom, mac, seed, buttons = [], outputs = [], flash }) {
		this.name = name;
		this.#options = { house, image, bootRom, mac, seed, outputs };
		this.#levels = new Map(buttons.map(pin => [pin, true]));
		this.flash = flash ?? new Flash({ seed }).load(image.parts);
	}

	get isOn() {
		return this.chip !== undefined;
	}

	/** Nanoseconds of the house up to which it has run. */
	get now() {
		return this.chip === undefined ? this.#options.house.now : this.#origin + this.chip.now;
	}

	/** Milliseconds since its last reset. */
	get uptime() {
		return this.chip.now / million;
	}

	/** The moment of the house at which it does something by itself; undefined while it is busy. */
	get wakesAt() {
		if (this.chip === undefined) return Number.POSITIVE_INFINITY;
		return this.chip.isIdle ? this.#origin + this.chip.wakesAt : undefined;
	}

	/** The most bytes of C stack and of C heap, XS's memory in it, that were in use since the first reset. */
	get most() {
		const { stackUsed = 0, heapUsed = 0 } = this.chip ?? {};
		return { stack: Math.max(this.#most.stack, stackUsed), heap: Math.max(this.#most.heap, heapUsed) };
	}

	/** Milliseconds of the longest standstill of its loop since the first reset. */
	get standstill() {
		return Math.max(this.#standstill, this.meter?.worst ?? 0);
	}

	powerOn() {
		this.cut = undefined;
		this.#cursor = this.output.length;
		this.#boot(undefined);
		return this;
	}

	/** As when somebody pulls the plug: the flash stays, and nothing else. */
	powerOff() {
		if (this.chip !== undefined) this.#options.house.network.leave(this.wifi);
		this.#most = this.most;
		this.chip = undefined;
	}

	/** Runs up to a moment of the house. Throws when the program came to a stop that no restart mends. */
	run(until) {
		while (this.chip !== undefined && this.now < until) {
			try {
				this.chip.run(until - this.#origin);
			} catch (error) {
				if (!(error instanceof PowerCut)) throw error;
				this.powerOff();
				this.cut = error.message;
				return;
			}
			if (this.chip.ended === "reset") {
				this.restarts += 1;
				if (this.restarts > restartLimit) throw new Error(`restarts again and again.\n${this.report()}`);
				this.#options.house.network.leave(this.wifi);
				this.#boot(this.chip.kept());
			} else if (this.chip.ended !== undefined) throw new Error(`${this.name} ${this.chip.ended}`);
		}
	}

	/** The level of a pin: 0 or 1, as this board drives it or, for an input, as it is driven from outside. */
	level(pin) {
		const gpio = this.chip.mcu.gpio[pin];
		if (gpio.value === GPIOPinState.High) return 1;
		if (gpio.value === GPIOPinState.Low) return 0;
		return this.#levels.get(pin) === true ? 1 : 0;
	}

	/** The LED on the board, behind the Wi-Fi chip: 0 or 1. */
	get led() {
		return this.wifi.pins.get(0) ?? 0;
	}

	/** Puts a level on an input pin in so many milliseconds. */
	drive(pin, level, milliseconds = 0) {
		this.chip.after(milliseconds * million, () => {
			this.#levels.set(pin, level);
			this.chip.mcu.gpio[pin].setInputValue(level);
		});
	}

	/**
	 * A finger on a button that pulls its pin down, with contacts that bounce. Returns the moments of the house, in
	 * milliseconds, of the first touch and of the first parting.
	 */
	press(pin, milliseconds = 120) {
		for (const [start, level] of [
			[0, false],
			[milliseconds, true]
		]) {
			this.drive(pin, level, start);
			bounces.forEach((after, i) => {
				this.drive(pin, i % 2 === 0 ? !level : level, start + after);
			});
			this.drive(pin, level, start + bounces.at(-1) + 0.5);
		}
		return { down: this.now / million, up: this.now / million + milliseconds };
	}

	/** A line and the key that ends it; it goes nowhere when there is no power. */
	type(line) {
		if (this.isOn) this.#console.type(`${line}\r`);
	}

	/** Opens the console's line or closes it. */
	setConsole(isOpen) {
		this.#console.setOpen(isOpen);
	}

	/** What a terminal program says on its lines, DTR and RTS, and at which speed, in baud. */
	setLines(lines) {
		this.#console.setLines(lines);
	}

	setSpeed(baud) {
		this.#console.setSpeed(baud);
	}

	askPicotool(request) {
		this.#console.askPicotool(request);
	}

	/** The console's cable: the host resets the bus, or finds the board when it is plugged in again. */
	resetBus() {
		this.#console.resetBus();
	}

	unplug() {
		this.#console.unplug();
	}

	/** Keys as they are, without an end of the line. */
	typeKeys(text) {
		this.#console.type(text);
	}

	/**
	 * The first match of `pattern` in what it prints after the last match; throws when it does not come in time. An
	 * empty one as soon as `isGone`.
	 */
	async waitFor(pattern, milliseconds = 20_000, isGone = () => false) {
		let match = null;
		const isThere = await this.#options.house.run(milliseconds, () => {
			match = pattern.exec(this.output.slice(this.#cursor));
			return match !== null || isGone();
		});
		if (match === null && isThere) return [];
		if (!isThere) {
			const boards = this.#options.house.boards.map(each => each.report()).join("\n\n");
			throw new Error(`${this.name} did not print ${pattern} in ${milliseconds} ms.\n${boards}`);
		}
		this.#cursor += match.index + match[0].length;
		return match;
	}

	/** Types a command and waits for what it prints. */
	async ask(command, pattern, milliseconds) {
		this.#cursor = this.output.length;
		this.type(command);
		return this.waitFor(pattern, milliseconds);
	}

	/** Asks again until `pattern` shows; throws when it does not in time. */
	async until(command, pattern, milliseconds = 20_000) {
		const end = this.#options.house.now + milliseconds * million;
		for (;;) {
			try {
				return await this.ask(command, pattern, 500);
			} catch (error) {
				// Where a board has come to a stop, no time passes any more.
				const { now, boards } = this.#options.house;
				if (now > end || boards.some(each => each.chip?.ended !== undefined)) throw error;
			}
		}
	}

	/** For people who look for a fault. */
	report() {
		const state = this.isOn ? `up ${Math.round(this.uptime)} ms` : `off (${this.cut ?? "switched off"})`;
		return `--- ${this.name}, ${state}, restarted ${this.restarts} times:\n${this.output.slice(-1500)}`;
	}

	#boot(kept) {
		const { house, image, bootRom, mac, seed, outputs } = this.#options;
		this.#origin = this.now;
		this.#boots += 1;
		this.#most = this.most;
		this.#standstill = this.standstill;
		const chip = new Chip({ image, bootRom, flash: this.flash, seed: seed * 1000 + this.#boots, kept });
		this.chip = chip;
		const clock = {
			now: () => this.#origin + chip.now,
			after: (moment, act) => {
				const origin = this.#origin;
				chip.after(Math.max(moment - origin - chip.now, 0), act);
			}
		};
		this.wifi = new WifiChip({ chip, image, network: house.network, mac, clock });
		this.wifi.onPin = (pin, level) => this.#edge(`wifi ${pin}`, level);
		this.meter = new LoopMeter(chip);
		this.memory = new MemoryMeter(chip);
		this.#console = new UsbConsole(chip, bytes => {
			this.output += this.#decoder.write(bytes);
		});
		for (const [pin, level] of this.#levels) chip.mcu.gpio[pin].setInputValue(level);
		for (const pin of outputs) {
			chip.mcu.gpio[pin].addListener(value => {
				if (value === GPIOPinState.High || value === GPIOPinState.Low) {
					this.#edge(pin, value === GPIOPinState.High ? 1 : 0);
				}
			});
		}
	}

	#edge(pin, level) {
		this.edges.push({ at: this.now / million, pin, level });
	}
}
