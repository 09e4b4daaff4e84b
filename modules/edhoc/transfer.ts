import { concat } from "../bytes/bytes.js";
import { CborError, type CborValue, decodeFirst, encode } from "../cbor/cbor.js";
import { EdhocError } from "./edhoc-error.js";
import { identifierValue, parseIdentifier } from "./identifier.js";

/**
 * EDHOC over CoAP with the client as initiator (RFC 9528, appendix A.2.1): POST to /.well-known/edhoc, content
 * format 65 with the prefix below; answered with 2.04 and the bare message_2 or message_4 in format 64, or with
 * 4.00 and an error message in the same.
 */

/** Content-Format application/edhoc+cbor-seq: a message as it is. */
export const messageFormat = 64;

/** Content-Format application/cid-edhoc+cbor-seq: a message after its prefix. */
export const prefixedFormat = 65;

/** What a request carries. */
export interface PrefixedMessage {
	/** C_R of the run that it belongs to; undefined for a message_1, which begins one. */
	readonly connectionId?: Uint8Array;
	readonly message: Uint8Array;
}

/** The payload of a request: `true` before message_1, C_R before message_3 or an error message. */
export function encodeRequest({ connectionId, message }: PrefixedMessage): Uint8Array {
	return concat(encode(connectionId === undefined ? true : identifierValue(connectionId)), message);
}

/** What `encodeRequest` made. Throws an EdhocError for a payload without such a prefix. */
export function parseRequest(payload: Uint8Array): PrefixedMessage {
	const { value, end } = first(payload);
	const message = payload.subarray(end);
	return value === true ? { message } : { connectionId: parseIdentifier(value, "the prefix"), message };
}

function first(payload: Uint8Array): { value: CborValue; end: number } {
	try {
		return decodeFirst(payload);
	} catch (error) {
		if (error instanceof CborError) throw new EdhocError(`an EDHOC request: ${error.message}`);
		throw error;
	}
}
