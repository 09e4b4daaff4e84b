import { type CborValue, isBytes, isInteger } from "../cbor/cbor.js";
import { EdhocError } from "./edhoc-error.js";

/**
 * A connection or credential identifier as it goes into a message (RFC 9528, section 3.3.2): a single byte that
 * is the encoding of an integer from -24 to 23 stands for itself, all else is a byte string.
 */
export function identifierValue(identifier: Uint8Array): CborValue {
	if (identifier.length !== 1) return identifier;
	const [byte] = identifier;
	if (byte < 0x18) return byte;
	if (byte >= 0x20 && byte < 0x38) return 0x1f - byte;
	return identifier;
}

/** The identifier of what `identifierValue` gives. Throws an EdhocError for all else, also for a second way. */
export function parseIdentifier(value: CborValue, what: string): Uint8Array {
	if (isInteger(value, 0, 23)) return Uint8Array.of(value);
	if (isInteger(value, -24, -1)) return Uint8Array.of(0x1f - value);
	if (!isBytes(value)) throw new EdhocError(`${what} is neither a byte string nor an integer of one byte`);
	if (identifierValue(value) !== value)
		throw new EdhocError(`${what} is a byte string that has to be an integer`);
	return value;
}

/** What an OSCORE Sender ID may have with AES-CCM-16-64-128 (RFC 8613, section 3.3). */
const longestConnectionId = 7;

/**
 * A connection identifier: as `parseIdentifier`, and none that OSCORE cannot use (RFC 9528, appendix A.1), for which all
 * our runs are.
 */
export function parseConnectionId(value: CborValue, what: string): Uint8Array {
	const identifier = parseIdentifier(value, what);
	if (identifier.length > longestConnectionId) {
		throw new EdhocError(`${what} has ${identifier.length} bytes, and OSCORE takes ${longestConnectionId}`);
	}
	return identifier;
}
