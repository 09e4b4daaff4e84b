const blockSize = 512;
const magic = 0x0a324655;
/** The family of the RP2040 in UF2 files. */
const rp2040 = 0xe48bff56;

/**
 * The parts of a UF2 file that belong into the flash of an RP2040, each with its offset from the flash's start. Blocks
 * for other chips are passed over. Throws when it is no UF2 file.
 */
export function readUf2(bytes) {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const parts = [];
	for (let at = 0; at + blockSize <= bytes.length; at += blockSize) {
		if (view.getUint32(at, true) !== magic) throw new Error(`no UF2 block at ${at}`);
		const address = view.getUint32(at + 12, true);
		const length = view.getUint32(at + 16, true);
		const isFlash = address >= 0x10000000 && address < 0x11000000;
		if (!isFlash || view.getUint32(at + 28, true) !== rp2040) continue;
		parts.push({ offset: address - 0x10000000, bytes: bytes.subarray(at + 32, at + 32 + length) });
	}
	return parts;
}
