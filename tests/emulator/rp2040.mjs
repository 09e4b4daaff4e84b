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
const ramStart = 0x20000000;
/** The C stack grows down from the end of RAM through the two banks of 4 KB that nothing else lies in, and 4 KB more; below is the heap. */
const stack = Object.freeze({ lowest: 0x2003f000, end: 0x20042000, paint: 0xa5a5a5a5 });
/** Addresses behind the flash, where the program sees what is lent to it. */
const lent = 0x10800000;

function hex(value) {
	return (value >>> 0).toString(16).padStart(8, "0");
}

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
	/** The last exception that the core took: its number, what it interrupted and with which stack, and its handler. */
	exception;
	#image;
	#flash;
	#cpu;
	/** By address: what to do when the program comes there. */
	#breaks = new Map();
	#stack;
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
		this.#stack = new Uint32Array(
			rp2040.sram.buffer,
			stack.lowest - ramStart,
			(stack.end - stack.lowest) / 4
		);
		this.#stack.fill(stack.paint);
		rp2040.peripherals[0x40060] = new Oscillator(rp2040, seed);
		const watchdog = rp2040.peripherals[0x40058];
		if (kept !== undefined) watchdog.scratchData.set(kept.scratch);
		watchdog.reason = kept?.reason ?? 0;
		watchdog.onWatchdogTrigger = () => {
			this.ended ??= "reset";
		};
		rp2040.onBreak = () => this.#break();
		this.#recordExceptions();
		this.#replaceFlashFunctions(bootRom);
		// The boot ROM's own function for it: the board is a drive then, until it is unplugged.
		this.#replaceAt(bootRom.address("UB"), () => {
			this.ended = "starts the boot loader";
		});
		this.watch("__malloc_unlock", () => {
			// Interrupts use the heap as well: hosts/pico/heap.c.
			if (!rp2040.core.PM) this.ended = this.#fault("lets interrupts into malloc");
		});
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

	/** The most bytes of C stack that were in use since the reset, of 12,288. */
	get stackUsed() {
		const first = this.#stack.findIndex(word => word !== stack.paint);
		return (this.#stack.length - first) * 4;
	}

	/** Bytes that malloc has taken from the C heap, which it does not give back. */
	get heapUsed() {
		const end = this.mcu.readUint32(this.symbol("heap_end.0"));
		return end === 0 ? 0 : end - this.symbol("__end__");
	}

	/** The address at which the program can read these bytes until the next are lent. */
	lend(bytes) {
		this.mcu.flash.set(bytes, lent - flashStart);
		return lent;
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

	/** One instruction by rp2040js, to which everything comes that the faster core does not know, wild jumps too. */
	#step() {
		const { core } = this.mcu;
		if (!this.#isCode(core.PC)) this.ended = this.#fault(`runs at 0x${hex(core.PC)}, where no code is`);
		else if (core.SP < stack.lowest) this.ended = this.#fault("has a stack that reaches into other memory");
		else this.clock.tick(core.executeInstruction() * cycle);
	}

	#isCode(pc) {
		return (
			pc < 0x4000 ||
			(pc >= flashStart && pc < flashStart + this.#flash.bytes.length) ||
			(pc >= ramStart && pc < stack.lowest)
		);
	}

	#recordExceptions() {
		const { core } = this.mcu;
		const enter = core.exceptionEntry;
		core.exceptionEntry = number => {
			const { PC, SP, PM, IPSR } = core;
			// A fault of the emulator: rp2040js does so where the core waits for an event.
			if (PM || core.exceptionPriority(number) >= core.exceptionPriority(IPSR)) {
				this.ended = this.#fault(`takes exception ${number} where it may not`);
			}
			enter.call(core, number);
			this.exception = { number, from: PC, stack: SP, handler: core.PC, at: this.now };
		};
	}

	/** For people who look for a fault: where the core is, and how it came there. */
	#fault(what) {
		const { core } = this.mcu;
		const name = address => `${this.#image.nameAt(address)} (0x${hex(address)})`;
		const { number, from, stack, handler, at } = this.exception ?? {};
		const words = Array.from({ length: 32 }, (_, i) => hex(this.mcu.readUint32(core.SP + 4 * i)));
		return [
			`${what}: called from ${name(core.LR)}, stack 0x${hex(core.SP)}, in exception ${core.IPSR}`,
			`registers ${[...core.registers].map(hex).join(" ")}`,
			`stack ${words.join(" ")}`,
			`last exception ${number} at ${at} of ${this.now} ns: from ${name(from)}, stack 0x${hex(stack)}, handler ${name(handler)}`,
			...this.complaints.slice(-3)
		].join("\n");
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
