import { compareBytes, concat } from "../bytes/bytes.js";
import { encode } from "../cbor/cbor.js";
import { sha256, signEs256, verifyEs256 } from "../crypto/crypto.js";
import type { RegistrationRecord } from "../spake2plus/spake2plus.js";

const versionLength = 4;
const scalarLength = 32;
const pointLength = 65;
const signatureLength = 64;
const unsignedLength = versionLength + scalarLength + pointLength;

/**
 * The home's registration record as every member keeps it, never the password: what SPAKE2+ needs to admit others. Each
 * new password makes the next version. Who joins makes the record of the password itself; the founder's signature, by
 * which it is passed on to members who have an older one, comes with the first exchange.
 */
export interface HomeRecord extends RegistrationRecord {
	readonly version: number;
	/** The founder's signature, 64 bytes; undefined in version 0, which needs none, and where it has not come yet. */
	readonly signature: Uint8Array | undefined;
}

/** As it is kept: version (4 bytes), w0 (32), L (65), and the signature (64) if there is one. */
export function writeRecord({ version, w0, L, signature }: HomeRecord): Uint8Array {
	const head = new Uint8Array(versionLength);
	new DataView(head.buffer).setUint32(0, version);
	return concat(head, w0, L, signature ?? new Uint8Array(0));
}

/** Undefined for a length that no record has. */
export function readRecord(bytes: Uint8Array): HomeRecord | undefined {
	const isSigned = bytes.length === unsignedLength + signatureLength;
	if (bytes.length !== unsignedLength && !isSigned) return undefined;
	const scalarEnd = versionLength + scalarLength;
	return {
		version: new DataView(bytes.buffer, bytes.byteOffset).getUint32(0),
		w0: bytes.subarray(versionLength, scalarEnd),
		L: bytes.subarray(scalarEnd, unsignedLength),
		signature: isSigned ? bytes.subarray(unsignedLength) : undefined
	};
}

/** The founder's signature on a record makes it the home's. */
export function signRecord(record: HomeRecord, home: Uint8Array, privateKey: Uint8Array): HomeRecord {
	return { ...record, signature: signEs256(privateKey, statement(record, home)) };
}

/** Whether the founder, by `publicKey` (33 bytes), signed it. */
export function isSignedRecord(record: HomeRecord, home: Uint8Array, publicKey: Uint8Array): boolean {
	return record.signature !== undefined && verifyEs256(publicKey, statement(record, home), record.signature);
}

/** Which of two records counts: the higher version, then the higher hash. Positive when it is the first. */
export function compareRecords(a: HomeRecord, b: HomeRecord): number {
	return a.version - b.version || compareBytes(sha256(a.w0, a.L), sha256(b.w0, b.L));
}

/** Begins with a text that names its use, so that it is never taken for a block. */
function statement({ version, w0, L }: HomeRecord, home: Uint8Array): Uint8Array {
	return encode(["record", home, version, concat(w0, L)]);
}
