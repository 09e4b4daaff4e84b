import { compareBytes, equalBytes } from "../bytes/bytes.js";
import { CborError, type CborValue, decode, encode, isArray, isBytes } from "../cbor/cbor.js";
import {
	CoseError,
	parseCose,
	runAtOnce,
	type Steps,
	sha256,
	signCose,
	verifyCose,
	verifyEs256
} from "../crypto/crypto.js";
import { type Body, Kind, kindNumber, prefixLength, type Statement, turnLimit } from "./body.js";
import { bodyFromCbor, bodyToCbor } from "./body-format.js";
import { BlockError } from "./chain-error.js";
import { idLength, nodeIdOf } from "./node-id.js";

/** The block format that this software writes and reads. */
export const blockVersion = 1;
/** Most bytes of a signed block: it takes one of its author's places, and all places together have to fit a flash. */
export const blockLimit = 272;
/** Most bytes of an add, a remove or a rotate. */
export const longBlockLimit = 352;
/** Most bytes of the block of a base: an opening names three owners. */
export const baseBlockLimit = 384;
/** Highest sequence of a block: no log is longer. */
const sequenceLimit = 0xffff;

const noEra = new Uint8Array(0);

/** What a block says, before it is signed. */
export interface BlockFields {
	/**
	 * The era's id: the first 16 bytes of the hash of the block that opened it, in the first era and in all openings of the
	 * genesis block's; empty in the genesis block.
	 */
	readonly era: Uint8Array;
	/**
	 * The first 16 bytes of the hash of its author's block before it, or of the base where it is the first since; in
	 * genesis of the SHA-256 of the genesis message.
	 */
	readonly previous: Uint8Array;
	/** The author's node id, 16 bytes. */
	readonly author: Uint8Array;
	/** How often its author's key had changed. */
	readonly turn: number;
	/** 0 for the first block since the base, then 1 more than the one before. */
	readonly sequence: number;
	/** Seconds since 1970 by the author's clock, or null when it has none: a claim for people, used by no rule. */
	readonly time: number | null;
	readonly body: Body;
}

/** One signed entry of the chain. Its bytes are immutable: whoever is given one must not write into it. */
export class Block implements BlockFields {
	readonly era: Uint8Array;
	readonly previous: Uint8Array;
	readonly author: Uint8Array;
	readonly turn: number;
	readonly sequence: number;
	readonly time: number | null;
	readonly body: Body;
	/** SHA-256 of the payload, 32 bytes: what other blocks and people refer to. */
	readonly hash: Uint8Array;
	/** The block as it is stored and sent: an untagged COSE_Sign1 (RFC 9052 4.2). */
	readonly cose: Uint8Array;
	/** Keys with which its signature was checked, and what came of it; a board has no time to check one twice. */
	#checked: { readonly key: Uint8Array; readonly isRight: boolean }[] | undefined;
	/** Whether the second signature is right, once that was checked. */
	#isSecondRight: boolean | undefined;

	/**
	 * Reads a block without judging its signature.
	 * Throws a BlockError: "malformed", or "version" for one of another format.
	 */
	constructor(cose: Uint8Array) {
		if (cose.length > baseBlockLimit) throw tooLong(cose.length, baseBlockLimit);
		let signed: Uint8Array;
		let payload: CborValue;
		try {
			signed = parseCose(cose).payload;
			payload = decode(signed);
		} catch (error) {
			if (error instanceof CborError || error instanceof CoseError) {
				throw new BlockError("malformed", `not a block: ${error.message}`);
			}
			throw error;
		}
		const fields = readFields(payload);
		const limit = lengthLimitOf(fields.body);
		if (cose.length > limit) throw tooLong(cose.length, limit);
		this.era = fields.era;
		this.previous = fields.previous;
		this.author = fields.author;
		this.turn = fields.turn;
		this.sequence = fields.sequence;
		this.time = fields.time;
		this.body = fields.body;
		this.cose = cose;
		this.hash = sha256(signed);
	}

	/** Whether the owner of `publicKey` (33 bytes) signed this. */
	isSignedBy(publicKey: Uint8Array): boolean {
		return runAtOnce(this.verify(publicKey));
	}

	/** The same, with a pause before the check, if it was not made before. */
	*verify(publicKey: Uint8Array): Steps<boolean> {
		const known = this.#checked?.find(({ key }) => equalBytes(key, publicKey));
		if (known !== undefined) return known.isRight;
		yield;
		// Parsed again: a board that holds blocks has no room for their parts twice.
		const isRight = verifyCose(publicKey, parseCose(this.cose));
		this.#checked ??= [];
		this.#checked.push({ key: publicKey.slice(), isRight });
		return isRight;
	}

	/**
	 * Whether the second signature is right where there is one, a joiner's under its statement or a new key's: with a pause before
	 * the check, if it was not made before.
	 */
	*verifySecond(): Steps<boolean> {
		if (this.body.kind !== Kind.add && this.body.kind !== Kind.rotate) return true;
		if (this.#isSecondRight === undefined) yield;
		this.#isSecondRight ??= this.checkSecond();
		return this.#isSecondRight;
	}

	private checkSecond(): boolean {
		const { era, author, turn, body } = this;
		if (body.kind === Kind.add) {
			const said = { ...body, sponsor: body.sponsor ?? author };
			return verifyEs256(body.key, statementBytes(era, said), body.signature);
		}
		if (body.kind !== Kind.rotate) return true;
		return verifyEs256(body.key, rotateProof({ era, author, turn, key: body.key }), body.proof);
	}
}

/** Writes and signs a block. */
export function signBlock(fields: BlockFields, privateKey: Uint8Array): Block {
	const payload = encode([
		blockVersion,
		fields.era,
		fields.previous,
		fields.author,
		fields.turn,
		fields.sequence,
		fields.time,
		kindNumber(fields.body),
		bodyToCbor(fields.body)
	]);
	return new Block(signCose(privateKey, payload));
}

/** The bytes over which a new key proves itself in a rotate block. `era`: the era's id, 16 bytes. */
export function rotateProof({
	era,
	author,
	turn,
	key
}: {
	era: Uint8Array;
	author: Uint8Array;
	turn: number;
	key: Uint8Array;
}): Uint8Array {
	return encode(["rotate", era, author, turn, key]);
}

/** The bytes over which a joiner signs what it says of itself. `era`: the era's id, 16 bytes. */
export function statementBytes(era: Uint8Array, said: Statement): Uint8Array {
	const { number, tag, name, types, key, sponsor } = said;
	return encode(["join", era, number, tag, name, types, key, sponsor]);
}

function lengthLimitOf({ kind }: Body): number {
	if (kind === Kind.opening) return baseBlockLimit;
	return kind === Kind.add || kind === Kind.rotate || kind === Kind.remove ? longBlockLimit : blockLimit;
}

function readFields(payload: CborValue): BlockFields {
	if (!isArray(payload)) throw malformed("the payload is not an array");
	const [version, era, previous, author, turn, sequence, time, kind, body] = payload;
	if (typeof version !== "number") throw malformed("the version is not a number");
	if (version !== blockVersion) throw new BlockError("version", `a block of version ${version}`);
	if (payload.length !== 9) throw malformed("the payload has not 9 fields");
	if (!isBytes(author, idLength)) throw malformed("the author is not a node id");
	if (!isBytes(previous, prefixLength)) throw malformed("the previous block is not a hash");
	if (typeof kind !== "number" || kind < 0) throw malformed("the kind is not a number");
	if (body === undefined) throw malformed("the block has no body");
	const fields: BlockFields = {
		era: readEra(era, kind),
		previous,
		author,
		turn: readCount(turn, turnLimit, "turn"),
		sequence: readCount(sequence, sequenceLimit, "sequence"),
		time: time === null ? null : readCount(time, Number.MAX_SAFE_INTEGER, "time"),
		body: bodyFromCbor(kind, body)
	};
	if (fields.body.kind === Kind.genesis) checkGenesis(fields, fields.body.key);
	return fields;
}

/** A genesis block stands on its own: nothing before it, issued by the founder whose key it names. */
function checkGenesis({ turn, sequence, author }: BlockFields, key: Uint8Array): void {
	if (sequence !== 0 || turn !== 0) throw malformed("a genesis block has sequence 0 and turn 0");
	if (compareBytes(author, nodeIdOf(key)) !== 0) {
		throw malformed("a genesis block's author is not the owner of its key");
	}
}

function readEra(value: CborValue, kind: number): Uint8Array {
	if (!isBytes(value)) throw malformed("the era is not a byte string");
	if (kind === Kind.genesis) {
		if (value.length !== 0) throw malformed("a genesis block names no era");
		return noEra;
	}
	if (value.length !== prefixLength) throw malformed("the era is not an era's id");
	return value;
}

function readCount(value: CborValue, limit: number, what: string): number {
	if (typeof value !== "number" || value < 0 || value > limit) throw malformed(`the ${what} is not a count`);
	return value;
}

function tooLong(length: number, limit: number): BlockError {
	return malformed(`a block of ${length} bytes: at most ${limit}`);
}

function malformed(message: string): BlockError {
	return new BlockError("malformed", message);
}
