import { concat, encodeUtf8 } from "../../../modules/bytes/bytes.js";
import {
	CryptoError,
	compress,
	derivePublicKey,
	isLowS,
	sha256,
	signEs256,
	verifyEs256
} from "../../../modules/crypto/crypto.js";
import { Nonces } from "../../../modules/crypto/nonces.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { n, rfc6979 } from "../../vectors/p256.js";

const half = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";

export default [
	suite("crypto: ES256", {
		"signatures are those of RFC 6979, with the lower s"() {
			const { privateKey, signatures } = rfc6979();
			for (const { message, r, lowS } of signatures) {
				equal(hex(signEs256(bytes(privateKey), encodeUtf8(message))), r + lowS);
			}
		},
		"both values of s verify, for the key and message that were signed"() {
			const { privateKey, publicKey, signatures } = rfc6979();
			const key = compress(bytes(publicKey));
			equal(key, derivePublicKey(bytes(privateKey)));
			for (const { message, r, s, lowS } of signatures) {
				const text = encodeUtf8(message);
				ok(verifyEs256(key, text, bytes(r + s)));
				ok(verifyEs256(key, text, bytes(r + lowS)));
				ok(!verifyEs256(key, encodeUtf8(`${message} `), bytes(r + lowS)));
				ok(!verifyEs256(derivePublicKey(bytes(half)), text, bytes(r + lowS)));
				ok(!verifyEs256(key, text, bytes(lowS + r)));
			}
		},
		"own signatures are low, verify, and differ between messages and keys"() {
			const seen = new Set<string>();
			for (let i = 1; i <= 8; i++) {
				const privateKey = new Uint8Array(32).fill(i);
				const message = Uint8Array.of(i & 1);
				const signature = signEs256(privateKey, message);
				ok(isLowS(signature));
				ok(verifyEs256(derivePublicKey(privateKey), message, signature));
				seen.add(hex(signature.subarray(0, 32)));
			}
			equal(seen.size, 8);
		},
		"a nonce that gives no signature is followed by the next of RFC 6979, and both are wiped"() {
			const { privateKey, signatures } = rfc6979();
			const nonces = new Nonces(bytes(privateKey), sha256(encodeUtf8("sample")));
			const first = nonces.next();
			equal(hex(first), signatures[0].nonce);
			const second = nonces.next();
			// Worked out from section 3.2 by a program of its own: the RFC has no example of a second nonce.
			equal(hex(second), "8e83dc490bc5fc4d5992bd63cd87f254adffcb930f8a8011702a88870f638fdb");
			equal(first, new Uint8Array(32));
			nonces.wipe();
			equal(second, new Uint8Array(32));
		},
		"signing leaves key and message as they were"() {
			const key = bytes(half);
			const message = bytes("0102");
			signEs256(key, message);
			equal(hex(key), half);
			equal(message, bytes("0102"));
		},
		"a flipped bit anywhere in the signature is noticed"() {
			const key = new Uint8Array(32).fill(7);
			const publicKey = derivePublicKey(key);
			const message = bytes("010203");
			const signature = signEs256(key, message);
			for (let index = 0; index < 64; index += 3) {
				const other = signature.slice();
				other[index] ^= 1 << (index & 7);
				ok(!verifyEs256(publicKey, message, other), `byte ${index}`);
			}
		},
		"r or s of 0, n or more never verify, and never hang"() {
			const { publicKey, signatures } = rfc6979();
			const key = compress(bytes(publicKey));
			const [{ message, r, s }] = signatures;
			const text = encodeUtf8(message);
			for (const wrong of ["00".repeat(32), n, "ff".repeat(32)]) {
				ok(!verifyEs256(key, text, bytes(wrong + s)));
				ok(!verifyEs256(key, text, bytes(r + wrong)));
				ok(!verifyEs256(key, text, bytes(wrong + wrong)));
			}
		},
		"signatures and keys of other lengths, and keys that are no points, verify nothing"() {
			const { publicKey, signatures } = rfc6979();
			const [{ message, r, s }] = signatures;
			const text = encodeUtf8(message);
			const signature = bytes(r + s);
			const key = compress(bytes(publicKey));
			ok(verifyEs256(key, text, signature));
			ok(!verifyEs256(key, text, signature.subarray(1)));
			ok(!verifyEs256(key, text, concat(signature, bytes("00"))));
			ok(!verifyEs256(key, text, bytes("")));
			ok(!verifyEs256(bytes(publicKey), text, signature));
			ok(!verifyEs256(concat(bytes("04"), bytes(publicKey)), text, signature));
			ok(!verifyEs256(bytes(`02${"1".padStart(64, "0")}`), text, signature));
			ok(!verifyEs256(bytes(""), text, signature));
		},
		"low means at most (n - 1) / 2"() {
			const r = "01".repeat(32);
			ok(isLowS(bytes(r + half)));
			ok(!isLowS(bytes(`${r}${half.slice(0, -1)}9`)));
			ok(!isLowS(bytes(r + n)));
			ok(isLowS(bytes(r + r)));
			ok(!isLowS(bytes(r)), "half a signature");
		},
		"nobody signs with 0, n or a key of another length"() {
			for (const key of ["00".repeat(32), n, "ff".repeat(32), "01", "01".repeat(33)]) {
				throws(() => signEs256(bytes(key), bytes("00")), CryptoError, "private key");
			}
		}
	})
];
