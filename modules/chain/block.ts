import { compareBytes } from "../bytes/bytes.js";
import { CborError, type CborValue, decode, encode, isArray } from "../cbor/cbor.js";
import { CoseError, parseCose, Sha256, sha256, signCose, verifyCose, verifyEs256 } from "../crypto/crypto.js";
import { type Body, bodyFromCbor, bodyToCbor, Kind, kindNumber, type RotateBody } from "./body.js";
import { BlockError } from "./chain-error.js";
import { idLength, nodeIdOf } from "./node-id.js";

/** The block format that this software writes and reads. */
export const blockVersion = 1;
/** Most bytes of a signed block: what one value of Preference holds, less the store's checksum. */
export const blockLimit = 1020;
/** Most parents of a block. */
export const parentsLimit = 8;
/** Bytes of a block's hash. */
export const hashLength = 32;

const noHome = new Uint8Array(0);

/** What a block says, before it is signed. */
export interface BlockFields {
	/** The home's id, 8 bytes; empty in the genesis block. */
	readonly home: Uint8Array;
	/** Hashes of the blocks it rests on, ascending, 1 to 8; in genesis the SHA-256 of the genesis message. */
	readonly parents: readonly Uint8Array[];
	/** The author's node id, 8 bytes. */
	readonly author: Uint8Array;
	/** How many blocks the author issued before this one. */
	readonly sequence: number;
	/** Seconds since 1970 by the author's clock, or null when it has none: a claim for people, used by no rule. */
	readonly time: number | null;
	readonly body: Body;
}

/** One signed entry of the chain. Its bytes are immutable: whoever is given one must not write into it. */
export class Block implements BlockFields {
	readonly home: Uint8Array;
	readonly parents: readonly Uint8Array[];
	readonly author: Uint8Array;
	readonly sequence: number;
	readonly time: number | null;
	readonly body: Body;
	/** SHA-256 of the payload, 32 bytes: what children and people refer to. */
	readonly hash: Uint8Array;
	/** The block as it is stored and sent: an untagged COSE_Sign1 (RFC 9052 4.2). */
	readonly cose: Uint8Array;
	readonly #cose: ReturnType<typeof parseCose>;

	/**
	 * Reads a block without judging its signature.
	 * Throws a BlockError: "malformed", or "version" for one of another format.
	 */
	constructor(cose: Uint8Array) {
		if (cose.length > blockLimit) {
			throw new BlockError("malformed", `a block of ${cose.length} bytes: at most ${blockLimit}`);
		}
		let payload: CborValue;
		try {
			this.#cose = parseCose(cose);
			payload = decode(this.#cose.payload);
		} catch (error) {
			if (error instanceof CborError || error instanceof CoseError) {
				throw new BlockError("malformed", `not a block: ${error.message}`);
			}
			throw error;
		}
		const fields = readFields(payload);
		this.home = fields.home;
		this.parents = fields.parents;
		this.author = fields.author;
		this.sequence = fields.sequence;
		this.time = fields.time;
		this.body = fields.body;
		this.cose = cose;
		this.hash = sha256(this.#cose.payload);
	}

	/** Whether the owner of `publicKey` (33 bytes) signed this. */
	isSignedBy(publicKey: Uint8Array): boolean {
		return verifyCose(publicKey, this.#cose);
	}
}

/** Writes and signs a block. */
export function signBlock(fields: BlockFields, privateKey: Uint8Array): Block {
	const payload = encode([
		blockVersion,
		fields.home,
		[...fields.parents],
		fields.author,
		fields.sequence,
		fields.time,
		kindNumber(fields.body),
		bodyToCbor(fields.body)
	]);
	return new Block(signCose(privateKey, payload));
}

/** The bytes over which a new key proves itself in a rotate block. */
export function rotateProof(options: {
	home: Uint8Array;
	id: Uint8Array;
	sequence: number;
	key: Uint8Array;
}): Uint8Array {
	return encode(["rotate", options.home, options.id, options.sequence, options.key]);
}

/** Whether the new key in a rotate block has proven itself. */
export function isKeyProven({ home, author, sequence }: Block, { key, proof }: RotateBody): boolean {
	return verifyEs256(key, rotateProof({ home, id: author, sequence, key }), proof);
}

/** The order of all who have the same blocks: by height, then by hash. Negative when a comes first. */
export function compareInOrder(
	heightA: number,
	hashA: Uint8Array,
	heightB: number,
	hashB: Uint8Array
): number {
	return heightA - heightB || compareBytes(hashA, hashB);
}

/** SHA-256 over hashes in the order given. */
export function digestOf(hashes: Iterable<Uint8Array>): Uint8Array {
	const digest = new Sha256();
	for (const hash of hashes) digest.write(hash);
	return digest.close();
}

function readFields(payload: CborValue): BlockFields {
	if (!isArray(payload)) throw new BlockError("malformed", "the payload is not an array");
	const [version, home, parents, author, sequence, time, kind, body] = payload;
	if (typeof version !== "number") throw new BlockError("malformed", "the version is not a number");
	if (version !== blockVersion) throw new BlockError("version", `a block of version ${version}`);
	if (payload.length !== 8) throw new BlockError("malformed", "the payload has not 8 fields");
	if (!(author instanceof Uint8Array) || author.length !== idLength) {
		throw new BlockError("malformed", "the author is not a node id");
	}
	if (typeof kind !== "number" || kind < 0) throw new BlockError("malformed", "the kind is not a number");
	if (body === undefined) throw new BlockError("malformed", "the block has no body");
	const fields: BlockFields = {
		home: readHome(home, kind),
		parents: readParents(parents),
		author,
		sequence: readCount(sequence, "sequence"),
		time: time === null ? null : readCount(time, "time"),
		body: bodyFromCbor(kind, body)
	};
	if (fields.body.kind === Kind.genesis) checkGenesis(fields, fields.body.key);
	return fields;
}

/** A genesis block stands on its own: nothing before it, issued by the founder whose key it names. */
function checkGenesis(fields: BlockFields, key: Uint8Array): void {
	if (fields.parents.length !== 1) throw new BlockError("malformed", "a genesis block has one parent");
	if (fields.sequence !== 0) throw new BlockError("malformed", "a genesis block has sequence 0");
	if (compareBytes(fields.author, nodeIdOf(key)) !== 0) {
		throw new BlockError("malformed", "a genesis block's author is not the owner of its key");
	}
}

function readHome(value: CborValue, kind: number): Uint8Array {
	if (!(value instanceof Uint8Array)) throw new BlockError("malformed", "the home is not a byte string");
	if (kind === Kind.genesis) {
		if (value.length !== 0) throw new BlockError("malformed", "a genesis block names no home");
		return noHome;
	}
	if (value.length !== idLength) throw new BlockError("malformed", "the home is not a home id");
	return value;
}

function readParents(value: CborValue): Uint8Array[] {
	if (!isArray(value) || value.length < 1 || value.length > parentsLimit) {
		throw new BlockError("malformed", `a block has 1 to ${parentsLimit} parents`);
	}
	const parents: Uint8Array[] = [];
	for (const item of value) {
		if (!(item instanceof Uint8Array) || item.length !== hashLength) {
			throw new BlockError("malformed", "a parent is not a hash");
		}
		const last = parents[parents.length - 1];
		if (last !== undefined && compareBytes(last, item) >= 0) {
			throw new BlockError("malformed", "the parents are not in ascending order");
		}
		parents.push(item);
	}
	return parents;
}

function readCount(value: CborValue, what: string): number {
	if (typeof value !== "number" || value < 0) throw new BlockError("malformed", `the ${what} is not a count`);
	return value;
}
