import { CryptoError, ccmOpen, ccmSeal } from "../../../modules/crypto/crypto.js";
import { bytes, equal, hex, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { ccmKey, ccmVectors } from "../../vectors/ccm.js";

const count = (length: number) => Uint8Array.from({ length }, (_, i) => i);

function sample() {
	const options = { key: bytes(ccmKey), nonce: count(13), aad: bytes("0102") };
	return { ...options, ciphertext: ccmSeal({ ...options, plaintext: bytes("aa bb cc") }) };
}

/** Whether it throws a RangeError. */
function isRefused(act: () => void): boolean {
	try {
		act();
	} catch (error) {
		if (error instanceof RangeError) return true;
		throw error;
	}
	return false;
}

export default [
	suite("crypto: AES-CCM-16-64-128", {
		"the packets of RFC 3610 are sealed and opened"() {
			for (const { nonce, aad, total, sealed } of ccmVectors()) {
				const text = count(total);
				const options = { key: bytes(ccmKey), nonce: bytes(nonce), aad: text.subarray(0, aad) };
				const plaintext = text.subarray(aad);
				equal(hex(ccmSeal({ ...options, plaintext })), sealed);
				equal(ccmOpen({ ...options, ciphertext: bytes(sealed) }), plaintext.slice());
			}
		},
		"nothing but additional data, and nothing at all, are sealed too"() {
			const options = { key: new Uint8Array(16), nonce: new Uint8Array(13) };
			const none = { ...options, aad: bytes("") };
			const some = { ...options, aad: bytes("61") };
			equal(hex(ccmSeal({ ...none, plaintext: bytes("") })), "73e9bd9426914f3b");
			equal(hex(ccmSeal({ ...some, plaintext: bytes("") })), "e3c469c578864ef1");
			equal(hex(ccmSeal({ ...none, plaintext: bytes("78") })), "ad08a2d5999badb08c");
			equal(ccmOpen({ ...none, ciphertext: bytes("73e9bd9426914f3b") }), bytes(""));
			equal(ccmOpen({ ...some, ciphertext: bytes("73e9bd9426914f3b") }), undefined);
		},
		"every length around a block comes back"() {
			const { key, nonce, aad } = sample();
			for (const length of [1, 15, 16, 17, 31, 32, 33, 1024, 1152]) {
				const ciphertext = ccmSeal({ key, nonce, aad, plaintext: count(length) });
				equal(ciphertext.length, length + 8);
				equal(ccmOpen({ key, nonce, aad, ciphertext }), count(length));
			}
		},
		"long additional data is covered to its end, or refused where the host has no form for it"() {
			const { key, nonce } = sample();
			for (const length of [14, 15, 0xfeff, 0xff00, 0x10001]) {
				const aad = count(length);
				if (length >= 0xff00 && isRefused(() => ccmSeal({ key, nonce, aad, plaintext: bytes("01") }))) {
					throws(() => ccmOpen({ key, nonce, aad, ciphertext: count(9) }), RangeError);
					continue;
				}
				const ciphertext = ccmSeal({ key, nonce, aad, plaintext: bytes("01") });
				equal(ccmOpen({ key, nonce, aad, ciphertext }), bytes("01"));
				aad[length - 1] ^= 1;
				equal(ccmOpen({ key, nonce, aad, ciphertext }), undefined);
			}
		},
		"a flipped bit in ciphertext, tag, nonce, key or additional data opens nothing"() {
			for (const field of ["ciphertext", "nonce", "key", "aad"] as const) {
				const length = sample()[field].length;
				for (let bit = 0; bit < 8 * length; bit++) {
					const options = sample();
					options[field][bit >> 3] ^= 1 << (bit & 7);
					equal(ccmOpen(options), undefined, `${field}, bit ${bit}`);
				}
			}
		},
		"what is shorter or longer than was sealed opens nothing"() {
			const options = sample();
			for (let length = 0; length < options.ciphertext.length; length++) {
				equal(ccmOpen({ ...options, ciphertext: options.ciphertext.subarray(0, length) }), undefined);
			}
			equal(ccmOpen({ ...options, ciphertext: new Uint8Array(12) }), undefined);
			equal(ccmOpen({ ...options, ciphertext: new Uint8Array(0x10008) }), undefined);
		},
		"keys and nonces of other lengths, and too much text, are refused"() {
			const { nonce, key, aad, ciphertext } = sample();
			for (const length of [0, 15, 17, 32]) {
				const wrong = { key: count(length), nonce, aad };
				throws(() => ccmSeal({ ...wrong, plaintext: aad }), CryptoError, "key");
				throws(() => ccmOpen({ ...wrong, ciphertext }), CryptoError, "key");
			}
			for (const length of [0, 7, 12, 14]) {
				const wrong = { key, nonce: count(length), aad };
				throws(() => ccmSeal({ ...wrong, plaintext: aad }), CryptoError, "nonce");
				throws(() => ccmOpen({ ...wrong, ciphertext }), CryptoError, "nonce");
			}
			const longest = ccmSeal({ key, nonce, aad, plaintext: new Uint8Array(0xffff) });
			equal(ccmOpen({ key, nonce, aad, ciphertext: longest })?.length, 0xffff);
			const plaintext = new Uint8Array(0x10000);
			throws(() => ccmSeal({ key, nonce, aad, plaintext }), CryptoError, "65,535");
		}
	})
];
