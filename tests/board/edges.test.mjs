/**
 * P-256 inside XS against @noble/curves, at the numbers where arithmetic on words goes wrong: points and results with
 * short coordinates (also in Montgomery form, where the SDK keeps its words), scalars near 0 and n, sums that
 * meet equal and opposite points on the way. Programs as in wycheproof.test.mjs.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { p256 } from "@noble/curves/nist.js";
import { builds, Program } from "./program.mjs";

const { Point } = p256;
const { Fn, Fp } = Point;
const n = Fn.ORDER;
const hex = number => number.toString(16).padStart(64, "0");
const shown = point => (point.is0() ? "undefined" : hex(point.toAffine().x) + hex(point.toAffine().y));

/** The first point whose x is `numbers(i)` for an i from 0, or its opposite. */
function pointAt(xOf, odd) {
	for (let i = 0n; ; i++) {
		try {
			return Point.fromHex(`0${odd ? 3 : 2}${hex(xOf(i))}`);
		} catch {}
	}
}

/** Points whose x has 1, 2, ... 7 words of 32 bits: plainly, and multiplied by 2^256 modulo p. */
function shortPoints() {
	const inverse = Fp.inv(Fp.create(2n ** 256n));
	const result = [pointAt(() => 0n)];
	for (let words = 1n; words < 8n; words++) {
		const x = i => 2n ** (32n * words) - 1n - i;
		result.push(
			pointAt(x),
			pointAt(i => Fp.mul(x(i), inverse), true)
		);
	}
	return result;
}

/** A fixed sequence that looks random. */
function* numbers() {
	for (let x = 1n; ; ) {
		x = (x * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
		yield Fn.create(Fn.inv(x + 1n) * (x + 7n));
	}
}

const extremes = [
	1n,
	2n,
	3n,
	n - 1n,
	n - 2n,
	(n + 1n) / 2n,
	n / 2n,
	2n ** 255n,
	2n ** 256n - n - 1n,
	2n ** 256n - n
];

for (const { skip, name, ...build } of builds) {
	test(`edges of P-256: ${name}`, { skip }, async context => {
		const program = new Program(build);
		await context.test("points with short coordinates", () => short(program));
		await context.test("products with short coordinates", () => shortProducts(program));
		await context.test("scalars near 0, n and 2^256 - n", () => scalars(program));
		await context.test("sums of equal, opposite and related points", () => sums(program));
		await context.test("pairs of points that exhaust the SDK's memory for a sum", () => crafted(program));
		await context.test("signatures, and sums in verify that are the point at infinity", () =>
			signatures(program)
		);
		assert.equal(await program.end(), 0);
	});
}

async function short(program) {
	const random = numbers();
	for (const point of shortPoints()) {
		const xy = shown(point);
		assert.equal(await program.call("isOnCurve", [xy]), "true", xy);
		assert.equal(await program.call("decompress", [point.toHex(true)]), xy);
		for (const k of [2n, 3n, n - 1n, random.next().value]) {
			assert.equal(await program.call("multiply", [hex(k), xy]), shown(point.multiply(k)), `${k} * ${xy}`);
			const other = random.next().value;
			for (const [a, b] of [
				[k, other],
				[0n, k],
				[k, 1n]
			]) {
				const sum = point.multiplyUnsafe(a).add(Point.BASE.multiplyUnsafe(b));
				assert.equal(await program.call("multiplySum", [hex(a), xy, hex(b), shown(Point.BASE)]), shown(sum));
			}
		}
	}
}

async function shortProducts(program) {
	const random = numbers();
	for (const point of shortPoints()) {
		const k = random.next().value;
		const source = shown(point.multiply(Fn.inv(k)));
		assert.equal(await program.call("multiply", [hex(k), source]), shown(point));
		const half = [hex(Fn.create(k - 5n)), source, hex(5n), source];
		assert.equal(await program.call("multiplySum", half), shown(point));
	}
}

async function scalars(program) {
	for (const k of extremes) {
		assert.equal(await program.call("baseMultiply", [hex(k)]), shown(Point.BASE.multiply(k)), String(k));
		assert.equal(
			await program.call("multiply", [hex(k), shown(Point.BASE.double())]),
			shown(Point.BASE.double().multiply(k)),
			String(k)
		);
	}
	for (const k of [0n, n, n + 1n, 2n ** 256n - 1n]) {
		assert.equal(await program.call("baseMultiply", [hex(k)]), "!RangeError", String(k));
	}
}

async function sums(program) {
	const g = Point.BASE;
	for (const [p, q] of [
		[g, g],
		[g, g.negate()],
		[g, g.double()],
		[g.double(), g],
		[g, g.double().negate()],
		[g.multiply(3n), g.multiply(n - 5n)]
	]) {
		for (const a of [0n, ...extremes]) {
			for (const b of [0n, 1n, n - 1n, a, Fn.neg(a)]) {
				const sum = p.multiplyUnsafe(a).add(q.multiplyUnsafe(b));
				const answer = await program.call("multiplySum", [hex(a), shown(p), hex(b), shown(q)]);
				assert.equal(answer, shown(sum), `${a}, ${b}`);
			}
		}
	}
}

/** Points whose x has six words in Montgomery form, and is three words apart from the other's. */
async function crafted(program) {
	const inverse = Fp.inv(Fp.create(2n ** 256n));
	const random = numbers();
	for (let i = 1n; i <= 4n; i++) {
		const x = 2n ** 192n - (i << 100n);
		const p = pointAt(j => Fp.mul(x - j, inverse));
		const apart = Fp.mul(2n ** 90n, inverse);
		const q = pointAt(j => Fp.create(p.toAffine().x + apart + Fp.mul(j, inverse)), true);
		const [a, b] = [n - i, random.next().value >> 4n];
		for (const [first, second] of [
			[p, q],
			[q, p],
			[p, p.negate()],
			[p, Point.BASE]
		]) {
			const sum = first.multiply(a).add(second.multiply(b));
			const answer = await program.call("multiplySum", [hex(a), shown(first), hex(b), shown(second)]);
			assert.equal(answer, shown(sum));
			const one = await program.call("multiplySum", [hex(1n), shown(first), hex(1n), shown(second)]);
			assert.equal(one, shown(first.add(second)));
		}
	}
}

async function signatures(program) {
	const random = numbers();
	const message = "00";
	const z = Fn.create(BigInt(`0x${await program.call("sha256", [message])}`));
	for (const d of [...extremes, ...Array.from({ length: 20 }, () => random.next().value)]) {
		const k = random.next().value;
		const r = Fn.create(Point.BASE.multiply(k).toAffine().x);
		const s = Fn.mul(Fn.inv(k), Fn.create(z + r * d));
		const key = shown(Point.BASE.multiply(d));
		assert.equal(await program.call("sign", [hex(d), message, hex(k)]), hex(r) + hex(s));
		assert.equal(await program.call("verify", [key, message, hex(r) + hex(s)]), "true");
		assert.equal(await program.call("verify", [key, message, hex(Fn.create(r + 1n)) + hex(s)]), "false");
		// For the key -z/r the two products cancel each other.
		const opposite = shown(Point.BASE.multiply(Fn.neg(Fn.mul(z, Fn.inv(r)))));
		assert.equal(await program.call("verify", [opposite, message, hex(r) + hex(s)]), "false");
	}
}
