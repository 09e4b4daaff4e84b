import { concat } from "../bytes/bytes.js";
import { encode } from "../cbor/cbor.js";
import {
	constantTimeEqual,
	hkdfExtract,
	Secrets,
	type Steps,
	sharedX,
	signatureStructure,
	signEs256,
	verifyEs256Point
} from "../crypto/crypto.js";
import { type Credential, credentialId } from "./credential.js";
import { kdf, size } from "./key-schedule.js";

/** What a Signature_or_MAC vouches for (RFC 9528, sections 5.3.2 and 5.4.2). */
export interface Statement {
	/** Whether by a signature or by the MAC alone, with a key of static Diffie-Hellman in it. */
	readonly signed: boolean;
	/** PRK_3e2m or PRK_4e3m. */
	readonly prk: Uint8Array;
	/** Label of MAC_2 or MAC_3. */
	readonly label: number;
	/** What the context begins with: C_R, encoded, in message_2; nothing in message_3. */
	readonly prefix: Uint8Array;
	readonly credential: Credential;
	/** TH_2 or TH_3. */
	readonly transcript: Uint8Array;
	/** EAD_2 or EAD_3, encoded. */
	readonly ead: Uint8Array;
}

/** The whole credential goes in, so that nobody can pass another's key for their own. */
function externalAad({ credential, transcript, ead }: Statement): Uint8Array {
	return concat(encode(transcript), credential.encoded, ead);
}

function mac(statement: Statement): Uint8Array {
	const context = concat(statement.prefix, credentialId(statement.credential), externalAad(statement));
	return kdf(statement.prk, statement.label, context, statement.signed ? size.hash : size.mac);
}

function toBeSigned(statement: Statement, payload: Uint8Array): Uint8Array {
	const protectedHeader = credentialId(statement.credential);
	return signatureStructure({ protectedHeader, externalAad: externalAad(statement), payload });
}

/** Signature_or_MAC: 64 bytes by signature (one operation on the curve), else 8. */
export function* prove(statement: Statement, privateKey: Uint8Array): Steps<Uint8Array> {
	const code = mac(statement);
	if (!statement.signed) return code;
	yield;
	return signEs256(privateKey, toBeSigned(statement, code));
}

/** Whether `proof` is what the holder of the credential's key has made of the statement. */
export function* isProven(statement: Statement, proof: Uint8Array): Steps<boolean> {
	const code = mac(statement);
	if (!statement.signed) return constantTimeEqual(code, proof);
	yield;
	return verifyEs256Point(statement.credential.publicKey, toBeSigned(statement, code), proof);
}

/**
 * The next pseudorandom key: PRK_3e2m of PRK_2e, or PRK_4e3m of PRK_3e2m (RFC 9528, section 4.1.1). Of a side
 * that signs it is a copy; of one of static Diffie-Hellman it takes in privateKey * point, of which one is that
 * side's static and the other the peer's ephemeral (one operation on the curve).
 */
export function* nextKey({
	prk,
	signed,
	saltLabel,
	transcript,
	privateKey,
	point
}: {
	prk: Uint8Array;
	signed: boolean;
	saltLabel: number;
	transcript: Uint8Array;
	privateKey: Uint8Array;
	point: Uint8Array;
}): Steps<Uint8Array> {
	if (signed) return prk.slice();
	const secrets = new Secrets();
	try {
		yield;
		const shared = secrets.keep(sharedX(privateKey, point));
		return hkdfExtract(secrets.keep(kdf(prk, saltLabel, transcript, size.hash)), shared);
	} finally {
		secrets.wipe();
	}
}
