import { equalBytes } from "../bytes/bytes.js";
import type { Block } from "./block.js";
import { type GenesisBody, Kind } from "./body.js";
import { nodeIdOf } from "./node-id.js";
import { Rank } from "./rank.js";
import { type Member, Roster } from "./roster.js";
import type { Table } from "./table.js";

/** What the blocks rest on: the checkpoint that rules, or the genesis block while there is none. */
export interface Base {
	readonly slot: number;
	readonly hash: Uint8Array;
	/** The checkpoint's number; 0 stands for the genesis block. */
	readonly number: number;
	readonly table: Table;
}

/** The genesis block seen as a checkpoint: a home with its founder. */
export function genesisTable({ author, body }: { author: Uint8Array; body: GenesisBody }): Table {
	const { name, type, key } = body;
	const founder = { id: author, name, type, key, isFrozen: false, rank: Rank.founder, next: 1 };
	return { height: 0, recoveryNext: 0, members: new Roster().put(founder), removed: [] };
}

export function memberIn(table: Table, id: Uint8Array): Member | undefined {
	return table.members.get(id);
}

/** The id of the recovery key, or null for a home without one. */
export function recoveryIdOf(genesis: GenesisBody | undefined): Uint8Array | null {
	return genesis?.recovery ? nodeIdOf(genesis.recovery) : null;
}

/** Whether a sequence of an author is in the checkpoint's table; undefined for an author that it does not have. */
export function isCovered(
	table: Table,
	recovery: Uint8Array | null,
	author: Uint8Array,
	sequence: number
): boolean | undefined {
	if (recovery !== null && equalBytes(recovery, author)) return sequence < table.recoveryNext;
	const member = memberIn(table, author);
	return member && sequence < member.next;
}

/**
 * Whether a block is kept when a checkpoint covers it, because it shows who may make checkpoints: the genesis block,
 * the recovery key's, the founders' new keys, and the adds of founders.
 */
export function isAnchor(table: Table, recovery: Uint8Array | null, { body, author }: Block): boolean {
	switch (body.kind) {
		case Kind.genesis:
			return true;
		case Kind.rotate:
			return memberIn(table, author)?.rank === Rank.founder;
		case Kind.add:
			return memberIn(table, nodeIdOf(body.key))?.rank === Rank.founder;
		default:
			return recovery !== null && equalBytes(recovery, author);
	}
}

/** Whether a block counts also when it does not rest on the checkpoint: what may not be forgotten on the way. */
export function isCarried({ body }: Block): boolean {
	return body.kind === Kind.remove || body.kind === Kind.rotate;
}
