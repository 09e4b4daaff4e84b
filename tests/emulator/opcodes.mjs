/**
 * ARMv6-M's 16-bit instructions (ARM DDI 0419, A5.2) by the numbers under which `Cpu` executes them; 0 for those that
 * it leaves to rp2040js. A letter in a pattern stands for either bit.
 */
const patterns = [
	[1, "00000iiiiimmmddd"], // LSLS immediate
	[2, "00001iiiiimmmddd"], // LSRS immediate
	[3, "00010iiiiimmmddd"], // ASRS immediate
	[4, "0001100mmmnnnddd"], // ADDS register
	[5, "0001101mmmnnnddd"], // SUBS register
	[6, "0001110iiinnnddd"], // ADDS 3-bit immediate
	[7, "0001111iiinnnddd"], // SUBS 3-bit immediate
	[8, "00100dddiiiiiiii"], // MOVS
	[9, "00101dddiiiiiiii"], // CMP immediate
	[10, "00110dddiiiiiiii"], // ADDS 8-bit immediate
	[11, "00111dddiiiiiiii"], // SUBS 8-bit immediate
	[12, "0100000000mmmddd"], // ANDS
	[13, "0100000001mmmddd"], // EORS
	[14, "0100000010mmmddd"], // LSLS register
	[15, "0100000011mmmddd"], // LSRS register
	[16, "0100000100mmmddd"], // ASRS register
	[17, "0100000101mmmddd"], // ADCS
	[18, "0100000110mmmddd"], // SBCS
	[19, "0100000111mmmddd"], // RORS
	[20, "0100001000mmmddd"], // TST
	[21, "0100001001mmmddd"], // RSBS
	[22, "0100001010mmmddd"], // CMP register
	[23, "0100001011mmmddd"], // CMN
	[24, "0100001100mmmddd"], // ORRS
	[25, "0100001101mmmddd"], // MULS
	[26, "0100001110mmmddd"], // BICS
	[27, "0100001111mmmddd"], // MVNS
	[28, "01000100dmmmmddd"], // ADD high registers
	[29, "01000101nmmmmnnn"], // CMP high registers
	[30, "01000110dmmmmddd"], // MOV
	[31, "010001110mmmm000"], // BX
	[32, "010001111mmmm000"], // BLX
	[33, "01001dddiiiiiiii"], // LDR literal
	[34, "0101000mmmnnnttt"], // STR register
	[35, "0101001mmmnnnttt"], // STRH register
	[36, "0101010mmmnnnttt"], // STRB register
	[37, "0101011mmmnnnttt"], // LDRSB
	[38, "0101100mmmnnnttt"], // LDR register
	[39, "0101101mmmnnnttt"], // LDRH register
	[40, "0101110mmmnnnttt"], // LDRB register
	[41, "0101111mmmnnnttt"], // LDRSH
	[42, "01100iiiiinnnttt"], // STR immediate
	[43, "01101iiiiinnnttt"], // LDR immediate
	[44, "01110iiiiinnnttt"], // STRB immediate
	[45, "01111iiiiinnnttt"], // LDRB immediate
	[46, "10000iiiiinnnttt"], // STRH immediate
	[47, "10001iiiiinnnttt"], // LDRH immediate
	[48, "10010tttiiiiiiii"], // STR from SP
	[49, "10011tttiiiiiiii"], // LDR from SP
	[50, "10100dddiiiiiiii"], // ADR
	[51, "10101dddiiiiiiii"], // ADD SP and immediate
	[52, "101100000iiiiiii"], // ADD to SP
	[53, "101100001iiiiiii"], // SUB from SP
	[54, "1011001000mmmddd"], // SXTH
	[55, "1011001001mmmddd"], // SXTB
	[56, "1011001010mmmddd"], // UXTH
	[57, "1011001011mmmddd"], // UXTB
	[58, "1011010rrrrrrrrr"], // PUSH
	[59, "1011110rrrrrrrrr"], // POP
	[60, "1011101000mmmddd"], // REV
	[61, "1011111100000000"], // NOP
	[62, "11000nnnrrrrrrrr"], // STMIA
	[63, "11001nnnrrrrrrrr"], // LDMIA
	[64, "1101cccciiiiiiii"], // B with a condition
	[65, "11100iiiiiiiiiii"], // B
	[66, "11110iiiiiiiiiii"] // BL's first half
];

/** A condition of 14 is undefined, of 15 a supervisor call. */
const isBranch = opcode => ((opcode >> 8) & 0xf) < 14;

/** The number of every 16-bit opcode. */
export function numbersOfOpcodes() {
	const numbers = new Uint8Array(0x10000);
	for (const [number, pattern] of patterns) {
		const mask = Number.parseInt(pattern.replace(/[01]/g, "1").replace(/[a-z]/g, "0"), 2);
		const fixed = Number.parseInt(pattern.replace(/[a-z]/g, "0"), 2);
		for (let opcode = 0; opcode < numbers.length; opcode += 1) {
			if ((opcode & mask) === fixed && (number !== 64 || isBranch(opcode))) numbers[opcode] = number;
		}
	}
	return numbers;
}
