import { BytesError } from "../../../modules/bytes/bytes.js";
import {
	CborError,
	type CborValue,
	decode,
	decodeSequence,
	encode,
	encodeSequence
} from "../../../modules/cbor/cbor.js";
import { bytes, equal, hex, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { inside } from "../../vectors/cbor-appendix-a.js";

function nested(depth: number): CborValue {
	let value: CborValue = 1;
	for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : new Map<CborValue, CborValue>([[0, value]]);
	return value;
}

export default [
	suite("cbor: encoding", {
		"the values of RFC 8949 appendix A get the encodings given there"() {
			for (const [encoded, value] of inside()) equal(hex(encode(value)), encoded);
		},
		"integers take the shortest head on both sides of every limit"() {
			const samples: [number, string][] = [
				[23, "17"],
				[24, "1818"],
				[0xff, "18ff"],
				[0x100, "190100"],
				[0xffff, "19ffff"],
				[0x10000, "1a00010000"],
				[0xffffffff, "1affffffff"],
				[0x100000000, "1b0000000100000000"],
				[Number.MAX_SAFE_INTEGER, "1b001fffffffffffff"],
				[-24, "37"],
				[-25, "3818"],
				[-256, "38ff"],
				[-257, "390100"],
				[-65536, "39ffff"],
				[-65537, "3a00010000"],
				[-4294967296, "3affffffff"],
				[-4294967297, "3b0000000100000000"],
				[Number.MIN_SAFE_INTEGER, "3b001ffffffffffffe"]
			];
			for (const [value, encoded] of samples) {
				equal(hex(encode(value)), encoded);
				equal(decode(bytes(encoded)), value);
			}
			equal(hex(encode(-0)), "00", "minus zero is zero");
		},
		"lengths take the shortest head too, also where the buffer grows"() {
			for (const length of [0, 23, 24, 255, 256, 65535, 65536]) {
				const value = new Uint8Array(length).fill(7);
				const encoded = encode(value);
				equal(encoded.length - length, length < 24 ? 1 : length < 256 ? 2 : length < 65536 ? 3 : 5);
				equal(decode(encoded), value);
			}
			const text = "水".repeat(300);
			equal(decode(encode(text)), text);
		},
		"numbers that are no integers within 2^53 are refused"() {
			for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53)]) {
				throws(() => encode(value), CborError, "not an integer");
			}
		},
		"what has no encoding is refused, should the types be evaded"() {
			for (const value of [Symbol.iterator, 1n, () => 1, {}, new ArrayBuffer(1)]) {
				throws(() => Reflect.apply(encode, undefined, [value]), CborError, "has no encoding");
			}
		},
		"text without UTF-8 is refused"() {
			throws(() => encode(["\ud800"]), BytesError, "surrogate");
		},
		"the keys of a map are ordered by their encodings, whatever the order of entry"() {
			// The example of RFC 8949, section 4.2.1, without the keys that our subset lacks.
			const map = new Map<CborValue, CborValue>([
				[false, 0],
				[[-1], 1],
				[[100], 2],
				["aa", 3],
				["z", 4],
				[-1, 5],
				[100, 6],
				[10, 7]
			]);
			equal(hex(encode(map)), "a80a071864062005617a046261610381186402812001f400");
			equal(encode(new Map([...map].reverse())), encode(map));
		},
		"two keys of one encoding are refused"() {
			const map = new Map<CborValue, CborValue>([
				[bytes("01"), 1],
				[bytes("01"), 2]
			]);
			throws(() => encode(map), CborError, "one encoding");
		},
		"sixteen containers in each other are written and read, seventeen are not written"() {
			equal(decode(encode(nested(16))), nested(16));
			throws(() => encode(nested(17)), CborError, "nesting over 16");
			const key = new Map([[nested(16), 1]]);
			throws(() => encode(key), CborError, "nesting over 16");
		},
		"what decode would refuse for its number of objects is not written"() {
			const empties = (count: number): CborValue => Array.from({ length: count }, () => []);
			equal(decode(encode(empties(63))), empties(63));
			throws(() => encode(empties(64)), CborError, "too many");
		},
		"a sequence is its values in a row, and none are no bytes"() {
			equal(hex(encodeSequence([1, "a", [2]])), "0161618102");
			equal(encodeSequence([]), bytes(""));
			equal(decodeSequence(encodeSequence([1, "a", [2]])), [1, "a", [2]]);
		}
	})
];
