/** The contract of hosts/types/bulk.d.ts. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function check(...numbers) {
	for (const number of numbers) {
		if (typeof number !== "number") throw new TypeError("not a number");
		if (!Number.isInteger(number) || number < 0 || number >= 2 ** 31) throw new RangeError("bad number");
	}
}

export function compare(bytes, at, other, otherAt, length) {
	check(at, otherAt, length);
	if (at + length > bytes.length || otherAt + length > other.length)
		throw new RangeError("range out of its bytes");
	for (let i = 0; i < length; i += 1) {
		const difference = bytes[at + i] - other[otherAt + i];
		if (difference !== 0) return difference;
	}
	return 0;
}

export function find(bytes, at, step, end, part, partAt, length) {
	check(at, step, end, partAt, length);
	if (step === 0 || length === 0) throw new RangeError("nothing to look for");
	if (partAt + length > part.length) throw new RangeError("range out of its bytes");
	const last = Math.min(end, bytes.length) - length;
	for (let place = at; place <= last; place += step) {
		if (compare(bytes, place, part, partAt, length) === 0) return place;
	}
	return -1;
}

export function findByte(bytes, at, step, end, byte) {
	return find(bytes, at, step, end, Uint8Array.of(byte), 0, 1);
}

export function copy(bytes, at, from, fromAt, length) {
	check(at, fromAt, length);
	if (at + length > bytes.length || fromAt + length > from.length)
		throw new RangeError("range out of its bytes");
	bytes.set(from.subarray(fromAt, fromAt + length), at);
}

export function toHex(bytes) {
	return Buffer.from(bytes).toString("hex");
}

export function fromHex(text) {
	if (!/^([0-9A-Fa-f]{2})*$/.test(text)) return undefined;
	return Uint8Array.from(Buffer.from(text, "hex")).buffer;
}

export function toText(bytes) {
	try {
		return bytes.includes(0) ? undefined : decoder.decode(bytes);
	} catch {
		return undefined;
	}
}

export function fromAscii(text) {
	const bytes = Uint8Array.from(Buffer.from(text, "utf8"));
	return bytes.every(byte => byte > 0 && byte < 128) ? bytes.buffer : undefined;
}
