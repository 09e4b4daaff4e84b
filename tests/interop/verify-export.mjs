/**
 * Verifies what a node's `export` prints, sharing no code with the nodes: CBOR by cborg, hashes and signatures
 * by Node's OpenSSL.
 *
 *   node tests/interop/verify-export.mjs FILE        or - for standard input
 *
 * It proves that every entry is whole, signed by who it says, rests on entries before it, and stands where it
 * belongs. It does not judge what a block brings about: that a removed member's block has no effect, say. And
 * it cannot miss what was cut off at the end, since that is the chain as it once was.
 */
import { createHash, createPublicKey, ECDH, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { decode, encode, rfc8949EncodeOptions } from "cborg";

const fields = ["number", "hash", "parents", "home", "author", "sequence", "time", "kind", "body", "cose"];
const kinds = ["genesis", "add", "remove", "rotate", "grant", "checkpoint"];
const protectedHeader = "a10126";
/** Half of P-256's order n, rounded down: the largest low s. */
const largestLowS = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n >> 1n;

/** An export that is not what it should be; the message says where and how. */
export class ExportError extends Error {
	name = "ExportError";
}

function check(condition, fault) {
	if (!condition) throw new ExportError(fault);
}

function hex(bytes) {
	return Buffer.from(bytes).toString("hex");
}

function sha256(bytes) {
	return createHash("sha256").update(bytes).digest("hex");
}

function fromHex(text, what) {
	check(typeof text === "string" && /^([0-9a-f]{2})*$/.test(text), `${what} is not lower-case hexadecimal`);
	return Buffer.from(text, "hex");
}

/** Decodes deterministic CBOR (RFC 8949, section 4.2): what does not encode to the same bytes is refused. */
function decoded(bytes, what) {
	let value;
	try {
		value = decode(bytes, {
			strict: true,
			useMaps: true,
			allowIndefinite: false,
			rejectDuplicateMapKeys: true
		});
	} catch (error) {
		throw new ExportError(`${what} is not CBOR: ${error.message}`);
	}
	check(hex(encode(value, rfc8949EncodeOptions)) === hex(bytes), `${what} is not deterministic CBOR`);
	return value;
}

function isBytes(value, ...lengths) {
	return value instanceof Uint8Array && (lengths.length === 0 || lengths.includes(value.length));
}

function isCount(value) {
	return Number.isSafeInteger(value) && value >= 0;
}

/** As the export writes it: bytes in hexadecimal, a map as a list of pairs. */
function asJson(value) {
	if (value === undefined) return null;
	if (isBytes(value)) return hex(value);
	if (Array.isArray(value)) return value.map(asJson);
	if (value instanceof Map) return [...value].map(([key, item]) => [asJson(key), asJson(item)]);
	return value;
}

/** A compressed point as OpenSSL takes it. */
function publicKey(compressed) {
	check(isBytes(compressed, 33), "a public key has not 33 bytes");
	let point;
	try {
		point = ECDH.convertKey(Buffer.from(compressed), "prime256v1", undefined, undefined, "uncompressed");
	} catch {
		throw new ExportError("a public key is no point of P-256");
	}
	const x = point.subarray(1, 33).toString("base64url");
	const y = point.subarray(33).toString("base64url");
	return createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
}

function isSigned(key, message, signature) {
	return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
}

/** The first 8 bytes of a key's hash, in hexadecimal. */
function idOf(compressed) {
	return sha256(compressed).slice(0, 16);
}

/** Takes an entry's COSE_Sign1 (RFC 9052, section 4.2) apart. */
function signed(cose) {
	const parts = decoded(fromHex(cose, "cose"), "cose");
	check(Array.isArray(parts) && parts.length === 4, "cose is not an untagged COSE_Sign1");
	const [header, unprotected, payload, signature] = parts;
	check(isBytes(header) && hex(header) === protectedHeader, "the protected header is not {1: -7}");
	check(unprotected instanceof Map && unprotected.size === 0, "the unprotected header is not {}");
	check(isBytes(payload), "the payload is not a byte string");
	check(isBytes(signature, 64), "the signature has not 64 bytes");
	check(BigInt(`0x${hex(signature.subarray(32))}`) <= largestLowS, "the signature's s is not low");
	return { header, payload, signature };
}

/** What the payload says, in the types of the design. */
function read(payload) {
	const parts = decoded(payload, "the payload");
	check(Array.isArray(parts) && parts.length === 8, "the payload has not eight fields");
	const [version, home, parents, author, sequence, time, kind, body] = parts;
	check(version === 1, "the version is not 1");
	check(isBytes(home, 0, 8), "the home is no home id");
	check(Array.isArray(parents) && parents.length >= 1 && parents.length <= 8, "there are not 1 to 8 parents");
	check(
		parents.every(parent => isBytes(parent, 32)),
		"a parent is no hash"
	);
	const ascending = parents.map(hex);
	check(
		ascending.every((parent, i) => i === 0 || ascending[i - 1] < parent),
		"the parents are not in ascending order"
	);
	check(isBytes(author, 8), "the author is no node id");
	check(isCount(sequence), "the sequence is no count");
	check(time === null || isCount(time), "the time is no count of seconds");
	check(isCount(kind), "the kind is no number");
	return { home, parents, author, sequence, time, kind, body };
}

/** Who may sign, and the order so far. */
class Verifier {
	#home = "";
	#position = [-1, ""];
	/** Height of each block, by its hash. */
	#heights = new Map();
	/** Current key of each author, by id. */
	#keys = new Map();
	/** How many blocks each author has issued, by id. */
	#counts = new Map();

	/** Verifies the next entry; returns a line for people. */
	take(entry, number) {
		check(entry !== null && typeof entry === "object" && !Array.isArray(entry), "it is not an object");
		check(
			isDeepStrictEqual(Object.keys(entry).sort(), [...fields].sort()),
			"its fields are not those expected"
		);
		check(entry.number === number, `its number is ${entry.number}`);
		const { header, payload, signature } = signed(entry.cose);
		const hash = sha256(payload);
		check(entry.hash === hash, "the hash is not the payload's");
		const block = read(payload);
		for (const [field, value] of Object.entries(block)) {
			check(isDeepStrictEqual(entry[field], asJson(value)), `"${field}" is not what was signed`);
		}
		const author = hex(block.author);
		if (block.kind === 0) this.#found(block, number, author, hash);
		this.#order(block, hash);
		check(hex(block.home) === (block.kind === 0 ? "" : this.#home), "it is of another home");
		const key = this.#keys.get(author);
		check(key !== undefined, `its author ${author} is not a member before it`);
		const structure = encode(["Signature1", header, new Uint8Array(0), payload]);
		check(isSigned(publicKey(key), structure, signature), `the signature is not by ${author}`);
		const count = this.#counts.get(author) ?? 0;
		check(block.sequence === count, `the sequence is ${block.sequence}, its author's next is ${count}`);
		this.#counts.set(author, count + 1);
		if (block.kind === 1) this.#add(block.body);
		if (block.kind === 3) this.#rotate(block, author);
		const what = kinds[block.kind] ?? `kind ${block.kind}`;
		const who = block.kind <= 1 ? ` ${JSON.stringify(block.body[0])}` : "";
		return `${number} ${hash.slice(0, 16)} ${what}${who}, height ${this.#position[0]}, by ${author}`;
	}

	#found({ parents, author, body }, number, id, hash) {
		check(number === 0, "a second genesis block");
		check(Array.isArray(body) && body.length === 6, "the genesis body has not six fields");
		const [name, , key, , , recovery] = body;
		check(typeof name === "string", "the name is not a text");
		check(isBytes(key, 33) && idOf(key) === hex(author), "its author is not the owner of its key");
		check(parents.length === 1, "a genesis block has one parent");
		this.#home = hash.slice(0, 16);
		this.#keys.set(id, key);
		if (recovery === null) return;
		check(isBytes(recovery, 33), "the recovery key has not 33 bytes");
		this.#keys.set(idOf(recovery), recovery);
	}

	/** By height, then by hash; the parent of a genesis block is no block. */
	#order({ parents, kind }, hash) {
		let height = 0;
		if (kind !== 0) {
			for (const parent of parents) {
				const before = this.#heights.get(hex(parent));
				check(before !== undefined, `its parent ${hex(parent).slice(0, 16)} is no block before it`);
				height = Math.max(height, before + 1);
			}
		}
		const [lastHeight, lastHash] = this.#position;
		check(height > lastHeight || (height === lastHeight && hash > lastHash), "it stands in the wrong place");
		this.#position = [height, hash];
		this.#heights.set(hash, height);
	}

	#add(body) {
		check(Array.isArray(body) && body.length === 3, "the add body has not three fields");
		const [name, , key] = body;
		check(typeof name === "string", "the name is not a text");
		publicKey(key);
		const id = idOf(key);
		if (!this.#keys.has(id)) this.#keys.set(id, key);
	}

	#rotate({ home, author, sequence, body }, id) {
		check(Array.isArray(body) && body.length === 2, "the rotate body has not two fields");
		const [key, proof] = body;
		const structure = encode(["rotate", home, author, sequence, key]);
		check(isBytes(proof, 64) && isSigned(publicKey(key), structure, proof), "the new key's proof is wrong");
		this.#keys.set(id, key);
	}
}

/** Verifies an export's text; returns a line for each block. Throws an ExportError. */
export function verifyExport(text) {
	let entries;
	try {
		entries = JSON.parse(text);
	} catch (error) {
		throw new ExportError(`not JSON: ${error.message}`);
	}
	check(Array.isArray(entries), "not a JSON array");
	check(entries.length > 0, "the chain is empty");
	check(entries[0]?.kind === 0, "block 0: it is not a genesis block");
	const verifier = new Verifier();
	return entries.map((entry, number) => {
		try {
			return verifier.take(entry, number);
		} catch (error) {
			if (!(error instanceof ExportError)) throw error;
			throw new ExportError(`block ${number}: ${error.message}`);
		}
	});
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const [, , file, ...others] = process.argv;
	if (file === undefined || others.length > 0) {
		console.error("usage: verify-export.mjs FILE, or - for standard input");
		process.exit(2);
	}
	try {
		const lines = verifyExport(readFileSync(file === "-" ? 0 : file, "utf8"));
		for (const line of lines) console.log(line);
		console.log(`${lines.length} blocks verified`);
	} catch (error) {
		console.error(error instanceof ExportError || error.code !== undefined ? error.message : error);
		process.exit(1);
	}
}
