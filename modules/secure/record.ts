import { compareBytes, concat } from "../bytes/bytes.js";
import { encode } from "../cbor/cbor.js";
import { idLength, type Membership } from "../chain/chain.js";
import { isOnCurve, isPrivateKey, sha256, signEs256, verifyEs256 } from "../crypto/crypto.js";
import type { RegistrationRecord } from "../spake2plus/spake2plus.js";

const versionLength = 4;
const scalarLength = 32;
const pointLength = 65;
const signatureLength = 64;
const unsignedLength = versionLength + scalarLength + pointLength;
const signedLength = unsignedLength + idLength + signatureLength;

/**
 * The home's registration record as every member keeps it, never the password: what SPAKE2+ needs to admit others. The
 * chain's base says which version counts: a new password is an owner's checkpoint, so that a removed owner's record never
 * does. Who joins makes the record of the password itself; the signature, by which it is passed on to members who have an
 * older one, comes with the first exchange.
 */
export interface HomeRecord extends RegistrationRecord {
	readonly version: number;
	/** Who made it the home's; undefined in version 0, which needs nobody, and where it has not come yet. */
	readonly signed: RecordSignature | undefined;
}

/** An owner's signature. */
export interface RecordSignature {
	/** Node id, 16 bytes. */
	readonly by: Uint8Array;
	/** 64 bytes, over ["record", era's id, version, w0 and L]. */
	readonly signature: Uint8Array;
}

/** As it is kept: version (4 bytes), w0 (32), L (65), and where it is signed the signer's id (16) and signature (64). */
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

/** An owner's signature makes a record the home's. `era`: the era's id, 16 bytes. */
export function signRecord(
	record: HomeRecord,
	era: Uint8Array,
	{ id, privateKey }: { id: Uint8Array; privateKey: Uint8Array }
): HomeRecord {
	return { ...record, signed: { by: id, signature: signEs256(privateKey, statement(record, era)) } };
}

/** Whether an owner signed it, with the key that it has now. */
export function isSignedRecord(record: HomeRecord, era: Uint8Array, members: Membership): boolean {
	const { signed } = record;
	const signer = signed && members.get(signed.by);
	if (signed === undefined || signer?.isOwner !== true || signer.isFrozen) return false;
	return verifyEs256(signer.key, statement(record, era), signed.signature);
}

function signatureIn(bytes: Uint8Array): RecordSignature {
	return { by: bytes.subarray(0, idLength), signature: bytes.subarray(idLength) };
}

/** Whether what others sent can be used: w0 is a scalar and L a point of P-256. */
export function isSoundRecord({ w0, L }: HomeRecord): boolean {
	return isPrivateKey(w0) && L[0] === 4 && isOnCurve(L.subarray(1));
}

/** Which of two records of one version counts, where two owners made one apart from each other: the higher hash. Positive when it is the first. */
export function compareRecords(a: HomeRecord, b: HomeRecord): number {
	return compareBytes(sha256(a.w0, a.L), sha256(b.w0, b.L));
}

/** Begins with a text that names its use, so that it is never taken for a block. */
function statement({ version, w0, L }: HomeRecord, era: Uint8Array): Uint8Array {
	return encode(["record", era, version, concat(w0, L)]);
}
