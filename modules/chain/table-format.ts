import { concat, type Records } from "../bytes/bytes.js";
import { type CborValue, encode, encodeArrayHead, encodeBytesHead, encodeSequence } from "../cbor/cbor.js";
import { runAtOnce, Sha256, type Steps } from "../crypto/crypto.js";
import { limitsToCbor } from "./body-format.js";
import { BlockError } from "./chain-error.js";
import { type Grant, grantIn, grantsLimit } from "./grants.js";
import { idLength } from "./node-id.js";
import { Rank } from "./rank.js";
import type { MemberRow, Roster } from "./roster.js";
import { type Table, tableLimit } from "./table.js";

/** The format of tables that this software writes and reads. */
export const tableVersion = 1;
/** Members of a table that are written or read in one turn of a board's loop. */
export const rowsAtOnce = 16;
/** In a row's standing: two rotates of one key froze its node. */
export const frozenBit = 4;

/** Takes a part of a table: all parts but the last, which may be empty, are of one length. */
export type PutPart = (part: number, bytes: Uint8Array) => void;

/** A table that was written. */
export interface WrittenTable {
	/** See `hashOfTable`. */
	readonly hash: Uint8Array;
	/** How many grants found room. */
	readonly granted: number;
}

/**
 * Deterministic CBOR. Rows are named by their places, and an id that follows from a key is left out. Grants that find no
 * room, the last ones, are left out. Throws a BlockError ("table") where all else has no room.
 */
export function encodeTable(table: Table): Uint8Array {
	const parts: Uint8Array[] = [];
	runAtOnce(writeTable({ table, partLength: tableLimit, put: (_, bytes) => void parts.push(bytes.slice()) }));
	return concat(...parts);
}

/** The same, part by part, with a pause after each few members or grants: a board takes half a second for 64, and has no room for it whole. */
export function* writeTable(options: {
	table: Table;
	partLength: number;
	put: PutPart;
}): Steps<WrittenTable> {
	const { members, covers, policies, passwordVersion, extra, removed } = options.table;
	const writer = new Writer(options.partLength, options.put);
	writer.write(encodeArrayHead(8));
	writer.write(encode(tableVersion));
	writer.write(encodeArrayHead(members.size));
	for (let place = 0; place < members.size; place += 1) {
		if (place % rowsAtOnce === rowsAtOnce - 1) yield;
		writer.write(encode(rowOf(members.at(place), members)));
	}
	writer.write(encode(covers.map(({ taking, hash }): CborValue => [taking, hash])));
	const asked = [encodeArrayHead(policies.length)];
	for (const { node, device, asksTwo, autoLock } of policies) {
		asked.push(encode([placeOf(members, node), device, asksTwo, autoLock]));
	}
	asked.push(encodeSequence([passwordVersion, extra]));
	const rest = concat(...asked);
	const idsHead = encodeBytesHead(removed.count * idLength);
	const { grants } = members;
	let room = writer.room - encodeArrayHead(grantsLimit).length - rest.length - idsHead.length;
	room -= removed.count * idLength;
	let granted = 0;
	for (; granted < grants.count; granted += 1) {
		if (granted % rowsAtOnce === 0) yield;
		room -= grantBytes(members, granted).length;
		if (room < 0) break;
	}
	writer.write(encodeArrayHead(granted));
	for (let number = 0; number < granted; number += 1) {
		if (number % rowsAtOnce === 0) yield;
		// Once more: a board has no room for all of them.
		writer.write(grantBytes(members, number));
	}
	writer.write(rest);
	writer.write(idsHead);
	return { hash: writer.end(removed), granted };
}

class Writer {
	readonly #put: PutPart;
	readonly #digest = new Sha256();
	readonly #part: Uint8Array;
	#parts = 0;
	#filled = 0;
	#length = 0;

	constructor(partLength: number, put: PutPart) {
		this.#part = new Uint8Array(partLength);
		this.#put = put;
	}

	get room(): number {
		return tableLimit - this.#length;
	}

	write(bytes: Uint8Array): void {
		this.#digest.write(bytes);
		this.append(bytes);
	}

	/** Ends the table with the ids that were removed. Returns its hash: see `hashOfTable`. */
	end(removed: Records): Uint8Array {
		const digest = new Sha256();
		digest.write(this.#digest.close());
		for (let number = 0; number < removed.count; number += 1) {
			const id = removed.at(number);
			digest.write(id);
			this.append(id);
		}
		this.#put(this.#parts, this.#part.subarray(0, this.#filled));
		return digest.close();
	}

	private append(bytes: Uint8Array): void {
		if (bytes.length > this.room) {
			throw new BlockError("table", `the checkpoint's table would have more than ${tableLimit} bytes`);
		}
		this.#length += bytes.length;
		for (let at = 0; at < bytes.length; ) {
			const count = Math.min(bytes.length - at, this.#part.length - this.#filled);
			this.#part.set(bytes.subarray(at, at + count), this.#filled);
			at += count;
			this.#filled += count;
			if (this.#filled < this.#part.length) continue;
			this.#put(this.#parts, this.#part);
			this.#parts += 1;
			this.#filled = 0;
		}
	}
}

/** The place of a member; null for who has none. */
function placeOf(members: Roster, id: Uint8Array | null): number | null {
	const place = id === null ? -1 : members.numberOf(id);
	return place < 0 ? null : place;
}

/** Owners' keys follow from the opening of the era and the rotates since: no table says them. */
function rowOf(
	{ id, name, types, key, turn, isFrozen, rank, sponsor, guards }: MemberRow,
	members: Roster
): CborValue {
	const isOwner = rank === Rank.owner;
	const standing = rank + (isFrozen && !isOwner ? frozenBit : 0);
	const by = isOwner ? null : placeOf(members, sponsor);
	const isNamedByKey = !isOwner && turn === 0;
	return [
		isNamedByKey ? null : id,
		name,
		types,
		isOwner ? null : key,
		isOwner ? 0 : turn,
		standing,
		by,
		guards
	];
}

function grantBytes(members: Roster, number: number): Uint8Array {
	return encode(grantOf(grantIn(members.grants.recordAt(number)), members));
}

function grantOf({ id, action, node, device, limits, origin }: Grant, members: Roster): CborValue {
	// What is not counted goes on with no count.
	const counted = limits?.times === undefined || limits.times === null ? null : origin;
	return [placeOf(members, id), action, placeOf(members, node), device, limitsToCbor(limits), counted];
}
