import type { IdText } from "../chain/chain.js";

/**
 * How far on the ring of the members' ids those are to whom news is handed on. Every distance below 64 is a sum of few
 * of these, so that all hear of it within seven hops, without anyone telling all.
 */
const distances = Object.freeze([1, 3, 9, 27] as const);

/** The members that a node hands news on to, and keeps sessions with. */
export function neighboursOf(self: IdText, ids: readonly IdText[]): readonly IdText[] {
	const ring = [...ids].sort();
	const place = ring.indexOf(self);
	const neighbours = new Set<IdText>();
	// The one before as well: what is between two is then heard of by either.
	for (const distance of [...distances.filter(each => each < ring.length), ring.length - 1]) {
		const id = ring[(place + distance) % ring.length];
		if (id !== undefined && id !== self) neighbours.add(id);
	}
	return [...neighbours];
}
