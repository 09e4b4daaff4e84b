import * as primitives from "primitives";
import { CryptoError } from "./crypto-error.js";

const tagLength = 8;

/** What sealing and opening share: a key of 16 bytes, a nonce of 13 bytes, and data that is only protected. */
export interface CcmOptions {
	readonly key: Uint8Array;
	readonly nonce: Uint8Array;
	readonly aad: Uint8Array;
}

function check({ key, nonce }: CcmOptions): void {
	if (key.length !== 16) throw new CryptoError(`an AES-CCM key has 16 bytes, not ${key.length}`);
	if (nonce.length !== 13) throw new CryptoError(`an AES-CCM nonce has 13 bytes, not ${nonce.length}`);
}

/**
 * Seals `plaintext` (at most 65,535 bytes) with AES-CCM-16-64-128 (RFC 9053, section 4.2): the ciphertext and
 * its tag of 8 bytes. A nonce must never serve twice under one key. Throws a CryptoError when key or nonce
 * have another length.
 */
export function ccmSeal(options: CcmOptions & { readonly plaintext: Uint8Array }): Uint8Array<ArrayBuffer> {
	check(options);
	const { key, nonce, aad, plaintext } = options;
	if (plaintext.length > 0xffff) throw new CryptoError("more than 65,535 bytes to seal");
	return new Uint8Array(primitives.ccmSeal(key, nonce, aad, plaintext, tagLength));
}

/**
 * What `ccmSeal` sealed, or undefined when key, nonce, `aad` or ciphertext are not those of the sealing.
 * Throws a CryptoError when key or nonce have another length.
 */
export function ccmOpen(
	options: CcmOptions & { readonly ciphertext: Uint8Array }
): Uint8Array<ArrayBuffer> | undefined {
	check(options);
	const { key, nonce, aad, ciphertext } = options;
	if (ciphertext.length > 0xffff + tagLength) return undefined;
	const plaintext = primitives.ccmOpen(key, nonce, aad, ciphertext, tagLength);
	return plaintext === undefined ? undefined : new Uint8Array(plaintext);
}
