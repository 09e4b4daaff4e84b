import { concat, encodeUtf8, fromHex, toHex } from "../bytes/bytes.js";
import type { IdText } from "../chain/chain.js";
import { sha256 } from "../crypto/crypto.js";

/** How far on the ring of the members' ids some of those are to whom news is handed on: so everyone is somebody's. */
const distances = Object.freeze([1, 9] as const);
/** How many more are drawn by lot: so news is everywhere within a few hops, without anyone telling all. */
const drawn = 3;

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
	const lots = ring
		.filter(id => id !== self && !neighbours.has(id))
		.map(id => `${toHex(sha256(concat(key, fromHex(id))).subarray(0, 8))} ${id}`)
		.sort();
	for (const lot of lots.slice(0, drawn)) neighbours.add(lot.slice(17));
	return [...neighbours];
}
