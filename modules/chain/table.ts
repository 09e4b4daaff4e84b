import { compareBytes, concat } from "../bytes/bytes.js";
import { CborError, type CborValue, decode, encode, Items } from "../cbor/cbor.js";
import { sha256 } from "../crypto/crypto.js";
import { BlockError } from "./chain-error.js";
import type { Grant } from "./grants.js";
import { nameFault } from "./name.js";
import { idLength } from "./node-id.js";
import { Rank } from "./rank.js";

/** Most bytes of a checkpoint's table. */
export const tableLimit = 8192;

const tableVersion = 1;
const keyLength = 33;
const frozenFlag = 16;

/** A member as a checkpoint's table has it. */
export interface TableMember {
	readonly id: Uint8Array;
	readonly name: string;
	/** The device type's number. */
	readonly type: number;
	/** Current public key, compressed: 33 bytes. */
	readonly key: Uint8Array;
	/** Two keys claim to be its next one: neither may act. */
	readonly isFrozen: boolean;
	readonly rank: Rank;
	readonly grants: readonly Grant[];
	/** The sequence of its next block. */
	readonly next: number;
}

/** All that the blocks up to a checkpoint come to. */
export interface Table {
	/** The checkpoint's height. */
	readonly height: number;
	/** The sequence of the recovery key's next block. */
	readonly recoveryNext: number;
	/** The founder first, then in the order of their blocks. */
	readonly members: readonly TableMember[];
	/** Ids once removed, ascending. */
	readonly removed: readonly Uint8Array[];
}

/** A table as its hash takes it: so the ids once removed can be shown to one of them without the rest. */
export interface TableParts {
	/** SHA-256 of the table's bytes but for the removed ids, which are its last: 32 bytes. */
	readonly rest: Uint8Array;
	/** The removed ids, ascending, 8 bytes each. */
	readonly removed: Uint8Array;
}

export function partsOfTable(bytes: Uint8Array, { removed }: Table): TableParts {
	const at = bytes.length - removed.length * idLength;
	return { rest: sha256(bytes.subarray(0, at)), removed: bytes.subarray(at) };
}

/** What a checkpoint says of its table: the SHA-256 over both parts. */
export function hashOfTable({ rest, removed }: TableParts): Uint8Array {
	return sha256(rest, removed);
}

/** Deterministic CBOR. Throws a BlockError ("table") for more than 8192 bytes. */
export function encodeTable({ height, recoveryNext, members, removed }: Table): Uint8Array {
	const rows = members.map(({ id, name, type, key, isFrozen, rank, grants, next }): CborValue => {
		const standing = rank + (isFrozen ? frozenFlag : 0);
		const given = grants.map(({ action, device, granted }): CborValue => [action, device, granted]);
		return [id, name, type, key, standing, next, given];
	});
	const bytes = encode([tableVersion, height, recoveryNext, rows, concat(...removed)]);
	if (bytes.length > tableLimit) {
		throw new BlockError(
			"table",
			`the checkpoint's table would have ${bytes.length} bytes: at most ${tableLimit}`
		);
	}
	return bytes;
}

/** Throws a BlockError ("table") for anything but what `encodeTable` writes. */
export function decodeTable(bytes: Uint8Array): Table {
	if (bytes.length > tableLimit) throw new BlockError("table", "the checkpoint's table is too long");
	try {
		const items = new Items({ value: decode(bytes), what: "the table", count: 5 });
		items.integer(tableVersion, tableVersion);
		return {
			height: items.integer(1),
			recoveryNext: items.integer(0),
			members: items.array().map(readMember),
			removed: readRemoved(items.bytes())
		};
	} catch (error) {
		if (!(error instanceof CborError)) throw error;
		throw new BlockError("table", `not a checkpoint's table: ${error.message}`);
	}
}

function readMember(value: CborValue): TableMember {
	const items = new Items({ value, what: "a member", count: 7 });
	const id = items.bytes(idLength);
	const name = items.text();
	if (nameFault(name) !== undefined) throw new CborError("a member's name is none");
	const type = items.integer(0, 255);
	const key = items.bytes(keyLength);
	const standing = items.integer(0, frozenFlag + Rank.founder);
	const next = items.integer(0, 0xffff_ffff);
	const grants = items.array().map(readGrant);
	const rank = [Rank.member, Rank.admin, Rank.founder].find(known => known === standing % frozenFlag);
	if (rank === undefined) throw new CborError("a member's rank is none");
	return { id, name, type, key, isFrozen: standing >= frozenFlag, rank, grants, next };
}

function readGrant(value: CborValue): Grant {
	const items = new Items({ value, what: "a grant", count: 3 });
	const action = items.integer(0, 255);
	const device = items.skipNull() ? null : items.bytes(idLength);
	return { action, device, granted: items.boolean() };
}

function readRemoved(row: Uint8Array): Uint8Array[] {
	if (row.length % idLength !== 0) throw new CborError("the removed ids are cut off");
	const removed: Uint8Array[] = [];
	for (let at = 0; at < row.length; at += idLength) {
		const id = row.slice(at, at + idLength);
		const last = removed[removed.length - 1];
		if (last !== undefined && compareBytes(last, id) >= 0) {
			throw new CborError("the removed ids are not in ascending order");
		}
		removed.push(id);
	}
	return removed;
}
