/** The contract of hosts/types/primitives.d.ts on node:crypto and @noble/curves. */
import { createCipheriv, createDecipheriv, createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import { bytesToNumberBE, numberToBytesBE } from "@noble/curves/utils.js";
import { arrayBuffer, view } from "./bytes.mjs";

const { Point } = p256;
const { Fn, Fp } = Point;
const roundsAtOnce = 1000;

function sized(bytes, length, what) {
	const result = view(bytes, what);
	if (result.length !== length) throw new RangeError(`${what}: ${result.length} bytes instead of ${length}`);
	return result;
}

function integer(value, minimum, maximum, what) {
	if (!Number.isInteger(value) || value < minimum || value > maximum)
		throw new RangeError(`${what}: ${value}`);
	return value;
}

/** A scalar from `least` (0 or 1) to n - 1. */
function scalar(bytes, what, least = 1n) {
	const value = bytesToNumberBE(sized(bytes, 32, what));
	if (value < least || value >= Fn.ORDER) throw new RangeError(`${what}: not a scalar of P-256`);
	return value;
}

/** The curve point, or undefined when the coordinates are of none. */
function pointAt(bytes) {
	const x = bytesToNumberBE(bytes.subarray(0, 32));
	const y = bytesToNumberBE(bytes.subarray(32));
	if (x >= Fp.ORDER || y >= Fp.ORDER) return undefined;
	const { a, b } = Point.CURVE();
	const right = Fp.create(x * x * x + a * x + b);
	return Fp.eql(Fp.sqr(y), right) ? Point.fromAffine({ x, y }) : undefined;
}

function point(bytes, what) {
	const result = pointAt(sized(bytes, 64, what));
	if (result === undefined) throw new RangeError(`${what}: not a point of P-256`);
	return result;
}

function coordinates(p) {
	return arrayBuffer(p.toBytes(false).subarray(1));
}

export class SHA256 {
	#hash = createHash("sha256");

	write(bytes) {
		this.#hash.update(view(bytes));
	}

	close() {
		return arrayBuffer(this.#hash.digest());
	}
}

export function hmac(key, message) {
	return arrayBuffer(createHmac("sha256", view(key)).update(view(message)).digest());
}

export class PBKDF2 {
	#derive;
	#remaining;
	#key;

	constructor(password, salt, rounds, length) {
		const secret = Uint8Array.from(view(password));
		const salted = Uint8Array.from(view(salt));
		integer(rounds, 1, 2 ** 31 - 1, "rounds");
		integer(length, 1, 128, "length");
		this.#derive = () => arrayBuffer(pbkdf2Sync(secret, salted, rounds, length, "sha256"));
		this.#remaining = rounds * Math.ceil(length / 32);
	}

	/** The work is done at once in the last step, but as many steps are needed as on a board. */
	step() {
		this.#remaining -= roundsAtOnce;
		if (this.#remaining > 0) return undefined;
		this.#key ??= this.#derive();
		return this.#key.slice(0);
	}
}

/** The same bytes, with an address even when there are none: OpenSSL skips a text whose address is null. */
function addressed(bytes) {
	const copy = new Uint8Array(bytes.length + 1);
	copy.set(bytes);
	return copy.subarray(0, bytes.length);
}

function ccm(create, key, nonce, aad, length, tagLength) {
	const k = sized(key, 16, "key");
	const n = view(nonce, "nonce");
	integer(n.length, 7, 13, "nonce length");
	integer(tagLength, 4, 16, "tag length");
	integer(tagLength / 2, 2, 8, "tag length");
	integer(length, 0, Math.min(2 ** (8 * (15 - n.length)) - 1, 2 ** 31 - 1), "text length");
	const cipher = create("aes-128-ccm", k, n, { authTagLength: tagLength });
	cipher.setAAD(addressed(view(aad, "aad")), { plaintextLength: length });
	return cipher;
}

export function ccmSeal(key, nonce, aad, plaintext, tagLength) {
	const text = view(plaintext, "plaintext");
	const cipher = ccm(createCipheriv, key, nonce, aad, text.length, tagLength);
	const sealed = cipher.update(addressed(text));
	cipher.final();
	return arrayBuffer(Buffer.concat([sealed, cipher.getAuthTag()]));
}

export function ccmOpen(key, nonce, aad, ciphertext, tagLength) {
	const sealed = view(ciphertext, "ciphertext");
	const length = Math.max(0, sealed.length - tagLength);
	const decipher = ccm(createDecipheriv, key, nonce, aad, length, tagLength);
	if (sealed.length < tagLength) return undefined;
	decipher.setAuthTag(sealed.subarray(length));
	try {
		const text = decipher.update(addressed(sealed.subarray(0, length)));
		decipher.final();
		return arrayBuffer(text);
	} catch {
		return undefined;
	}
}

export function baseMultiply(k) {
	return coordinates(Point.BASE.multiply(scalar(k, "k")));
}

export function multiply(k, p) {
	const factor = scalar(k, "k");
	return coordinates(point(p, "point").multiply(factor));
}

export function multiplySum(a, p, b, q) {
	const [first, second] = [scalar(a, "a", 0n), scalar(b, "b", 0n)];
	const sum = point(p, "p").multiplyUnsafe(first).add(point(q, "q").multiplyUnsafe(second));
	return sum.is0() ? undefined : coordinates(sum);
}

export function isOnCurve(p) {
	return pointAt(sized(p, 64, "point")) !== undefined;
}

export function decompress(compressed) {
	const bytes = sized(compressed, 33, "compressed point");
	if (bytes[0] !== 2 && bytes[0] !== 3) return undefined;
	try {
		return coordinates(Point.fromBytes(bytes));
	} catch {
		return undefined;
	}
}

export function sign(privateKey, hash, nonce) {
	const d = scalar(privateKey, "private key");
	const z = Fn.create(bytesToNumberBE(sized(hash, 32, "hash")));
	const k = scalar(nonce, "nonce");
	const r = Fn.create(Point.BASE.multiply(k).toAffine().x);
	const s = Fn.mul(Fn.inv(k), Fn.add(z, Fn.mul(r, d)));
	if (r === 0n || s === 0n) return undefined;
	return arrayBuffer([...numberToBytesBE(r, 32), ...numberToBytesBE(s, 32)]);
}

let verified;
let checks = 0;

/** From now on a signature is checked once: for tests that meet the same blocks in thousands of chains. */
export function rememberVerified() {
	verified = new Map();
}

/** How many signatures were asked about so far. */
export function checksMade() {
	return checks;
}

export function verify(publicKey, hash, signature) {
	checks += 1;
	if (verified === undefined) return isSigned(publicKey, hash, signature);
	const name = [publicKey, hash, signature].map(part => Buffer.from(view(part)).toString("base64")).join();
	const known = verified.get(name) ?? isSigned(publicKey, hash, signature);
	verified.set(name, known);
	return known;
}

function isSigned(publicKey, hash, signature) {
	const q = point(publicKey, "public key");
	const z = Fn.create(bytesToNumberBE(sized(hash, 32, "hash")));
	const rs = sized(signature, 64, "signature");
	const r = bytesToNumberBE(rs.subarray(0, 32));
	const s = bytesToNumberBE(rs.subarray(32));
	if (r === 0n || s === 0n || r >= Fn.ORDER || s >= Fn.ORDER) return false;
	const inverse = Fn.inv(s);
	const sum = Point.BASE.multiplyUnsafe(Fn.mul(z, inverse)).add(q.multiplyUnsafe(Fn.mul(r, inverse)));
	return !sum.is0() && Fn.create(sum.toAffine().x) === r;
}
