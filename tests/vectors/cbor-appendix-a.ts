import type { CborValue } from "../../modules/cbor/cbor.js";

/**
 * The examples of RFC 8949, appendix A, divided by whether our subset has them. Encodings in hexadecimal.
 * Functions, because what a module holds is frozen on the boards.
 */

/** Each encoding and its value: 36 of the 82. */
export const inside = (): readonly (readonly [string, CborValue])[] => [
	["00", 0],
	["01", 1],
	["0a", 10],
	["17", 23],
	["1818", 24],
	["1819", 25],
	["1864", 100],
	["1903e8", 1000],
	["1a000f4240", 1000000],
	["1b000000e8d4a51000", 1000000000000],
	["20", -1],
	["29", -10],
	["3863", -100],
	["3903e7", -1000],
	["f4", false],
	["f5", true],
	["f6", null],
	["f7", undefined],
	["40", Uint8Array.of()],
	["4401020304", Uint8Array.of(1, 2, 3, 4)],
	["60", ""],
	["6161", "a"],
	["6449455446", "IETF"],
	["62225c", '"\\'],
	["62c3bc", "ü"],
	["63e6b0b4", "水"],
	["64f0908591", "𐅑"],
	["80", []],
	["83010203", [1, 2, 3]],
	["8301820203820405", [1, [2, 3], [4, 5]]],
	[
		"98190102030405060708090a0b0c0d0e0f101112131415161718181819",
		[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]
	],
	["a0", new Map<CborValue, CborValue>([])],
	[
		"a201020304",
		new Map<CborValue, CborValue>([
			[1, 2],
			[3, 4]
		])
	],
	[
		"a26161016162820203",
		new Map<CborValue, CborValue>([
			["a", 1],
			["b", [2, 3]]
		])
	],
	["826161a161626163", ["a", new Map<CborValue, CborValue>([["b", "c"]])]],
	[
		"a56161614161626142616361436164614461656145",
		new Map<CborValue, CborValue>([
			["a", "A"],
			["b", "B"],
			["c", "C"],
			["d", "D"],
			["e", "E"]
		])
	]
];

/** Each encoding, what our error says of it, and its meaning. */
export const outside = (): readonly (readonly [string, string, string])[] => [
	["1bffffffffffffffff", "beyond 2^53", "18446744073709551615"],
	["c249010000000000000000", "a tag", "18446744073709551616"],
	["3bffffffffffffffff", "beyond 2^53", "-18446744073709551616"],
	["c349010000000000000000", "a tag", "-18446744073709551617"],
	["f90000", "floating-point", "0.0"],
	["f98000", "floating-point", "-0.0"],
	["f93c00", "floating-point", "1.0"],
	["fb3ff199999999999a", "floating-point", "1.1"],
	["f93e00", "floating-point", "1.5"],
	["f97bff", "floating-point", "65504.0"],
	["fa47c35000", "floating-point", "100000.0"],
	["fa7f7fffff", "floating-point", "3.4028234663852886e+38"],
	["fb7e37e43c8800759c", "floating-point", "1e+300"],
	["f90001", "floating-point", "5.960464477539063e-08"],
	["f90400", "floating-point", "6.103515625e-05"],
	["f9c400", "floating-point", "-4.0"],
	["fbc010666666666666", "floating-point", "-4.1"],
	["f97c00", "floating-point", "Infinity"],
	["f97e00", "floating-point", "NaN"],
	["f9fc00", "floating-point", "-Infinity"],
	["fa7f800000", "floating-point", "Infinity"],
	["fa7fc00000", "floating-point", "NaN"],
	["faff800000", "floating-point", "-Infinity"],
	["fb7ff0000000000000", "floating-point", "Infinity"],
	["fb7ff8000000000000", "floating-point", "NaN"],
	["fbfff0000000000000", "floating-point", "-Infinity"],
	["f0", "simple value", "simple(16)"],
	["f818", "simple value", "simple(24)"],
	["f8ff", "simple value", "simple(255)"],
	["c074323031332d30332d32315432303a30343a30305a", "a tag", '0("2013-03-21T20:04:00Z")'],
	["c11a514b67b0", "a tag", "1(1363896240)"],
	["c1fb41d452d9ec200000", "a tag", "1(1363896240.5)"],
	["d74401020304", "a tag", "23(h'01020304')"],
	["d818456449455446", "a tag", "24(h'6449455446')"],
	["d82076687474703a2f2f7777772e6578616d706c652e636f6d", "a tag", '32("http://www.example.com")'],
	["5f42010243030405ff", "indefinite length", "(_ h'0102', h'030405')"],
	["7f657374726561646d696e67ff", "indefinite length", '"streaming"'],
	["9fff", "indefinite length", "[]"],
	["9f018202039f0405ffff", "indefinite length", "[1, [2, 3], [4, 5]]"],
	["9f01820203820405ff", "indefinite length", "[1, [2, 3], [4, 5]]"],
	["83018202039f0405ff", "indefinite length", "[1, [2, 3], [4, 5]]"],
	["83019f0203ff820405", "indefinite length", "[1, [2, 3], [4, 5]]"],
	[
		"9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
		"indefinite length",
		"[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25]"
	],
	["bf61610161629f0203ffff", "indefinite length", '{"a": 1, "b": [2, 3]}'],
	["826161bf61626163ff", "indefinite length", '["a", {"b": "c"}]'],
	["bf6346756ef563416d7421ff", "indefinite length", '{"Fun": true, "Amt": -2}']
];
