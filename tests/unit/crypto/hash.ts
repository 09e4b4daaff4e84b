import { concat, encodeUtf8 } from "../../../modules/bytes/bytes.js";
import {
	CryptoError,
	constantTimeEqual,
	hkdfExpand,
	hkdfExtract,
	hmacSha256,
	Pbkdf2,
	sha256
} from "../../../modules/crypto/crypto.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { hkdfVectors, hmacVectors, pbkdf2Vectors, sha256Vectors } from "../../vectors/hashes.js";

const empty = () => new Uint8Array(0);

export default [
	suite("crypto: hashes", {
		"SHA-256 of the published messages is right, whole or in parts"() {
			for (const [text, digest] of sha256Vectors()) {
				const message = encodeUtf8(text);
				equal(hex(sha256(message)), digest);
				equal(hex(sha256(message.subarray(0, 5), empty(), message.subarray(5))), digest);
			}
			equal(hex(sha256()), sha256Vectors()[0][1]);
		},
		"HMAC of RFC 4231 is right, whole or in parts"() {
			for (const [key, message, code] of hmacVectors()) {
				const text = bytes(message);
				equal(hex(hmacSha256(bytes(key), text)).slice(0, code.length), code);
				const parts = hmacSha256(bytes(key), text.subarray(0, 3), text.subarray(3, 4), text.subarray(4));
				equal(hex(parts).slice(0, code.length), code);
			}
		},
		"HMAC takes an empty key and an empty message, and leaves its arguments alone"() {
			const code = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
			equal(hex(hmacSha256(empty())), code);
			equal(hex(hmacSha256(empty(), empty())), code);
			const part = bytes("0102");
			hmacSha256(part, part, part);
			equal(part, bytes("0102"));
		},
		"HKDF of RFC 5869 is right, and every shorter output is its beginning"() {
			for (const { secret, salt, info, key, output } of hkdfVectors()) {
				equal(hex(hkdfExtract(bytes(salt), bytes(secret))), key);
				for (let length = 0; length <= output.length / 2; length++) {
					equal(hex(hkdfExpand(bytes(key), bytes(info), length)), output.slice(0, 2 * length));
				}
			}
		},
		"HKDF gives 8160 bytes and no more"() {
			const longest = hkdfExpand(bytes("01"), empty(), 8160);
			const last = longest.subarray(8128);
			equal(last, hmacSha256(bytes("01"), longest.subarray(8096, 8128), bytes("ff")));
			for (const length of [8161, -1, 1.5, Number.NaN]) {
				throws(() => hkdfExpand(bytes("01"), empty(), length), CryptoError, "8160");
			}
		},
		"PBKDF2 of the published examples is right, and takes a step for each 1000 rounds begun"() {
			for (const { password, salt, rounds, key } of pbkdf2Vectors()) {
				const length = key.length / 2;
				const work = new Pbkdf2({
					password: encodeUtf8(password),
					salt: encodeUtf8(salt),
					rounds,
					length
				});
				let steps = 1;
				let result = work.step();
				for (; result === undefined && steps < 100; steps++) result = work.step();
				ok(result !== undefined);
				equal(hex(result), key);
				equal(steps, Math.ceil((rounds * Math.ceil(length / 32)) / 1000));
				equal(work.step(), result, "a further step");
			}
		},
		"PBKDF2 does not follow later changes of password and salt"() {
			const password = encodeUtf8("password");
			const salt = encodeUtf8("salt");
			const work = new Pbkdf2({ password, salt, rounds: 1001, length: 32 });
			equal(work.step(), undefined);
			password.fill(0);
			salt.fill(0);
			const other = new Pbkdf2({
				password: encodeUtf8("password"),
				salt: encodeUtf8("salt"),
				rounds: 1001,
				length: 32
			});
			other.step();
			equal(work.step(), other.step());
		},
		"constantTimeEqual looks at every byte and at the length"() {
			const tag = bytes("0102030405060708");
			ok(constantTimeEqual(tag, tag.slice()));
			ok(constantTimeEqual(empty(), empty()));
			for (let bit = 0; bit < 64; bit++) {
				const other = tag.slice();
				other[bit >> 3] ^= 1 << (bit & 7);
				ok(!constantTimeEqual(tag, other));
			}
			ok(!constantTimeEqual(tag, tag.subarray(1)));
			ok(!constantTimeEqual(tag, concat(tag, bytes("00"))));
		}
	})
];
