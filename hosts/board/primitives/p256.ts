import EC from "ec";
import ECPoint from "ecp";
import Mont from "mont";
import { type Bytes, exactly, view } from "./bytes.js";
import { numberOf, pairOf } from "./numbers.js";

/*
 * P-256 over the SDK's `ec` and `mont`. **Not constant time**: `ec.mul` adds a point for each bit that is set. What
 * we can do about it we do: a secret scalar is given the same length each time, and the nonce of a signature is
 * inverted by a power whose exponent is public.
 *
 * The SDK checks nothing: points that are not on the curve are multiplied, the inverse of 0 never returns, the point
 * at infinity has coordinates left over from memory, and crafted points end the program (see `sumOf`). All of that
 * stops here.
 */

/** 2^256 - 2^224 + 2^192 + 2^96 - 1 */
const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
/** (p + 1) / 4: a root of a square is its power by this, for p = 3 modulo 4. */
const rootExponent = 0x3fffffffc0000000400000000000000000000000400000000000000000000000n;
/** The curve is y^2 = x^3 - 3 x + b. */
const a = 0xffffffff00000001000000000000000000000000fffffffffffffffffffffffcn;
const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const generatorX = 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n;
const generatorY = 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n;
/** The order of the group, a prime. */
const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const nLess2 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254fn;

/** See hosts/types/primitives.d.ts. */
export function baseMultiply(k: Bytes): ArrayBuffer {
	return bytesOf(product(scalar(k), generator()));
}

/** See hosts/types/primitives.d.ts. */
export function multiply(k: Bytes, point: Bytes): ArrayBuffer {
	return bytesOf(product(scalar(k), pointOf(point)));
}

/**
 * See hosts/types/primitives.d.ts. Costs little for scalars of 0 and 1, one product where one of the points is the
 * generator, else two. With the generator it is not for secret scalars: the time depends on their length and bits.
 */
export function multiplySum(first: Bytes, p1: Bytes, second: Bytes, p2: Bytes): ArrayBuffer | undefined {
	const [k1, k2] = [scalar(first, 0n), scalar(second, 0n)];
	const [q1, q2] = [pointOf(p1), pointOf(p2)];
	const sum = sumOf(k1, q1, k2, q2);
	return sum?.isZero() === false ? bytesOf(sum) : undefined;
}

/** See hosts/types/primitives.d.ts. */
export function isOnCurve(point: Bytes): boolean {
	const [x, y] = coordinates(point);
	return x < p && y < p && (y * y - cubic(x)) % p === 0n;
}

/** See hosts/types/primitives.d.ts. */
export function decompress(compressed: Bytes): ArrayBuffer | undefined {
	const bytes = exactly(compressed, 33);
	const x = numberOf(bytes.subarray(1));
	if ((bytes[0] !== 2 && bytes[0] !== 3) || x >= p) return undefined;
	const square = cubic(x) % p;
	const root = new Mont({ m: p }).exp(square, rootExponent);
	if ((root * root) % p !== square) return undefined;
	const odd = (root & 1n) === 1n;
	return pairOf(x, odd === (bytes[0] === 3) ? root : p - root);
}

/** See hosts/types/primitives.d.ts. */
export function sign(privateKey: Bytes, hash: Bytes, nonce: Bytes): ArrayBuffer | undefined {
	const d = scalar(privateKey);
	const k = scalar(nonce);
	const z = numberOf(hash);
	const r = product(k, generator()).x % n;
	const inverse = new Mont({ m: n }).exp(k, nLess2);
	const s = (inverse * ((z + r * d) % n)) % n;
	return r === 0n || s === 0n ? undefined : pairOf(r, s);
}

/** See hosts/types/primitives.d.ts. */
export function verify(publicKey: Bytes, hash: Bytes, signature: Bytes): boolean {
	const point = pointOf(publicKey);
	const z = numberOf(hash);
	const [r, s] = coordinates(signature);
	if (!inRange(r) || !inRange(s)) return false;
	const inverse = new Mont({ m: n }).mulinv(s);
	const sum = curve().mul2(generator(), (z * inverse) % n, point, (r * inverse) % n);
	return !sum.isZero() && sum.x % n === r;
}

function curve(): EC {
	return new EC(a, b, p);
}

function generator(): ECPoint {
	return new ECPoint(generatorX, generatorY);
}

/** k * point for k from 1 to n - 1, in as many steps for each k: as k + n or k + 2 n, whichever has 257 bits. */
function product(k: bigint, point: ECPoint): ECPoint {
	const longer = k + n;
	return curve().mul(point, longer >> 256n === 0n ? longer + n : longer);
}

/**
 * k1 * p1 + k2 * p2; undefined where both scalars are 0.
 *
 * **The SDK's `mul2` ends the program for points that are made for it**: it has room for 30 numbers at a time, sorted
 * by their length, and takes 31 for two points whose x and whose distance are short in Montgomery form (so a device
 * would restart). With the generator as one of them, or without doubling, it takes 30 at most.
 */
function sumOf(k1: bigint, p1: ECPoint, k2: bigint, p2: ECPoint): ECPoint | undefined {
	if (k1 === 0n) return k2 === 0n ? undefined : product(k2, p2);
	if (k2 === 0n) return product(k1, p1);
	if (isGenerator(p1) || isGenerator(p2) || (k1 === 1n && k2 === 1n)) return curve().mul2(p1, k1, p2, k2);
	return curve().add(product(k1, p1), product(k2, p2));
}

/** By differences: in XS a BigInt of a preloaded module is never `===` one that was calculated. */
function isGenerator(point: ECPoint): boolean {
	return point.x - generatorX === 0n && point.y - generatorY === 0n;
}

/** x^3 - 3 x + b, positive but not reduced. */
function cubic(x: bigint): bigint {
	return ((x * x + a) % p) * x + b;
}

function inRange(k: bigint): boolean {
	return k > 0n && k < n;
}

/** A RangeError for a scalar that is not from `least` to n - 1. */
function scalar(bytes: Bytes, least = 1n): bigint {
	const k = numberOf(bytes);
	if (k < least || k >= n) throw new RangeError("primitives: scalar out of range");
	return k;
}

/** Two numbers of 32 bytes each. */
function coordinates(pair: Bytes): [bigint, bigint] {
	const bytes = exactly(pair, 64);
	return [numberOf(bytes.subarray(0, 32)), numberOf(bytes.subarray(32))];
}

/** A RangeError for what is not a point of the curve. */
function pointOf(bytes: Bytes): ECPoint {
	if (!isOnCurve(view(bytes))) throw new RangeError("primitives: no point of the curve");
	return new ECPoint(...coordinates(bytes));
}

function bytesOf(point: ECPoint): ArrayBuffer {
	return pairOf(point.x, point.y);
}
