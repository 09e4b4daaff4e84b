import assert from "node:assert/strict";
import test from "node:test";
import { ConsoleLogger, LogLevel, RP2040 } from "rp2040js";
import { Cpu } from "./cpu.mjs";
import { numbersOfOpcodes } from "./opcodes.mjs";
import { Random } from "./random.mjs";

const ram = 0x20000000;
const program = ram + 0x1000;
const data = ram + 0x20000;
const numbers = numbersOfOpcodes();

function mcu() {
	const each = new RP2040();
	each.logger = new ConsoleLogger(LogLevel.Error, true);
	return each;
}

/** All that an instruction may change, besides memory. */
function stateOf({ registers, N, Z, C, V }) {
	return { registers: [...registers], N, Z, C, V };
}

/** The memory around the data. */
function memoryOf({ sram }) {
	return sram.subarray(data - ram - 0x400, data - ram + 0x800);
}

function set(each, { opcodes, registers, flags }) {
	opcodes.forEach((opcode, i) => {
		each.sramView.setUint16(program - ram + 2 * i, opcode, true);
	});
	each.core.registers.set(registers);
	each.core.PC = program;
	Object.assign(each.core, flags);
}

/** Numbers that show what goes wrong at the borders. */
const borders = [0, 1, 2, 31, 32, 33, 255, 256, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff];

/** Half of the registers hold a border, half anything; those that hold addresses point into the data. */
function situation(random, opcode) {
	const number = numbers[opcode];
	const isAccess = number >= 34 && number <= 49;
	const registers = Array.from({ length: 16 }, () => {
		if (random.below(2) === 0) return borders[random.below(borders.length)];
		return random.below(2 ** 32);
	});
	registers[13] = data + 4 * random.below(64);
	if (isAccess || number === 62 || number === 63) {
		const base = number >= 62 ? (opcode >> 8) & 7 : (opcode >> 3) & 7;
		for (let register = 0; register < 8; register += 1) registers[register] = 4 * random.below(64);
		registers[base] = data + 4 * random.below(64);
	}
	return {
		opcodes: [opcode, random.below(2) === 0 ? 0xf800 | random.below(0x800) : 0xbf00],
		registers,
		flags: {
			C: random.below(2) === 0,
			V: random.below(2) === 0,
			...[
				{ N: false, Z: false },
				{ N: true, Z: false },
				{ N: false, Z: true }
			][random.below(3)]
		}
	};
}

/** Where rp2040js 1.4.1 is not as the manual of the architecture says; the tests below say what is right. */
function differs(number, { opcodes: [opcode], registers }) {
	const right = registers[(opcode >> 3) & 7];
	if (number === 17)
		return (
			registers[opcode & 7] === 0x7fffffff || right === 0x7fffffff || registers[opcode & 7] === 0xffffffff
		);
	if (number === 18) return right === 0x7fffffff || right === 0xffffffff;
	if (number >= 14 && number <= 16) return (right & 255) === 0 || (right & 255) >= 32;
	// BLX LR
	if (number === 32) return opcode === 0x47f0;
	return number === 19;
}

test("each instruction leaves registers, flags, memory and cycles as rp2040js does", () => {
	const random = new Random(1);
	const [ours, theirs] = [mcu(), mcu()];
	const memory = random.bytes(0xc00);
	for (const { sram } of [ours, theirs]) sram.set(memory, data - ram - 0x400);
	const cpu = new Cpu(ours);
	let compared = 0;
	const seen = new Set();
	for (let round = 0; round < 60_000; round += 1) {
		const opcode = random.below(0x10000);
		const number = numbers[opcode];
		if (number === 0) continue;
		const each = situation(random, opcode);
		if (differs(number, each)) continue;
		set(ours, each);
		set(theirs, each);
		const cycles = cpu.run(1);
		if (cycles === 0) continue;
		assert.equal(cycles, theirs.core.executeInstruction(), opcode.toString(16));
		const what = `opcode ${opcode.toString(16)}, number ${number}`;
		assert.deepEqual(stateOf(ours.core), stateOf(theirs.core), what);
		assert.ok(Buffer.compare(memoryOf(ours), memoryOf(theirs)) === 0, `memory after ${what}`);
		compared += 1;
		seen.add(number);
	}
	assert.ok(compared > 30_000, `${compared} compared`);
	for (let number = 1; number <= 66; number += 1) {
		if (number !== 19 && number !== 31) assert.ok(seen.has(number), `number ${number} was never compared`);
	}
});

/** Runs one instruction on `left` (r0) and `right` (r1). */
function run(opcode, left, right, carry) {
	const each = mcu();
	const registers = new Array(16).fill(0);
	registers[0] = left;
	registers[1] = right;
	set(each, { opcodes: [opcode], registers, flags: { N: false, Z: false, C: carry, V: false } });
	assert.equal(new Cpu(each).run(1), 1);
	const { N, Z, C, V } = each.core;
	return {
		result: each.core.registers[0],
		flags: [N && "N", Z && "Z", C && "C", V && "V"].filter(Boolean).join("")
	};
}

test("carry and overflow at the borders are as the architecture's AddWithCarry says", () => {
	const [adcs, sbcs] = [0x4148, 0x4188];
	assert.deepEqual(run(adcs, 0x7fffffff, 0, true), { result: 0x80000000, flags: "NV" });
	assert.deepEqual(run(adcs, 0xffffffff, 0, true), { result: 0, flags: "ZC" });
	assert.deepEqual(run(adcs, 0, 0x7fffffff, true), { result: 0x80000000, flags: "NV" });
	assert.deepEqual(run(sbcs, 0, 0x7fffffff, false), { result: 0x80000000, flags: "N" });
	assert.deepEqual(run(sbcs, 0, 0xffffffff, false), { result: 0, flags: "Z" });
	assert.deepEqual(run(sbcs, 0x80000000, 0, false), { result: 0x7fffffff, flags: "CV" });
});

test("BLX LR goes to where LR pointed before", () => {
	const each = mcu();
	const registers = new Array(16).fill(0);
	registers[14] = data + 1;
	set(each, { opcodes: [0x47f0], registers, flags: {} });
	new Cpu(each).run(1);
	assert.equal(each.core.PC, data);
	assert.equal(each.core.LR, program + 3);
});

test("a shift by a register takes its low byte, and by 0 leaves the carry", () => {
	const [lsls, lsrs, asrs, rors] = [0x4088, 0x40c8, 0x4108, 0x41c8];
	for (const opcode of [lsls, lsrs, asrs, rors]) {
		assert.deepEqual(run(opcode, 0x80000001, 0x100, true), { result: 0x80000001, flags: "NC" });
		assert.deepEqual(run(opcode, 0x80000001, 0, false), { result: 0x80000001, flags: "N" });
	}
	assert.deepEqual(run(lsls, 1, 32, false), { result: 0, flags: "ZC" });
	assert.deepEqual(run(lsls, 1, 33, true), { result: 0, flags: "Z" });
	assert.deepEqual(run(lsrs, 0x80000000, 32, false), { result: 0, flags: "ZC" });
	assert.deepEqual(run(lsrs, 0x80000000, 64, true), { result: 0, flags: "Z" });
	assert.deepEqual(run(asrs, 0x80000000, 200, false), { result: 0xffffffff, flags: "NC" });
	assert.deepEqual(run(rors, 0x80000001, 1, false), { result: 0xc0000000, flags: "NC" });
	assert.deepEqual(run(rors, 0x80000001, 32, false), { result: 0x80000001, flags: "NC" });
});
