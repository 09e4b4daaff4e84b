import {
	BytesError,
	compareBytes,
	concat,
	decodeUtf8,
	encodeUtf8,
	equalBytes,
	fromBase32,
	fromCodePoints,
	fromHex,
	toBase32,
	toHex
} from "../../../modules/bytes/bytes.js";
import { bytes, equal, ok, throws } from "../../harness/assert.js";
import { type Suite, suite } from "../../harness/suite.js";
import bulk from "./bulk.js";
import printable from "./printable.js";
import records from "./records.js";

/** Every byte once, in order. */
const every = () => Uint8Array.from({ length: 256 }, (_, i) => i);

export default [
	suite("bytes", {
		"concat joins its parts in order, empty ones and views included"() {
			equal(concat(), bytes(""));
			equal(concat(bytes("01 02"), bytes(""), bytes("99 03 99").subarray(1, 2)), bytes("01 02 03"));
		},
		"concat copies: the result does not change with a part"() {
			const part = bytes("01");
			const whole = concat(part);
			part[0] = 2;
			equal(whole, bytes("01"));
		},
		"equalBytes looks at every byte and at the length"() {
			ok(equalBytes(bytes(""), bytes("")));
			ok(equalBytes(bytes("01 02 03"), bytes("01 02 03")));
			for (const other of ["00 02 03", "01 00 03", "01 02 00", "01 02", "01 02 03 04"]) {
				ok(!equalBytes(bytes("01 02 03"), bytes(other)), other);
			}
		},
		"compareBytes orders by bytes without sign, a beginning before its continuation"() {
			const ordered = ["", "00", "00 00", "00 ff", "01", "7f", "80", "ff", "ff 00"].map(bytes);
			ordered.forEach((a, i) => {
				ordered.forEach((b, j) => {
					equal(Math.sign(compareBytes(a, b)), Math.sign(i - j), `place ${i} with ${j}`);
				});
			});
		}
	}),
	suite("bytes: hexadecimal", {
		"every byte becomes two lower-case digits and comes back"() {
			const text = toHex(every());
			equal(text.length, 512);
			ok(text.startsWith("000102030405060708090a0b") && text.endsWith("fdfeff"));
			equal(fromHex(text), every());
			equal(toHex(bytes("")), "");
		},
		"upper-case digits are read"() {
			equal(fromHex("ABCDEFabcdef"), bytes("abcdefabcdef"));
		},
		"an odd number of digits and every other character are refused"() {
			throws(() => fromHex("abc"), BytesError, "odd");
			for (const text of ["0g", "0/", "0:", "0@", "0G", "0`", "a ", " a", "0x", "-1", "é1", "١٢"]) {
				throws(() => fromHex(text), BytesError);
			}
		}
	}),
	suite("bytes: UTF-8", {
		"text of one to four bytes a character, with the ends of each range, is written and read"() {
			const samples: [number, string][] = [
				[0x00, "00"],
				[0x7f, "7f"],
				[0x80, "c2 80"],
				[0x7ff, "df bf"],
				[0x800, "e0 a0 80"],
				[0xd7ff, "ed 9f bf"],
				[0xe000, "ee 80 80"],
				[0xffff, "ef bf bf"],
				[0x10000, "f0 90 80 80"],
				[0x10ffff, "f4 8f bf bf"]
			];
			for (const [code, encoded] of samples) {
				const text = String.fromCodePoint(code);
				equal(encodeUtf8(text), bytes(encoded));
				equal(decodeUtf8(bytes(encoded)), text);
			}
			const mixed = "Küche 水 𐅑 ok";
			equal(decodeUtf8(encodeUtf8(mixed)), mixed);
			equal(encodeUtf8(""), bytes(""));
		},
		"a byte-order mark stays, in the text and in the bytes"() {
			equal(decodeUtf8(bytes("ef bb bf 61")), "\ufeffa");
			equal(encodeUtf8("\ufeffa"), bytes("ef bb bf 61"));
		},
		"text much longer than one call's arguments comes back whole"() {
			const text = "abcdefg水".repeat(500);
			equal(decodeUtf8(encodeUtf8(text)), text);
		},
		"a surrogate without its other half is refused"() {
			for (const text of ["\ud800", "a\udfff", "\udc00\ud800", "\ud800a"]) {
				throws(() => encodeUtf8(text), BytesError, "surrogate");
			}
		},
		"overlong forms, surrogates, too large and broken sequences are refused, with their place"() {
			const refused = [
				...["80", "bf", "c0 80", "c1 bf", "e0 80 80", "e0 9f bf", "f0 80 80 80", "f0 8f bf bf"],
				...["ed a0 80", "ed bf bf", "f4 90 80 80", "f5 80 80 80", "f8 88 80 80 80", "fe", "ff"],
				...["c2", "e0 a0", "f0 90 80", "c2 41", "e0 a0 41", "f0 90 80 41", "c2 c2", "e1 c0 80", "f1 80 80 c0"]
			];
			for (const text of refused) {
				throws(() => decodeUtf8(bytes(`61 62 ${text}`)), BytesError, "at byte 2");
				throws(() => decodeUtf8(bytes(`61 62 ${text} 63 63 63`)), BytesError, "at byte 2");
			}
		},
		"code points become text beyond the number that one call takes"() {
			const codes = Array.from({ length: 1000 }, (_, i) => 0x10000 + i);
			equal(
				Array.from(fromCodePoints(codes), c => c.codePointAt(0)),
				codes
			);
			equal(fromCodePoints([]), "");
		}
	}),
	suite("bytes: base32", {
		"bytes are written in Crockford's alphabet, five bits a character"() {
			equal(toBase32(bytes("")), "");
			equal(toBase32(bytes("00")), "00");
			equal(toBase32(bytes("ff")), "ZW");
			equal(toBase32(bytes("00443214c74254b635cf84653a56d7c675be77df")), "0123456789ABCDEFGHJKMNPQRSTVWXYZ");
		},
		"every length comes back"() {
			for (let length = 0; length <= 40; length++) {
				const value = Uint8Array.from({ length }, (_, i) => (i * 197 + length * 31) & 255);
				const text = toBase32(value);
				equal(text.length, Math.ceil((length * 8) / 5));
				equal(fromBase32(text), value);
			}
			equal(fromBase32(toBase32(every())), every());
		},
		"what a person makes of it is read: lower case, I and L for 1, O for 0, spaces and hyphens"() {
			equal(fromBase32("abcdefghjkmnpqrstvwxyz00"), fromBase32("ABCDEFGHJKMNPQRSTVWXYZ00"));
			equal(fromBase32("oO0-iI1 lL"), fromBase32("00011111"));
			equal(fromBase32(" 0123-4567 89ab-cdef\u0020"), fromBase32("0123456789ABCDEF"));
		},
		"other characters are refused, look-alikes of other scripts too"() {
			for (const text of ["U0", "u0", "0!", "0.", "0\t", "ı0", "ſ0", "０0", "ü0"]) {
				throws(() => fromBase32(text), BytesError, "not a base32 character");
			}
		},
		"a missing or additional character is refused"() {
			for (const text of ["0", "000", "000000", "000000000", "-0-"]) {
				throws(() => fromBase32(text), BytesError, "missing or too many");
			}
		},
		"filling bits that are not zero are refused"() {
			for (const text of ["01", "ZZ", "0001", "00001", "0000001"]) {
				throws(() => fromBase32(text), BytesError, "last");
			}
		}
	}),
	printable,
	bulk,
	records
] as Suite[];
