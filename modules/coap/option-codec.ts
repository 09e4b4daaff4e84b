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
	const { length } = options;
	let previous = 0;
	for (let i = 0; i < length; i += 1) {
		const { number } = options[i];
		if (number < previous) return [...options].sort((a, b) => a.number - b.number);
		previous = number;
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
		const rest = payload.length;
		let length = rest === 0 ? 0 : 1 + rest;
		let previous = 0;
		const count = all.length;
		for (let i = 0; i < count; i += 1) {
			const { number, value } = all[i];
			if ((number & 0xffff) !== number) throw new MessageError(`${number} is no option number`);
			const size = value.length;
			const delta = number - previous;
			length += 1 + size;
			if (delta > 12) length += extraBytes(delta);
			if (size > 12) {
				if (size > MAX_EXTENDED) throw new MessageError(`option ${number} is too long: ${size} bytes`);
				length += extraBytes(size);
			}
			previous = number;
		}
		this.length = length;
	}

	write(bytes: Uint8Array, start: number): void {
		let at = start;
		let previous = 0;
		const options = this.#options;
		const count = options.length;
		for (let i = 0; i < count; i += 1) {
			const { number, value } = options[i];
			const delta = number - previous;
			const size = value.length;
			if (delta < 13 && size < 13) {
				bytes[at] = (delta << 4) | size;
				at += 1;
			} else {
				bytes[at] = (nibble(delta) << 4) | nibble(size);
				at = writeExtra(bytes, at + 1, delta);
				at = writeExtra(bytes, at, size);
			}
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
 * Most options of a message. An option takes one byte of a datagram and some hundred of a board's memory, for as long as
 * its request is under way or observes: without a limit a few datagrams of nothing but options could exhaust it. Enough for
 * one of each of the 15 kinds that can go together in a request, with four segments of a path and five of a query.
 */
const MAX_OPTIONS = 24;

/** What a nibble of 13 and more stands for, with the one or two bytes from `at` on that belong to it. */
function extended(bytes: Uint8Array, at: number, value: number, header: MessageHeader): number {
	if (value === 15) throw new MessageError("reserved option nibble 15", header);
	if (value - 12 > bytes.length - at) throw new MessageError("an option is cut off", header);
	return value === 13 ? 13 + bytes[at] : 269 + ((bytes[at] << 8) | bytes[at + 1]);
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
	const end = bytes.length;
	const options: Option[] = [];
	let count = 0;
	let number = 0;
	let at = start;
	while (at < end) {
		const first = bytes[at];
		at += 1;
		if (first === PAYLOAD_MARKER) {
			if (at === end) throw new MessageError("a payload marker without a payload", header);
			return { options, payload: bytes.subarray(at) };
		}
		let delta = first >> 4;
		let length = first & 0x0f;
		// Most options are near the one before, and short.
		if (delta > 12) {
			const more = delta - 12;
			delta = extended(bytes, at, delta, header);
			at += more;
		}
		number += delta;
		if (number > 0xffff) throw new MessageError(`option number ${number} is over 65535`, header);
		if (length > 12) {
			const more = length - 12;
			length = extended(bytes, at, length, header);
			at += more;
		}
		const next = at + length;
		if (next > end) throw new MessageError(`option ${number} is cut off`, header);
		if (count === MAX_OPTIONS) throw new MessageError(`more than ${MAX_OPTIONS} options`, header);
		count += 1;
		options.push({ number, value: bytes.subarray(at, next) });
		at = next;
	}
	return { options, payload: bytes.subarray(end) };
}
