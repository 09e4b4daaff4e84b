import { readFileSync } from "node:fs";

const segment = Object.freeze({ load: 1, dynamic: 2, stack: 0x6474e551, relro: 0x6474e552 });
const entry = Object.freeze({ strings: 5, stringsSize: 10, bindNow: 24, flags: 30, flags1: 0x6ffffffb });

/** What the loader finds in a program of 64 bits, little-endian: how it is mapped, and the names that it is linked by. */
export function readProgram(path) {
	const file = readFileSync(path);
	if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) return undefined;
	const begin = Number(file.readBigUInt64LE(32));
	const size = file.readUInt16LE(54);
	const segments = Array.from({ length: file.readUInt16LE(56) }, (_, index) => {
		const at = begin + index * size;
		const number = offset => Number(file.readBigUInt64LE(at + offset));
		const flags = file.readUInt32LE(at + 4);
		const rights = { isWritable: (flags & 2) !== 0, runs: (flags & 1) !== 0 };
		return {
			type: file.readUInt32LE(at),
			...rights,
			offset: number(8),
			address: number(16),
			size: number(32)
		};
	});
	const placeOf = address => {
		const of = segments.find(
			each => each.type === segment.load && address >= each.address && address < each.address + each.size
		);
		return of.offset + address - of.address;
	};
	const dynamic = new Map();
	const list = segments.find(({ type }) => type === segment.dynamic);
	for (let at = list.offset; at < list.offset + list.size; at += 16) {
		dynamic.set(Number(file.readBigUInt64LE(at)), Number(file.readBigUInt64LE(at + 8)));
	}
	const strings = placeOf(dynamic.get(entry.strings));
	const names = file.toString("latin1", strings, strings + dynamic.get(entry.stringsSize)).split("\0");
	const has = (key, bit) => ((dynamic.get(key) ?? 0) & bit) !== 0;
	const stack = segments.find(({ type }) => type === segment.stack);
	return {
		isAtAnyAddress: file.readUInt16LE(16) === 3 && has(entry.flags1, 0x0800_0000),
		bindsAtStart: has(entry.flags, 8) || has(entry.flags1, 1) || dynamic.has(entry.bindNow),
		locksTables: segments.some(({ type }) => type === segment.relro),
		stackRuns: stack === undefined || stack.runs,
		writesWhatRuns: segments.some(
			({ type, isWritable, runs }) => type === segment.load && isWritable && runs
		),
		names
	};
}
