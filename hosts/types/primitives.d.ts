/**
 * The cryptographic primitives that a host supplies: OpenSSL on Linux, mbedTLS and micro-ecc on the Pico, the SDK's own on
 * the ESP32. Bytes go in as any buffer or view and come out as new ArrayBuffers. `modules/crypto` is the only
 * room that imports this.
 *
 * Scalars and coordinates are 32 bytes, big endian; a point is 64 bytes, x then y; a compressed point is 33
 * bytes as in SEC 1. Every function that takes a point throws a RangeError when it is not on the curve, and
 * every function that takes a scalar throws one when it is 0 or not below the order n (unless said otherwise).
 * A wrong length throws a RangeError too. Secret-dependent branches and memory accesses are avoided wherever
 * the host's library allows it.
 */
type Bytes = ArrayBuffer | Uint8Array;

/** SHA-256 (FIPS 180-4), incremental. */
export class SHA256 {
	write(bytes: Bytes): void;
	/** The digest, 32 bytes. Nothing may be written afterwards. */
	close(): ArrayBuffer;
}

/** HMAC-SHA-256 (RFC 2104): 32 bytes. The key has any length. */
export function hmac(key: Bytes, message: Bytes): ArrayBuffer;

/** PBKDF2-HMAC-SHA-256 (RFC 8018), a slice at a time, so that the loop goes on in between. */
export class PBKDF2 {
	/** `rounds` at least 1; `length` of the result 1 to 128 bytes. */
	constructor(password: Bytes, salt: Bytes, rounds: number, length: number);
	/** Does at most 1000 rounds of HMAC; undefined while more remain, then the key (and again at each call). */
	step(): ArrayBuffer | undefined;
}

/**
 * AES-CCM with a 128-bit key (RFC 3610): ciphertext followed by the tag. Nonce 7 to 13 bytes; tag 4, 6, ...
 * 16 bytes. Additional data of 65,280 bytes and more may be refused with a RangeError (mbedTLS).
 */
export function ccmSeal(
	key: Bytes,
	nonce: Bytes,
	aad: Bytes,
	plaintext: Bytes,
	tagLength: number
): ArrayBuffer;

/** The plaintext, or undefined when the tag does not fit or the text is shorter than a tag. */
export function ccmOpen(
	key: Bytes,
	nonce: Bytes,
	aad: Bytes,
	ciphertext: Bytes,
	tagLength: number
): ArrayBuffer | undefined;

/** k * G on P-256. */
export function baseMultiply(k: Bytes): ArrayBuffer;

/** k * P on P-256. */
export function multiply(k: Bytes, point: Bytes): ArrayBuffer;

/**
 * a * P + b * Q on P-256; undefined for the point at infinity. Scalars may be 0 here. Not for secret scalars
 * where the host says so (mbedTLS).
 */
export function multiplySum(a: Bytes, p: Bytes, b: Bytes, q: Bytes): ArrayBuffer | undefined;

/** Whether 64 bytes are the coordinates, each below p, of a point on P-256. */
export function isOnCurve(point: Bytes): boolean;

/** The point of a compressed one (first byte 2 or 3), or undefined when there is none. */
export function decompress(compressed: Bytes): ArrayBuffer | undefined;

/**
 * ECDSA on P-256 over a 32-byte hash with the nonce given: r then s, 64 bytes; undefined in the case of
 * r = 0 or s = 0, when the caller takes the next nonce. s is not made low here.
 */
export function sign(privateKey: Bytes, hash: Bytes, nonce: Bytes): ArrayBuffer | undefined;

/** Whether a 64-byte signature over a 32-byte hash is right; false for r or s out of range. Any s. */
export function verify(publicKey: Bytes, hash: Bytes, signature: Bytes): boolean;
