/** Numbers modulo the order of P-256, as 32 bytes, big endian, in plain byte arithmetic. */

import { CryptoError } from "./crypto-error.js";

/** n = 2^256 - 2^224 + 2^192 - 0x4319055258e8617b0c46353d039cdaaf (SEC 2, section 2.4.2). */
const order = Uint8Array.of(
	...[0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
	...[0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51]
);

/** (n - 1) / 2, the largest low s. */
const half = Uint8Array.of(
	...[0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
	...[0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8]
);

/** a - b modulo 2^256 into `result`; returns 1 if a < b, else 0. No branch depends on the bytes. */
function subtract(a: Uint8Array, b: Uint8Array, result: Uint8Array): number {
	let borrow = 0;
	for (let i = 31; i >= 0; i--) {
		const difference = a[i] - b[i] - borrow;
		result[i] = difference;
		borrow = (difference >> 8) & 1;
	}
	return borrow;
}

/**
 * Whether `bytes` are a private key (or nonce) of P-256: 32 bytes, at least 1, below n. The time taken does
 * not depend on the bytes.
 */
export function isScalar(bytes: Uint8Array): boolean {
	if (bytes.length !== 32) return false;
	const scratch = new Uint8Array(32);
	const below = subtract(bytes, order, scratch);
	scratch.fill(0);
	let any = 0;
	for (let i = 0; i < 32; i++) any |= bytes[i];
	return below === 1 && any !== 0;
}

/** Whether 32 bytes are at most (n - 1) / 2. */
export function isLow(scalar: Uint8Array): boolean {
	return subtract(half, scalar, new Uint8Array(32)) === 0;
}

/** n - scalar, for a scalar of at most n. */
export function negate(scalar: Uint8Array): Uint8Array<ArrayBuffer> {
	const result = new Uint8Array(32);
	subtract(order, scalar, result);
	return result;
}

/** 32 bytes of any value modulo n (which is more than half of 2^256, so one subtraction will do). */
export function reduce(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
	const result = new Uint8Array(32);
	return subtract(bytes, order, result) === 1 ? bytes.slice() : result;
}

/**
 * A number of 32 bytes or more modulo n: 40 bytes and more of uniform ones give a scalar without a bias that
 * matters (RFC 9383, section 3.2). In byte arithmetic, because BigInt takes a time that depends on the secret,
 * on XS leaves copies of it in memory that nobody can wipe, and is a part of the engine that a board may strip.
 * The time taken depends on the length only. Throws a CryptoError for fewer than 32 bytes.
 */
export function reduceLong(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
	if (bytes.length < 32) throw new CryptoError(`32 bytes or more are reduced, not ${bytes.length}`);
	const scratch = new Uint8Array(32);
	// 2^256 - n, which 2^256 is modulo n; below 2^224.
	const excess = new Uint8Array(32);
	subtract(excess, order, excess);
	const result = bytes.slice(0, 32);
	subtractOnce(result, 0, scratch);
	for (let next = 32; next < bytes.length; next++) {
		// A byte at a time: 256 * result + next byte, of which the part above 2^256 comes in again as `excess`.
		const top = result[0];
		result.copyWithin(0, 1);
		result[31] = bytes[next];
		let carry = 0;
		for (let i = 31; i >= 0; i--) {
			const sum = result[i] + top * excess[i] + carry;
			result[i] = sum;
			carry = sum >> 8;
		}
		// Below 2^256 + 2^232 and so below 2n.
		subtractOnce(result, carry, scratch);
	}
	scratch.fill(0);
	return result;
}

/** Takes n from carry * 2^256 + value, if it is at least n, without a branch on it. */
function subtractOnce(value: Uint8Array, carry: number, scratch: Uint8Array): void {
	const borrow = subtract(value, order, scratch);
	const keep = -(borrow & (carry ^ 1));
	for (let i = 0; i < 32; i++) value[i] = (value[i] & keep) | (scratch[i] & ~keep);
}
