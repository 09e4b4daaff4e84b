import { Code, codeClass, codeText, isRequest, isResponse } from "./code.js";
import { MessageError } from "./errors.js";
import type { Option } from "./option.js";
import { decodeContent, EncodedContent } from "./option-codec.js";

/** Message types (RFC 7252 section 3). */
export const MessageType = Object.freeze({
	Confirmable: 0,
	NonConfirmable: 1,
	Acknowledgement: 2,
	Reset: 3
} as const);
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** A CoAP message (RFC 7252 section 3). */
export interface Message {
	readonly type: MessageType;
	/** One of `Code`, or another of a class in use. */
	readonly code: number;
	/** 0 to 65535. */
	readonly id: number;
	/** 0 to 8 bytes. */
	readonly token: Uint8Array;
	/** In the order of their numbers when decoded; in any order to encode. */
	readonly options: readonly Option[];
	readonly payload: Uint8Array;
}

const HEADER_BYTES = 4;
const MAX_TOKEN_BYTES = 8;
const VERSION = 1;
const types = Object.freeze([
	MessageType.Confirmable,
	MessageType.NonConfirmable,
	MessageType.Acknowledgement,
	MessageType.Reset
] as const);

/** Why a message of this type must not have this code (RFC 7252 sections 4.1 to 4.3 and table 1), if so. */
function codeProblem(type: MessageType, code: number): string | undefined {
	if (code === Code.Empty) {
		return type === MessageType.NonConfirmable ? "a non-confirmable message without a code" : undefined;
	}
	if (!isRequest(code) && !isResponse(code))
		return `code ${codeText(code)} is of reserved class ${codeClass(code)}`;
	if (type === MessageType.Reset) return "a Reset with a code";
	if (type === MessageType.Acknowledgement && isRequest(code)) return "a request in an Acknowledgement";
	return undefined;
}

/** The bytes of a message, of whatever length. Throws MessageError when a field is out of its range. */
export function encodeMessage(message: Message): Uint8Array {
	const { type, code, id, token } = message;
	const { length } = token;
	if (length > MAX_TOKEN_BYTES) throw new MessageError(`a token of ${length} bytes`);
	if ((id & 0xffff) !== id) throw new MessageError(`message id ${id}`);
	if ((code & 0xff) !== code) throw new MessageError(`code ${code}`);
	const problem = codeProblem(type, code);
	if (problem !== undefined) throw new MessageError(problem);
	const content = new EncodedContent(message.options, message.payload);
	if (code === Code.Empty && length + content.length > 0) {
		throw new MessageError("an empty message with content");
	}
	const bytes = new Uint8Array(HEADER_BYTES + length + content.length);
	bytes[0] = (VERSION << 6) | (type << 4) | length;
	bytes[1] = code;
	bytes[2] = id >> 8;
	bytes[3] = id & 0xff;
	bytes.set(token, HEADER_BYTES);
	content.write(bytes, HEADER_BYTES + length);
	return bytes;
}

/**
 * The message in a datagram; token, option values and payload are views into `bytes`. Throws MessageError for
 * whatever RFC 7252 section 3 calls a format error: with `type` and `id`, unless the header itself is too short
 * or of another version, which must be ignored.
 */
export function decodeMessage(bytes: Uint8Array): Message {
	const { length } = bytes;
	if (length < HEADER_BYTES) throw new MessageError(`${length} bytes are no message`);
	const first = bytes[0];
	if (first >> 6 !== VERSION) throw new MessageError(`version ${first >> 6} is unknown`);
	const type = types[(first >> 4) & 3];
	const tokenLength = first & 0x0f;
	const code = bytes[1];
	const id = (bytes[2] << 8) | bytes[3];
	const header = { type, id };
	const problem = codeProblem(type, code);
	if (problem !== undefined) throw new MessageError(problem, header);
	if (code === Code.Empty && (tokenLength > 0 || length > HEADER_BYTES)) {
		throw new MessageError("an empty message with content", header);
	}
	if (tokenLength > MAX_TOKEN_BYTES) throw new MessageError(`reserved token length ${tokenLength}`, header);
	const start = HEADER_BYTES + tokenLength;
	if (start > length) throw new MessageError("the token is cut off", header);
	const token = bytes.subarray(HEADER_BYTES, start);
	const { options, payload } = decodeContent(bytes, start, header);
	return { type, code, id, token, options, payload };
}
