import { type CborValue, encodeSequence } from "../cbor/cbor.js";
import { identifierValue, parseConnectionId, parseIdentifier } from "./identifier.js";
import { size } from "./key-schedule.js";
import { readSequence, rest } from "./messages.js";

/** Who sends it, and the proof of that (RFC 9528, sections 5.3.2 and 5.4.2): PLAINTEXT_3, and most of PLAINTEXT_2. */
export interface Proof {
	readonly kid: Uint8Array;
	/** Signature_or_MAC. */
	readonly proof: Uint8Array;
	/** EAD_2 or EAD_3, as values. */
	readonly ead: readonly CborValue[];
}

/** PLAINTEXT_2: C_R and the proof. */
export interface Plaintext2 extends Proof {
	readonly connectionId: Uint8Array;
}

export function encodePlaintext2({ connectionId, kid, proof, ead }: Plaintext2): Uint8Array {
	return encodeSequence([identifierValue(connectionId), identifierValue(kid), proof, ...ead]);
}

/** Throws an EdhocError for all that is not a PLAINTEXT_2 whose sender signs or does not. */
export function parsePlaintext2(bytes: Uint8Array, signed: boolean): Plaintext2 {
	return readSequence(bytes, "PLAINTEXT_2", items => {
		const connectionId = parseConnectionId(items.value(), "C_R");
		const kid = parseIdentifier(items.value(), "the responder's kid");
		return { connectionId, kid, proof: items.bytes(proofLength(signed)), ead: rest(items) };
	});
}

export function encodePlaintext3({ kid, proof, ead }: Proof): Uint8Array {
	return encodeSequence([identifierValue(kid), proof, ...ead]);
}

/** Throws an EdhocError for all that is not a PLAINTEXT_3 whose sender signs or does not. */
export function parsePlaintext3(bytes: Uint8Array, signed: boolean): Proof {
	return readSequence(bytes, "PLAINTEXT_3", items => {
		const kid = parseIdentifier(items.value(), "the initiator's kid");
		return { kid, proof: items.bytes(proofLength(signed)), ead: rest(items) };
	});
}

/** PLAINTEXT_4 is EAD_4 and nothing else; here as values. */
export function parsePlaintext4(bytes: Uint8Array): readonly CborValue[] {
	return readSequence(bytes, "PLAINTEXT_4", rest);
}

function proofLength(signed: boolean): number {
	return signed ? size.signature : size.mac;
}
