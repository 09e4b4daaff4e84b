import { encodeUtf8 } from "../bytes/bytes.js";
import {
	encodePoint,
	hkdfExpand,
	isPrivateKey,
	multiplyBase,
	reduceLong,
	type Steps
} from "../crypto/crypto.js";
import { Spake2PlusError } from "./spake2plus-error.js";

/** What the prover has of a password: two scalars of 32 bytes. Both are secret. */
export interface PasswordScalars {
	readonly w0: Uint8Array;
	readonly w1: Uint8Array;
}

/**
 * What a verifier keeps in place of the password (RFC 9383, section 3.2): w0 (32 bytes) and L = w1 * P (65 bytes,
 * uncompressed). Who has it can pose as a verifier and try passwords at the cost of stretching each, but not
 * pose as a prover.
 */
export interface RegistrationRecord {
	readonly w0: Uint8Array;
	readonly L: Uint8Array;
}

/** w0s and w1s each: 8 bytes more than the order, so that the bias of reducing them is below 2^-64. */
const scalarLength = 40;

/**
 * w0 and w1 of w0s || w1s, 80 bytes of a password-based key derivation (RFC 9383, section 3.2). Throws a
 * Spake2PlusError for another length, and in the case of 2^-256 that one of them is 0.
 */
export function reduceScalars(bytes: Uint8Array): PasswordScalars {
	if (bytes.length !== 2 * scalarLength) {
		throw new Spake2PlusError(`w0s and w1s have ${2 * scalarLength} bytes, not ${bytes.length}`);
	}
	const w0 = reduceLong(bytes.subarray(0, scalarLength));
	const w1 = reduceLong(bytes.subarray(scalarLength));
	if (!isPrivateKey(w0) || !isPrivateKey(w1)) throw new Spake2PlusError("a scalar of 0: choose another salt");
	return { w0, w1 };
}

/**
 * w0 and w1 of a stretched password: w0s || w1s = HKDF-Expand(stretched, "w0w1", 80), where `stretched` is 32
 * bytes of PBKDF2-HMAC-SHA-256. A second block of PBKDF2 would cost us as much again as the first, and an
 * attacker, who needs only one of them, nothing.
 */
export function deriveScalars(stretched: Uint8Array): PasswordScalars {
	if (stretched.length !== 32) {
		throw new Spake2PlusError(`a stretched password has 32 bytes, not ${stretched.length}`);
	}
	const long = hkdfExpand(stretched, encodeUtf8("w0w1"), 2 * scalarLength);
	try {
		return reduceScalars(long);
	} finally {
		long.fill(0);
	}
}

/** The record of a password. One operation on the curve. */
export function* register({ w0, w1 }: PasswordScalars): Steps<RegistrationRecord> {
	yield;
	return { w0: w0.slice(), L: encodePoint(multiplyBase(w1)) };
}
