import { randomBytes } from "entropy";
import { equal, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";

export default [
	suite("host: entropy", {
		"gives as many bytes as asked for, from 0 to 256"() {
			for (const count of [0, 1, 32, 255, 256]) {
				const bytes = randomBytes(count);
				ok(bytes instanceof ArrayBuffer);
				equal(bytes.byteLength, count);
			}
		},
		"uses every value of a byte and does not repeat itself"() {
			const seen = new Set<number>();
			const beginnings = new Set<string>();
			for (let i = 0; i < 64; i++) {
				const bytes = new Uint8Array(randomBytes(256));
				for (const byte of bytes) seen.add(byte);
				beginnings.add(bytes.subarray(0, 16).join(" "));
			}
			equal(seen.size, 256);
			equal(beginnings.size, 64);
		},
		"refuses other counts"() {
			for (const count of [-1, 257, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
				throws(() => randomBytes(count), RangeError);
			}
		}
	})
];
