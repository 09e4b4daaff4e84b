import { compareBytes, encodeUtf8, Records, toHex } from "../bytes/bytes.js";
import { type IdText, idLength, Rank, type Roster } from "../chain/chain.js";
import { sha256 } from "../crypto/crypto.js";
import { isGuardedType } from "../devices/devices.js";

/** How far on the ring of the members' ids some of those are to whom news is handed on: so everyone is somebody's. */
const distances = Object.freeze([1, 9] as const);
/** How many there are, the others of them drawn by lot: so news is everywhere within a few hops, without anyone telling all. */
const enough = 5;
/** Most locks that an owner's node tells besides. */
const locksLimit = 8;

/** Ids of 16 bytes, each once, in their order: as texts they would take a board ten times the memory. */
export function ringOf(ids: Iterable<Uint8Array>): Records {
	const ring = new Records(idLength);
	for (const id of ids) ring.insertOnce(id);
	return ring;
}

/**
 * The members that a node hands news on to, and keeps sessions with: the ones beside it on the ring and one farther on,
 * and some drawn by a secret of the node's own. Who makes up keys until the ids suit it can stand all around somebody on
 * the ring, but cannot be whom others have drawn. `self` is on the ring.
 */
export function neighboursOf(secret: Uint8Array, self: Uint8Array, ring: Records): readonly IdText[] {
	const { count } = ring;
	const place = ring.find(self);
	const chosen: number[] = [];
	// The one before as well: what is between two is then heard of by either.
	for (const distance of [...distances.filter(each => each < count), count - 1]) {
		const number = (place + distance) % count;
		if (number !== place && !chosen.includes(number)) chosen.push(number);
	}
	const key = sha256(encodeUtf8("neighbours"), secret);
	const drawn = enough - chosen.length;
	/** The lowest lots so far: nobody without the key can foresee them. */
	const lowest: { readonly number: number; readonly lot: Uint8Array }[] = [];
	for (let number = 0; number < count; number += 1) {
		if (number === place || chosen.includes(number)) continue;
		const lot = sha256(key, ring.at(number));
		const before = lowest.findIndex(other => compareBytes(lot, other.lot) < 0);
		if (before >= 0) lowest.splice(before, 0, { number, lot });
		else if (lowest.length < drawn) lowest.push({ number, lot });
		if (lowest.length > drawn) lowest.pop();
	}
	for (const { number } of lowest) chosen.push(number);
	return chosen.map(number => toHex(ring.at(number)));
}

/** The owners of a home, who are its first members. */
export function ownersOf(roster: Roster): readonly IdText[] {
	const owners: IdText[] = [];
	for (let number = 0; number < roster.size && roster.rankAt(number) === Rank.owner; number += 1)
		owners.push(toHex(roster.idAt(number)));
	return owners;
}

/**
 * The locks that an owner has seen, which an owner's node tells of what is new itself: who stands all around it would else keep a
 * removal from them, until they look. `own`: this node's id; none where it is no owner.
 */
export function locksToTell(roster: Roster, own: Uint8Array): readonly IdText[] {
	const locks: IdText[] = [];
	const place = roster.numberOf(own);
	if (place < 0 || roster.rankAt(place) !== Rank.owner) return locks;
	for (let number = 0; number < roster.size && locks.length < locksLimit; number += 1) {
		if (number === place || (roster.guardsAt(number) & 1) === 0) continue;
		const { type, idText } = roster.at(number);
		if (isGuardedType(type)) locks.push(idText);
	}
	return locks;
}
