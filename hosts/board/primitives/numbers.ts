import type { Bytes } from "./bytes.js";
import { exactly } from "./bytes.js";

declare global {
	interface ArrayBufferConstructor {
		/** Big endian, with zero bytes before the number to make it `size` bytes long. */
		fromBigInt(number: bigint, size: number): ArrayBuffer;
	}
	interface BigIntConstructor {
		/** Big endian. A second argument would make it read a sign. */
		fromArrayBuffer(buffer: ArrayBuffer): bigint;
	}
}

/** The number of 32 bytes, big endian. A RangeError for another length. BigInts cannot be wiped; our copy is. */
export function numberOf(bytes: Bytes): bigint {
	const copy = exactly(bytes, 32).slice();
	const number = BigInt.fromArrayBuffer(copy.buffer);
	copy.fill(0);
	return number;
}

/** Two numbers of at most 256 bits as 64 bytes. */
export function pairOf(first: bigint, second: bigint): ArrayBuffer {
	const result = new Uint8Array(64);
	for (const [number, offset] of [
		[first, 0],
		[second, 32]
	] as const) {
		const part = new Uint8Array(ArrayBuffer.fromBigInt(number, 32));
		result.set(part, offset);
		part.fill(0);
	}
	return result.buffer;
}
