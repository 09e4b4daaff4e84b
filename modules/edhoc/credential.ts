import { encode } from "../cbor/cbor.js";
import { isOnCurve } from "../crypto/crypto.js";
import { EdhocError } from "./edhoc-error.js";

/** An authentication credential that is identified by `kid` (RFC 9528, sections 3.5.2 and 3.5.3). */
export interface Credential {
	readonly kid: Uint8Array;
	/** CRED_x: what both sides hash, encoded in CBOR, for example a CWT claims set. */
	readonly encoded: Uint8Array;
	/** The public key in it: 64 bytes, x then y. */
	readonly publicKey: Uint8Array;
}

/** Where the credential of a peer comes from; undefined for one that is unknown or not wanted here. */
export type CredentialLookup = (kid: Uint8Array) => Credential | undefined;

/**
 * The credential of a key and its identifier: a CWT claims set with nothing but the key,
 * `{8: {1: {1: 2, 2: kid, -1: 1, -2: x, -3: y}}}` (RFC 8747, section 3.2; RFC 9052, section 7), in deterministic
 * CBOR, so that everybody who knows the two has the same bytes. Throws an EdhocError for a point off the curve.
 */
export function makeCredential({ kid, publicKey }: { kid: Uint8Array; publicKey: Uint8Array }): Credential {
	if (!isOnCurve(publicKey)) throw new EdhocError("a credential for what is no public key");
	const key = new Map<number, number | Uint8Array>([
		[1, 2],
		[2, kid],
		[-1, 1],
		[-2, publicKey.subarray(0, 32)],
		[-3, publicKey.subarray(32)]
	]);
	return { kid, encoded: encode(new Map([[8, new Map([[1, key]])]])), publicKey };
}

/** ID_CRED_x = {4: kid}, encoded: the form that is hashed and signed; messages carry the kid alone. */
export function credentialId({ kid }: Credential): Uint8Array {
	return encode(new Map([[4, kid]]));
}
