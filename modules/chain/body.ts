import type { CborValue } from "../cbor/cbor.js";

/** The kinds of blocks, as numbered on the wire. */
export const Kind = Object.freeze({
	genesis: 0,
	add: 1,
	remove: 2,
	rotate: 3,
	grant: 4,
	checkpoint: 5,
	confirm: 6,
	describe: 7,
	withdraw: 8,
	demand: 9,
	waive: 10,
	opening: 11
} as const);

/** How members talk: chosen when a home is founded. */
export const SuiteNumber = Object.freeze({ paper: 0, secure: 1 } as const);

/** Fewest and most rounds of PBKDF2 that a home may ask for. */
export const roundsRange = Object.freeze({ least: 1000, most: 65_536 } as const);

/** Most nodes that one remove block names. */
export const removeLimit = 8;
/**
 * Highest number of a checkpoint. A table counts at most 12 takings of each owner for each checkpoint, and their numbers have
 * 32 bits: so checkpoints come to an end before takings do, whatever a bad owner's table counts.
 */
export const checkpointLimit = 0x1000_0000;
/** Most devices of a node. */
export const typesLimit = 8;
/** Bytes of a block's hash. */
export const hashLength = 32;
/** Bytes of a hash by which blocks name each other. */
export const prefixLength = 16;
/** Bytes of a compressed public key. */
export const keyLength = 33;
/** Bytes of the tag of the SPAKE2+ transcript in a statement. */
export const tagLength = 8;
/** Highest turn of a key. */
export const turnLimit = 0xffff;
/** Most seconds after which a policy has a lock lock itself. */
export const autoLockLimit = 86_400;

/** Set in a device's type number where the node has that device no more: its number is never given to another type. */
export const absentFlag = 0x80;
/** The type, beside `absentFlag`, of a device number that never had one. */
export const noType = 0x7f;

export interface GenesisBody {
	readonly kind: typeof Kind.genesis;
	readonly name: string;
	/** The numbers of the device types, 1 to 8. */
	readonly types: Uint8Array;
	/** The founder's public key, compressed: 33 bytes. */
	readonly key: Uint8Array;
	readonly suite: number;
	/** Rounds of PBKDF2 over password and PIN. */
	readonly rounds: number;
	/** Public key of the recovery key, 33 bytes, or null for a home without one. */
	readonly recovery: Uint8Array | null;
}

/** What a joiner says of itself, under its own signature. */
export interface Statement {
	/** The number of the sponsor's base when it was signed. */
	readonly number: number;
	/** Of the SPAKE2+ transcript, 8 bytes: all zero in a suite that has none. */
	readonly tag: Uint8Array;
	readonly name: string;
	/** The numbers of the device types, 1 to 8. */
	readonly types: Uint8Array;
	/** Public key, compressed: 33 bytes. */
	readonly key: Uint8Array;
	/** Who admits it: else a bad member would show it in an add of its own, and take it along when it is removed. */
	readonly sponsor: Uint8Array;
}

export interface AddBody extends Omit<Statement, "sponsor"> {
	readonly kind: typeof Kind.add;
	/** Whom the statement names as its sponsor; null where that is the author. */
	readonly sponsor: Uint8Array | null;
	/** The joiner's ES256 over `statementBytes`, 64 bytes. */
	readonly signature: Uint8Array;
}

/** What an owner takes is numbered through the era: 1, 2, 3 and so on, for each owner. */
interface Taking {
	readonly taking: number;
}

export interface RemoveBody extends Taking {
	readonly kind: typeof Kind.remove;
	/** 1 to 8 node ids, ascending. */
	readonly ids: readonly Uint8Array[];
}

/** A new key, signed with the one before it. It is beside its author's log: see `Rotated`. */
export interface RotateBody {
	readonly kind: typeof Kind.rotate;
	readonly key: Uint8Array;
	/** The new key's signature over `rotateProof`, 64 bytes. */
	readonly proof: Uint8Array;
	/** The base under which it was made: the first 16 bytes of its hash, and its number. */
	readonly base: Uint8Array;
	readonly number: number;
	/** The number of the last taking that its author made under the key before; 0 for none. */
	readonly lastTaking: number;
}

/** How long and how often a grant may be used; null where it does not say. */
export interface Limits {
	readonly times: number | null;
	/** Seconds since 1970. */
	readonly notBefore: number | null;
	readonly notAfter: number | null;
	/** A bit for each day, Monday's the lowest. */
	readonly weekdays: number | null;
	/** First minute of the day and the one after the last. */
	readonly minutes: readonly [number, number] | null;
}

/** What a grant or a demand is about: a device of a node, or all of them. */
export interface Scope {
	/** A node's id, or null for every node. */
	readonly node: Uint8Array | null;
	/** The number of its device, or null for each. */
	readonly device: number | null;
}

export interface Permission extends Scope {
	/** Who may. */
	readonly id: Uint8Array;
	readonly action: number;
}

export interface GrantBody extends Permission {
	readonly kind: typeof Kind.grant;
	readonly limits: Limits | null;
	/** The first 16 bytes of the hash of the first grant whose count this one goes on with, or null. */
	readonly counted: Uint8Array | null;
}

/** Takes back what grants give. */
export interface WithdrawBody extends Permission, Taking {
	readonly kind: typeof Kind.withdraw;
}

export interface CheckpointBody {
	readonly kind: typeof Kind.checkpoint;
	readonly era: number;
	/** Hash of the block that opened the era: the genesis block's for era 0. */
	readonly opening: Uint8Array;
	readonly number: number;
	/** Of the table that travels beside the block: see `hashOfTable`. */
	readonly hash: Uint8Array;
}

/** An owner makes a provisional member a member. */
export interface ConfirmBody {
	readonly kind: typeof Kind.confirm;
	readonly id: Uint8Array;
	/** A bit for each device of a guarded type that the owner has seen: these take part in tasks for a group. */
	readonly guards: number;
}

export interface DescribeBody {
	readonly kind: typeof Kind.describe;
	readonly name: string;
	readonly types: Uint8Array;
}

/** What is asked of who uses a device. */
export interface Policy {
	readonly node: Uint8Array;
	/** The number of its device, or null for each. */
	readonly device: number | null;
	/** Whether unlocking asks for two members. */
	readonly asksTwo: boolean;
	/** Seconds after which it locks itself, or null. */
	readonly autoLock: number | null;
}

/** Asks for more than before. */
export interface DemandBody extends Policy, Taking {
	readonly kind: typeof Kind.demand;
}

/** Asks no longer for what was demanded of a device's users: for either, or for both. */
export interface WaiveBody {
	readonly kind: typeof Kind.waive;
	readonly node: Uint8Array;
	/** The number of its device, or null for each. */
	readonly device: number | null;
	readonly asksTwo: boolean;
	readonly autoLock: boolean;
}

/** An owner as an opening names it. */
export interface OwnerKey {
	readonly id: Uint8Array;
	readonly key: Uint8Array;
	/** How often its key had changed. */
	readonly turn: number;
}

/** The recovery key's: a new era, with the table that it begins with. */
export interface OpeningBody {
	readonly kind: typeof Kind.opening;
	readonly era: number;
	readonly hash: Uint8Array;
	/** 1 to 3, their ids ascending. */
	readonly owners: readonly OwnerKey[];
}

/** A block of a kind that this software does not know: kept, without effect. */
export interface UnknownBody {
	readonly kind: undefined;
	readonly number: number;
	readonly value: CborValue;
}

export type Body =
	| GenesisBody
	| AddBody
	| RemoveBody
	| RotateBody
	| GrantBody
	| WithdrawBody
	| CheckpointBody
	| ConfirmBody
	| DescribeBody
	| DemandBody
	| WaiveBody
	| OpeningBody
	| UnknownBody;

/** The number that stands in the block's `kind`. */
export function kindNumber(body: Body): number {
	return body.kind ?? body.number;
}

/** The number of a block that takes something: what has to get through, whatever the base. 0 for all that gives. */
export function takingOf(body: Body): number {
	switch (body.kind) {
		case Kind.remove:
		case Kind.withdraw:
		case Kind.demand:
			return body.taking;
		default:
			return 0;
	}
}
