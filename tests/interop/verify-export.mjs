/**
 * Verifies what a node's `export` prints, sharing no code with the nodes: CBOR by cborg, hashes and signatures
 * by Node's OpenSSL.
 *
 *   node tests/interop/verify-export.mjs FILE        or - for standard input
 *
 * It proves that every entry is whole, signed by who it says with a key that follows from the recovery key's opening, the
 * base or an add; that an author's blocks follow one another from the base; that the table is the base's; and that
 * all stand in their order. It does not judge what a block brings about: that a grant was taken back, say. And it
 * cannot miss what was cut off at the end of an author's log, since that is the log as it once was.
 */
import { createHash, createPublicKey, ECDH, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { decode, encode, rfc8949EncodeOptions } from "cborg";

const fields = ["hash", "era", "previous", "author", "turn", "sequence", "time", "kind", "body", "cose"];
const kinds = [
	"genesis",
	"add",
	"remove",
	"rotate",
	"grant",
	"checkpoint",
	"confirm",
	"describe",
	"withdraw",
	"demand",
	"waive",
	"opening"
];
const Kind = Object.fromEntries(kinds.map((name, number) => [name, number]));
/** What owners take back, which counts also where the log that it was in is not here. */
const takings = [Kind.remove, Kind.withdraw, Kind.demand];
const ownerRank = 2;
/** Of rows: provisional, member, owner, and the first two where two new keys at once froze them. */
const standings = [0, 1, ownerRank, 4, 5];
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

/** The first 16 bytes of a key's hash, in hexadecimal. */
function idOf(compressed) {
	return sha256(compressed).slice(0, 32);
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
	check(Array.isArray(parts) && parts.length === 9, "the payload has not nine fields");
	const [version, era, previous, author, turn, sequence, time, kind, body] = parts;
	check(version === 1, "the version is not 1");
	check(isCount(kind), "the kind is no number");
	check(isBytes(era, kind === Kind.genesis ? 0 : 16), "the era is no era's id");
	check(isBytes(previous, 16), "the block before is no hash");
	check(isBytes(author, 16), "the author is no node id");
	check(isCount(turn) && isCount(sequence), "turn or sequence is no count");
	check(time === null || isCount(time), "the time is no count of seconds");
	return { era, previous, author, turn, sequence, time, kind, body };
}

/** A base's table: its members' ids, keys, turns and ranks; only if its hash is the one that the base states. */
function readTable(text, hash) {
	const bytes = fromHex(text, "table");
	const parts = decoded(bytes, "the table");
	check(Array.isArray(parts) && parts.length === 8 && parts[0] === 1, "not a table");
	const [, rows, covers, , , , , removed] = parts;
	check(Array.isArray(rows) && Array.isArray(covers), "not a table");
	check(isBytes(removed) && removed.length % 16 === 0, "the removed ids are cut off");
	// The removed ids, which are the table's last bytes, can be shown without the rest.
	const rest = createHash("sha256")
		.update(bytes.subarray(0, bytes.length - removed.length))
		.digest();
	check(sha256(Buffer.concat([rest, removed])) === hex(hash), "the table is not the base's");
	const members = rows.map(row => {
		check(Array.isArray(row) && row.length === 8, "not a member");
		const [id, name, , key, turn, standing] = row;
		const isOwner = standing === ownerRank;
		check(typeof name === "string" && isCount(turn) && standings.includes(standing), "not a member");
		check(isOwner ? key === null : isBytes(key, 33), "a member without a key");
		// Which id an unchanged key has, its hash tells.
		check(!isOwner && turn === 0 ? id === null : isBytes(id, 16), "a member without an id");
		return { id: id === null ? idOf(key) : hex(id), key, turn, isOwner };
	});
	check(new Set(members.map(({ id }) => id)).size === members.length, "a member stands there twice");
	return members;
}

/** The keys of one author: one for each turn, or two rivals. */
class Keys {
	#byTurn = new Map();

	constructor(key, turn) {
		this.#byTurn.set(turn, [key]);
	}

	at(turn) {
		return this.#byTurn.get(turn) ?? [];
	}

	add(key, turn) {
		this.#byTurn.set(turn, [...this.at(turn), key]);
	}
}

/** Entry by entry: the head, which says who the owners are and what all rests on, then the logs. */
class Verifier {
	/** By id. */
	#keys = new Map();
	#owners = new Set();
	#recovery;
	#genesis;
	/** The block that opened the era, and what all rests on. */
	#opening;
	#base;
	#logs;
	/** The place of the last entry of the logs. */
	#last;

	/** Reads all first, since a key may stand after what it signs. */
	constructor(entries) {
		this.entries = entries.map((entry, number) => located(number, () => taken(entry)));
		for (const [number, block] of this.entries.entries()) located(number, () => this.#head(block, number));
		this.#logs = this.entries.filter(({ isHead }) => !isHead);
		// No table changes who the owners are, nor their keys.
		const { members = [] } = this.#base;
		const owners = members.filter(({ isOwner }) => isOwner);
		const areSame = members.every(({ id, isOwner }) => isOwner === this.#owners.has(id));
		const isWhole = this.#base.table === undefined || owners.length === this.#owners.size;
		check(areSame && isWhole, "the table has other owners than the opening");
		for (const { id, key, turn, isOwner } of members) {
			if (!isOwner) this.#keys.set(id, new Keys(key, turn));
		}
		this.#findAuthors();
		this.#findKeys();
	}

	/** Verifies an entry that is not of the head; a line for people. */
	verify(block, number) {
		const { hash, kind, body, author, sequence } = block;
		if (!block.isHead) {
			this.#order(block);
			check(hex(block.era) === hex(this.#opening.hash).slice(0, 32), "it is of another home or era");
			check(this.#keys.has(hex(author)), `its author ${hex(author)} is not a member`);
			this.#checkSignature(block);
			if (kind !== Kind.rotate) this.#linkage(block);
			if (kind === Kind.add) checkStatement(block);
			if (kind === Kind.rotate) checkProof(block);
		} else if (kind === Kind.checkpoint) this.#checkSignature(block);
		const what = kinds[kind] ?? `kind ${kind}`;
		const name = kind === Kind.genesis ? body[0] : kind === Kind.add ? body[2] : undefined;
		const who = name === undefined ? "" : ` ${JSON.stringify(name)}`;
		return `${number} ${hex(hash).slice(0, 16)} ${what}${who}, ${sequence} by ${hex(author)}`;
	}

	/** Genesis, the opening of the era where there is one, and the base. */
	#head(block, number) {
		const { kind, body, author, table } = block;
		if (number === 0) check(kind === Kind.genesis, "it is not a genesis block");
		else check(kind !== Kind.genesis, "a second genesis block");
		if (![Kind.genesis, Kind.opening, Kind.checkpoint].includes(kind)) return;
		block.isHead = true;
		if (kind === Kind.genesis) {
			check(Array.isArray(body) && body.length === 6, "the genesis body has not six fields");
			const [, , key, , , recovery] = body;
			check(isBytes(key, 33) && idOf(key) === hex(author), "its author is not the owner of its key");
			check(block.turn === 0 && block.sequence === 0, "a genesis block has turn 0 and sequence 0");
			check(isSigned(publicKey(key), block.structure, block.signature), "the signature is not by its author");
			this.#genesis = this.#opening = this.#base = block;
			this.#recovery = recovery;
			this.#own([[author, key, 0]]);
			return;
		}
		check(
			number === 1 || (number === 2 && this.#opening.kind === Kind.opening),
			"it stands in the wrong place"
		);
		check(this.#base.table === undefined, "a second base");
		if (kind === Kind.opening) {
			check(this.#opening.kind === Kind.genesis, "a second opening");
			check(
				Array.isArray(body) && body.length === 3 && Array.isArray(body[2]),
				"the opening's body is not one"
			);
			check(isBytes(this.#recovery, 33), "the home has no recovery key");
			check(idOf(this.#recovery) === hex(author), "the recovery key did not open it");
			const isRight = isSigned(publicKey(this.#recovery), block.structure, block.signature);
			check(isRight, "the signature is not by the recovery key");
			check(hex(block.era) === hex(this.#genesis.hash).slice(0, 32), "it is of another home");
			this.#opening = block;
			this.#own(body[2]);
		} else {
			check(table !== undefined, "a checkpoint without its table");
			check(Array.isArray(body) && body.length === 4, "the checkpoint's body has not four fields");
			const [era, opening, place] = body;
			const wanted = this.#opening.kind === Kind.opening ? this.#opening.body[0] : 0;
			check(era === wanted && hex(opening) === hex(this.#opening.hash), "it is of another era");
			check(hex(block.era) === hex(this.#opening.hash).slice(0, 32), "it is of another home or era");
			check(isCount(place) && place > 0, "its number is none");
			check(this.#owners.has(hex(author)), "it is not by an owner");
		}
		if (table !== undefined) block.members = readTable(table, kind === Kind.opening ? body[1] : body[3]);
		this.#base = block;
	}

	#own(owners) {
		this.#owners.clear();
		this.#keys.clear();
		for (const owner of owners) {
			check(Array.isArray(owner), "an owner is none");
			const [id, key, turn] = owner;
			check(isBytes(id, 16) && isBytes(key, 33) && isCount(turn), "an owner is none");
			check(turn > 0 || idOf(key) === hex(id), "an owner's key is not its own");
			this.#owners.add(hex(id));
			this.#keys.set(hex(id), new Keys(key, turn));
		}
		check(this.#owners.size >= 1 && this.#owners.size <= 3, "there are not 1 to 3 owners");
	}

	/** Whom adds make known, of those who are known themselves. */
	#findAuthors() {
		for (let isOver = false; !isOver; ) {
			isOver = true;
			for (const { kind, body, author } of this.#logs) {
				if (kind !== Kind.add || !Array.isArray(body) || !this.#keys.has(hex(author))) continue;
				const key = body[4];
				if (!isBytes(key, 33) || this.#keys.has(idOf(key))) continue;
				this.#keys.set(idOf(key), new Keys(key, 0));
				isOver = false;
			}
		}
	}

	/** New keys, each signed with the one before. */
	#findKeys() {
		const rotates = this.#logs.filter(({ kind }) => kind === Kind.rotate).sort((a, b) => a.turn - b.turn);
		for (const { turn, author, body, structure, signature } of rotates) {
			const keys = this.#keys.get(hex(author));
			const isRight = keys?.at(turn - 1).some(before => isSigned(publicKey(before), structure, signature));
			if (isRight && Array.isArray(body)) keys.add(body[0], turn);
		}
	}

	#checkSignature({ kind, author, turn, structure, signature }) {
		const keys = this.#keys.get(hex(author))?.at(kind === Kind.rotate ? turn - 1 : turn) ?? [];
		const isRight = keys.some(key => isSigned(publicKey(key), structure, signature));
		check(isRight, `the signature is not by ${hex(author)}`);
	}

	/** By author, sequence, hash. */
	#order({ author, sequence, hash }) {
		const last = this.#last;
		this.#last = { author, sequence, hash };
		if (last === undefined) return;
		const order =
			Buffer.compare(last.author, author) || last.sequence - sequence || Buffer.compare(last.hash, hash);
		check(order < 0, "it stands in the wrong place");
	}

	/** Its author's blocks follow one another from the base; only what an owner took may stand alone. */
	#linkage({ author, kind, sequence, previous }) {
		const before = hex(previous);
		const isFirst = sequence === 0 && before === hex(this.#base.hash).slice(0, 32);
		const isNext = this.#logs.some(
			other =>
				other.kind !== Kind.rotate &&
				hex(other.hash).startsWith(before) &&
				hex(other.author) === hex(author) &&
				other.sequence === sequence - 1
		);
		const mayStandAlone = takings.includes(kind) && this.#owners.has(hex(author));
		check(isFirst || isNext || mayStandAlone, "it follows no block of its author here, nor the base");
	}
}

/** That the new key's holder takes it for its author's next. */
function checkProof({ era, author, turn, body }) {
	check(Array.isArray(body) && body.length === 5, "the rotate body has not five fields");
	const [key, proof] = body;
	const statement = encode(["rotate", era, author, turn, key]);
	check(isBytes(proof, 64) && isSigned(publicKey(key), statement, proof), "the new key's proof is wrong");
}

/** What the joiner said of itself, to the sponsor that the add names. */
function checkStatement({ era, author, body }) {
	check(Array.isArray(body) && body.length === 7, "the add body has not seven fields");
	const [number, tag, name, types, key, sponsor, signature] = body;
	check(typeof name === "string", "the name is not a text");
	const statement = encode(["join", era, number, tag, name, types, key, sponsor ?? author]);
	const isRight = isBytes(signature, 64) && isSigned(publicKey(key), statement, signature);
	check(isRight, "the joiner did not sign what is said of it");
}

/** An entry whose fields are what was signed. */
function taken(entry) {
	check(entry !== null && typeof entry === "object" && !Array.isArray(entry), "it is not an object");
	const { table, ...rest } = entry;
	const mayHaveTable = entry.kind === Kind.checkpoint || entry.kind === Kind.opening;
	check(table === undefined || mayHaveTable, "a table that is not a base's");
	check(isDeepStrictEqual(Object.keys(rest).sort(), [...fields].sort()), "its fields are not those expected");
	const { header, payload, signature } = signed(entry.cose);
	const hash = createHash("sha256").update(payload).digest();
	check(entry.hash === hex(hash), "the hash is not the payload's");
	const block = read(payload);
	for (const [field, value] of Object.entries(block)) {
		check(isDeepStrictEqual(entry[field], asJson(value)), `"${field}" is not what was signed`);
	}
	const structure = encode(["Signature1", header, new Uint8Array(0), payload]);
	return { ...block, hash, structure, signature, table, isHead: false };
}

function located(number, act) {
	try {
		return act();
	} catch (error) {
		if (!(error instanceof ExportError)) throw error;
		throw new ExportError(`block ${number}: ${error.message}`);
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
	const verifier = new Verifier(entries);
	return verifier.entries.map((block, number) => located(number, () => verifier.verify(block, number)));
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
