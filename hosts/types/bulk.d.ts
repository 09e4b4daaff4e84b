/**
 * What goes through many bytes: each one that JavaScript reads or writes is a call inside XS, which a board feels. Only
 * `modules/bytes` and the chain's index import this. Nothing here is constant time.
 */

/**
 * Below zero, zero or above zero as memcmp says of `length` bytes. Throws a RangeError where one range is out of its array, or for
 * what is no whole number from 0 on.
 */
export function compare(
	bytes: Uint8Array,
	at: number,
	other: Uint8Array,
	otherAt: number,
	length: number
): number;

/**
 * The first of the places `at`, `at + step`, ... at which `bytes` has `part` whole before `end`, or -1; as a number,
 * `part` is one byte. Throws a RangeError for a step of 0, an empty part, or what is no whole number from 0 on.
 */
export function find(
	bytes: Uint8Array,
	part: Uint8Array | number,
	at: number,
	step: number,
	end: number
): number;

/** Two lower-case hexadecimal digits for each byte. */
export function toHex(bytes: Uint8Array): string;

/** The bytes of hexadecimal digits, upper or lower case; undefined for any other text. */
export function fromHex(text: string): ArrayBuffer | undefined;

/** The text of bytes from 1 to 127; undefined where there are others. */
export function toAscii(bytes: Uint8Array): string | undefined;

/** The bytes of code points from 1 to 127; undefined where there are others. */
export function fromAscii(text: string): ArrayBuffer | undefined;
