import { concat } from "../../../modules/bytes/bytes.js";
import { type CborValue, encode } from "../../../modules/cbor/cbor.js";
import {
	CoseError,
	derivePublicKey,
	parseCose,
	signatureStructure,
	signCose,
	signEs256,
	verifyCose
} from "../../../modules/crypto/crypto.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { n } from "../../vectors/p256.js";

const privateKey = () => new Uint8Array(32).fill(7);
const payload = () => bytes("83010203");
const head = () => bytes("a10126");

/** The parts of a right one, for a test to put something else in the place of one. */
function parts(): CborValue[] {
	return [head(), new Map(), payload(), parseCose(signCose(privateKey(), payload())).signature];
}

/** n - s in place of s; from BigInt, so that it shares nothing with the code under test. */
function withOtherS(signature: Uint8Array): Uint8Array {
	const s = BigInt(`0x${n}`) - BigInt(`0x${hex(signature.subarray(32))}`);
	return concat(signature.subarray(0, 32), bytes(s.toString(16).padStart(64, "0")));
}

export default [
	suite("crypto: COSE_Sign1", {
		"has the protected header {1: -7}, an empty unprotected one, the payload and 64 bytes"() {
			const signed = signCose(privateKey(), payload());
			equal(signed.length, 4 + 73);
			ok(hex(signed).startsWith("8443a10126a044830102035840"));
		},
		"is signed over the Sig_structure of RFC 9052"() {
			const { signature } = parseCose(signCose(privateKey(), payload()));
			const [protectedHeader, externalAad] = [head(), bytes("")];
			const toBeSigned = signatureStructure({ protectedHeader, externalAad, payload: payload() });
			equal(hex(toBeSigned), "846a5369676e61747572653143a10126404483010203");
			equal(signature, signEs256(privateKey(), toBeSigned));
		},
		"comes apart again and verifies under its key only"() {
			for (const length of [0, 1, 23, 24, 255, 256, 1000]) {
				const text = new Uint8Array(length).fill(5);
				const parsed = parseCose(signCose(privateKey(), text));
				equal(parsed.payload, text);
				ok(verifyCose(derivePublicKey(privateKey()), parsed));
				ok(!verifyCose(derivePublicKey(new Uint8Array(32).fill(8)), parsed));
			}
		},
		"with another payload does not verify"() {
			const forged = parseCose(encode([head(), new Map(), bytes("83010204"), parts()[3]]));
			ok(!verifyCose(derivePublicKey(privateKey()), forged));
		},
		"with the higher s is read but does not verify"() {
			const { signature } = parseCose(signCose(privateKey(), payload()));
			const high = parseCose(encode([head(), new Map(), payload(), withOtherS(signature)]));
			ok(!verifyCose(derivePublicKey(privateKey()), high));
			const back = parseCose(encode([head(), new Map(), payload(), withOtherS(high.signature)]));
			ok(verifyCose(derivePublicKey(privateKey()), back));
		},
		"in any other form is refused"() {
			const signature = parts()[3];
			const others: [string, CborValue][] = [
				["array of four", 1],
				["array of four", new Map()],
				["array of four", parts().slice(0, 3)],
				["array of four", [...parts(), null]],
				["protected", [new Map([[1, -7]]), new Map(), payload(), signature]],
				["protected", [bytes(""), new Map(), payload(), signature]],
				["protected", [bytes("a10127"), new Map(), payload(), signature]],
				["protected", [bytes("a201260400"), new Map(), payload(), signature]],
				["protected", [null, new Map(), payload(), signature]],
				["unprotected", [head(), new Map([[4, bytes("01")]]), payload(), signature]],
				["unprotected", [head(), bytes("a0"), payload(), signature]],
				["unprotected", [head(), null, payload(), signature]],
				["payload", [head(), new Map(), null, signature]],
				["payload", [head(), new Map(), "text", signature]],
				["64 bytes", [head(), new Map(), payload(), bytes("")]],
				["64 bytes", [head(), new Map(), payload(), new Uint8Array(63)]],
				["64 bytes", [head(), new Map(), payload(), new Uint8Array(65)]],
				["64 bytes", [head(), new Map(), payload(), null]]
			];
			for (const [message, value] of others) throws(() => parseCose(encode(value)), CoseError, message);
		},
		"with a tag, cut off, prolonged or not in the shortest form is refused"() {
			const signed = signCose(privateKey(), payload());
			throws(() => parseCose(concat(bytes("d2"), signed)), CoseError, "tag");
			throws(() => parseCose(concat(signed, bytes("00"))), CoseError, "after the end");
			throws(() => parseCose(concat(bytes("9804"), signed.subarray(1))), CoseError, "shortest");
			for (let length = 0; length < signed.length; length++) {
				throws(() => parseCose(signed.subarray(0, length)), CoseError);
			}
		}
	})
];
