import { keyChain } from "./keys.js";
import { limits } from "./limits.js";
import { isOwner } from "./places.js";
import type { Rules } from "./rules.js";
import { type Base, type Block, type BlockOf, isOf, type Row } from "./words.js";

/** Takings have numbers below 2^32, of which each base may count 12 of an owner: so these never come to an end before the bases do. */
export const mostNumber = 2 ** 28;

/** What a node says of a base to one that may know nothing: it proves itself. */
export interface Bundle {
	readonly base: Base;
	readonly opening: Base;
	/** The rotates of owners in this era. */
	readonly rotates: readonly Block[];
}

/**
 * Whether a bundle proves that its base is one of its era: an opening by the recovery key, or signed by an owner whom that opening names,
 * under a key that follows from it. `fallen`: the key had been replaced when that number ruled.
 */
export function standingOf({ base, opening, rotates }: Bundle, rules: Rules): "good" | "fallen" | "false" {
	if (opening.signer !== "paper" || opening.hash !== opening.opening || opening.number !== 0) return "false";
	if (opening.table.rows.filter(isOwner).length > limits.owners) return "false";
	if (base.hash === opening.hash) return "good";
	if (base.opening !== opening.hash || base.era !== opening.era) return "false";
	if (base.number < 1 || base.number > mostNumber || !Number.isSafeInteger(base.number)) return "false";
	if (base.table.rows.length > limits.members || base.table.removed.length > limits.removed) return "false";
	for (const count of base.table.covered.values())
		if (count > limits.ownerPlaces * base.number) return "false";
	if (!hasOwnersRows(base.table.rows, opening.table.rows) || base.table.rows.some(isForged)) return "false";
	const row = opening.table.rows.find(({ id, rank }) => id === base.signer && rank === "owner");
	if (row === undefined) return "false";
	const chain = keyChain({
		key: row.key,
		turn: row.turn,
		rotates: rotates.filter(
			(block): block is BlockOf<"rotate"> => isOf(block, "rotate") && block.author === row.id
		),
		most: limits.ownerTurns,
		rules
	});
	const index = chain.keys.indexOf(base.key);
	if (index < 0) return chain.rivals.some(({ body }) => body.to === base.key) ? "good" : "false";
	const ended = chain.rotates[index];
	const isLate =
		ended !== undefined &&
		(base.number > ended.number || (base.number === ended.number && base.hash !== ended.base));
	return isLate && rules.basesUnderAnOldKeyFall ? "fallen" : "good";
}

/** A table has a row for each owner of the era, and calls nobody else one. */
function hasOwnersRows(rows: readonly Row[], opened: readonly Row[]): boolean {
	const owners = rows.filter(isOwner).map(({ id }) => id);
	const wanted = opened.filter(isOwner).map(({ id }) => id);
	return owners.length === wanted.length && wanted.every(id => owners.includes(id));
}

/** Who never changed its key has the first one, of which its id is made. An owner's key no table says. */
const isForged = (row: Row): boolean => !isOwner(row) && row.turn === 0 && row.key !== `${row.id}/0`;

/** Which of two bases rules: positive when `a` does. Neither is false. */
export function compareBases(
	a: { base: Base; standing: "good" | "fallen" },
	b: { base: Base; standing: "good" | "fallen" },
	rules: Rules
): number {
	const fallen = Number(b.standing === "fallen") - Number(a.standing === "fallen");
	const era = rules.eraBeforeNumber ? a.base.era - b.base.era : 0;
	const opening = rules.openingBeforeNumber ? b.base.opening - a.base.opening : 0;
	return era || opening || fallen || a.base.number - b.base.number || b.base.hash - a.base.hash;
}
