/**
 * What goes through many bytes: each one that JavaScript reads or writes is a call inside XS, which a board feels. Only
 * `modules/bytes` and the chain import this. Nothing here is constant time. A TypeError for what is no number, a RangeError for one
 * below 0, a range out of its array, a step of 0 or nothing to look for.
 */

/** Below zero, zero or above zero as memcmp says of `length` bytes. */
export function compare(
	bytes: Uint8Array,
	at: number,
	other: Uint8Array,
	otherAt: number,
	length: number
): number;

/**
 * The first of the places `at`, `at + step`, ... at which `bytes` has `length` bytes of `part`, from `partAt` on, whole before `end`,
 * or -1.
 */
export function find(
	bytes: Uint8Array,
	at: number,
	step: number,
	end: number,
	part: Uint8Array,
	partAt: number,
	length: number
): number;

/** As `find`, of one byte. */
export function findByte(bytes: Uint8Array, at: number, step: number, end: number, byte: number): number;

/** Copies `length` bytes into `bytes`; both may be of one array. */
export function copy(bytes: Uint8Array, at: number, from: Uint8Array, fromAt: number, length: number): void;

/** Two lower-case hexadecimal digits for each byte. */
export function toHex(bytes: Uint8Array): string;

/** The bytes of hexadecimal digits, upper or lower case; undefined for any other text. */
export function fromHex(text: string): ArrayBuffer | undefined;

/** The text of UTF-8 (RFC 3629) without U+0000; undefined for what is none, or has one. */
export function toText(bytes: Uint8Array): string | undefined;

/** The bytes of code points from 1 to 127; undefined where there are others. */
export function fromAscii(text: string): ArrayBuffer | undefined;
