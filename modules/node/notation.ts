import type { Action, State } from "../devices/devices.js";
import type { Address } from "./address.js";

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

/** A command to a device; `hint` is the first 4 bytes of the sender's chain digest. */
export interface TaskRequest {
	readonly action: Action;
	readonly hint: Uint8Array;
}

/** Where a member is, for a peer that may not have met it. */
export interface PeerPlace {
	/** Node id, 8 bytes. */
	readonly id: Uint8Array;
	readonly address: Address;
}

/** Asks how the chains differ, or for blocks by the first 8 bytes of their hashes. */
export type BlocksQuery =
	| { readonly digest: Uint8Array; readonly peers: readonly PeerPlace[] }
	| { readonly want: readonly Uint8Array[] };

/** The digest of a chain, and where it differs from the asker's the first 8 bytes of all hashes in order. */
export interface Comparison {
	readonly digest: Uint8Array;
	readonly hashes: readonly Uint8Array[] | undefined;
	readonly peers: readonly PeerPlace[];
}

/** How a suite's messages are written: JSON in the paper's, CBOR in the secure one. */
export interface Notation {
	readonly taskRequest: Form<TaskRequest>;
	/** The device's state after the task. */
	readonly taskReply: Form<State>;
	readonly blocksQuery: Form<BlocksQuery>;
	readonly comparison: Form<Comparison>;
	/** Signed blocks, parents first. */
	readonly blocks: Form<readonly Uint8Array[]>;
	/** How many of the blocks sent were new. */
	readonly taken: Form<number>;
}

/** Most blocks in one message: a board holds them all while it reads it. */
export const batchLimit = 16;
/** Most addresses in one message. */
export const placesLimit = 64;
/** Bytes of a hash that stand for a block. */
export const prefixLength = 8;
