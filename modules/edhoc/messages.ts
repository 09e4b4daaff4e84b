import { concat } from "../bytes/bytes.js";
import {
	CborError,
	type CborValue,
	decodeSequence,
	encode,
	encodeSequence,
	Items,
	isBytes,
	isInteger
} from "../cbor/cbor.js";
import { EdhocError } from "./edhoc-error.js";
import { parseErrorMessage } from "./error-message.js";
import { identifierValue, parseConnectionId } from "./identifier.js";
import { size } from "./key-schedule.js";
import { isMethod, type Method } from "./method.js";
import { parseSuites, suitesValue } from "./suites.js";

/** message_1 (RFC 9528, section 5.2.1). */
export interface Message1 {
	readonly method: Method;
	/** SUITES_I: the selected one last. */
	readonly suites: readonly number[];
	/** G_X: the x-coordinate, 32 bytes. */
	readonly gx: Uint8Array;
	/** C_I. */
	readonly connectionId: Uint8Array;
	/** EAD_1, as values. */
	readonly ead: readonly CborValue[];
}

/** message_2 (RFC 9528, section 5.3.1). */
export interface Message2 {
	/** G_Y: the x-coordinate, 32 bytes. */
	readonly gy: Uint8Array;
	readonly ciphertext: Uint8Array;
}

/** How long PLAINTEXT_2 may be without the rule of appendix G, which we do not have. */
const longestPlaintext2 = 255 * size.hash;

export function encodeMessage1({ method, suites, gx, connectionId, ead }: Message1): Uint8Array {
	return encodeSequence([method, suitesValue(suites), gx, identifierValue(connectionId), ...ead]);
}

/** Throws an EdhocError for all that is not a message_1. */
export function parseMessage1(bytes: Uint8Array): Message1 {
	return readSequence(bytes, "message_1", items => {
		const method = items.integer();
		if (!isMethod(method)) throw new EdhocError(`method ${method} does not exist`);
		const suites = parseSuites(items.value());
		// Of another suite even the size of G_X is not ours to judge: the peer is to learn which suites we have.
		const gx = items.bytes();
		const connectionId = parseConnectionId(items.value(), "C_I");
		return { method, suites, gx, connectionId, ead: rest(items) };
	});
}

export function encodeMessage2({ gy, ciphertext }: Message2): Uint8Array {
	return encode(concat(gy, ciphertext));
}

/** Throws an EdhocError for all that is not a message_2, a PeerError for an error message. */
export function parseMessage2(bytes: Uint8Array): Message2 {
	const text = parseSealed(bytes, "message_2");
	if (text.length <= size.point || text.length > size.point + longestPlaintext2) {
		throw new EdhocError("message_2 is too short or too long");
	}
	return { gy: text.subarray(0, size.point), ciphertext: text.subarray(size.point) };
}

/** message_3 and message_4 are a byte string each. Throws as `parseMessage2`. */
export function parseSealed(bytes: Uint8Array, what: string): Uint8Array {
	const values = guarded(what, () => decodeSequence(bytes));
	const [text] = values;
	if (isInteger(text)) throw parseErrorMessage(values);
	if (!isBytes(text) || values.length !== 1) throw new EdhocError(`${what} is not one byte string`);
	return text;
}

/** Reads a sequence of CBOR; what does not fit becomes an EdhocError. */
export function readSequence<T>(bytes: Uint8Array, what: string, read: (items: Items) => T): T {
	return guarded(what, () => read(new Items({ value: decodeSequence(bytes), what })));
}

/** The items that are left. */
export function rest(items: Items): CborValue[] {
	const values: CborValue[] = [];
	while (items.remaining > 0) values.push(items.value());
	return values;
}

function guarded<T>(what: string, read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (error instanceof CborError) throw new EdhocError(`${what}: ${error.message}`);
		throw error;
	}
}
