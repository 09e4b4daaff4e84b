import { concat } from "../../../modules/bytes/bytes.js";
import {
	CryptoError,
	compress,
	decompress,
	derivePublicKey,
	isPrivateKey
} from "../../../modules/crypto/crypto.js";
import { bytes, equal, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { multiples, n, p, rfc6979 } from "../../vectors/p256.js";

/** Numbers that are no private keys: 0, n, n + 1, n + 2^32, 2^256 - 1. */
const refused = () => [
	"00".repeat(32),
	n,
	`${n.slice(0, -2)}52`,
	`${n.slice(0, -16)}f3b9cac3fc632551`,
	"ff".repeat(32)
];

export default [
	suite("crypto: P-256", {
		"private keys are the 32-byte numbers from 1 to n - 1"() {
			for (const [k] of multiples()) ok(isPrivateKey(bytes(k)), k);
			ok(isPrivateKey(bytes(`${n.slice(0, -2)}50`)), "n - 1");
			ok(isPrivateKey(bytes(`${n.slice(0, 20)}${"00".repeat(22)}`)), "below n in the middle");
			for (const k of refused()) ok(!isPrivateKey(bytes(k)), k);
			for (const length of [0, 31, 33]) ok(!isPrivateKey(new Uint8Array(length).fill(1)));
		},
		"public keys are the published multiples of the base point, compressed"() {
			for (const [k, point] of multiples()) {
				const compressed = derivePublicKey(bytes(k));
				equal(compressed, concat(Uint8Array.of(2 + (bytes(point)[63] & 1)), bytes(point).subarray(0, 32)));
				equal(decompress(compressed), bytes(point));
				equal(compress(bytes(point)), compressed);
			}
			const { privateKey, publicKey } = rfc6979();
			equal(decompress(derivePublicKey(bytes(privateKey))), bytes(publicKey));
		},
		"no public key comes of what is not a private key"() {
			for (const k of refused()) throws(() => derivePublicKey(bytes(k)), CryptoError, "private key");
			throws(() => derivePublicKey(bytes("01")), CryptoError, "private key");
		},
		"bytes that compress no point are refused"() {
			const x = multiples()[0][1].slice(0, 64);
			const first = decompress(bytes(`02${x}`));
			equal(compress(first)[0], 2);
			equal(decompress(bytes(`02${"5".padStart(64, "0")}`)).length, 64);
			for (const wrong of [
				`00${x}`,
				`01${x}`,
				`04${x}`,
				`05${x}`,
				x,
				`02${x}00`,
				"",
				"00",
				// x^3 - 3x + b is no square for x = 1.
				`02${"1".padStart(64, "0")}`,
				`03${"1".padStart(64, "0")}`,
				// p and more, also p + 5, though 5 is the x of a point.
				`02${p}`,
				`02${p.slice(0, 32)}00000001${"4".padStart(24, "0")}`,
				`02${"ff".repeat(32)}`
			]) {
				throws(() => decompress(bytes(wrong)), CryptoError, "compressed point");
			}
		},
		"only points of 64 bytes are compressed"() {
			for (const length of [0, 33, 63, 65]) {
				throws(() => compress(new Uint8Array(length)), CryptoError, "64 bytes");
			}
		}
	})
];
