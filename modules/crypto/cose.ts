import { equalBytes } from "../bytes/bytes.js";
import {
	CborError,
	type CborValue,
	decode,
	decodeFirst,
	encode,
	isArray,
	isBytes,
	isMap
} from "../cbor/cbor.js";
import { isLowS, signEs256, verifyEs256 } from "./es256.js";

/** The protected header {1: -7}, algorithm ES256, encoded. */
const protectedHeader = Uint8Array.of(0xa1, 0x01, 0x26);
const signatureLength = 64;
/** An array of four: the protected header, an empty map, ... */
const beginning = Uint8Array.of(0x84, 0x43, 0xa1, 0x01, 0x26, 0xa0);

/** Bytes that are not a COSE_Sign1 of the one form that we use. */
export class CoseError extends Error {
	override readonly name = "CoseError";
}

/** A COSE_Sign1 taken apart; nothing is verified yet. */
export interface SignedPayload {
	readonly payload: Uint8Array;
	/** r and s, 64 bytes. */
	readonly signature: Uint8Array;
}

/**
 * What a COSE_Sign1 is signed over: the Sig_structure of RFC 9052, section 4.4, encoded. `protectedHeader` is
 * the encoded map.
 */
export function signatureStructure({
	protectedHeader,
	externalAad,
	payload
}: {
	protectedHeader: Uint8Array;
	externalAad: Uint8Array;
	payload: Uint8Array;
}): Uint8Array<ArrayBuffer> {
	return encode(["Signature1", protectedHeader, externalAad, payload]);
}

function plainStructure(payload: Uint8Array): Uint8Array {
	return signatureStructure({ protectedHeader, externalAad: new Uint8Array(0), payload });
}

/**
 * The payload signed by ES256 in an untagged COSE_Sign1 (RFC 9052, section 4.2): protected {1: -7},
 * unprotected {}, no external data; 73 to 75 bytes longer than a payload of up to 64 KB. Throws a
 * CryptoError when `isPrivateKey` says no.
 */
export function signCose(privateKey: Uint8Array, payload: Uint8Array): Uint8Array<ArrayBuffer> {
	const signature = signEs256(privateKey, plainStructure(payload));
	return encode([protectedHeader, new Map(), payload, signature]);
}

/** Takes apart what `signCose` makes. Throws a CoseError for any other bytes. */
export function parseCose(bytes: Uint8Array): SignedPayload {
	const parts = plainParts(bytes) ?? decoded(bytes);
	if (!isArray(parts) || parts.length !== 4) throw new CoseError("COSE_Sign1: not an array of four");
	const [head, unprotectedHeader, payload, signature] = parts;
	if (!isBytes(head) || !equalBytes(head, protectedHeader)) {
		throw new CoseError("COSE_Sign1: the protected header is not {1: -7}");
	}
	if (!isMap(unprotectedHeader) || unprotectedHeader.size > 0) {
		throw new CoseError("COSE_Sign1: the unprotected header is not {}");
	}
	if (!isBytes(payload)) throw new CoseError("COSE_Sign1: the payload is not a byte string");
	if (!isBytes(signature, signatureLength)) throw new CoseError("COSE_Sign1: no signature of 64 bytes");
	return { payload, signature };
}

/** Whether the holder of the public key (33 bytes, compressed) signed it, with low s. */
export function verifyCose(publicKey: Uint8Array, { payload, signature }: SignedPayload): boolean {
	return isLowS(signature) && verifyEs256(publicKey, plainStructure(payload), signature);
}

/** Payload and signature of what begins as ours does, a value at a time: a board reads all its blocks at each start. */
function plainParts(bytes: Uint8Array): CborValue | undefined {
	if (!equalBytes(bytes.subarray(0, beginning.length), beginning)) return undefined;
	try {
		const payload = decodeFirst(bytes, beginning.length);
		const signature = decodeFirst(bytes, payload.end);
		if (signature.end !== bytes.length) return undefined;
		return [protectedHeader, new Map(), payload.value, signature.value];
	} catch (error) {
		if (!(error instanceof CborError)) throw error;
		return undefined;
	}
}

function decoded(bytes: Uint8Array): CborValue {
	try {
		return decode(bytes);
	} catch (error) {
		if (error instanceof CborError) throw new CoseError(`COSE_Sign1: ${error.message}`);
		throw error;
	}
}
