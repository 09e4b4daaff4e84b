/**
 * Google's Wycheproof sets against the primitives inside XS, in the builds that program.mjs lists. The sets lie in
 * ../shared/vectors beside the project (WYCHEPROOF names another folder); skipped otherwise.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { builds, Program } from "./program.mjs";

const folder = new URL(process.env.WYCHEPROOF ?? "../../../shared/vectors/", import.meta.url);
/** Each set by name: how to check one case of a group. Returns false for what the primitives do not support. */
const sets = {
	async ecdsa_secp256r1_sha256_p1363(program, { msg, sig, result }, { publicKey }, what) {
		const answer = await program.call("verify", [publicKey.uncompressed.slice(2), msg, sig]);
		const expected = result === "valid" ? "true" : sig.length === 128 ? "false" : "!RangeError";
		assert.equal(answer, expected, what);
	},

	async ecdh_secp256r1_ecpoint(program, { public: encoded, private: secret, shared, result }, _, what) {
		const point = await pointOf(program, encoded);
		if (result === "invalid") return assert.equal(point, undefined, what);
		assert.ok(point !== undefined, what);
		const compressed = `0${2 + (Number.parseInt(point.at(-1), 16) % 2)}${point.slice(0, 64)}`;
		assert.equal(await program.call("decompress", [compressed]), point, what);
		const scalar = secret.replace(/^(00)+/, "").padStart(64, "0");
		assert.equal((await program.call("multiply", [scalar, point])).slice(0, 64), shared, what);
	},

	async hmac_sha256(program, { key, msg, tag, result }, { tagSize }, what) {
		const code = (await program.call("hmac", [key, msg])).slice(0, tagSize / 4);
		assert.equal(code === tag, result === "valid", what);
	},

	async hkdf_sha256(program, { ikm, salt, info, size, okm, result }, _, what) {
		const key = await program.call("hkdf", [ikm, salt, info], size);
		assert.equal(key, result === "valid" ? okm : "!CryptoError", what);
	},

	async pbkdf2_hmacsha256(program, { password, salt, iterationCount, dkLen, dk, result }, _, what) {
		if (dkLen > 128) return false;
		const key = await program.call("pbkdf2", [password, salt], iterationCount, dkLen);
		assert.equal(key === dk, result === "valid", what);
	},

	async aes_ccm(program, { key, iv, aad, msg, ct, tag, result }, { ivSize, keySize, tagSize }, what) {
		if (keySize !== 128) return false;
		const supported = ivSize >= 56 && ivSize <= 104 && tagSize >= 32 && tagSize <= 128 && tagSize % 16 === 0;
		const opened = await program.call("ccmOpen", [key, iv, aad, ct + tag], tagSize / 8);
		const expected = !supported ? "!RangeError" : result === "valid" ? msg : "undefined";
		assert.equal(opened, expected, what);
		if (supported && result !== "valid") return;
		const sealed = await program.call("ccmSeal", [key, iv, aad, msg], tagSize / 8);
		assert.equal(sealed, supported ? ct + tag : "!RangeError", what);
	}
};

/** An uncompressed or compressed point as 64 bytes; undefined for what is neither or not on P-256. */
async function pointOf(program, encoded) {
	if (encoded.length === 66) {
		const point = await program.call("decompress", [encoded]);
		return point === "undefined" ? undefined : point;
	}
	if (encoded.length !== 130 || !encoded.startsWith("04")) return undefined;
	const point = encoded.slice(2);
	return (await program.call("isOnCurve", [point])) === "true" ? point : undefined;
}

for (const build of builds) {
	const { name, skip = existsSync(folder) ? false : `no ${folder.pathname}`, ...start } = build;
	test(`wycheproof: ${name}`, { skip }, async context => {
		const program = new Program(start);
		for (const [set, check] of Object.entries(sets)) {
			await context.test(set, subtest => whole(subtest, program, set, check));
		}
		assert.equal(await program.end(), 0);
	});
}

async function whole(context, program, name, check) {
	const set = JSON.parse(readFileSync(new URL(`wycheproof_${name}.json`, folder), "utf8"));
	let checked = 0;
	for (const group of set.testGroups) {
		for (const example of group.tests) {
			const what = `${example.tcId}: ${example.comment}`;
			if ((await check(program, example, group, what)) !== false) checked += 1;
		}
	}
	assert.ok(checked > 0, "no case of the set was checked");
	context.diagnostic(`${checked} cases`);
}
