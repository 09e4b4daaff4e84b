import { toHex } from "../bytes/bytes.js";
import { sha256 } from "../crypto/crypto.js";

/** Bytes of a node id, and of a home id. */
export const idLength = 8;

/**
 * A node's id: the first 8 bytes of the SHA-256 of its first public key in compressed form (33 bytes). It stays
 * when the key is rotated.
 */
export function nodeIdOf(publicKey: Uint8Array): Uint8Array {
	return sha256(publicKey).slice(0, idLength);
}

/** An id as people and addresses write it: 16 hexadecimal digits. */
export type IdText = string;

export function idText(id: Uint8Array): IdText {
	return toHex(id);
}
