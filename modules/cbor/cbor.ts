/**
 * Deterministic CBOR (RFC 8949, section 4.2.1), as far as our protocols use it: integers within ±(2^53 - 1),
 * byte strings, text, arrays, maps, false, true, null, undefined. Whatever else CBOR knows (floats, bignums,
 * tags, indefinite lengths, other simple values) and every second way to write a value is refused, so a value
 * has one encoding and an encoding one value.
 */

export { CborError } from "./cbor-error.js";
export { decode, decodeArrayHead, decodeFirst, decodeSequence } from "./decoder.js";
export { encode, encodeArrayHead, encodeBytesHead, encodeSequence } from "./encoder.js";
export { Items } from "./items.js";
export type { CborValue } from "./value.js";
export { isArray, isBytes, isInteger, isMap, isText } from "./value.js";
