/**
 * What the LED shows: milliseconds lit and dark by turns, lit first, over and over. All that a person has to tell
 * apart stands in this one table.
 */
export const patterns = Object.freeze({
	/** New, or just wiped: a short wink every two seconds. */
	"no identity": Object.freeze([100, 1900]),
	/** On its way to become a member: evenly on and off. */
	joining: Object.freeze([500, 500]),
	/** Admits others now, or does when the button is let go: quick and even. */
	inviting: Object.freeze([150, 150]),
	/** All is well: hardly to be seen. */
	online: Object.freeze([50, 4950]),
	/** No network: two winks. The button works on this node itself. */
	offline: Object.freeze([100, 150, 100, 1650]),
	/** What the button asked for was refused or not answered: one burst. */
	refused: Object.freeze([80, 80, 80, 80, 80, 80, 80, 80, 80, 280]),
	/** Is about to be wiped: let go now. */
	warning: Object.freeze([50, 50])
} as const);

export type Sign = keyof typeof patterns;

/** Milliseconds that a pattern takes once. */
export function lengthOf(sign: Sign): number {
	let total = 0;
	for (const part of patterns[sign]) total += part;
	return total;
}
