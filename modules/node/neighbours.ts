import type { IdText } from "../chain/chain.js";

/**
 * The members that a node hands news on to: those 1, 2, a quarter and a half of the way round from it in the circle of
 * all ids. So every home is connected, news goes round in a few steps, and a node keeps sessions with few.
 */
export function neighboursOf(self: IdText, ids: readonly IdText[]): readonly IdText[] {
	const circle = [...ids].sort();
	const place = circle.indexOf(self);
	const { length } = circle;
	const steps = [1, length - 1, 2, Math.round(length / 4), Math.round(length / 2)];
	const neighbours = new Set<IdText>();
	for (const step of steps) {
		const id = circle[(Math.max(place, 0) + step) % length];
		if (id !== undefined && id !== self) neighbours.add(id);
	}
	return [...neighbours];
}
