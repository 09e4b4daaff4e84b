import { MessageError, type MessageHeader } from "./errors.js";
import type { Option } from "./option.js";

const PAYLOAD_MARKER = 0xff;
/** The largest delta or length that two extra bytes can carry. */
const MAX_EXTENDED = 269 + 0xffff;

function extraBytes(value: number): number {
	if (value < 13) return 0;
	return value < 269 ? 1 : 2;
}

function nibble(value: number): number {
	if (value < 13) return value;
	return value < 269 ? 13 : 14;
}

function writeExtra(bytes: Uint8Array, at: number, value: number): number {
	if (value < 13) return at;
	if (value < 269) {
		bytes[at] = value - 13;
		return at + 1;
	}
	bytes[at] = (value - 269) >> 8;
	bytes[at + 1] = (value - 269) & 0xff;
	return at + 2;
}

function ordered(options: readonly Option[]): readonly Option[] {
	let last = 0;
	for (const option of options) {
		if (option.number < last) return [...options].sort((a, b) => a.number - b.number);
		last = option.number;
	}
	return options;
}

/** Options and payload laid out for writing: the length is known before the buffer is made. */
export class EncodedContent {
	/** Bytes that `write` will fill. */
	readonly length: number;
	readonly #options: readonly Option[];
	readonly #payload: Uint8Array;

	/** Options may come in any order; equal numbers keep theirs. Throws MessageError. */
	constructor(options: readonly Option[], payload: Uint8Array) {
		this.#options = ordered(options);
		this.#payload = payload;
		let length = payload.length === 0 ? 0 : 1 + payload.length;
		let previous = 0;
		for (const { number, value } of this.#options) {
			if (!Number.isInteger(number) || number < 0 || number > 0xffff) {
				throw new MessageError(`${number} is no option number`);
			}
			if (value.length > MAX_EXTENDED) {
				throw new MessageError(`option ${number} is too long: ${value.length} bytes`);
			}
			length += 1 + extraBytes(number - previous) + extraBytes(value.length) + value.length;
			previous = number;
		}
		this.length = length;
	}

	write(bytes: Uint8Array, start: number): void {
		let at = start;
		let previous = 0;
		for (const { number, value } of this.#options) {
			const delta = number - previous;
			bytes[at] = (nibble(delta) << 4) | nibble(value.length);
			at = writeExtra(bytes, at + 1, delta);
			at = writeExtra(bytes, at, value.length);
			bytes.set(value, at);
			at += value.length;
			previous = number;
		}
		if (this.#payload.length > 0) {
			bytes[at] = PAYLOAD_MARKER;
			bytes.set(this.#payload, at + 1);
		}
	}
}

/** Options and payload as a message carries them. */
export interface Content {
	readonly options: readonly Option[];
	/** Views into the bytes decoded, as are the options' values. */
	readonly payload: Uint8Array;
}

/**
 * Most options of a message. An option takes one byte of a datagram and some hundred of a board's memory, so that
 * without a limit one datagram of nothing but options could exhaust it.
 */
const MAX_OPTIONS = 64;

class ContentReader {
	readonly #bytes: Uint8Array;
	readonly #header: MessageHeader;
	#at: number;

	constructor(bytes: Uint8Array, start: number, header: MessageHeader) {
		this.#bytes = bytes;
		this.#at = start;
		this.#header = header;
	}

	read(): Content {
		const bytes = this.#bytes;
		const options: Option[] = [];
		let number = 0;
		while (this.#at < bytes.length) {
			const first = bytes[this.#at];
			this.#at += 1;
			if (first === PAYLOAD_MARKER) {
				if (this.#at === bytes.length) throw this.#error("a payload marker without a payload");
				return { options, payload: bytes.subarray(this.#at) };
			}
			number += this.#extended(first >> 4);
			if (number > 0xffff) throw this.#error(`option number ${number} is over 65535`);
			const length = this.#extended(first & 0x0f);
			if (length > bytes.length - this.#at) throw this.#error(`option ${number} is cut off`);
			if (options.length === MAX_OPTIONS) throw this.#error(`more than ${MAX_OPTIONS} options`);
			options.push({ number, value: bytes.subarray(this.#at, this.#at + length) });
			this.#at += length;
		}
		return { options, payload: bytes.subarray(bytes.length) };
	}

	#extended(value: number): number {
		if (value < 13) return value;
		if (value === 15) throw this.#error("reserved option nibble 15");
		const length = value - 12;
		const bytes = this.#bytes;
		const at = this.#at;
		if (length > bytes.length - at) throw this.#error("an option is cut off");
		this.#at += length;
		return length === 1 ? 13 + bytes[at] : 269 + ((bytes[at] << 8) | bytes[at + 1]);
	}

	#error(message: string): MessageError {
		return new MessageError(message, this.#header);
	}
}

/**
 * Options, and a payload after its marker when there is one (RFC 7252 sections 3 and 3.1); also what OSCORE
 * seals (RFC 8613 section 5.3). Throws MessageError.
 */
export function encodeContent(options: readonly Option[], payload: Uint8Array): Uint8Array {
	const content = new EncodedContent(options, payload);
	const bytes = new Uint8Array(content.length);
	content.write(bytes, 0);
	return bytes;
}

/** Reverses `encodeContent` from byte `start` to the end. Throws MessageError, which carries `header`. */
export function decodeContent(bytes: Uint8Array, start = 0, header: MessageHeader = {}): Content {
	return new ContentReader(bytes, start, header).read();
}
