import { decodeUtf8, encodeUtf8 } from "../bytes/bytes.js";
import { MessageError } from "../node/node.js";
import { type Vigenere, VigenereError } from "../vigenere/vigenere.js";

/** What the nodes of a paper home say to each other: a JSON object, as in the paper. */
export type Message = { readonly [field: string]: Json };
export type Json = null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json };

/** Most nested objects and arrays in a message: the JSON parser of a board recurses on a small stack. */
const depthLimit = 4;
/** Most values in a message: the longest lists have 64 texts. */
const valuesLimit = 256;
/** Every name that a message has. XS never forgets the name of a property, so that made-up ones could fill a board's memory. */
const names: readonly string[] = Object.freeze([
	...["request", "reply", "node", "name", "type", "key", "number", "signature", "block"],
	...["action", "chain", "state", "want", "authors", "checkpoint", "digest", "peers", "authority", "covered"],
	...["era", "opening", "hash", "hashes", "table", "anchors", "blocks", "taken"]
]);

/** A message as JSON of printable ASCII alone (other characters escaped), enciphered: the payload of a datagram. */
export function sealMessage(message: Message, cipher: Vigenere): Uint8Array {
	return cipher.encipher(messageText(message));
}

/** The text before it is enciphered, in ASCII. */
export function messageText(message: Message): Uint8Array {
	const text = JSON.stringify(message);
	const bytes = encodeUtf8(text);
	// JSON has escaped what stands below a space itself.
	return bytes.every(byte => byte < 0x7f) ? bytes : encodeUtf8(text.replace(/[^ -~]/gu, escaped));
}

/** As JSON escapes it: by UTF-16 code units, whatever the engine's strings are made of. */
function escaped(character: string): string {
	const point = character.codePointAt(0) ?? 0;
	if (point < 0x10000) return unit(point);
	return unit(0xd7c0 + (point >> 10)) + unit(0xdc00 + (point & 0x3ff));
}

function unit(code: number): string {
	return `\\u${code.toString(16).padStart(4, "0")}`;
}

/** Throws a MessageError when the payload is no message under this key. */
export function openMessage(payload: Uint8Array, cipher: Vigenere): Message {
	return parseMessage(openText(payload, cipher));
}

/** The text of a payload. Throws a MessageError when it has bytes outside the cipher's alphabet. */
export function openText(payload: Uint8Array, cipher: Vigenere): Uint8Array {
	try {
		return cipher.decipher(payload);
	} catch (error) {
		if (!(error instanceof VigenereError)) throw error;
		throw new MessageError("not a message under this home's key");
	}
}

/** Reads a text. Throws a MessageError when it is no JSON object: most likely another key. */
export function parseMessage(text: Uint8Array): Message {
	let value: Json;
	try {
		checkShape(text);
		value = JSON.parse(decodeUtf8(text));
	} catch {
		throw new MessageError("not a message under this home's key");
	}
	if (!isMessage(value)) throw new MessageError("not a message: not a JSON object");
	return value;
}

function isMessage(value: Json): value is Message {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;

/** Checks what costs a board memory before the parser comes to it: brackets, commas and names outside of strings. */
function checkShape(text: Uint8Array): void {
	let depth = 0;
	let values = 1;
	let inString = false;
	/** Where the last string begins and ends. */
	let start = 0;
	let end = 0;
	for (let i = 0; i < text.length; i += 1) {
		const letter = text[i];
		if (inString) {
			if (letter === backslash) i += 1;
			else if (letter === quote) inString = false;
			end = i;
		} else if (letter === quote) {
			inString = true;
			start = i + 1;
		} else if (letter === colon) {
			if (!names.includes(decodeUtf8(text.subarray(start, end)))) throw new MessageError("no such name");
		} else if (letter === comma) {
			values += 1;
			if (values > valuesLimit) throw new MessageError("too many values");
		} else if (letter === 0x5b || letter === 0x7b) {
			depth += 1;
			if (depth > depthLimit) throw new MessageError("nested too deep");
		} else if (letter === 0x5d || letter === 0x7d) {
			depth -= 1;
		}
	}
}

/** Throws a MessageError when the message has no whole number from 0 to 2^32 - 1 there. */
export function countField(message: Message, field: string): number {
	const value = message[field];
	if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
		throw new MessageError(`"${field}" is not a number`);
	}
	return value;
}

/** A field that must be a text. Throws a MessageError. */
export function textField(message: Message, field: string): string {
	const value = message[field];
	if (typeof value !== "string") throw new MessageError(`"${field}" is not a text`);
	return value;
}

/** A field that must be a list of texts, at most `limit` of them; an absent one is empty. Throws a MessageError. */
export function textsField(message: Message, field: string, limit: number): string[] {
	const value = message[field] ?? [];
	if (!Array.isArray(value) || value.length > limit) throw new MessageError(`"${field}" is not a list`);
	return value.map(item => {
		if (typeof item !== "string") throw new MessageError(`"${field}" is not a list of texts`);
		return item;
	});
}
