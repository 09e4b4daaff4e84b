/**
 * The addresses of the functions and variables of a 32-bit little-endian ELF file by their names (System V ABI,
 * chapter 4). Bit 0 of a Thumb function's address is cleared.
 */
export function readSymbols(bytes) {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (view.getUint32(0, false) !== 0x7f454c46) throw new Error("no ELF file");
	const sections = view.getUint32(32, true);
	const size = view.getUint16(46, true);
	const count = view.getUint16(48, true);
	const section = index => {
		const at = sections + index * size;
		const field = offset => view.getUint32(at + offset, true);
		return { type: field(4), offset: field(16), length: field(20), link: field(24) };
	};
	const symbols = new Map();
	for (let index = 0; index < count; index += 1) {
		const { type, offset, length, link } = section(index);
		// SHT_SYMTAB
		if (type !== 2) continue;
		const names = section(link).offset;
		for (let at = offset; at < offset + length; at += 16) {
			const kind = bytes[at + 12] & 15;
			// Functions, variables, and labels of assembly code.
			if (kind > 2) continue;
			const start = names + view.getUint32(at, true);
			const name = Buffer.from(bytes.subarray(start, bytes.indexOf(0, start))).toString("latin1");
			const address = view.getUint32(at + 4, true);
			if (name !== "") symbols.set(name, kind === 2 ? (address & ~1) >>> 0 : address);
		}
	}
	return symbols;
}
