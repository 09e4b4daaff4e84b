import type { Records } from "../bytes/bytes.js";
import { type CborValue, encode, encodeArrayHead, encodeSequence } from "../cbor/cbor.js";
import { runAtOnce, type Steps } from "../crypto/crypto.js";
import { limitsToCbor } from "./body-format.js";
import { BlockError } from "./chain-error.js";
import { type Grant, grantsLimit } from "./grants.js";
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

/**
 * Deterministic CBOR. Rows are named by their places, and an id that follows from a key is left out. Grants that find no
 * room, the last ones, are left out. Throws a BlockError ("table") where all else has no room.
 */
export function encodeTable(table: Table): Uint8Array {
	return runAtOnce(writeTable(table)).bytes;
}

/** The same, with a pause after each few members: a board takes half a second for 64. `granted`: how many grants found room. */
export function* writeTable({
	members,
	covers,
	policies,
	passwordVersion,
	extra,
	removed
}: Table): Steps<{ bytes: Uint8Array; granted: number }> {
	const writer = new Writer();
	// A member at a time: a board has no room for all of them as values.
	writer.write(encodeArrayHead(8));
	writer.write(encode(tableVersion));
	writer.write(encodeArrayHead(members.size));
	for (let place = 0; place < members.size; place += 1) {
		if (place % rowsAtOnce === rowsAtOnce - 1) yield;
		writer.write(encode(rowOf(members.at(place), members)));
	}
	writer.write(encode(covers.map(({ taking, hash }): CborValue => [taking, hash])));
	const rest = [encodeArrayHead(policies.length)];
	for (const { node, device, asksTwo, autoLock } of policies) {
		rest.push(encode([placeOf(members, node), device, asksTwo, autoLock]));
	}
	rest.push(encodeSequence([passwordVersion, extra]), encode(bytesOf(removed)));
	const granted: Uint8Array[] = [];
	let room = writer.room - encodeArrayHead(grantsLimit).length;
	for (const part of rest) room -= part.length;
	for (const grant of members.grants) {
		const bytes = encode(grantOf(grant, members));
		room -= bytes.length;
		if (room < 0) break;
		granted.push(bytes);
	}
	writer.write(encodeArrayHead(granted.length));
	for (const bytes of [...granted, ...rest]) writer.write(bytes);
	return { bytes: writer.bytes, granted: granted.length };
}

class Writer {
	readonly #bytes = new Uint8Array(tableLimit);
	#length = 0;

	get room(): number {
		return tableLimit - this.#length;
	}

	get bytes(): Uint8Array {
		return this.#bytes.subarray(0, this.#length);
	}

	write(part: Uint8Array): void {
		if (part.length > this.room) {
			throw new BlockError("table", `the checkpoint's table would have more than ${tableLimit} bytes`);
		}
		this.#bytes.set(part, this.#length);
		this.#length += part.length;
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

function grantOf({ id, action, node, device, limits, origin }: Grant, members: Roster): CborValue {
	// What is not counted goes on with no count.
	const counted = limits?.times === undefined || limits.times === null ? null : origin;
	return [placeOf(members, id), action, placeOf(members, node), device, limitsToCbor(limits), counted];
}

function bytesOf(ids: Records): Uint8Array {
	const bytes = new Uint8Array(ids.count * idLength);
	for (let number = 0; number < ids.count; number += 1) bytes.set(ids.at(number), number * idLength);
	return bytes;
}
