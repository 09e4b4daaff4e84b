import { hmac, SHA256 } from "primitives";
import { concat } from "../bytes/bytes.js";
import { CryptoError } from "./crypto-error.js";

/** SHA-256 of what comes a part after the other. */
export class Sha256 {
	readonly #hash = new SHA256();

	write(part: Uint8Array): void {
		this.#hash.write(part);
	}

	/** 32 bytes. Nothing may be written afterwards. */
	close(): Uint8Array<ArrayBuffer> {
		return new Uint8Array(this.#hash.close());
	}
}

/** SHA-256 of the parts in a row: 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	const hash = new SHA256();
	for (const part of parts) hash.write(part);
	return new Uint8Array(hash.close());
}

/** HMAC-SHA-256 (RFC 2104) of the parts in a row: 32 bytes. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	if (parts.length === 1) return new Uint8Array(hmac(key, parts[0]));
	const message = concat(...parts);
	const code = new Uint8Array(hmac(key, message));
	message.fill(0);
	return code;
}

/** HKDF-Extract with SHA-256 (RFC 5869, section 2.2): 32 bytes. An empty salt counts as 32 zero bytes. */
export function hkdfExtract(salt: Uint8Array, secret: Uint8Array): Uint8Array<ArrayBuffer> {
	return hmacSha256(salt, secret);
}

/**
 * HKDF-Expand with SHA-256 (RFC 5869, section 2.3): `length` bytes, at most 255 * 32. Throws a CryptoError
 * for another length. `key` is what `hkdfExtract` gave.
 */
export function hkdfExpand(key: Uint8Array, info: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
	if (!Number.isInteger(length) || length < 0 || length > 255 * 32) {
		throw new CryptoError(`HKDF gives 0 to 8160 bytes, not ${length}`);
	}
	const output = new Uint8Array(length);
	let block = new Uint8Array(0);
	for (let counter = 1, offset = 0; offset < length; counter++, offset += 32) {
		const next = hmacSha256(key, block, info, Uint8Array.of(counter));
		block.fill(0);
		block = next;
		output.set(block.subarray(0, Math.min(32, length - offset)), offset);
	}
	block.fill(0);
	return output;
}
