import { compareBytes, concat } from "../bytes/bytes.js";
import { encode } from "../cbor/cbor.js";
import { idLength, type Member, type Membership } from "../chain/chain.js";
import { isOnCurve, isPrivateKey, sha256, signEs256, verifyEs256 } from "../crypto/crypto.js";
import type { RegistrationRecord } from "../spake2plus/spake2plus.js";

const versionLength = 4;
const lastVersion = 2 ** 32 - 1;
const scalarLength = 32;
const pointLength = 65;
const signatureLength = 64;
const unsignedLength = versionLength + scalarLength + pointLength;
const signedLength = unsignedLength + idLength + signatureLength;

/**
 * The home's registration record as every member keeps it, never the password: what SPAKE2+ needs to admit others. Each
 * new password makes the next version. Who joins makes the record of the password itself; the signature, by which it is
 * passed on to members who have an older one, comes with the first exchange.
 */
export interface HomeRecord extends RegistrationRecord {
	readonly version: number;
	/** Who made it the home's; undefined in version 0, which needs nobody, and where it has not come yet. */
	readonly signed: RecordSignature | undefined;
}

/** The signature of a founder or an admin. */
export interface RecordSignature {
	/** Node id, 8 bytes. */
	readonly by: Uint8Array;
	/** 64 bytes, over ["record", home, version, w0 and L]. */
	readonly signature: Uint8Array;
}

/** As it is kept: version (4 bytes), w0 (32), L (65), and where it is signed the signer's id (8) and signature (64). */
export function writeRecord({ version, w0, L, signed }: HomeRecord): Uint8Array {
	const head = new Uint8Array(versionLength);
	new DataView(head.buffer).setUint32(0, version);
	return signed === undefined ? concat(head, w0, L) : concat(head, w0, L, signed.by, signed.signature);
}

/** Undefined for a length that no record has. */
export function readRecord(bytes: Uint8Array): HomeRecord | undefined {
	const isSigned = bytes.length === signedLength;
	if (bytes.length !== unsignedLength && !isSigned) return undefined;
	const scalarEnd = versionLength + scalarLength;
	return {
		version: new DataView(bytes.buffer, bytes.byteOffset).getUint32(0),
		w0: bytes.subarray(versionLength, scalarEnd),
		L: bytes.subarray(scalarEnd, unsignedLength),
		signed: isSigned ? signatureIn(bytes.subarray(unsignedLength)) : undefined
	};
}

/** The signature of a founder or an admin makes a record the home's. */
export function signRecord(
	record: HomeRecord,
	home: Uint8Array,
	{ id, privateKey }: { id: Uint8Array; privateKey: Uint8Array }
): HomeRecord {
	return { ...record, signed: { by: id, signature: signEs256(privateKey, statement(record, home)) } };
}

/** Whether a founder or an admin signed it, with the key that it has now. */
export function isSignedRecord(record: HomeRecord, home: Uint8Array, members: Membership): boolean {
	const { signed } = record;
	const signer = signed && signerOf(signed, members);
	if (signed === undefined || signer === undefined) return false;
	return verifyEs256(signer.key, statement(record, home), signed.signature);
}

/**
 * Whether a record that was taken over counts as its version says: one whose signer was removed, or has lost its rank,
 * gives way to any that is signed, or who was removed would keep the home from ever having another password.
 */
export function hasStanding({ signed }: HomeRecord, members: Membership): boolean {
	return signed === undefined || signerOf(signed, members) !== undefined;
}

/** The version after another; the last one has none. */
export function nextVersion(record: HomeRecord | undefined): number {
	return Math.min((record?.version ?? 0) + 1, lastVersion);
}

function signerOf({ by }: RecordSignature, members: Membership): Member | undefined {
	const signer = members.get(by);
	return signer?.isAdmin === true && !signer.isFrozen ? signer : undefined;
}

function signatureIn(bytes: Uint8Array): RecordSignature {
	return { by: bytes.subarray(0, idLength), signature: bytes.subarray(idLength) };
}

/** Whether what others sent can be used: w0 is a scalar and L a point of P-256. */
export function isSoundRecord({ w0, L }: HomeRecord): boolean {
	return isPrivateKey(w0) && L[0] === 4 && isOnCurve(L.subarray(1));
}

/** Which of two records counts: the higher version, then the higher hash. Positive when it is the first. */
export function compareRecords(a: HomeRecord, b: HomeRecord): number {
	return a.version - b.version || compareBytes(sha256(a.w0, a.L), sha256(b.w0, b.L));
}

/** Begins with a text that names its use, so that it is never taken for a block. */
function statement({ version, w0, L }: HomeRecord, home: Uint8Array): Uint8Array {
	return encode(["record", home, version, concat(w0, L)]);
}
