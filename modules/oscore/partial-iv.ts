import { FormatError } from "./oscore-error.js";

/** Sequence numbers are below this: a Partial IV has at most 5 bytes (RFC 8613 section 7.2.1). */
export const SEQUENCE_END = 2 ** 40;
export const MAX_PARTIAL_IV_BYTES = 5;

/** A sequence number in as few bytes as it takes, one at least (RFC 8613 section 6.1). */
export function encodePartialIv(sequence: number): Uint8Array {
	let length = 1;
	for (let rest = Math.floor(sequence / 256); rest > 0; rest = Math.floor(rest / 256)) length += 1;
	const bytes = new Uint8Array(length);
	for (let i = length - 1, rest = sequence; i >= 0; i -= 1, rest = Math.floor(rest / 256))
		bytes[i] = rest % 256;
	return bytes;
}

/** The number in a Partial IV. Throws FormatError unless it is the shortest way to write it. */
export function decodePartialIv(bytes: Uint8Array): number {
	const { length } = bytes;
	// Two ways to write a number would be two messages under one nonce.
	if (length === 0 || length > MAX_PARTIAL_IV_BYTES || (length > 1 && bytes[0] === 0)) {
		throw new FormatError(`${length} bytes are no Partial IV`);
	}
	let sequence = 0;
	for (let i = 0; i < length; i += 1) sequence = sequence * 256 + bytes[i];
	return sequence;
}
