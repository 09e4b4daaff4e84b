import { Simulator } from "rp2040js";
import { Cpu } from "./cpu.mjs";
import { pageSize, sectorSize, times } from "./flash.mjs";
import { Oscillator } from "./oscillator.mjs";
import { Random } from "./random.mjs";

/** Nanoseconds of a cycle at 125 MHz. */
const cycle = 8;
const flashStart = 0x10000000;
const breakpoint = 0xbe00;
/** BX LR */
const returns = 0x4770;
const million = 1_000_000;

/**
 * The microcontroller from one reset to the next: rp2040js, with the common instructions executed by `Cpu`, a flash
 * that is given, and functions of the program that are watched or replaced. Time is counted in nanoseconds since the
 * reset, and only the chip's own cycles move it on.
 */
export class Chip {
	mcu;
	clock;
	/** Why it does not run any more: "reset" (it restarts itself) or a sentence about a fault. */
	ended;
	/** What rp2040js complained about, the last few. */
	complaints = [];
	#image;
	#flash;
	#cpu;
	/** By address: what to do when the program comes there. */
	#breaks = new Map();
	/** Until then the core waits for the flash or the bus, and serves no interrupt. */
	#busyUntil = 0;
	/** Until then, or until an interrupt, the program has nothing to do. */
	#idleUntil;

	/**
	 * `kept`: what the chip before had in `kept()` when it restarted itself; without it the power has just come on, and
	 * RAM holds anything. `seed`: of all that is random here.
	 */
	constructor({ image, bootRom, flash, seed, kept }) {
		const { rp2040, clock } = new Simulator();
		this.mcu = rp2040;
		this.clock = clock;
		this.#image = image;
		this.#flash = flash;
		this.#cpu = new Cpu(rp2040);
		const complain = (name, text) => {
			this.complaints.push(`${name}: ${text}`);
			if (this.complaints.length > 20) this.complaints.shift();
		};
		rp2040.logger = { debug() {}, info() {}, warn: complain, error: complain };
		rp2040.loadBootrom(bootRom.words);
		rp2040.flash.set(flash.bytes);
		rp2040.sram.set(kept?.ram ?? new Random(seed).bytes(rp2040.sram.length));
		rp2040.peripherals[0x40060] = new Oscillator(rp2040, seed);
		const watchdog = rp2040.peripherals[0x40058];
		if (kept !== undefined) watchdog.scratchData.set(kept.scratch);
		watchdog.reason = kept?.reason ?? 0;
		watchdog.onWatchdogTrigger = () => {
			this.ended ??= "reset";
		};
		rp2040.onBreak = () => this.#break();
		this.#replaceFlashFunctions(bootRom);
		// The boot ROM would start the second stage from here; it checks and copies it first.
		rp2040.core.PC = flashStart;
	}

	/** What a chip that restarts itself leaves to the next one. */
	kept() {
		const { scratchData, reason } = this.mcu.peripherals[0x40058];
		return { ram: this.mcu.sram, scratch: scratchData, reason };
	}

	/** Nanoseconds since the reset. */
	get now() {
		return this.clock.nanos;
	}

	/** Whether nothing but an interrupt or a timer will make the program do anything. */
	get isIdle() {
		return this.#idleUntil !== undefined || this.mcu.core.waiting;
	}

	/** The moment at which an idle chip has something to do by itself. */
	get wakesAt() {
		const alarm = this.clock.nextAlarm?.nanos ?? Number.POSITIVE_INFINITY;
		return Math.min(alarm, this.#idleUntil ?? Number.POSITIVE_INFINITY);
	}

	/** Calls `act` in so many nanoseconds, from within `run`. */
	after(nanos, act) {
		this.clock.createAlarm(act).schedule(nanos);
	}

	/** The core waits so many milliseconds for something outside; interrupts stay pending. */
	busy(milliseconds) {
		this.#busyUntil = Math.max(this.#busyUntil, this.now) + milliseconds * million;
	}

	/** Calls `act` in place of a function. A number that it returns is the function's result. */
	replace(name, act) {
		this.#replaceAt(this.#image.address(name), act);
	}

	/**
	 * Calls `act` each time that the program enters a function. When it returns a moment (nanoseconds), the chip has
	 * nothing to do until then or until an interrupt, and `act` is called again.
	 */
	watch(name, act) {
		const address = this.#image.address(name);
		const original = this.#patch(address, breakpoint);
		this.#breaks.set(address, () => {
			const until = act();
			if (until > this.now) {
				this.#idleUntil = until;
				this.mcu.core.PC = address;
			} else this.#execute(address, original);
		});
	}

	/** Calls `act` the next time that the program comes to an address. */
	once(address, act) {
		if (this.#breaks.has(address)) return;
		const original = this.#patch(address, breakpoint);
		this.#breaks.set(address, () => {
			this.#breaks.delete(address);
			this.#execute(address, original);
			this.#patch(address, original);
			act();
		});
	}

	/** The program goes on at a function; it returns to whoever called the one that is being replaced. */
	jump(name, ...args) {
		args.forEach((arg, i) => {
			this.registers[i] = arg;
		});
		this.mcu.core.PC = this.#image.address(name);
	}

	get registers() {
		return this.mcu.core.registers;
	}

	/** The address of a variable. */
	symbol(name) {
		return this.#image.address(name);
	}

	/** `length` bytes at an address. */
	read(address, length) {
		return Uint8Array.from({ length }, (_, i) => this.mcu.readUint8(address + i));
	}

	/** Puts bytes into RAM. */
	write(address, bytes) {
		this.mcu.sram.set(bytes, address - 0x20000000);
	}

	/** Runs until that moment, or until it has `ended`. May run a few cycles further. Throws a PowerCut. */
	run(until) {
		const { clock } = this;
		const { core } = this.mcu;
		while (clock.nanos < until && this.ended === undefined) {
			if (this.#busyUntil > clock.nanos) this.#advance(Math.min(this.#busyUntil, until));
			else if (this.isIdle) {
				this.#advance(Math.min(this.wakesAt, until));
				const isInterrupted = (core.pendingInterrupts & core.enabledInterrupts) !== 0;
				if (this.#idleUntil !== undefined && (isInterrupted || clock.nanos >= this.#idleUntil)) {
					this.#idleUntil = undefined;
				}
			} else if (core.interruptsUpdated) this.#step();
			else {
				const next = Math.min(clock.nextAlarm?.nanos ?? until, until);
				const limit = Math.max(1, Math.ceil((next - clock.nanos) / cycle));
				const cycles = this.#cpu.run(limit);
				clock.tick(cycles * cycle);
				if (cycles < limit) this.#step();
			}
		}
	}

	#advance(moment) {
		const { clock } = this;
		clock.tick(Math.max(moment - clock.nanos, 0));
	}

	/** One instruction by rp2040js. */
	#step() {
		this.clock.tick(this.mcu.core.executeInstruction() * cycle);
	}

	#break() {
		const { core } = this.mcu;
		const act = this.#breaks.get(core.PC - 2);
		if (act !== undefined) act();
		else {
			const [at, from] = [core.PC - 2, core.LR].map(each => this.#image.nameAt(each));
			this.ended = `stopped at ${at}, called from ${from}; ${this.complaints.slice(-3).join("; ")}`;
		}
	}

	/** The instruction that stood where the breakpoint is. */
	#execute(address, original) {
		const { core } = this.mcu;
		const { interruptsUpdated } = core;
		this.#patch(address, original);
		core.PC = address;
		core.interruptsUpdated = false;
		core.executeInstruction();
		core.interruptsUpdated ||= interruptsUpdated;
		this.#patch(address, breakpoint);
	}

	/** Puts an instruction at an address of the boot ROM or the flash; the one that was there. */
	#patch(address, instruction) {
		const isFlash = address >>> 24 === 0x10;
		if (!isFlash && address >= 0x4000)
			throw new Error(`${this.#image.nameAt(address)} does not lie in flash`);
		const memory = new Uint16Array(isFlash ? this.mcu.flash.buffer : this.mcu.bootrom.buffer);
		const at = (isFlash ? address - flashStart : address) >> 1;
		const original = memory[at];
		memory[at] = instruction;
		return original;
	}

	#replaceAt(address, act) {
		this.#patch(address, breakpoint);
		this.#patch(address + 2, returns);
		this.#breaks.set(address, () => {
			const result = act();
			if (result !== undefined) this.registers[0] = result;
		});
	}

	/** The boot ROM's functions for the flash (RP2040 data sheet, 2.8.3.1.3), which would talk to it by SSI. */
	#replaceFlashFunctions(bootRom) {
		for (const code of ["IF", "EX", "FC", "CX"]) this.#replaceAt(bootRom.address(code), () => {});
		this.#replaceAt(bootRom.address("RE"), () => {
			const [start, length] = this.registers;
			for (let at = start; at < start + length; at += sectorSize) {
				this.#flash.erase(at);
				this.#took(at, sectorSize, times.erase);
			}
		});
		this.#replaceAt(bootRom.address("RP"), () => {
			const [start, source, length] = this.registers;
			for (let at = 0; at < length; at += pageSize) {
				this.#flash.program(start + at, this.read(source + at, pageSize));
				this.#took(start + at, pageSize, times.program);
			}
		});
	}

	#took(at, length, milliseconds) {
		this.mcu.flash.set(this.#flash.bytes.subarray(at, at + length), at);
		this.busy(milliseconds);
	}
}
