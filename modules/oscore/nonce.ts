import { MAX_PARTIAL_IV_BYTES } from "./partial-iv.js";

/** Bytes of an AES-CCM-16-64-128 nonce, and of the Common IV. */
export const NONCE_BYTES = 13;
/** Sender and Recipient IDs are at most this long (RFC 8613 section 3.3). */
export const MAX_ID_BYTES = NONCE_BYTES - 6;

/**
 * The nonce of a message (RFC 8613 section 5.2): the length of the ID, the ID and the Partial IV of who chose that,
 * padded on their left, with the Common IV added bit by bit.
 */
export function makeNonce(commonIv: Uint8Array, id: Uint8Array, partialIv: Uint8Array): Uint8Array {
	const nonce = new Uint8Array(commonIv);
	const idLength = id.length;
	nonce[0] ^= idLength;
	const idStart = NONCE_BYTES - MAX_PARTIAL_IV_BYTES - idLength;
	for (let i = 0; i < idLength; i += 1) nonce[idStart + i] ^= id[i];
	const ivLength = partialIv.length;
	const ivStart = NONCE_BYTES - ivLength;
	for (let i = 0; i < ivLength; i += 1) nonce[ivStart + i] ^= partialIv[i];
	return nonce;
}

/** `["Encrypt0", h'', `, the head of the byte string that follows, and in it `[1, [10], `: version 1, AES-CCM-16-64-128. */
const head = new Uint8Array([
	0x83, 0x68, 0x45, 0x6e, 0x63, 0x72, 0x79, 0x70, 0x74, 0x30, 0x40, 0x40, 0x85, 0x01, 0x81, 0x0a
]);
/** Where the length of the byte string stands in it, and where the kid's head comes. */
const INNER = 11;
const KID = 16;
const BYTE_STRING = 0x40;

/**
 * The additional data of a request and of all its responses (RFC 8613 section 5.4): an Encrypt0 structure around
 * `[1, [10], kid, Partial IV, h'']` of the request. Written out byte by byte: no length here reaches 24, and our
 * general CBOR encoder takes most of the time of a whole message on a board.
 */
export function makeAad(kid: Uint8Array, partialIv: Uint8Array): Uint8Array {
	const kidLength = kid.length;
	const ivLength = partialIv.length;
	const length = KID + 3 + kidLength + ivLength;
	const aad = new Uint8Array(length);
	aad.set(head);
	aad[INNER] = BYTE_STRING + length - INNER - 1;
	aad[KID] = BYTE_STRING + kidLength;
	aad.set(kid, KID + 1);
	const ivAt = KID + 1 + kidLength;
	aad[ivAt] = BYTE_STRING + ivLength;
	aad.set(partialIv, ivAt + 1);
	// Class I options: there are none.
	aad[length - 1] = BYTE_STRING;
	return aad;
}
