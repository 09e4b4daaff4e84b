import { equalBytes, Records } from "../bytes/bytes.js";
import { sha256 } from "../crypto/crypto.js";
import type { GenesisBody, Policy } from "./body.js";
import { idLength } from "./node-id.js";
import { Rank } from "./rank.js";
import { Roster } from "./roster.js";

/** Most bytes of a base's table. */
export const tableLimit = 9216;
/** Most members of a home. */
export const membersLimit = 64;
/** Most removed ids that a table keeps: the latest. */
export const removedLimit = 128;
/** Most bytes of a table's last part, which is for what is to come. */
export const extraLimit = 512;

/** Up to which number a base covers what an owner took. */
export interface Cover {
	readonly id: Uint8Array;
	readonly taking: number;
	/** The first 16 bytes of the hash of the taking of that number; null where the base before has it neither. */
	readonly hash: Uint8Array | null;
}

/** All that the blocks up to a base come to. */
export interface Table {
	/** Owners first, then in the order of the rules. */
	readonly members: Roster;
	/** For each owner, in the order of the members. */
	readonly covers: readonly Cover[];
	readonly policies: readonly Policy[];
	/** How many passwords the home had before this one. */
	readonly passwordVersion: number;
	/** For versions to come: handed on as it is. */
	readonly extra: Uint8Array;
	/** Ids that were removed, 16 bytes each, the latest last. */
	readonly removed: Records;
}

/** A table as its hash takes it: so the ids once removed can be shown to one of them without the rest. */
export interface TableParts {
	/** SHA-256 of the table's bytes but for the removed ids, which are its last: 32 bytes. */
	readonly rest: Uint8Array;
	/** The removed ids, 16 bytes each. */
	readonly removed: Uint8Array;
}

export function partsOfTable(bytes: Uint8Array, { removed }: Table): TableParts {
	const at = bytes.length - removed.count * idLength;
	return { rest: sha256(bytes.subarray(0, at)), removed: bytes.subarray(at) };
}

/** What a checkpoint or an opening says of its table: the SHA-256 over both parts. */
export function hashOfTable({ rest, removed }: TableParts): Uint8Array {
	return sha256(rest, removed);
}

/** The genesis block seen as a base: a home with its founder. */
export function genesisTable(author: Uint8Array, { name, types, key }: GenesisBody): Table {
	const founder = { id: author, name, types, key, turn: 0, isFrozen: false, rank: Rank.owner };
	return {
		members: new Roster().put({ ...founder, sponsor: null, guards: 255 }),
		covers: [{ id: author, taking: 0, hash: null }],
		policies: [],
		passwordVersion: 0,
		extra: new Uint8Array(0),
		removed: new Records(idLength)
	};
}

/** What a table covers of somebody's takings; undefined for who is no owner. */
export function coverIn({ covers }: Pick<Table, "covers">, id: Uint8Array): Cover | undefined {
	return covers.find(cover => equalBytes(cover.id, id));
}

/** Up to which number a table covers what an owner took; 0 for who is none. */
export function coveredIn(table: Pick<Table, "covers">, id: Uint8Array): number {
	return coverIn(table, id)?.taking ?? 0;
}
