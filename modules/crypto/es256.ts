import * as primitives from "primitives";
import { CryptoError } from "./crypto-error.js";
import { sha256 } from "./hash.js";
import { Nonces } from "./nonces.js";
import { isOnCurve } from "./p256.js";
import { isLow, isScalar, negate } from "./scalar.js";

/**
 * Signs `message` with ES256 (RFC 9053, section 2.1): r and s, 64 bytes, with the nonce of RFC 6979 and low s,
 * so that one key and message have one signature. Throws a CryptoError when `isPrivateKey` says no.
 */
export function signEs256(privateKey: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
	if (!isScalar(privateKey)) throw new CryptoError("not a private key of P-256");
	const hash = sha256(message);
	const nonces = new Nonces(privateKey, hash);
	try {
		for (;;) {
			const result = primitives.sign(privateKey, hash, nonces.next());
			if (result === undefined) continue;
			const signature = new Uint8Array(result);
			if (!isLowS(signature)) signature.set(negate(signature.subarray(32)), 32);
			return signature;
		}
	} finally {
		nonces.wipe();
	}
}

/**
 * Whether `signature` is one of the message by the holder of the public key (33 bytes, compressed). Any s will
 * do. False also for a signature of another length and for bytes that are no public key.
 */
export function verifyEs256(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
	if (publicKey.length !== 33) return false;
	const point = primitives.decompress(publicKey);
	return point !== undefined && verifyEs256Point(new Uint8Array(point), message, signature);
}

/** As `verifyEs256`, with the public key as a point of 64 bytes (x, y): one operation on the curve. */
export function verifyEs256Point(point: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
	if (signature.length !== 64 || !isOnCurve(point)) return false;
	if (!isScalar(signature.subarray(0, 32)) || !isScalar(signature.subarray(32))) return false;
	return primitives.verify(point, sha256(message), signature);
}

/**
 * Whether a signature of 64 bytes has the lower of the two values of s, that is at most (n - 1) / 2. Who asks
 * for it leaves a third party no second signature to make of a first.
 */
export function isLowS(signature: Uint8Array): boolean {
	return signature.length === 64 && isLow(signature.subarray(32));
}
