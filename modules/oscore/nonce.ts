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
	const nonce = commonIv.slice();
	nonce[0] ^= id.length;
	const idStart = NONCE_BYTES - MAX_PARTIAL_IV_BYTES - id.length;
	for (let i = 0; i < id.length; i += 1) nonce[idStart + i] ^= id[i];
	const ivStart = NONCE_BYTES - partialIv.length;
	for (let i = 0; i < partialIv.length; i += 1) nonce[ivStart + i] ^= partialIv[i];
	return nonce;
}

/** `["Encrypt0", h'', ` in CBOR, and the head of the byte string that follows, without its length. */
const prefix = Object.freeze([
	0x83, 0x68, 0x45, 0x6e, 0x63, 0x72, 0x79, 0x70, 0x74, 0x30, 0x40, 0x40
] as const);
/** `[1, [10], ` in CBOR: version 1, AES-CCM-16-64-128. */
const version = Object.freeze([0x85, 0x01, 0x81, 0x0a] as const);
const BYTE_STRING = 0x40;

/**
 * The additional data of a request and of all its responses (RFC 8613 section 5.4): an Encrypt0 structure around
 * `[1, [10], kid, Partial IV, h'']` of the request. Written out byte by byte: no length here reaches 24, and our
 * general CBOR encoder takes most of the time of a whole message on a board.
 */
export function makeAad(kid: Uint8Array, partialIv: Uint8Array): Uint8Array {
	const inner = version.length + 3 + kid.length + partialIv.length;
	const aad = new Uint8Array(prefix.length + inner);
	aad.set(prefix);
	aad[prefix.length - 1] = BYTE_STRING + inner;
	let at = prefix.length;
	aad.set(version, at);
	at += version.length;
	aad[at] = BYTE_STRING + kid.length;
	aad.set(kid, at + 1);
	at += 1 + kid.length;
	aad[at] = BYTE_STRING + partialIv.length;
	aad.set(partialIv, at + 1);
	// Class I options: there are none.
	aad[aad.length - 1] = BYTE_STRING;
	return aad;
}
