import { compareBytes, concat } from "../bytes/bytes.js";
import {
	CborError,
	type CborValue,
	decodeArrayHead,
	decodeFirst,
	encode,
	encodeArrayHead,
	encodeSequence,
	Items
} from "../cbor/cbor.js";
import { sha256 } from "../crypto/crypto.js";
import { BlockError } from "./chain-error.js";
import type { Grant } from "./grants.js";
import { nameFault } from "./name.js";
import { idLength } from "./node-id.js";
import { Rank } from "./rank.js";
import { keyLength, type Member, Roster } from "./roster.js";

/** Most bytes of a checkpoint's table. */
export const tableLimit = 8192;

const tableVersion = 1;
const frozenFlag = 16;

/** All that the blocks up to a checkpoint come to. */
export interface Table {
	/** The checkpoint's height. */
	readonly height: number;
	/** The sequence of the recovery key's next block. */
	readonly recoveryNext: number;
	/** The founder first, then in the order of their blocks. */
	readonly members: Roster;
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
	const bytes = new Uint8Array(tableLimit);
	let length = 0;
	const write = (part: Uint8Array) => {
		if (length + part.length > tableLimit) {
			throw new BlockError("table", `the checkpoint's table would have more than ${tableLimit} bytes`);
		}
		bytes.set(part, length);
		length += part.length;
	};
	// A member at a time: a board has no room for all of them as values.
	write(encodeArrayHead(5));
	write(encodeSequence([tableVersion, height, recoveryNext]));
	write(encodeArrayHead(members.size));
	for (const member of members) {
		const { grants } = member;
		write(encodeArrayHead(7));
		write(encodeSequence(rowOf(member)));
		write(encodeArrayHead(grants.length));
		for (const { action, device, granted } of grants) write(encode([action, device, granted]));
	}
	write(encode(concat(...removed)));
	return bytes.slice(0, length);
}

/** What stands there of a member before its grants. */
function rowOf({ id, name, type, key, isFrozen, rank, next }: Member): readonly CborValue[] {
	return [id, name, type, key, rank + (isFrozen ? frozenFlag : 0), next];
}

/** Throws a BlockError ("table") for anything but what `encodeTable` writes. */
export function decodeTable(bytes: Uint8Array): Table {
	if (bytes.length > tableLimit) throw new BlockError("table", "the checkpoint's table is too long");
	try {
		let offset = 0;
		const next = () => {
			const { value, end } = decodeFirst(bytes, offset);
			offset = end;
			return value;
		};
		const open = () => {
			const { count, end } = decodeArrayHead(bytes, offset);
			offset = end;
			return count;
		};
		if (open() !== 5) throw new CborError("it has not five parts");
		const head = new Items({ value: [next(), next(), next()], what: "the table", count: 3 });
		head.integer(tableVersion, tableVersion);
		const height = head.integer(1);
		const recoveryNext = head.integer(0);
		const members = new Roster();
		for (let left = open(); left > 0; left -= 1) {
			if (open() !== 7) throw new CborError("a member has not seven parts");
			const id = readMember([next(), next(), next(), next(), next(), next()], members);
			// One at a time: anyone may send a table, and its signature comes later.
			for (let grants = open(); grants > 0; grants -= 1) members.grants.append(id, readGrant(next()));
		}
		const last = new Items({ value: [next()], what: "the table", count: 1 });
		const removed = readRemoved(last.bytes());
		if (offset < bytes.length) throw new CborError("bytes after the end");
		return { height, recoveryNext, members, removed };
	} catch (error) {
		if (!(error instanceof CborError)) throw error;
		throw new BlockError("table", `not a checkpoint's table: ${error.message}`);
	}
}

/** What comes before a member's grants; returns whose they are. */
function readMember(value: CborValue, members: Roster): Uint8Array {
	const items = new Items({ value, what: "a member", count: 6 });
	const id = items.bytes(idLength);
	if (members.get(id) !== undefined) throw new CborError("a member stands there twice");
	const name = items.text();
	if (nameFault(name) !== undefined) throw new CborError("a member's name is none");
	const type = items.integer(0, 255);
	const key = items.bytes(keyLength);
	const standing = items.integer(0, frozenFlag + Rank.founder);
	const next = items.integer(0, 0xffff_ffff);
	const rank = [Rank.member, Rank.admin, Rank.founder].find(known => known === standing % frozenFlag);
	if (rank === undefined) throw new CborError("a member's rank is none");
	members.put({ id, name, type, key, isFrozen: standing >= frozenFlag, rank, next });
	return id;
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
