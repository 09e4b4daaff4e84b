import { equalBytes, fromHex, toHex } from "../bytes/bytes.js";
import { sha256 } from "../crypto/crypto.js";

/** Bytes of a node id: two that are alike cannot be searched for. */
export const idLength = 16;

/** Bytes of a home id. */
export const homeIdLength = 8;

/**
 * A node's id: the first 16 bytes of the SHA-256 of its first public key in compressed form (33 bytes). It stays
 * when the key is rotated.
 */
export function nodeIdOf(publicKey: Uint8Array): Uint8Array {
	return sha256(publicKey).slice(0, idLength);
}

/** Whether a node has the key that its id is the hash of: what a table says of how often it had another proves nothing. */
export function hasFirstKey({ id, key }: { readonly id: Uint8Array; readonly key: Uint8Array }): boolean {
	return equalBytes(nodeIdOf(key), id);
}

/** A home's id: the first 8 bytes of its genesis block's hash. */
export function homeIdOf(genesisHash: Uint8Array): Uint8Array {
	return genesisHash.slice(0, homeIdLength);
}

/** A node id as it is written: 32 hexadecimal digits in lower case. */
export type IdText = string;

export function idText(id: Uint8Array): IdText {
	return toHex(id);
}

/** Whether a text is a whole node id. */
export function isIdText(text: string): text is IdText {
	return /^[0-9a-f]{32}$/.test(text);
}

/** Whether a text is a home id, 16 hexadecimal digits in lower case. */
export function isHomeIdText(text: string): boolean {
	return /^[0-9a-f]{16}$/.test(text);
}

/**
 * Ids as bytes and as texts, the last one remembered: one request asks for its peer several times, and each way takes a
 * board more than a millisecond.
 */
export class IdMemo {
	#text: IdText = "";
	#bytes: Uint8Array = new Uint8Array(0);

	/** The bytes of an id, 16, or fewer of its beginning. Not to be written into. Throws a BytesError for what is not hexadecimal. */
	bytesOf(text: IdText): Uint8Array {
		if (text !== this.#text) {
			this.#bytes = fromHex(text);
			this.#text = text;
		}
		return this.#bytes;
	}

	/** The text of an id: the bytes may change afterwards. */
	textOf(bytes: Uint8Array): IdText {
		if (!equalBytes(bytes, this.#bytes)) {
			this.#bytes = bytes.slice();
			this.#text = idText(bytes);
		}
		return this.#text;
	}
}
