import assert from "node:assert/strict";
import { ConsoleLogger, LogLevel, RP2040 } from "rp2040js";
import { Cpu } from "./cpu.mjs";
import { imageParts, theImage } from "./home.mjs";
import { Random } from "./random.mjs";

const ramStart = 0x20000000;
/** Where the numbers lie, and an instruction that ends a call; the stack is elsewhere. */
const places = Object.freeze({ result: 0x1000, left: 0x1100, right: 0x1200, end: 0x1300, stack: 0x8000 });
const breakpoint = 0xbe00;
const whole = 2n ** 256n;
/** Numbers with long carries, and halves of words that are all ones. */
const borders = [0n, 1n, 2n, whole - 1n, whole - 2n, 2n ** 224n - 2n ** 96n]
	.concat([32n, 96n, 192n, 224n, 255n].flatMap(power => [2n ** power - 1n, 2n ** power, 2n ** power + 1n]))
	.concat([0xffffn, 0xffff0000n, 0x80008000n].map(word => (word * (whole - 1n)) / 0xffffffffn));
const rounds = 400;

/** Functions of the image, called one at a time on a chip that runs nothing else. */
class Caller {
	#mcu = new RP2040();
	#cpu;
	#image = theImage();
	#isOver = false;

	constructor() {
		this.#mcu.logger = new ConsoleLogger(LogLevel.Error, true);
		for (const { offset, bytes } of imageParts()) this.#mcu.flash.set(bytes, offset);
		this.#mcu.sramView.setUint16(places.end, breakpoint, true);
		this.#mcu.onBreak = () => {
			this.#isOver = true;
		};
		this.#cpu = new Cpu(this.#mcu);
	}

	/** What a function of two numbers leaves, of so many words, what it returns, and in how many cycles. */
	call(name, left, right, words) {
		const { core } = this.#mcu;
		this.#put(places.left, left);
		this.#put(places.right, right);
		core.registers.set([places.result, places.left, places.right].map(place => ramStart + place));
		// What a function must leave as it is.
		for (let register = 4; register < 12; register += 1) core.registers[register] = 0x01010101 * register;
		core.registers[13] = ramStart + places.stack;
		core.registers[14] = ramStart + places.end + 1;
		core.PC = this.#image.address(name) & ~1;
		const before = core.cycles;
		this.#isOver = false;
		let cycles = 0;
		while (!this.#isOver) {
			const passed = this.#cpu.run(1);
			cycles += passed;
			if (passed === 0) core.executeInstruction();
		}
		cycles += core.cycles - before;
		for (let register = 4; register < 12; register += 1) {
			assert.equal(core.registers[register], 0x01010101 * register, `${name} changed r${register}`);
		}
		assert.equal(core.registers[13], ramStart + places.stack, `${name} moved the stack`);
		return { result: this.#get(places.result, words), returned: BigInt(core.registers[0]), cycles };
	}

	#put(place, number) {
		for (let word = 0; word < 8; word += 1) {
			const value = Number((number >> BigInt(32 * word)) & 0xffffffffn);
			this.#mcu.sramView.setUint32(place + 4 * word, value, true);
		}
	}

	#get(place, words) {
		let number = 0n;
		for (let word = words - 1; word >= 0; word -= 1) {
			number = (number << 32n) | BigInt(this.#mcu.sramView.getUint32(place + 4 * word, true));
		}
		return number;
	}
}

/**
 * What micro-ecc has in the chip's own instructions, which the tests on Linux do not come by, against the same in
 * JavaScript; and that it always takes as long.
 */
export function field() {
	const caller = new Caller();
	const random = new Random(256);
	const functions = {
		vli_add: { words: 8, right: (a, b) => (a + b) % whole, carry: (a, b) => (a + b) / whole },
		vli_sub: { words: 8, right: (a, b) => (a - b + whole) % whole, carry: (a, b) => (a < b ? 1n : 0n) },
		vli_mult: { words: 16, right: (a, b) => a * b },
		vli_square: { words: 16, right: a => a * a }
	};
	const any = () => BigInt(`0x${Buffer.from(random.bytes(32)).toString("hex")}`);
	const pairs = borders.flatMap(a => borders.map(b => [a, b]));
	for (let round = 0; round < rounds; round += 1) pairs.push([any(), any()]);
	for (const [name, { words, right, carry }] of Object.entries(functions)) {
		const cycles = new Set();
		for (const [a, b] of pairs) {
			const seen = caller.call(name, a, b, words);
			const what = `${name} of ${a.toString(16)} and ${b.toString(16)}`;
			assert.equal(seen.result, right(a, b), what);
			if (carry !== undefined) assert.equal(seen.returned, carry(a, b), `${what}: its carry`);
			cycles.add(seen.cycles);
		}
		assert.equal(cycles.size, 1, `${name} takes ${[...cycles].join(", ")} cycles`);
	}
}
