import { decodeUtf8, encodeUtf8, equalBytes } from "../bytes/bytes.js";
import { MessageError } from "./errors.js";
import { OptionNumber } from "./option-table.js";

/** One option of a message; what its value means follows from the number (RFC 7252 section 5.10). */
export interface Option {
	/** 0 to 65535. */
	readonly number: number;
	readonly value: Uint8Array;
}

/** An option with an unsigned integer, 0 to 2^32 - 1, in as few bytes as it takes: none for 0 (section 3.2). */
export function uintOption(number: number, value: number): Option {
	if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
		throw new MessageError(`option ${number} cannot hold ${value}`);
	}
	let length = 0;
	for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) length += 1;
	const bytes = new Uint8Array(length);
	for (let i = length - 1, rest = value; i >= 0; i -= 1, rest = Math.floor(rest / 256))
		bytes[i] = rest & 0xff;
	return { number, value: bytes };
}

/** An option with text, in UTF-8. */
export function stringOption(number: number, text: string): Option {
	return { number, value: encodeUtf8(text) };
}

/** The integer in a value of any length; leading zeros are allowed (section 3.2). */
export function uintValue(value: Uint8Array): number {
	let result = 0;
	for (const byte of value) result = result * 256 + byte;
	return result;
}

/**
 * The first option of this number. By index, as all loops that each message goes through, with the length read once: XS's
 * iterators are slow, and an array's length is a call of a getter.
 */
export function findOption(options: readonly Option[], number: number): Option | undefined {
	const { length } = options;
	for (let i = 0; i < length; i += 1) {
		const option = options[i];
		if (option.number === number) return option;
	}
	return undefined;
}

/** The integer of the first option of this number. */
export function findUint(options: readonly Option[], number: number): number | undefined {
	const option = findOption(options, number);
	return option && uintValue(option.value);
}

/** The options without those of the given numbers. */
export function withoutOptions(options: readonly Option[], ...numbers: readonly number[]): Option[] {
	return options.filter(option => !numbers.includes(option.number));
}

/** The text of every option of this number, in order. Throws BytesError when it is not UTF-8. */
export function stringValues(options: readonly Option[], number: number): string[] {
	const values: string[] = [];
	const { length } = options;
	for (let i = 0; i < length; i += 1) {
		const option = options[i];
		if (option.number === number) values.push(decodeUtf8(option.value));
	}
	return values;
}

/** The segments of a path such as `/.well-known/core`; `/` and the empty text have none. */
export function pathSegments(path: string): string[] {
	const inner = path.startsWith("/") ? path.slice(1) : path;
	return inner === "" ? [] : inner.split("/");
}

/** Uri-Path options for a path such as `/.well-known/core`; nothing is percent-decoded. */
export function pathOptions(path: string): Option[] {
	return pathSegments(path).map(segment => stringOption(OptionNumber.UriPath, segment));
}

/** Uri-Query options, one for each `name=value`. */
export function queryOptions(...queries: readonly string[]): Option[] {
	return queries.map(query => stringOption(OptionNumber.UriQuery, query));
}

/** Whether both are absent, or both present with equal values. */
export function sameOption(a: Option | undefined, b: Option | undefined): boolean {
	if (a === undefined || b === undefined) return a === b;
	return a.number === b.number && equalBytes(a.value, b.value);
}
