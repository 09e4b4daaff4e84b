import { encodeUtf8, fromHex } from "../bytes/bytes.js";
import type { IdText } from "../chain/chain.js";
import { sha256 } from "../crypto/crypto.js";

/** How far on the ring of the members' ids some of those are to whom news is handed on: so everyone is somebody's. */
const distances = Object.freeze([1, 9] as const);
/** How many there are, the others of them drawn by lot: so news is everywhere within a few hops, without anyone telling all. */
const enough = 5;

/**
 * The members that a node hands news on to, and keeps sessions with: the ones beside it on the ring and one farther on,
 * and some drawn by a secret of the node's own. Who makes up keys until the ids suit it can stand all around somebody on
 * the ring, but cannot be whom others have drawn.
 */
export function neighboursOf(secret: Uint8Array, self: IdText, ids: readonly IdText[]): readonly IdText[] {
	const ring = [...ids].sort();
	const place = ring.indexOf(self);
	const neighbours = new Set<IdText>();
	// The one before as well: what is between two is then heard of by either.
	for (const distance of [...distances.filter(each => each < ring.length), ring.length - 1]) {
		const id = ring[(place + distance) % ring.length];
		if (id !== undefined && id !== self) neighbours.add(id);
	}
	const key = sha256(encodeUtf8("neighbours"), secret);
	const drawn = enough - neighbours.size;
	// The lowest lots so far: for a list of all a board has no room in the largest home.
	const lowest: { readonly id: IdText; readonly lot: number }[] = [];
	for (const id of ring) {
		if (id === self || neighbours.has(id)) continue;
		const lot = lotOf(key, id);
		const place = lowest.findIndex(other => lot < other.lot);
		if (place >= 0) lowest.splice(place, 0, { id, lot });
		else if (lowest.length < drawn) lowest.push({ id, lot });
		if (lowest.length > drawn) lowest.pop();
	}
	for (const { id } of lowest) neighbours.add(id);
	return [...neighbours];
}

/** 48 bits that nobody without the key can foresee. */
function lotOf(key: Uint8Array, id: IdText): number {
	const hash = sha256(key, fromHex(id));
	let lot = 0;
	for (let i = 0; i < 6; i += 1) lot = lot * 256 + (hash[i] ?? 0);
	return lot;
}
