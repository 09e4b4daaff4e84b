import { concat, encodeUtf8 } from "../../../modules/bytes/bytes.js";
import { hkdfExpand, runAtOnce } from "../../../modules/crypto/crypto.js";
import {
	deriveScalars,
	reduceScalars,
	register,
	Spake2PlusError,
	withLengths
} from "../../../modules/spake2plus/spake2plus.js";
import { bytes, equal, hex, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { n } from "../../vectors/p256.js";
import { pauses, scalars } from "./parties.js";

const modulo = (long: Uint8Array) =>
	(BigInt(`0x${hex(long)}`) % BigInt(`0x${n}`)).toString(16).padStart(64, "0");

export default [
	suite("spake2plus: registration", {
		"w0 and w1 are the halves of 80 bytes, modulo n"() {
			const long = Uint8Array.from({ length: 80 }, (_, i) => (i * 151 + 77) & 255);
			const { w0, w1 } = reduceScalars(long);
			equal(hex(w0), modulo(long.subarray(0, 40)));
			equal(hex(w1), modulo(long.subarray(40)));
		},
		"the scalars of a stretched password are those of HKDF-Expand to 80 bytes"() {
			const stretched = new Uint8Array(32).fill(3);
			const long = hkdfExpand(stretched, encodeUtf8("w0w1"), 80);
			equal(deriveScalars(stretched), reduceScalars(long));
			equal(stretched, new Uint8Array(32).fill(3));
		},
		"bytes of another length are refused"() {
			for (const length of [0, 64, 79, 81]) {
				throws(() => reduceScalars(new Uint8Array(length).fill(1)), Spake2PlusError, "80 bytes");
			}
			for (const length of [0, 31, 33]) {
				throws(() => deriveScalars(new Uint8Array(length)), Spake2PlusError, "32 bytes");
			}
		},
		"a scalar of 0 is refused"() {
			const zero = new Uint8Array(40);
			const one = new Uint8Array(40).fill(1);
			const order = concat(new Uint8Array(8), bytes(n));
			for (const wrong of [zero, order]) {
				throws(() => reduceScalars(concat(wrong, one)), Spake2PlusError, "scalar of 0");
				throws(() => reduceScalars(concat(one, wrong)), Spake2PlusError, "scalar of 0");
			}
		},
		"takes one operation on the curve, and keeps its own copy of w0"() {
			equal(pauses(register(scalars())), 1);
			const { w0, w1 } = scalars();
			const record = runAtOnce(register({ w0, w1 }));
			w0.fill(0);
			equal(record.w0, scalars().w0);
		},
		"lengths go before parts, in 8 bytes with the lowest first"() {
			equal(hex(withLengths(bytes("aabb"), bytes(""))), "0200000000000000aabb0000000000000000");
			const long = withLengths(new Uint8Array(0x10203));
			equal(hex(long.subarray(0, 8)), "0302010000000000");
			equal(withLengths(), bytes(""));
		}
	})
];
