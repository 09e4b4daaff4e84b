import { concat } from "../../../modules/bytes/bytes.js";
import {
	addPoints,
	CryptoError,
	decodePoint,
	derivePublicKey,
	encodePoint,
	isOnCurve,
	multiply,
	multiplyBase,
	negateScalar,
	pointOfX,
	reduceLong,
	sharedX,
	signEs256,
	verifyEs256,
	verifyEs256Point
} from "../../../modules/crypto/crypto.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { multiples, n, p, rfc6979 } from "../../vectors/p256.js";

const generator = () => bytes(multiples()[0][1]);
const small = (k: number) => bytes(k.toString(16).padStart(64, "0"));
const badScalars = () => ["00".repeat(32), n, "ff".repeat(32), "", "01", "01".repeat(33)].map(bytes);
const badPoints = () => {
	const xy = multiples()[0][1];
	return ["", "00".repeat(64), "ff".repeat(64), xy.slice(2), `${xy}00`, `${xy.slice(0, -2)}f4`].map(bytes);
};

/** By BigInt, so that it shares nothing with the code under test. */
const modulo = (text: string) => (BigInt(`0x${text}`) % BigInt(`0x${n}`)).toString(16).padStart(64, "0");

export default [
	suite("crypto: points", {
		"products are the published multiples"() {
			for (const [k, xy] of multiples()) {
				equal(hex(multiplyBase(bytes(k))), xy);
				equal(hex(multiply(bytes(k), generator())), xy);
				equal(hex(sharedX(bytes(k), generator())), xy.slice(0, 64));
			}
		},
		"sums are those of the group, also of a point with itself and with its opposite"() {
			const [one, two, three] = [1, 2, 3].map(k => multiplyBase(small(k)));
			equal(addPoints(one, two), three);
			equal(addPoints(one, one), two);
			equal(addPoints(three, multiplyBase(negateScalar(small(2)))), one);
			equal(addPoints(two, multiplyBase(negateScalar(small(2)))), undefined);
		},
		"a scalar of 0, n or more and a point off the curve are refused"() {
			for (const wrong of badScalars()) {
				throws(() => multiplyBase(wrong), CryptoError, "scalar");
				throws(() => multiply(wrong, generator()), CryptoError, "scalar");
				throws(() => sharedX(wrong, generator()), CryptoError, "scalar");
			}
			for (const wrong of badPoints()) {
				ok(!isOnCurve(wrong), hex(wrong));
				throws(() => multiply(small(2), wrong), CryptoError, "point");
				throws(() => sharedX(small(2), wrong), CryptoError, "point");
				throws(() => addPoints(generator(), wrong), CryptoError, "point");
				throws(() => addPoints(wrong, generator()), CryptoError, "point");
			}
		},
		"an x gives the point with even y, or none, and either serves to agree on a secret"() {
			for (const [k, xy] of multiples()) {
				const point = pointOfX(bytes(xy).subarray(0, 32));
				ok(point !== undefined && isOnCurve(point));
				equal(point[63] & 1, 0);
				equal(sharedX(small(7), point), sharedX(small(7), multiplyBase(bytes(k))));
			}
			for (const wrong of [small(1), bytes(p), bytes("ff".repeat(32)), bytes(""), generator()]) {
				equal(pointOfX(wrong), undefined);
			}
		},
		"uncompressed points come back, and no other form is one"() {
			const encoded = encodePoint(generator());
			equal(encoded.length, 65);
			equal(encoded[0], 4);
			equal(decodePoint(encoded), generator());
			throws(() => encodePoint(encoded), CryptoError, "64 bytes");
			for (const wrong of badPoints()) {
				throws(() => decodePoint(concat(bytes("04"), wrong)), CryptoError, "uncompressed");
			}
			for (const wrong of [
				bytes(""),
				generator(),
				derivePublicKey(small(1)),
				concat(bytes("06"), generator())
			]) {
				throws(() => decodePoint(wrong), CryptoError, "uncompressed");
			}
		},
		"a signature verifies under the point as under the compressed key"() {
			const { privateKey, publicKey } = rfc6979();
			const signature = signEs256(bytes(privateKey), bytes("01"));
			ok(verifyEs256(derivePublicKey(bytes(privateKey)), bytes("01"), signature));
			ok(verifyEs256Point(bytes(publicKey), bytes("01"), signature));
			ok(!verifyEs256Point(bytes(publicKey), bytes("02"), signature));
			ok(!verifyEs256Point(generator(), bytes("01"), signature));
			ok(!verifyEs256Point(bytes(publicKey), bytes("01"), signature.subarray(1)));
			ok(!verifyEs256Point(bytes(publicKey), bytes("01"), new Uint8Array(64)));
			for (const wrong of badPoints()) ok(!verifyEs256Point(wrong, bytes("01"), signature));
		}
	}),
	suite("crypto: long numbers modulo n", {
		"are what long division gives, at the edges too"() {
			const texts = [
				"00".repeat(40),
				"ff".repeat(40),
				`${n}${"00".repeat(8)}`,
				`${n}${"ff".repeat(8)}`,
				`${"00".repeat(8)}${n}`,
				`${"00".repeat(7)}01${n}`,
				`${n.slice(0, -2)}50${"ff".repeat(8)}`,
				`${"ff".repeat(8)}${"00".repeat(32)}`,
				n,
				"ff".repeat(32),
				"ff".repeat(64),
				"80".repeat(33)
			];
			for (const text of texts) equal(hex(reduceLong(bytes(text))), modulo(text), text);
		},
		"are what long division gives, for many numbers"() {
			let state = 1;
			for (let round = 0; round < 300; round++) {
				const long = Uint8Array.from({ length: 40 }, () => {
					state = (Math.imul(state, 1103515245) + 12345) >>> 0;
					// Long runs of ones and zeros, where carries go far.
					return round % 3 === 0 ? (state >> 16) & 255 : (state >> 16) & 1 ? 255 : 0;
				});
				equal(hex(reduceLong(long)), modulo(hex(long)), hex(long));
			}
		},
		"have at least 32 bytes, and are left as they were"() {
			throws(() => reduceLong(new Uint8Array(31)), CryptoError, "32 bytes");
			const long = new Uint8Array(40).fill(255);
			reduceLong(long);
			equal(long, new Uint8Array(40).fill(255));
		}
	})
];
