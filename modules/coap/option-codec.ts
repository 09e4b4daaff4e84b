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
	for (let i = 1; i < options.length; i += 1) {
		if (options[i].number < options[i - 1].number) return [...options].sort((a, b) => a.number - b.number);
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
		const all = ordered(options);
		this.#options = all;
		this.#payload = payload;
		let length = payload.length === 0 ? 0 : 1 + payload.length;
		let previous = 0;
		for (let i = 0; i < all.length; i += 1) {
			const { number, value } = all[i];
			if (!Number.isInteger(number) || number < 0 || number > 0xffff) {
				throw new MessageError(`${number} is no option number`);
			}
			const size = value.length;
			if (size > MAX_EXTENDED) throw new MessageError(`option ${number} is too long: ${size} bytes`);
			length += 1 + extraBytes(number - previous) + extraBytes(size) + size;
			previous = number;
		}
		this.length = length;
	}

	write(bytes: Uint8Array, start: number): void {
		let at = start;
		let previous = 0;
		const options = this.#options;
		for (let i = 0; i < options.length; i += 1) {
			const { number, value } = options[i];
			const delta = number - previous;
			const size = value.length;
			bytes[at] = (nibble(delta) << 4) | nibble(size);
			at = writeExtra(bytes, at + 1, delta);
			at = writeExtra(bytes, at, size);
			bytes.set(value, at);
			at += size;
			previous = number;
		}
		const payload = this.#payload;
		if (payload.length > 0) {
			bytes[at] = PAYLOAD_MARKER;
			bytes.set(payload, at + 1);
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
		const end = bytes.length;
		const options: Option[] = [];
		let number = 0;
		while (this.#at < end) {
			const first = bytes[this.#at];
			this.#at += 1;
			if (first === PAYLOAD_MARKER) {
				if (this.#at === end) throw this.#error("a payload marker without a payload");
				return { options, payload: bytes.subarray(this.#at) };
			}
			number += this.#extended(first >> 4);
			if (number > 0xffff) throw this.#error(`option number ${number} is over 65535`);
			const length = this.#extended(first & 0x0f);
			const start = this.#at;
			if (length > end - start) throw this.#error(`option ${number} is cut off`);
			if (options.length === MAX_OPTIONS) throw this.#error(`more than ${MAX_OPTIONS} options`);
			this.#at = start + length;
			options.push({ number, value: bytes.subarray(start, start + length) });
		}
		return { options, payload: bytes.subarray(end) };
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
 * seals (RFC 8613 section 5.3). The first `start` bytes are left to the caller. Throws MessageError.
 */
export function encodeContent(options: readonly Option[], payload: Uint8Array, start = 0): Uint8Array {
	const content = new EncodedContent(options, payload);
	const bytes = new Uint8Array(start + content.length);
	content.write(bytes, start);
	return bytes;
}

/** Reverses `encodeContent` from byte `start` to the end. Throws MessageError, which carries `header`. */
export function decodeContent(bytes: Uint8Array, start = 0, header: MessageHeader = {}): Content {
	return new ContentReader(bytes, start, header).read();
}
