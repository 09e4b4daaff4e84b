/** Bytes as the callers of `primitives` have them. */
export type Bytes = ArrayBuffer | Uint8Array;

/** The bytes themselves. A TypeError for what is none, strings above all, which the SDK would take. */
export function view(bytes: Bytes): Uint8Array {
	if (bytes instanceof Uint8Array) return bytes;
	if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
	throw new TypeError("primitives: no bytes");
}

/** The bytes themselves. A RangeError when they are not `size` many. */
export function exactly(bytes: Bytes, size: number): Uint8Array {
	const result = view(bytes);
	if (result.length !== size) {
		throw new RangeError(`primitives: ${result.length} bytes instead of ${size}`);
	}
	return result;
}

/** A whole number from `least` to `most`, or a RangeError that names it. */
export function whole(number: number, least: number, most: number, name: string): number {
	if (!Number.isInteger(number) || number < least || number > most) {
		throw new RangeError(`primitives: bad ${name}`);
	}
	return number;
}
