import * as primitives from "primitives";
import { CryptoError } from "./crypto-error.js";
import { isScalar } from "./scalar.js";

/**
 * The public key of a private key: the compressed point (SEC 1, section 2.3.3), 33 bytes. Throws a CryptoError
 * when `isPrivateKey` says no.
 */
export function derivePublicKey(privateKey: Uint8Array): Uint8Array<ArrayBuffer> {
	if (!isScalar(privateKey)) throw new CryptoError("not a private key of P-256");
	return compress(new Uint8Array(primitives.baseMultiply(privateKey)));
}

/**
 * A point of 64 bytes (x, y) as a compressed one of 33. Throws a CryptoError for another length; does not check
 * that the point is on the curve.
 */
export function compress(point: Uint8Array): Uint8Array<ArrayBuffer> {
	if (point.length !== 64) throw new CryptoError(`a point has 64 bytes, not ${point.length}`);
	const compressed = new Uint8Array(33);
	compressed[0] = 2 + (point[63] & 1);
	compressed.set(point.subarray(0, 32), 1);
	return compressed;
}

/** The point (x, y; 64 bytes) of a compressed one of 33. Throws a CryptoError when P-256 has no such point. */
export function decompress(compressed: Uint8Array): Uint8Array<ArrayBuffer> {
	const point = compressed.length === 33 ? primitives.decompress(compressed) : undefined;
	if (point === undefined) throw new CryptoError("not a compressed point of P-256");
	return new Uint8Array(point);
}

/** Whether the bytes are a compressed point of P-256. As costly as `decompress`. */
export function isPublicKey(compressed: Uint8Array): boolean {
	return compressed.length === 33 && primitives.decompress(compressed) !== undefined;
}

/** Whether the bytes are a point of P-256: 64 bytes, x and y below p that satisfy the curve's equation. */
export function isOnCurve(point: Uint8Array): boolean {
	return point.length === 64 && primitives.isOnCurve(point);
}

/**
 * scalar * G: 64 bytes, x then y. One operation on the curve. Throws a CryptoError when `isPrivateKey` says no
 * of the scalar.
 */
export function multiplyBase(scalar: Uint8Array): Uint8Array<ArrayBuffer> {
	if (!isScalar(scalar)) throw new CryptoError("not a scalar of P-256");
	return new Uint8Array(primitives.baseMultiply(scalar));
}

/**
 * scalar * point: 64 bytes; never the point at infinity, for the order of P-256 is prime. One operation on the
 * curve. Throws a CryptoError when `isPrivateKey` says no of the scalar or `isOnCurve` of the point.
 */
export function multiply(scalar: Uint8Array, point: Uint8Array): Uint8Array<ArrayBuffer> {
	if (!isScalar(scalar)) throw new CryptoError("not a scalar of P-256");
	if (!isOnCurve(point)) throw new CryptoError("not a point of P-256");
	return new Uint8Array(primitives.multiply(scalar, point));
}

/**
 * p + q: 64 bytes, or undefined for the point at infinity. As a sum of products by 1, which is safe with secret
 * points also where a host's sum of products takes a time that depends on the scalars. Throws a CryptoError
 * when `isOnCurve` says no.
 */
export function addPoints(p: Uint8Array, q: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
	if (!isOnCurve(p) || !isOnCurve(q)) throw new CryptoError("not a point of P-256");
	const one = new Uint8Array(32);
	one[31] = 1;
	const sum = primitives.multiplySum(one, p, one, q);
	return sum === undefined ? undefined : new Uint8Array(sum);
}

/**
 * The x-coordinate of privateKey * point, 32 bytes: the secret of ECDH (RFC 9053, section 6.3.1), the same for
 * both points of an x. Throws as `multiply`.
 */
export function sharedX(privateKey: Uint8Array, point: Uint8Array): Uint8Array<ArrayBuffer> {
	const product = multiply(privateKey, point);
	const x = product.slice(0, 32);
	product.fill(0);
	return x;
}

/** The point with even y for an x of 32 bytes; undefined when P-256 has none. */
export function pointOfX(x: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
	if (x.length !== 32) return undefined;
	const compressed = new Uint8Array(33);
	compressed[0] = 2;
	compressed.set(x, 1);
	const point = primitives.decompress(compressed);
	return point === undefined ? undefined : new Uint8Array(point);
}

/** A point of 64 bytes as an uncompressed one of SEC 1, section 2.3.3: 65 bytes, the first of them 4. */
export function encodePoint(point: Uint8Array): Uint8Array<ArrayBuffer> {
	if (point.length !== 64) throw new CryptoError(`a point has 64 bytes, not ${point.length}`);
	const encoded = new Uint8Array(65);
	encoded[0] = 4;
	encoded.set(point, 1);
	return encoded;
}

/** The point (64 bytes) of what `encodePoint` makes. Throws a CryptoError for all else, also off the curve. */
export function decodePoint(encoded: Uint8Array): Uint8Array<ArrayBuffer> {
	const point = encoded.slice(1);
	if (encoded[0] !== 4 || !isOnCurve(point)) throw new CryptoError("not an uncompressed point of P-256");
	return point;
}
