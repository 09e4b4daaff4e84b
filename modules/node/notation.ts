import type { Bundle } from "../chain/chain.js";
import type { Action, State } from "../devices/devices.js";
import type { Address } from "./address.js";
import type { Prefixes } from "./prefixes.js";

/** A payload that is not what was expected: another key, or nonsense. */
export class MessageError extends Error {
	override readonly name = "MessageError";
}

/** How one kind of message is written and read. */
export interface Form<T> {
	write(message: T): Uint8Array;
	/** Throws a MessageError. */
	read(payload: Uint8Array): T;
}

/** What a command to a device tells of its ask. */
export interface TaskStamp {
	/** The ask's number, 0 to 65,535. */
	readonly ask: number;
	/** Tenths of a second that it may take from the instant that its Echo, or the keys, stand for. Below `restEnd`. */
	readonly rest: number;
	/** Whether the same ask may have come to the device before. */
	readonly isRepeated: boolean;
}

export const restEnd = 0x8000;

/** A command to a device; `hint` is the first 4 bytes of the sender's chain digest. */
export interface TaskRequest {
	readonly action: Action;
	readonly hint: Uint8Array;
	/** Undefined in a suite whose commands do not tell. */
	readonly stamp: TaskStamp | undefined;
}

/** Where a member is, for a peer that may not have met it. */
export interface PeerPlace {
	/** Node id, 16 bytes. */
	readonly id: Uint8Array;
	readonly address: Address;
}

/** What a member asks about a peer's chain. */
export type BlocksQuery =
	/** How it differs from one with this digest. */
	| { readonly digest: Uint8Array; readonly peers: readonly PeerPlace[] }
	/** Which blocks it has of these authors. */
	| { readonly authors: readonly Uint8Array[] }
	/** The blocks whose hashes begin with these 16 bytes. */
	| { readonly want: readonly Uint8Array[] }
	/** The checkpoint that rules. */
	| { readonly checkpoint: true };

/** How many blocks of an author there are since the base, and 16 bytes of the SHA-256 of their hashes in order. */
export interface AuthorSummary {
	/** Node id, 16 bytes. */
	readonly id: Uint8Array;
	readonly count: number;
	readonly digest: Uint8Array;
}

/** The base that rules, as it is compared with another. Hashes by their first 16 bytes. */
export interface BasePlace {
	readonly era: number;
	/** The block that opened the era. */
	readonly opening: Uint8Array;
	/** The number of the checkpoint; 0 for the block that opened the era. */
	readonly number: number;
	readonly hash: Uint8Array;
}

/** What is compared when digests differ. */
export interface Summary {
	readonly base: BasePlace;
	readonly authors: readonly AuthorSummary[];
}

/** The digest of a chain, and where it differs from the asker's, its summary. */
export interface Comparison {
	readonly digest: Uint8Array;
	/** That of what owners said alone, 32 bytes. */
	readonly authority: Uint8Array;
	readonly summary: Summary | undefined;
	/**
	 * What the asker, an owner, took and the base covers, which is in neither: it may have lost it. Hashes by their first 16
	 * bytes, up to `coveredLimit`.
	 */
	readonly covered: Prefixes;
	readonly peers: readonly PeerPlace[];
}

/** What a member sends that a peer lacks: signed blocks, each after the one that it names, or a base. */
export type Delivery = readonly Uint8Array[] | Bundle;

/** How a suite's messages are written: JSON in the paper's, CBOR in the secure one. */
export interface Notation {
	readonly taskRequest: Form<TaskRequest>;
	/** The device's state after the task. */
	readonly taskReply: Form<State>;
	readonly blocksQuery: Form<BlocksQuery>;
	readonly comparison: Form<Comparison>;
	readonly hashes: Form<Prefixes>;
	readonly delivery: Form<Delivery>;
	/** The id of the member whose place another is to take. */
	readonly place: Form<Uint8Array>;
	/** How many of the blocks sent were new. */
	readonly taken: Form<number>;
}

/** Whether a delivery is a checkpoint. */
export function isBundle(delivery: Delivery): delivery is Bundle {
	return "checkpoint" in delivery;
}

/** Most blocks in one message: a board holds them all while it reads it. */
export const batchLimit = 16;
/** Most addresses in one message. */
export const placesLimit = 64;
/** Most of the asker's own takings in one message: those of its log, and beside it. */
export const coveredLimit = 24;
/** Most authors in one message: nothing is kept of who is no member. */
export const authorsLimit = 64;
