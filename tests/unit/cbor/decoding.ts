import { CborError, decode, decodeFirst, decodeSequence, encode } from "../../../modules/cbor/cbor.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { inside, outside } from "../../vectors/cbor-appendix-a.js";

function refused(text: string, message: string, offset?: number): void {
	const error = throws(() => decode(bytes(text)), CborError, message);
	if (offset !== undefined) equal(error.offset, offset, `offset in ${text}`);
}

export default [
	suite("cbor: decoding", {
		"what our subset has of RFC 8949 appendix A is read and written back the same"() {
			for (const [encoded, value] of inside()) {
				equal(decode(bytes(encoded)), value, encoded);
				equal(hex(encode(decode(bytes(encoded)))), encoded);
			}
		},
		"everything else in RFC 8949 appendix A is refused"() {
			for (const [encoded, message] of outside()) refused(encoded, message);
			equal(inside().length + outside().length, 82);
		},
		"every proper beginning of a value is refused"() {
			const whole = "a4016568656c6c6f024401020304038401190203f6f50481a0";
			for (let length = 0; length < whole.length; length += 2) {
				throws(() => decode(bytes(whole.slice(0, length))), CborError);
			}
			ok(decode(bytes(whole)) instanceof Map);
		},
		"bytes after the value are refused, with their place"() {
			refused("0100", "CBOR: bytes after the end, at byte 1", 1);
			refused("8101 ff", "after the end", 2);
		},
		"every longer form than the shortest is refused, for every kind of item"() {
			for (const form of ["1800", "1817", "190000", "1900ff", "1a0000ffff", "1b00000000ffffffff"]) {
				for (const major of [0, 1, 2, 3, 4, 5]) {
					const first = (Number.parseInt(form.slice(0, 2), 16) | (major << 5)).toString(16).padStart(2, "0");
					refused(first + form.slice(2), "not the shortest form", 0);
				}
			}
		},
		"integers beyond 2^53 - 1 are refused on both sides of zero"() {
			refused("1b0020000000000000", "beyond 2^53");
			refused("3b001fffffffffffff", "beyond 2^53");
			refused("3b0020000000000000", "beyond 2^53");
		},
		"reserved first bytes, stray breaks and long simple values are refused"() {
			for (const first of ["1c", "1d", "1e", "3c", "5d", "7e", "9c", "bd"]) refused(first, "reserved");
			for (const first of ["1f", "3f", "5f", "7f", "9f", "bf"]) refused(first, "indefinite");
			refused("ff", "break");
			for (const simple of ["e0", "f3", "f814", "f820", "fc", "fd", "fe"]) refused(simple, "simple value");
		},
		"text that is not UTF-8 is refused, at the item's place"() {
			refused("8201 62c328", "not UTF-8", 2);
			refused("61ff", "not UTF-8", 0);
			refused("62c080", "not UTF-8", 0);
			refused("63eda080", "not UTF-8", 0);
		},
		"map keys twice or out of order are refused, at the key's place"() {
			refused("a201010102", "twice", 3);
			refused("a202010102", "out of order", 3);
			refused("a2617a01 0a02", "out of order", 4);
			refused("a3 4101 00 4102 00 4102 00", "twice", 7);
			equal(
				decode(bytes("a20a01617a02")),
				new Map<number | string, number>([
					[10, 1],
					["z", 2]
				])
			);
		},
		"sixteen containers in each other are read, seventeen refused, a thousand cost no stack"() {
			equal(hex(encode(decode(bytes(`${"81".repeat(16)}00`)))), `${"81".repeat(16)}00`);
			refused(`${"81".repeat(17)}00`, "nesting over 16", 16);
			refused("81".repeat(1000), "nesting over 16", 16);
			refused("a1".repeat(1000), "nesting over 16", 16);
		},
		"lengths beyond the input are refused before anything is made of them"() {
			for (const head of ["5a7fffffff", "7a7fffffff", "9a7fffffff", "ba7fffffff"]) {
				refused(`${head}00`, "beyond the input", 0);
			}
			refused("9b001fffffffffffff", "beyond the input", 0);
			refused("bb001fffffffffffff", "beyond the input", 0);
			refused("420102".slice(0, 4), "beyond the input", 0);
			refused("a201020304".slice(0, 8), "beyond the input", 0);
		},
		"a message full of empty containers or byte strings is refused before it fills the memory"() {
			for (const item of ["80", "a0", "40"]) {
				refused(`9903e8${item.repeat(1000)}`, "too many");
				throws(() => decodeSequence(bytes(item.repeat(1000))), CborError, "too many");
			}
			// As many as a datagram holds, of which a board has room for no more than this.
			for (const item of ["80", "a0", "40", "4100", "42aabb", "8100"]) {
				ok(decodeSequence(bytes(item.repeat(64))), "64 are in order");
				throws(() => decodeSequence(bytes(item.repeat(65))), CborError, "too many");
			}
		},
		"a body in many blocks is refused before it fills the memory, whatever it is full of"() {
			// As long as the longest body that is taken.
			for (const item of ["80", "a0", "40", "60", "00", "f6", "410041004100810000"]) {
				const count = Math.floor(24_000 / item.length);
				throws(() => decodeSequence(bytes(item.repeat(count))), CborError, "too many");
				throws(
					() => decode(bytes(`99${count.toString(16).padStart(4, "0")}${item.repeat(count)}`)),
					CborError
				);
			}
			const most = Array.from({ length: 255 }, () => 0);
			equal(decode(encode(most)), most);
			throws(() => encode([...most, 0]), CborError, "too many values");
			throws(() => decode(bytes(`990100${"00".repeat(256)}`)), CborError, "too many values");
		},
		"byte strings are copies of the input"() {
			const input = bytes("420102");
			const value = decode(input);
			input[1] = 9;
			equal(value, bytes("0102"));
		},
		"decodeFirst reads from an offset and says where the value ends"() {
			const input = bytes("ff 8201 02 ff");
			equal(decodeFirst(input, 1), { value: [1, 2], end: 4 });
			throws(() => decodeFirst(input, 5), CborError, "ends early");
			equal(decodeFirst(bytes("00ff")), { value: 0, end: 1 });
		},
		"a view into a larger buffer is read within its bounds"() {
			const input = bytes("00 42 01 02 03").subarray(1, 4);
			equal(decode(input), bytes("0102"));
			throws(() => decode(bytes("42 01 02").subarray(0, 2)), CborError, "beyond the input");
		},
		"a sequence is read to its end, and refused when its last value is cut off"() {
			equal(decodeSequence(bytes("")), []);
			equal(decodeSequence(bytes("00 4101 80 f6 f7")), [0, bytes("01"), [], null, undefined]);
			throws(() => decodeSequence(bytes("00 42 01")), CborError, "beyond the input");
		},
		"random bytes are refused or have just one encoding"() {
			let state = 12345;
			const random = () => {
				state = (Math.imul(state, 1103515245) + 12345) >>> 0;
				return state >>> 16;
			};
			let read = 0;
			for (let i = 0; i < 3000; i++) {
				const input = Uint8Array.from({ length: 1 + (random() % 6) }, () => random() & 255);
				try {
					const { value, end } = decodeFirst(input);
					equal(encode(value), input.slice(0, end));
					read += 1;
				} catch (error) {
					if (!(error instanceof CborError)) throw error;
				}
			}
			ok(read > 100, `${read} read`);
		}
	})
];
