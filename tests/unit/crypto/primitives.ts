import * as primitives from "primitives";
import { encodeUtf8 } from "../../../modules/bytes/bytes.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { millionDigest, sha256Vectors } from "../../vectors/hashes.js";
import { multiples, n, p, rfc6979 } from "../../vectors/p256.js";

/** The contract of hosts/types/primitives.d.ts, the same for every host. */

const zero = () => new Uint8Array(32);
const scalar = (k: number) => {
	const result = zero();
	result[31] = k;
	return result;
};
const order = () => bytes(n);
const above = () => bytes(`${n.slice(0, -2)}52`);
const generator = () => bytes(multiples()[0][1]);
const point = (index: number) => bytes(multiples()[index][1]);
const sized = (length: number) => new Uint8Array(length).fill(1);

/** The y of the point with x = 0: the root of the curve's b. */
const rootOfB = "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4";

/** Coordinates of no point: another y, (0, 0), x and y exchanged, p in place of an x of 0, 2^256 - 1. */
const offCurve = () => {
	const changed = generator();
	changed[63] ^= 1;
	const g = multiples()[0][1];
	return [
		changed,
		new Uint8Array(64),
		bytes(g.slice(64) + g.slice(0, 64)),
		bytes(p + rootOfB),
		bytes("ff".repeat(64))
	];
};

function finish(work: primitives.PBKDF2): ArrayBuffer {
	for (let i = 0; i < 100; i++) {
		const key = work.step();
		if (key !== undefined) return key;
	}
	throw new Error("PBKDF2 does not end");
}

export default [
	suite("primitives: SHA-256", {
		"of the published messages is right"() {
			for (const [text, digest] of sha256Vectors()) {
				const hash = new primitives.SHA256();
				hash.write(encodeUtf8(text));
				const result = hash.close();
				ok(result instanceof ArrayBuffer);
				equal(hex(new Uint8Array(result)), digest);
			}
		},
		"is the same however the message is split, for every length around a block"() {
			const message = Uint8Array.from({ length: 131 }, (_, i) => i);
			for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 131]) {
				const whole = new primitives.SHA256();
				whole.write(message.subarray(0, length));
				const digest = whole.close();
				for (let split = 0; split <= length; split++) {
					const parts = new primitives.SHA256();
					parts.write(message.subarray(0, split));
					parts.write(message.slice(split, length).buffer);
					equal(parts.close(), digest, `${length} at ${split}`);
				}
			}
		},
		"of a million letters, a thousand at a time, is right"() {
			const hash = new primitives.SHA256();
			const letters = new Uint8Array(1000).fill(0x61);
			for (let i = 0; i < 1000; i++) hash.write(letters);
			equal(hex(new Uint8Array(hash.close())), millionDigest);
		},
		"takes nothing after its end, and what is no bytes at no time"() {
			const hash = new primitives.SHA256();
			hash.close();
			throws(() => hash.write(bytes("00")), Error);
			throws(() => Reflect.apply(new primitives.SHA256().write, new primitives.SHA256(), ["text"]), Error);
		},
		"of two messages at once does not mix them"() {
			const [a, b] = [new primitives.SHA256(), new primitives.SHA256()];
			a.write(encodeUtf8("ab"));
			b.write(encodeUtf8(""));
			a.write(encodeUtf8("c"));
			equal(hex(new Uint8Array(b.close())), sha256Vectors()[0][1]);
			equal(hex(new Uint8Array(a.close())), sha256Vectors()[1][1]);
		}
	}),
	suite("primitives: keys from secrets", {
		"HMAC gives 32 bytes for keys of every length around a block"() {
			for (const length of [0, 1, 63, 64, 65, 200]) {
				const code = primitives.hmac(sized(length), bytes(""));
				equal(code.byteLength, 32);
				equal(primitives.hmac(sized(length).buffer, new ArrayBuffer(0)), code);
			}
			// A key longer than a block counts as its hash; one that is shorter as itself with zero bytes after.
			const hash = new primitives.SHA256();
			hash.write(sized(65));
			equal(primitives.hmac(hash.close(), bytes("01")), primitives.hmac(sized(65), bytes("01")));
		},
		"PBKDF2 does 1000 rounds a step, over all its blocks"() {
			const steps: [number, number, number][] = [
				[1, 32, 1],
				[1000, 32, 1],
				[1001, 32, 2],
				[500, 64, 1],
				[501, 64, 2],
				[1000, 128, 4]
			];
			for (const [rounds, length, expected] of steps) {
				const work = new primitives.PBKDF2(bytes("01"), bytes("02"), rounds, length);
				for (let i = 1; i < expected; i++) equal(work.step(), undefined, `${rounds}, ${length}: step ${i}`);
				equal(work.step()?.byteLength, length);
			}
		},
		"PBKDF2 gives a key whose beginning does not depend on its length"() {
			const long = new Uint8Array(finish(new primitives.PBKDF2(bytes("01"), bytes("02"), 3, 128)));
			for (const length of [1, 16, 31, 32, 33, 80, 127]) {
				const key = finish(new primitives.PBKDF2(bytes("01"), bytes("02"), 3, length));
				equal(new Uint8Array(key), long.slice(0, length));
			}
		},
		"PBKDF2 refuses no rounds and lengths that it does not have"() {
			for (const [rounds, length] of [
				[0, 32],
				[-1, 32],
				[1, 0],
				[1, 129],
				[1, -1]
			]) {
				throws(() => new primitives.PBKDF2(bytes("01"), bytes("02"), rounds, length), RangeError);
			}
		}
	}),
	suite("primitives: AES-CCM", {
		"takes nonces of 7 to 13 bytes and even tags of 4 to 16, and no others"() {
			const [key, text] = [sized(16), sized(20)];
			for (let nonce = 0; nonce <= 16; nonce++) {
				for (let tag = 0; tag <= 18; tag++) {
					const right = nonce >= 7 && nonce <= 13 && tag >= 4 && tag <= 16 && tag % 2 === 0;
					const seal = () => primitives.ccmSeal(key, sized(nonce), text, text, tag);
					if (right) {
						const sealed = seal();
						equal(sealed.byteLength, 20 + tag);
						equal(primitives.ccmOpen(key, sized(nonce), text, sealed, tag), text.buffer);
					} else {
						throws(seal, RangeError);
						throws(() => primitives.ccmOpen(key, sized(nonce), text, sized(40), tag), RangeError);
					}
				}
			}
		},
		"refuses keys of other lengths than 16"() {
			for (const length of [0, 15, 17, 24, 32]) {
				throws(() => primitives.ccmSeal(sized(length), sized(13), zero(), zero(), 8), RangeError);
				throws(() => primitives.ccmOpen(sized(length), sized(13), zero(), zero(), 8), RangeError);
			}
		},
		"opens nothing that is shorter than a tag"() {
			for (let length = 0; length < 8; length++) {
				equal(primitives.ccmOpen(sized(16), sized(13), bytes(""), sized(length), 8), undefined);
			}
		}
	}),
	suite("primitives: P-256", {
		"baseMultiply gives the published multiples"() {
			for (const [k, xy] of multiples()) equal(hex(new Uint8Array(primitives.baseMultiply(bytes(k)))), xy);
		},
		"multiply gives the published multiples of G, and goes on from there"() {
			for (const [k, xy] of multiples()) {
				equal(hex(new Uint8Array(primitives.multiply(bytes(k), generator()))), xy);
			}
			const twentieth = primitives.multiply(scalar(10), point(1));
			equal(new Uint8Array(twentieth), point(3), "10 * 2G = 20G");
			equal(primitives.multiply(scalar(10).buffer, primitives.baseMultiply(scalar(2).buffer)), twentieth);
		},
		"multiplySum adds two products, equal and opposite points included"() {
			const sum = (a: number, p: Uint8Array, b: number, q: Uint8Array) => {
				const result = primitives.multiplySum(scalar(a), p, scalar(b), q);
				return result === undefined ? undefined : new Uint8Array(result);
			};
			const opposite = point(5);
			equal(sum(1, generator(), 1, point(1)), point(2), "G + 2G");
			equal(sum(4, point(2), 4, point(1)), point(3), "4 * 3G + 4 * 2G");
			equal(sum(1, generator(), 1, generator()), point(1), "G + G");
			equal(sum(2, generator(), 1, opposite), generator(), "2G - G");
			equal(sum(1, generator(), 1, opposite), undefined, "G - G");
		},
		"multiplySum takes scalars of 0"() {
			const product = primitives.multiplySum(zero(), point(1), scalar(2), generator());
			equal(product, point(1).buffer);
			equal(primitives.multiplySum(scalar(3), generator(), zero(), point(1)), point(2).buffer);
			equal(primitives.multiplySum(zero(), generator(), zero(), point(1)), undefined);
		},
		"scalars of 0, n, n + 1 and of another length are refused"() {
			for (const wrong of [
				zero(),
				order(),
				above(),
				bytes("ff".repeat(32)),
				sized(0),
				sized(31),
				sized(33)
			]) {
				throws(() => primitives.baseMultiply(wrong), RangeError);
				throws(() => primitives.multiply(wrong, generator()), RangeError);
				throws(() => primitives.sign(wrong, sized(32), scalar(1)), RangeError);
				throws(() => primitives.sign(scalar(1), sized(32), wrong), RangeError);
				if (wrong.length === 32 && wrong[0] === 0) continue;
				throws(() => primitives.multiplySum(wrong, generator(), scalar(1), generator()), RangeError);
				throws(() => primitives.multiplySum(scalar(1), generator(), wrong, generator()), RangeError);
			}
		},
		"points that are not on the curve, or of another length, are refused"() {
			ok(primitives.isOnCurve(generator()));
			for (const [, xy] of multiples()) ok(primitives.isOnCurve(bytes(xy)));
			ok(primitives.isOnCurve(bytes("00".repeat(32) + rootOfB)), "x = 0");
			for (const wrong of offCurve()) {
				equal(primitives.isOnCurve(wrong), false, hex(wrong));
				throws(() => primitives.multiply(scalar(2), wrong), RangeError);
				throws(() => primitives.multiplySum(scalar(1), wrong, scalar(1), generator()), RangeError);
				throws(() => primitives.multiplySum(scalar(1), generator(), scalar(1), wrong), RangeError);
				throws(() => primitives.multiplySum(scalar(1), generator(), zero(), wrong), RangeError);
				throws(() => primitives.verify(wrong, sized(32), sized(64)), RangeError);
			}
			for (const length of [0, 33, 63, 65]) {
				throws(() => primitives.isOnCurve(sized(length)), RangeError);
				throws(() => primitives.multiply(scalar(2), sized(length)), RangeError);
				throws(() => primitives.verify(sized(length), sized(32), sized(64)), RangeError);
			}
		},
		"decompress finds both points of an x, and undefined where there is none"() {
			for (const [, xy] of multiples()) {
				const x = xy.slice(0, 64);
				const even = primitives.decompress(bytes(`02${x}`));
				const odd = primitives.decompress(bytes(`03${x}`));
				ok(even !== undefined && odd !== undefined);
				const right = bytes(xy)[63] & 1 ? odd : even;
				equal(hex(new Uint8Array(right)), xy);
				ok(primitives.isOnCurve(even) && primitives.isOnCurve(odd));
				equal(primitives.multiplySum(scalar(1), even, scalar(1), odd), undefined, "they are opposite");
			}
			const x = multiples()[0][1].slice(0, 64);
			for (const wrong of [
				`00${x}`,
				`01${x}`,
				`04${x}`,
				`02${"1".padStart(64, "0")}`,
				`02${p}`,
				"00".repeat(33)
			]) {
				equal(primitives.decompress(bytes(wrong)), undefined, wrong);
			}
			for (const length of [0, 32, 34, 64, 65]) {
				throws(() => primitives.decompress(sized(length)), RangeError);
			}
		},
		"sign over the nonces of RFC 6979 gives the signatures there, s not made low"() {
			const { privateKey, signatures } = rfc6979();
			for (const { message, nonce, r, s } of signatures) {
				const hash = new primitives.SHA256();
				hash.write(encodeUtf8(message));
				const signature = primitives.sign(bytes(privateKey), hash.close(), bytes(nonce));
				ok(signature !== undefined);
				equal(hex(new Uint8Array(signature)), r + s);
			}
		},
		"sign answers undefined where s would be 0"() {
			// With k = 1, r is the x of G (below n); s = hash + r * d is 0 for hash = n - r and d = 1.
			const r = BigInt(`0x${multiples()[0][1].slice(0, 64)}`);
			const hash = bytes((BigInt(`0x${n}`) - r).toString(16).padStart(64, "0"));
			equal(primitives.sign(scalar(1), hash, scalar(1)), undefined);
		},
		"verify takes any s and a hash of any value"() {
			const { publicKey, privateKey, signatures } = rfc6979();
			for (const { message, r, s, lowS } of signatures) {
				const hash = new primitives.SHA256();
				hash.write(encodeUtf8(message));
				const digest = hash.close();
				equal(primitives.verify(bytes(publicKey), digest, bytes(r + s)), true);
				equal(primitives.verify(bytes(publicKey), digest, bytes(r + lowS)), true);
				equal(primitives.verify(bytes(publicKey), zero(), bytes(r + lowS)), false);
			}
			for (const hash of [zero(), order(), bytes("ff".repeat(32))]) {
				const signature = primitives.sign(bytes(privateKey), hash, scalar(5));
				ok(signature !== undefined);
				equal(primitives.verify(bytes(publicKey), hash, signature), true);
			}
		},
		"verify says no to r or s of 0, n and more"() {
			const { publicKey, signatures } = rfc6979();
			const { r, s } = signatures[0];
			for (const wrong of ["00".repeat(32), n, `${n.slice(0, -2)}52`, "ff".repeat(32)]) {
				for (const signature of [wrong + s, r + wrong, wrong + wrong]) {
					equal(primitives.verify(bytes(publicKey), sized(32), bytes(signature)), false);
				}
			}
		},
		"hashes and signatures of another length are refused"() {
			for (const length of [0, 31, 33]) {
				throws(() => primitives.sign(scalar(1), sized(length), scalar(1)), RangeError);
				throws(() => primitives.verify(generator(), sized(length), sized(64)), RangeError);
			}
			for (const length of [0, 63, 65, 72]) {
				throws(() => primitives.verify(generator(), sized(32), sized(length)), RangeError);
			}
		}
	})
];
