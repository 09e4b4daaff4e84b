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

/** What a checkpoint's table says: its height, the recovery key's next sequence, the members' keys and next sequences. */
function readTable(text, hash) {
	const bytes = fromHex(text, "table");
	const [version, height, recoveryNext, members, removed] = decoded(bytes, "the table");
	check(version === 1 && isCount(height) && isCount(recoveryNext) && Array.isArray(members), "not a table");
	check(removed instanceof Uint8Array && removed.length % 8 === 0, "the removed ids are cut off");
	// The removed ids, which are the table's last bytes, can be shown without the rest.
	const rest = sha256(bytes.subarray(0, bytes.length - removed.length));
	check(
		sha256(Buffer.concat([Buffer.from(rest, "hex"), removed])) === hex(hash),
		"the table is not the checkpoint's"
	);
	const rows = members.map(([id, name, , key, , next]) => {
		check(isBytes(id, 8) && typeof name === "string" && isBytes(key, 33) && isCount(next), "not a member");
		return [hex(id), { key, next }];
	});
	return { height, recoveryNext, members: new Map(rows) };
}

/** Who may sign, and the order so far. */
class Verifier {
	#home = "";
	#recovery = "";
	#position = [-1, ""];
	/** What each block is, by its hash: height, author, sequence, kind, body, and the hashes of all that it rests on. */
	#blocks = new Map();
	/** The keys that adds name, by id. A key shows by its hash whose it is. */
	#keys = new Map();
	/** The founders' keys, as far as the blocks before the checkpoint show them. */
	#founders = new Map();
	/** The checkpoint that all rests on, where there is one: its table and hash. */
	#base;

	constructor(entries) {
		const checkpoints = entries.filter(entry => entry?.kind === 5 && entry.table !== undefined);
		check(checkpoints.length <= 1, "two checkpoints with tables");
		const [checkpoint] = checkpoints;
		if (checkpoint === undefined) return;
		const { payload } = signed(checkpoint.cose);
		this.#base = { hash: sha256(payload), ...readTable(checkpoint.table, read(payload).body[1]) };
	}

	/** Verifies the next entry; returns a line for people. */
	take(entry, number) {
		check(entry !== null && typeof entry === "object" && !Array.isArray(entry), "it is not an object");
		const { table, ...rest } = entry;
		check(table === undefined || entry.kind === 5, "a table that is not a checkpoint's");
		check(
			isDeepStrictEqual(Object.keys(rest).sort(), [...fields].sort()),
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
		check(hex(block.home) === (block.kind === 0 ? "" : this.#home), "it is of another home");
		const place = this.#place(block, hash, author);
		this.#order(place.height, hash);
		const key = this.#keyOf(block, author, place);
		if (!place.isAnchor || block.kind !== 1) {
			check(key !== undefined, `its author ${author} is not a member before it`);
			const structure = encode(["Signature1", header, new Uint8Array(0), payload]);
			check(isSigned(publicKey(key), structure, signature), `the signature is not by ${author}`);
		}
		this.#sequence(block, author, place);
		if (block.kind === 1) this.#add(block.body);
		if (block.kind === 3) this.#rotate(block, author, place);
		this.#blocks.set(hash, {
			...place,
			author,
			sequence: block.sequence,
			kind: block.kind,
			body: block.body
		});
		const what = kinds[block.kind] ?? `kind ${block.kind}`;
		const who = block.kind <= 1 ? ` ${JSON.stringify(block.body[0])}` : "";
		return `${number} ${hash.slice(0, 16)} ${what}${who}, height ${place.height}, by ${author}`;
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
		this.#founders.set(id, key);
		if (recovery === null) return;
		check(isBytes(recovery, 33), "the recovery key has not 33 bytes");
		this.#recovery = idOf(recovery);
		this.#keys.set(this.#recovery, recovery);
	}

	/** Height and ancestors; what is from before the checkpoint has none that are here. */
	#place({ parents, kind, sequence }, hash, author) {
		const above = new Set();
		if (kind === 0) return { height: 0, above };
		if (hash === this.#base?.hash) return { height: this.#base.height, above, isCheckpoint: true };
		const known = parents.map(parent => this.#blocks.get(hex(parent)));
		const missing = parents.find((_, index) => known[index] === undefined);
		if (missing === undefined && !known.some(parent => parent.isAnchor)) {
			for (const [index, parent] of parents.entries()) {
				above.add(hex(parent));
				for (const each of known[index].above) above.add(each);
			}
			return { height: 1 + Math.max(...known.map(({ height }) => height)), above };
		}
		const base = this.#base;
		check(base !== undefined, `its parent ${hex(missing ?? parents[0]).slice(0, 16)} is no block before it`);
		const isCovered =
			author === this.#recovery ? sequence < base.recoveryNext : sequence < this.#next(author);
		const isCarried =
			!isCovered && (kind === 2 || kind === 3) && (author === this.#recovery || base.members.has(author));
		if (isCarried) return { height: base.height, above, isCarried };
		const isFounders = author === this.#recovery || kind === 1 || kind === 3;
		check(isFounders, "it rests on nothing here, and does not show who the founders are");
		return { height: Math.min(1, base.height), above, isAnchor: true };
	}

	/** By height, then by hash. */
	#order(height, hash) {
		const [lastHeight, lastHash] = this.#position;
		check(height > lastHeight || (height === lastHeight && hash > lastHash), "it stands in the wrong place");
		this.#position = [height, hash];
	}

	/** The author's key as the blocks that it rests on have it. */
	#keyOf({ kind, body }, author, { above, isAnchor, isCheckpoint, isCarried }) {
		if (author === this.#recovery) return this.#keys.get(author);
		if (kind === 0) return body[2];
		if (isAnchor || isCheckpoint) return this.#founders.get(author) ?? this.#base.members.get(author)?.key;
		let key = this.#base === undefined ? undefined : this.#base.members.get(author)?.key;
		for (const [hash, other] of this.#blocks) {
			const isBefore = above.has(hash) || (isCarried && other.isCarried && other.author === author);
			if (!isBefore) continue;
			if (other.kind <= 1 && key === undefined && idOf(other.body[2]) === author) key = other.body[2];
			if (other.kind === 3 && other.author === author) key = other.body[0];
		}
		return key;
	}

	/** One more than the highest of its author's that it rests on. */
	#sequence({ kind, sequence }, author, { above, isAnchor, isCarried, isCheckpoint }) {
		if (isAnchor || isCarried || kind === 0) {
			check(kind !== 0 || sequence === 0, "a genesis block has sequence 0");
			return;
		}
		let next = this.#next(author);
		// The checkpoint's table counts the checkpoint itself.
		if (isCheckpoint) next -= 1;
		for (const hash of above) {
			const other = this.#blocks.get(hash);
			if (other.author === author && !other.isCheckpoint) next = Math.max(next, other.sequence + 1);
		}
		check(sequence === next, `the sequence is ${sequence}, its author's next is ${next}`);
	}

	#next(author) {
		if (this.#base === undefined) return 0;
		if (author === this.#recovery) return this.#base.recoveryNext;
		return this.#base.members.get(author)?.next ?? 0;
	}

	#add(body) {
		check(Array.isArray(body) && body.length === 3, "the add body has not three fields");
		const [name, , key] = body;
		check(typeof name === "string", "the name is not a text");
		publicKey(key);
		const id = idOf(key);
		if (!this.#keys.has(id)) this.#keys.set(id, key);
	}

	#rotate({ home, author, sequence, body }, id, { isAnchor }) {
		check(Array.isArray(body) && body.length === 2, "the rotate body has not two fields");
		const [key, proof] = body;
		const structure = encode(["rotate", home, author, sequence, key]);
		check(isBytes(proof, 64) && isSigned(publicKey(key), structure, proof), "the new key's proof is wrong");
		if (isAnchor) this.#founders.set(id, key);
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
	const verifier = new Verifier(entries);
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
