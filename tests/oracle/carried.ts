import type { KeyChain } from "./keys.js";
import { limits } from "./limits.js";
import type { Log } from "./log.js";
import type { Rules } from "./rules.js";
import { type Base, type Block, type Id, isOf, isTaking, type Taking } from "./words.js";

/** How far beyond the covered ones a taking's number may be, so that an invented one does not stay for good. */
export const window = 4 * limits.ownerPlaces;

/** Whether what a taking says of rights is not in the base's table yet. */
export const isUncovered = (base: Base, { author, body }: Taking, rules: Rules): boolean => {
	const covered = base.table.covered.get(author) ?? 0;
	return (body.taking > covered || !rules.coveredTakingsAreOver) && body.taking <= covered + window;
};

/**
 * The takings of an owner that are not in its log here: those of other bases, and those whose log is not here or has no room for them. What the table does not cover, the lowest number first, so that the next
 * checkpoint gets on; then removals that it should show and does not, the newest first. Each stands alone: what lies under it need not
 * be here.
 */
export function selectCarried(options: {
	base: Base;
	/** Whom no removal concerns. */
	owners: ReadonlySet<Id>;
	chain: KeyChain;
	/** What is kept of its log in this base: the rest may be carried. */
	log: Log;
	blocks: readonly Block[];
	rules: Rules;
}): Taking[] {
	const { base, owners, chain, log, rules } = options;
	const takings = options.blocks.filter(isTaking).filter(block => !log.blocks.includes(block));
	if (!rules.takingsAreCarried || takings.length === 0) return [];
	const rows = new Set(base.table.rows.map(({ id }) => id));
	const removed = new Set(base.table.removed);
	// Also where the list is full: it may be full of invented ids.
	const isMissing = (id: Id): boolean =>
		!(owners.has(id) && rules.removalOfOwnersIsVoid) &&
		!removed.has(id) &&
		(rows.has(id) || removed.size < limits.removed || rules.removalsCountThoughTheListIsFull);
	const uncovered: Taking[] = [];
	const removals: Taking[] = [];
	for (const block of takings) {
		if (block.opening !== base.opening) continue;
		const index = chain.keys.indexOf(block.key);
		if (index < 0 && !chain.rivals.some(({ body }) => body.to === block.key)) continue;
		const rotate = rules.oldKeyEndsAtRotate ? chain.rotates[index] : undefined;
		const mayBeLate = rotate === undefined;
		if (!mayBeLate && block.body.taking > rotate.body.takings) continue;
		if (isUncovered(base, block, rules)) uncovered.push(block);
		else if (
			mayBeLate &&
			rules.removalsCountThoughCovered &&
			isOf(block, "remove") &&
			block.body.targets.some(isMissing)
		)
			removals.push(block);
	}
	uncovered.sort((a, b) => a.body.taking - b.body.taking || a.hash - b.hash);
	const newest = rules.newestRemovalsAreCarried ? -1 : 1;
	removals.sort((a, b) => newest * (a.body.taking - b.body.taking) || a.hash - b.hash);
	return [...uncovered, ...removals].slice(0, limits.carriedPlaces);
}
