import { compareBytes } from "../bytes/bytes.js";
import { type CborValue, isArray } from "../cbor/cbor.js";
import { BlockError } from "./chain-error.js";
import { nameFault } from "./name.js";
import { idLength } from "./node-id.js";

/** The kinds of blocks, as numbered on the wire. */
export const Kind = Object.freeze({
	genesis: 0,
	add: 1,
	remove: 2,
	rotate: 3,
	grant: 4,
	checkpoint: 5
} as const);

/** How members talk: chosen when a home is founded. */
export const SuiteNumber = Object.freeze({ paper: 0, secure: 1 } as const);

/** The actions of grants that give a rank: an admin's, a founder's. Those of devices are below 24. */
export const adminAction = 255;
export const founderAction = 254;

/** Whether what a grant gives is a rank. */
export function isRank(action: number): boolean {
	return action === adminAction || action === founderAction;
}

/** Fewest and most rounds of PBKDF2 that a home may ask for. */
export const roundsRange = Object.freeze({ least: 1000, most: 65_536 } as const);

/** Most ids in one remove block. */
export const removeLimit = 24;

const compressedKey = 33;
const signature = 64;
const hash = 32;

export interface GenesisBody {
	readonly kind: typeof Kind.genesis;
	readonly name: string;
	readonly type: number;
	/** The founder's public key, compressed: 33 bytes. */
	readonly key: Uint8Array;
	readonly suite: number;
	/** Rounds of PBKDF2 over password and PIN. */
	readonly rounds: number;
	/** Public key of the recovery key, 33 bytes, or null for a home without one. */
	readonly recovery: Uint8Array | null;
}

export interface AddBody {
	readonly kind: typeof Kind.add;
	readonly name: string;
	readonly type: number;
	readonly key: Uint8Array;
}

export interface RemoveBody {
	readonly kind: typeof Kind.remove;
	/** 1 to 24 node ids, ascending. */
	readonly ids: readonly Uint8Array[];
}

export interface RotateBody {
	readonly kind: typeof Kind.rotate;
	readonly key: Uint8Array;
	/** The new key's signature over ["rotate", home, id, sequence, key]. */
	readonly proof: Uint8Array;
}

export interface GrantBody {
	readonly kind: typeof Kind.grant;
	readonly id: Uint8Array;
	readonly action: number;
	/** The device that it is for, or null for all. */
	readonly device: Uint8Array | null;
	/** False takes the grant back. */
	readonly granted: boolean;
}

export interface CheckpointBody {
	readonly kind: typeof Kind.checkpoint;
	readonly number: number;
	/** SHA-256 of the table that travels beside the block. */
	readonly hash: Uint8Array;
}

/** A block of a kind that this software does not know: kept, without effect. */
export interface UnknownBody {
	readonly kind: undefined;
	readonly number: number;
	readonly value: CborValue;
}

export type Body = GenesisBody | AddBody | RemoveBody | RotateBody | GrantBody | CheckpointBody | UnknownBody;

/** The number that stands in the block's `kind`. */
export function kindNumber(body: Body): number {
	return body.kind ?? body.number;
}

export function bodyToCbor(body: Body): CborValue {
	switch (body.kind) {
		case Kind.genesis:
			return [body.name, body.type, body.key, body.suite, body.rounds, body.recovery];
		case Kind.add:
			return [body.name, body.type, body.key];
		case Kind.remove:
			return [[...body.ids]];
		case Kind.rotate:
			return [body.key, body.proof];
		case Kind.grant:
			return [body.id, body.action, body.device, body.granted];
		case Kind.checkpoint:
			return [body.number, body.hash];
		case undefined:
			return body.value;
	}
}

/** Throws a BlockError ("malformed") for anything but the body that the design gives for `kind`. */
export function bodyFromCbor(kind: number, value: CborValue): Body {
	switch (kind) {
		case Kind.genesis: {
			const [name, type, key, suite, rounds, recovery] = fields(value, 6);
			return {
				kind,
				name: nameIn(name),
				type: small(type, "type"),
				key: bytesIn(key, compressedKey, "key"),
				suite: small(suite, "suite"),
				rounds: within(rounds, roundsRange.least, roundsRange.most, "rounds"),
				recovery: recovery === null ? null : bytesIn(recovery, compressedKey, "recovery key")
			};
		}
		case Kind.add: {
			const [name, type, key] = fields(value, 3);
			return {
				kind,
				name: nameIn(name),
				type: small(type, "type"),
				key: bytesIn(key, compressedKey, "key")
			};
		}
		case Kind.remove: {
			const [ids] = fields(value, 1);
			if (!isArray(ids) || ids.length < 1 || ids.length > removeLimit) {
				throw malformed(`a remove block names 1 to ${removeLimit} nodes`);
			}
			return { kind, ids: ascending(ids.map(id => bytesIn(id, idLength, "node id"))) };
		}
		case Kind.rotate: {
			const [key, proof] = fields(value, 2);
			return { kind, key: bytesIn(key, compressedKey, "key"), proof: bytesIn(proof, signature, "proof") };
		}
		case Kind.grant: {
			const [id, action, device, granted] = fields(value, 4);
			if (typeof granted !== "boolean") throw malformed("granted is not true or false");
			return {
				kind,
				id: bytesIn(id, idLength, "node id"),
				action: small(action, "action"),
				device: device === null ? null : bytesIn(device, idLength, "device id"),
				granted
			};
		}
		case Kind.checkpoint: {
			const [number, table] = fields(value, 2);
			return {
				kind,
				number: within(number, 0, Number.MAX_SAFE_INTEGER, "number"),
				hash: bytesIn(table, hash, "hash")
			};
		}
		default:
			return { kind: undefined, number: kind, value };
	}
}

function malformed(message: string): BlockError {
	return new BlockError("malformed", message);
}

function fields(value: CborValue, count: number): readonly CborValue[] {
	if (!isArray(value) || value.length !== count) throw malformed(`the body has not ${count} fields`);
	return value;
}

function ascending(ids: readonly Uint8Array[]): readonly Uint8Array[] {
	for (const [index, id] of ids.entries()) {
		const before = ids[index - 1];
		if (before !== undefined && compareBytes(before, id) >= 0)
			throw malformed("the ids are not in ascending order");
	}
	return ids;
}

function nameIn(value: CborValue): string {
	if (typeof value !== "string") throw malformed("the name is not a text");
	const fault = nameFault(value);
	if (fault !== undefined) throw malformed(fault);
	return value;
}

function bytesIn(value: CborValue, length: number, what: string): Uint8Array {
	if (!(value instanceof Uint8Array) || value.length !== length) {
		throw malformed(`the ${what} has not ${length} bytes`);
	}
	return value;
}

function within(value: CborValue, least: number, most: number, what: string): number {
	if (typeof value !== "number" || value < least || value > most) {
		throw malformed(`the ${what} is not a number from ${least} to ${most}`);
	}
	return value;
}

function small(value: CborValue, what: string): number {
	return within(value, 0, 255, what);
}
