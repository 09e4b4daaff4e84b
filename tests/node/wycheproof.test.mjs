/**
 * Google's Wycheproof sets against our crypto and the primitives on Node, when they lie in ../shared/vectors
 * beside the project (WYCHEPROOF names another folder). Skipped otherwise.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as primitives from "primitives";
import {
	ccmOpen,
	ccmSeal,
	compress,
	decompress,
	hkdfExpand,
	hkdfExtract,
	hmacSha256,
	Pbkdf2,
	verifyEs256
} from "../../build/js/modules/crypto/crypto.js";

const folder = new URL(process.env.WYCHEPROOF ?? "../../../shared/vectors/", import.meta.url);
const bytes = text => Uint8Array.from(Buffer.from(text, "hex"));
const hex = value => (value === undefined ? undefined : Buffer.from(value).toString("hex"));

/** One subtest for a set: `check` gets each case of each group and returns false for what we do not support. */
function set(name, check) {
	const file = new URL(`wycheproof_${name}.json`, folder);
	const skip = existsSync(file) ? false : `no ${file.pathname}`;
	test(`wycheproof: ${name}`, { skip }, context => {
		let checked = 0;
		for (const group of JSON.parse(readFileSync(file, "utf8")).testGroups) {
			for (const example of group.tests) {
				const what = `${example.tcId}: ${example.comment}`;
				if (check(example, group, what) !== false) checked += 1;
			}
		}
		assert.ok(checked > 0, "no case of the set was checked");
		context.diagnostic(`${checked} cases`);
	});
}

set("ecdsa_secp256r1_sha256_p1363", ({ msg, sig, result }, { publicKey }, what) => {
	const key = compress(bytes(publicKey.uncompressed).subarray(1));
	assert.equal(verifyEs256(key, bytes(msg), bytes(sig)), result === "valid", what);
});

set("hmac_sha256", ({ key, msg, tag, result }, { tagSize }, what) => {
	const code = hex(hmacSha256(bytes(key), bytes(msg)).subarray(0, tagSize / 8));
	assert.equal(code === tag, result === "valid", what);
});

set("hkdf_sha256", ({ ikm, salt, info, size, okm, result }, _, what) => {
	const expand = () => hkdfExpand(hkdfExtract(bytes(salt), bytes(ikm)), bytes(info), size);
	if (result === "valid") assert.equal(hex(expand()), okm, what);
	else assert.throws(expand, { name: "CryptoError" }, what);
});

set("pbkdf2_hmacsha256", ({ password, salt, iterationCount, dkLen, dk, result }, _, what) => {
	if (dkLen > 128) return false;
	const options = { password: bytes(password), salt: bytes(salt), rounds: iterationCount, length: dkLen };
	const work = new Pbkdf2(options);
	let key = work.step();
	while (key === undefined) key = work.step();
	assert.equal(hex(key) === dk, result === "valid", what);
});

/** The cases of AES-CCM-16-64-128 go through our crypto, the others that the primitives support through those. */
set("aes_ccm", ({ key, iv, aad, msg, ct, tag, result }, { ivSize, keySize, tagSize }, what) => {
	if (keySize !== 128) return false;
	const size = tagSize / 8;
	const [k, nonce, data, text, sealed] = [key, iv, aad, msg, ct + tag].map(bytes);
	if (nonce.length < 7 || nonce.length > 13 || size < 4 || size > 16 || size % 2 !== 0) {
		assert.throws(() => primitives.ccmSeal(k, nonce, data, text, size), RangeError, what);
		assert.throws(() => primitives.ccmOpen(k, nonce, data, sealed, size), RangeError, what);
		return true;
	}
	const ours = ivSize === 104 && tagSize === 64;
	const open = ours
		? ccmOpen({ key: k, nonce, aad: data, ciphertext: sealed })
		: primitives.ccmOpen(k, nonce, data, sealed, size);
	assert.equal(hex(open), result === "valid" ? msg : undefined, what);
	if (result !== "valid") return true;
	const again = ours
		? ccmSeal({ key: k, nonce, aad: data, plaintext: text })
		: primitives.ccmSeal(k, nonce, data, text, size);
	assert.equal(hex(again), ct + tag, what);
	return true;
});

/** An uncompressed or compressed point as 64 bytes; undefined for what is neither or on no curve of ours. */
function pointOf(encoded) {
	if (encoded.length === 33) {
		try {
			return decompress(encoded);
		} catch {
			return undefined;
		}
	}
	if (encoded.length !== 65 || encoded[0] !== 4) return undefined;
	return primitives.isOnCurve(encoded.subarray(1)) ? encoded.subarray(1) : undefined;
}

set("ecdh_secp256r1_ecpoint", (example, _, what) => {
	const point = pointOf(bytes(example.public));
	if (example.result === "invalid") {
		assert.equal(point, undefined, what);
		return true;
	}
	assert.ok(point !== undefined, what);
	assert.deepEqual(decompress(compress(point)), Uint8Array.from(point), what);
	const digits = example.private.replace(/^(00)+/, "").padStart(64, "0");
	assert.equal(hex(primitives.multiply(bytes(digits), point)).slice(0, 64), example.shared, what);
	return true;
});
