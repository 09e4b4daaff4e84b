import { numbersOfOpcodes } from "./opcodes.mjs";

const numbers = numbersOfOpcodes();
const flashStart = 0x10000000;
const ramStart = 0x20000000;
const ramSize = 0x42000;

/**
 * The core's common instructions, executed about twice as fast as rp2040js does. It shares registers, flags and
 * memory with rp2040js's core and takes the same cycles; whatever touches something else than registers, RAM, flash and
 * the boot ROM, and each rare instruction, is left to that one.
 */
export class Cpu {
	#core;
	#registers;
	#rom;
	#flash8;
	#flash16;
	#flash32;
	#ram8;
	#ram16;
	#ram32;

	/** `mcu`: an RP2040 of rp2040js. */
	constructor(mcu) {
		this.#core = mcu.core;
		this.#registers = new Int32Array(mcu.core.registers.buffer);
		this.#rom = new Uint16Array(mcu.bootrom.buffer);
		this.#flash8 = mcu.flash;
		this.#flash16 = new Uint16Array(mcu.flash.buffer);
		this.#flash32 = new Int32Array(mcu.flash.buffer);
		this.#ram8 = mcu.sram;
		this.#ram16 = new Uint16Array(mcu.sram.buffer);
		this.#ram32 = new Int32Array(mcu.sram.buffer);
	}

	/**
	 * Executes instructions until `limit` cycles have passed, or up to the first one that it leaves to rp2040js. No
	 * interrupt is looked at. Returns the cycles that passed: at least `limit`, or fewer when it stopped early.
	 */
	run(limit) {
		const core = this.#core;
		const r = this.#registers;
		const rom = this.#rom;
		const flash8 = this.#flash8;
		const flash16 = this.#flash16;
		const flash32 = this.#flash32;
		const ram8 = this.#ram8;
		const ram16 = this.#ram16;
		const ram32 = this.#ram32;
		let cycles = 0;
		let pc = r[15] & ~1;
		/** Negative and zero as this number is. */
		let nz = core.Z ? 0 : core.N ? -1 : 1;
		let carry = core.C;
		let overflow = core.V;
		/** The place of an access, from the start of RAM, or of flash. */
		let at = 0;

		running: while (cycles < limit) {
			let opcode = 0;
			const region = pc >>> 24;
			if (region === 0x10) opcode = flash16[(pc & 0xffffff) >> 1];
			else if (region === 0x20) opcode = ram16[(pc - ramStart) >> 1];
			else if (pc >>> 0 < 0x4000) opcode = rom[pc >> 1];
			else break;
			switch (numbers[opcode]) {
				case 1: {
					const shift = (opcode >> 6) & 31;
					const value = r[(opcode >> 3) & 7];
					if (shift !== 0) carry = (value & (1 << (32 - shift))) !== 0;
					nz = value << shift;
					r[opcode & 7] = nz;
					break;
				}
				case 2: {
					const shift = (opcode >> 6) & 31;
					const value = r[(opcode >> 3) & 7];
					carry = ((value >>> (shift === 0 ? 31 : shift - 1)) & 1) !== 0;
					nz = shift === 0 ? 0 : (value >>> shift) | 0;
					r[opcode & 7] = nz;
					break;
				}
				case 3: {
					const shift = (opcode >> 6) & 31;
					const value = r[(opcode >> 3) & 7];
					carry = ((value >> (shift === 0 ? 31 : shift - 1)) & 1) !== 0;
					nz = value >> (shift === 0 ? 31 : shift);
					r[opcode & 7] = nz;
					break;
				}
				case 4: {
					const left = r[(opcode >> 3) & 7];
					const right = r[(opcode >> 6) & 7];
					nz = (left + right) | 0;
					carry = nz >>> 0 < left >>> 0;
					overflow = ((left ^ nz) & (right ^ nz)) < 0;
					r[opcode & 7] = nz;
					break;
				}
				case 5: {
					const left = r[(opcode >> 3) & 7];
					const right = r[(opcode >> 6) & 7];
					nz = (left - right) | 0;
					carry = left >>> 0 >= right >>> 0;
					overflow = ((left ^ right) & (left ^ nz)) < 0;
					r[opcode & 7] = nz;
					break;
				}
				case 6:
				case 10: {
					const isShort = opcode < 0x2000;
					const left = r[isShort ? (opcode >> 3) & 7 : (opcode >> 8) & 7];
					const right = isShort ? (opcode >> 6) & 7 : opcode & 255;
					nz = (left + right) | 0;
					carry = nz >>> 0 < left >>> 0;
					overflow = ((left ^ nz) & nz) < 0 && left >= 0;
					r[isShort ? opcode & 7 : (opcode >> 8) & 7] = nz;
					break;
				}
				case 7:
				case 11: {
					const isShort = opcode < 0x2000;
					const left = r[isShort ? (opcode >> 3) & 7 : (opcode >> 8) & 7];
					const right = isShort ? (opcode >> 6) & 7 : opcode & 255;
					nz = (left - right) | 0;
					carry = left >>> 0 >= right;
					overflow = left < 0 && nz >= 0;
					r[isShort ? opcode & 7 : (opcode >> 8) & 7] = nz;
					break;
				}
				case 8:
					nz = opcode & 255;
					r[(opcode >> 8) & 7] = nz;
					break;
				case 9: {
					const left = r[(opcode >> 8) & 7];
					const right = opcode & 255;
					nz = (left - right) | 0;
					carry = left >>> 0 >= right;
					overflow = left < 0 && nz >= 0;
					break;
				}
				case 12:
					nz = r[opcode & 7] & r[(opcode >> 3) & 7];
					r[opcode & 7] = nz;
					break;
				case 13:
					nz = r[opcode & 7] ^ r[(opcode >> 3) & 7];
					r[opcode & 7] = nz;
					break;
				case 14: {
					const shift = r[(opcode >> 3) & 7] & 255;
					const value = r[opcode & 7];
					if (shift !== 0) carry = shift <= 32 && (value & (1 << (32 - shift))) !== 0;
					nz = shift >= 32 ? 0 : value << shift;
					r[opcode & 7] = nz;
					break;
				}
				case 15: {
					const shift = r[(opcode >> 3) & 7] & 255;
					const value = r[opcode & 7];
					if (shift !== 0) carry = shift <= 32 && ((value >>> (shift - 1)) & 1) !== 0;
					nz = shift >= 32 ? 0 : (value >>> shift) | 0;
					r[opcode & 7] = nz;
					break;
				}
				case 16: {
					const shift = Math.min(r[(opcode >> 3) & 7] & 255, 32);
					const value = r[opcode & 7];
					if (shift !== 0) carry = ((value >> (shift - 1)) & 1) !== 0;
					nz = shift === 32 ? value >> 31 : value >> shift;
					r[opcode & 7] = nz;
					break;
				}
				case 17: {
					const left = r[opcode & 7];
					const right = r[(opcode >> 3) & 7];
					const sum = (left >>> 0) + (right >>> 0) + (carry ? 1 : 0);
					nz = sum | 0;
					carry = sum > 0xffffffff;
					overflow = ((left ^ nz) & (right ^ nz)) < 0;
					r[opcode & 7] = nz;
					break;
				}
				case 18: {
					const left = r[opcode & 7];
					const right = r[(opcode >> 3) & 7];
					const difference = (left >>> 0) - (right >>> 0) - (carry ? 0 : 1);
					nz = difference | 0;
					carry = difference >= 0;
					overflow = ((left ^ right) & (left ^ nz)) < 0;
					r[opcode & 7] = nz;
					break;
				}
				case 19: {
					const amount = r[(opcode >> 3) & 7] & 255;
					const shift = amount & 31;
					const value = r[opcode & 7];
					nz = shift === 0 ? value : (value >>> shift) | (value << (32 - shift));
					if (amount !== 0) carry = nz < 0;
					r[opcode & 7] = nz;
					break;
				}
				case 20:
					nz = r[opcode & 7] & r[(opcode >> 3) & 7];
					break;
				case 21: {
					const value = r[(opcode >> 3) & 7];
					nz = -value | 0;
					carry = value === 0;
					overflow = (value & nz) < 0;
					r[opcode & 7] = nz;
					break;
				}
				case 22: {
					const left = r[opcode & 7];
					const right = r[(opcode >> 3) & 7];
					nz = (left - right) | 0;
					carry = left >>> 0 >= right >>> 0;
					overflow = ((left ^ right) & (left ^ nz)) < 0;
					break;
				}
				case 23: {
					const left = r[opcode & 7];
					const right = r[(opcode >> 3) & 7];
					nz = (left + right) | 0;
					carry = nz >>> 0 < left >>> 0;
					overflow = ((left ^ nz) & (right ^ nz)) < 0;
					break;
				}
				case 24:
					nz = r[opcode & 7] | r[(opcode >> 3) & 7];
					r[opcode & 7] = nz;
					break;
				case 25:
					nz = Math.imul(r[opcode & 7], r[(opcode >> 3) & 7]);
					r[opcode & 7] = nz;
					break;
				case 26:
					nz = r[opcode & 7] & ~r[(opcode >> 3) & 7];
					r[opcode & 7] = nz;
					break;
				case 27:
					nz = ~r[(opcode >> 3) & 7];
					r[opcode & 7] = nz;
					break;
				case 28: {
					const source = (opcode >> 3) & 15;
					const target = ((opcode >> 4) & 8) | (opcode & 7);
					const right = source === 15 ? pc + 4 : r[source];
					if (target === 15) {
						pc = ((pc + 4 + right) | 0) & ~1;
						cycles += 2;
						continue;
					}
					const sum = (r[target] + right) | 0;
					r[target] = target === 13 ? sum & ~3 : sum;
					break;
				}
				case 29: {
					const source = (opcode >> 3) & 15;
					const left = r[((opcode >> 4) & 8) | (opcode & 7)];
					if (source === 15) break running;
					const right = r[source];
					nz = (left - right) | 0;
					carry = left >>> 0 >= right >>> 0;
					overflow = ((left ^ right) & (left ^ nz)) < 0;
					break;
				}
				case 30: {
					const source = (opcode >> 3) & 15;
					const target = ((opcode >> 4) & 8) | (opcode & 7);
					const value = source === 15 ? pc + 4 : r[source];
					if (target === 15) {
						pc = value & ~1;
						cycles += 2;
						continue;
					}
					r[target] = target === 13 ? value & ~3 : value;
					break;
				}
				case 31: {
					const target = r[(opcode >> 3) & 15];
					// The end of an exception, or a jump that this architecture has not.
					if (target >>> 28 === 15 || (opcode & 0x78) === 0x78) break running;
					pc = target & ~1;
					cycles += 2;
					continue;
				}
				case 32: {
					if ((opcode & 0x78) === 0x78) break running;
					const target = r[(opcode >> 3) & 15];
					r[14] = (pc + 2) | 1;
					pc = target & ~1;
					cycles += 2;
					continue;
				}
				case 33: // LDR literal
				case 38: // LDR register
				case 43: // LDR immediate
				case 49: {
					// LDR from SP
					let target = opcode & 7;
					let address = 0;
					if (opcode >= 0x9000) {
						target = (opcode >> 8) & 7;
						address = r[13] + ((opcode & 255) << 2);
					} else if (opcode >= 0x6000) address = r[(opcode >> 3) & 7] + ((opcode >> 4) & 0x7c);
					else if (opcode >= 0x5000) address = r[(opcode >> 3) & 7] + r[(opcode >> 6) & 7];
					else {
						target = (opcode >> 8) & 7;
						address = ((pc + 4) & ~3) + ((opcode & 255) << 2);
					}
					at = (address - ramStart) | 0;
					if ((at & 3) !== 0) break running;
					if (at >>> 0 < ramSize) r[target] = ram32[at >> 2];
					else if ((at + ramStart) >>> 24 === 0x10) r[target] = flash32[(at & 0xffffff) >> 2];
					else break running;
					cycles += 1;
					break;
				}
				case 39: // LDRH register
				case 41: // LDRSH
				case 47: {
					// LDRH immediate
					const isRegister = opcode < 0x6000;
					const offset = isRegister ? r[(opcode >> 6) & 7] : (opcode >> 5) & 0x3e;
					at = (r[(opcode >> 3) & 7] + offset - ramStart) | 0;
					if ((at & 1) !== 0) break running;
					let value = 0;
					if (at >>> 0 < ramSize) value = ram16[at >> 1];
					else if ((at + ramStart) >>> 24 === 0x10) value = flash16[(at & 0xffffff) >> 1];
					else break running;
					r[opcode & 7] = isRegister && opcode >= 0x5e00 ? (value << 16) >> 16 : value;
					cycles += 1;
					break;
				}
				case 37: // LDRSB
				case 40: // LDRB register
				case 45: {
					// LDRB immediate
					const isRegister = opcode < 0x6000;
					const offset = isRegister ? r[(opcode >> 6) & 7] : (opcode >> 6) & 31;
					at = (r[(opcode >> 3) & 7] + offset - ramStart) | 0;
					let value = 0;
					if (at >>> 0 < ramSize) value = ram8[at];
					else if ((at + ramStart) >>> 24 === 0x10) value = flash8[at & 0xffffff];
					else break running;
					r[opcode & 7] = isRegister && opcode < 0x5800 ? (value << 24) >> 24 : value;
					cycles += 1;
					break;
				}
				case 34: // STR register
				case 42: // STR immediate
				case 48: {
					// STR from SP
					let source = opcode & 7;
					let address = 0;
					if (opcode >= 0x9000) {
						source = (opcode >> 8) & 7;
						address = r[13] + ((opcode & 255) << 2);
					} else if (opcode >= 0x6000) address = r[(opcode >> 3) & 7] + ((opcode >> 4) & 0x7c);
					else address = r[(opcode >> 3) & 7] + r[(opcode >> 6) & 7];
					at = (address - ramStart) | 0;
					if (at >>> 0 >= ramSize || (at & 3) !== 0) break running;
					ram32[at >> 2] = r[source];
					cycles += 1;
					break;
				}
				case 35: // STRH register
				case 46: {
					// STRH immediate
					const offset = opcode < 0x6000 ? r[(opcode >> 6) & 7] : (opcode >> 5) & 0x3e;
					at = (r[(opcode >> 3) & 7] + offset - ramStart) | 0;
					if (at >>> 0 >= ramSize || (at & 1) !== 0) break running;
					ram16[at >> 1] = r[opcode & 7];
					cycles += 1;
					break;
				}
				case 36: // STRB register
				case 44: {
					// STRB immediate
					const offset = opcode < 0x6000 ? r[(opcode >> 6) & 7] : (opcode >> 6) & 31;
					at = (r[(opcode >> 3) & 7] + offset - ramStart) | 0;
					if (at >>> 0 >= ramSize) break running;
					ram8[at] = r[opcode & 7];
					cycles += 1;
					break;
				}
				case 50:
					r[(opcode >> 8) & 7] = ((pc + 4) & ~3) + ((opcode & 255) << 2);
					break;
				case 51:
					r[(opcode >> 8) & 7] = r[13] + ((opcode & 255) << 2);
					break;
				case 52:
					r[13] = (r[13] + ((opcode & 127) << 2)) & ~3;
					break;
				case 53:
					r[13] = (r[13] - ((opcode & 127) << 2)) & ~3;
					break;
				case 54:
					r[opcode & 7] = (r[(opcode >> 3) & 7] << 16) >> 16;
					break;
				case 55:
					r[opcode & 7] = (r[(opcode >> 3) & 7] << 24) >> 24;
					break;
				case 56:
					r[opcode & 7] = r[(opcode >> 3) & 7] & 0xffff;
					break;
				case 57:
					r[opcode & 7] = r[(opcode >> 3) & 7] & 0xff;
					break;
				case 58: {
					let count = 0;
					for (let bits = opcode & 0x1ff; bits !== 0; bits &= bits - 1) count += 1;
					const bottom = (r[13] - 4 * count) | 0;
					at = (bottom - ramStart) | 0;
					// The stack reaches at most 36 bytes further; rp2040js takes what lies at the border.
					if (at < 0 || at > ramSize - 64) break running;
					at >>= 2;
					for (let register = 0; register < 8; register += 1) {
						if ((opcode & (1 << register)) === 0) continue;
						ram32[at] = r[register];
						at += 1;
						cycles += 1;
					}
					if ((opcode & 0x100) !== 0) ram32[at] = r[14];
					r[13] = bottom;
					break;
				}
				case 59: {
					at = (r[13] - ramStart) | 0;
					if (at < 0 || at > ramSize - 64) break running;
					at >>= 2;
					const hasPc = (opcode & 0x100) !== 0;
					if (hasPc) {
						let count = 0;
						for (let bits = opcode & 0xff; bits !== 0; bits &= bits - 1) count += 1;
						if (ram32[at + count] >>> 28 === 15) break running;
					}
					for (let register = 0; register < 8; register += 1) {
						if ((opcode & (1 << register)) === 0) continue;
						r[register] = ram32[at];
						at += 1;
						cycles += 1;
					}
					if (hasPc) {
						pc = ram32[at] & ~1;
						r[13] = ((at + 1) << 2) + ramStart;
						cycles += 3;
						continue;
					}
					r[13] = (at << 2) + ramStart;
					break;
				}
				case 60: {
					const value = r[(opcode >> 3) & 7];
					r[opcode & 7] = (value << 24) | ((value & 0xff00) << 8) | ((value >> 8) & 0xff00) | (value >>> 24);
					break;
				}
				case 61:
					break;
				case 62: {
					const base = (opcode >> 8) & 7;
					at = (r[base] - ramStart) | 0;
					if (at < 0 || at > ramSize - 64 || (at & 3) !== 0 || (opcode & (1 << base)) !== 0) break running;
					at >>= 2;
					for (let register = 0; register < 8; register += 1) {
						if ((opcode & (1 << register)) === 0) continue;
						ram32[at] = r[register];
						at += 1;
						cycles += 1;
					}
					r[base] = (at << 2) + ramStart;
					break;
				}
				case 63: {
					const base = (opcode >> 8) & 7;
					const start = r[base];
					if ((start & 3) !== 0) break running;
					const isFlash = start >>> 24 === 0x10;
					const memory = isFlash ? flash32 : ram32;
					at = (start - (isFlash ? flashStart : ramStart)) | 0;
					if (at < 0 || (!isFlash && at > ramSize - 64)) break running;
					at >>= 2;
					const first = at;
					for (let register = 0; register < 8; register += 1) {
						if ((opcode & (1 << register)) === 0) continue;
						r[register] = memory[at];
						at += 1;
						cycles += 1;
					}
					if ((opcode & (1 << base)) === 0) r[base] = start + ((at - first) << 2);
					break;
				}
				case 64: {
					let holds = false;
					switch ((opcode >> 9) & 7) {
						case 0:
							holds = nz === 0;
							break;
						case 1:
							holds = carry;
							break;
						case 2:
							holds = nz < 0;
							break;
						case 3:
							holds = overflow;
							break;
						case 4:
							holds = carry && nz !== 0;
							break;
						case 5:
							holds = nz < 0 === overflow;
							break;
						case 6:
							holds = nz < 0 === overflow && nz !== 0;
							break;
					}
					if (holds !== ((opcode & 0x100) !== 0)) {
						pc = (pc + 4 + ((opcode << 24) >> 23)) | 0;
						cycles += 2;
						continue;
					}
					break;
				}
				case 65:
					pc = (pc + 4 + ((opcode << 21) >> 20)) | 0;
					cycles += 2;
					continue;
				case 66: {
					const second =
						region === 0x10
							? flash16[((pc + 2) & 0xffffff) >> 1]
							: region === 0x20
								? ram16[(pc + 2 - ramStart) >> 1]
								: 0;
					if (second >>> 14 !== 3 || (second & 0x1000) === 0) break running;
					const sign = (opcode >> 10) & 1;
					const first = 1 - (sign ^ ((second >> 13) & 1));
					const other = 1 - (sign ^ ((second >> 11) & 1));
					const offset =
						(sign === 0 ? 0 : 0xff000000 | 0) |
						(first << 23) |
						(other << 22) |
						((opcode & 0x3ff) << 12) |
						((second & 0x7ff) << 1);
					r[14] = (pc + 4) | 1;
					pc = (pc + 4 + offset) | 0;
					cycles += 3;
					continue;
				}
				default:
					break running;
			}
			pc += 2;
			cycles += 1;
		}
		r[15] = pc;
		core.N = nz < 0;
		core.Z = nz === 0;
		core.C = carry;
		core.V = overflow;
		return cycles;
	}
}
