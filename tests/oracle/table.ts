import { isUncovered } from "./carried.js";
import type { Judgement } from "./judgement.js";
import { limits } from "./limits.js";
import { isOwner } from "./places.js";
import type { Rules } from "./rules.js";
import { type Base, type Hash, type Id, isOf, isTaking, type Row, type Table, type Taking } from "./words.js";

/**
 * For each owner the number up to which its takings are all here, with no gap: a later one that came first must not stand for one that
 * nobody has seen.
 */
function coveredAfter(
	base: Base,
	owner: Id,
	{ logs, carried }: Judgement,
	rules: Rules
): { count: number; last: Hash | undefined } {
	const before = base.table.covered.get(owner) ?? 0;
	const held = new Map<number, Hash>();
	const hold = ({ hash, body }: Taking): void => {
		held.set(body.taking, Math.min(hash, held.get(body.taking) ?? hash));
	};
	for (const block of logs.get(owner)?.blocks ?? []) if (isTaking(block)) hold(block);
	for (const block of carried.get(owner) ?? []) if (isUncovered(base, block, rules)) hold(block);
	let count = before;
	if (!rules.coveredCountIsContiguous) count = Math.max(before, ...held.keys());
	while (held.has(count + 1)) count++;
	return { count, last: count > before ? held.get(count) : base.table.last.get(owner) };
}

/** The ids in removes that the base does not cover. */
function removedAnew(base: Base, { logs, carried }: Judgement, rules: Rules): Set<Id> {
	const inLogs = [...logs.values()].flatMap(({ blocks }) => blocks);
	const alone = [...carried.values()].flat().filter(block => isUncovered(base, block, rules));
	return new Set([...inLogs, ...alone].flatMap(block => (isOf(block, "remove") ? block.body.targets : [])));
}

/** The table of a checkpoint over a base and what is kept: a function of these, and of what its signer says besides. */
export function tableOf(options: {
	base: Base;
	opening: Base;
	judgement: Judgement;
	rules: Rules;
	/** How many takings the signer itself has made in this era, though the base may not know of all. */
	signer?: { readonly id: Id; readonly takings: number; readonly last: Hash | undefined };
	/** Ids that were removed in a line of checkpoints that the signer's node has left. */
	alsoRemoved?: Iterable<Id>;
	password?: number;
}): Table {
	const { base, judgement, rules } = options;
	const owners = options.opening.table.rows.filter(isOwner).map(({ id }) => id);
	const also = new Set([...(options.alsoRemoved ?? [])].filter(id => !owners.includes(id)));
	const members = [...judgement.members.values()].filter(({ id }) => !also.has(id));
	const stays = (id: Id | undefined): boolean =>
		members.some(member => member.id === id && member.rank !== "provisional");
	const rows: Row[] = members
		.filter(
			({ rank, sponsor }) => rank !== "provisional" || stays(sponsor) || !rules.provisionalFallWithSponsor
		)
		.map(({ id, key, turn, frozen, rank, sponsor, name, types, guards }) => ({
			id,
			key,
			turn,
			frozen,
			rank,
			sponsor: rank === "provisional" ? sponsor : undefined,
			name,
			types,
			guards
		}));
	const known = new Set([...base.table.rows.map(({ id }) => id), ...judgement.members.keys()]);
	const fresh = [...new Set([...judgement.removed, ...also])]
		.filter(id => !base.table.removed.includes(id))
		.sort((a, b) => Number(known.has(a)) - Number(known.has(b)) || (a < b ? -1 : 1));
	// What is not new, and whose id nobody knows any more, gives way to all others.
	const anew = removedAnew(base, judgement, rules);
	const isOld = (id: Id): boolean => !known.has(id) && !anew.has(id) && rules.newestRemovedStayListed;
	const covered = new Map<Id, number>();
	const last = new Map<Id, Hash>();
	for (const id of owners) {
		const after = coveredAfter(base, id, judgement, rules);
		const own = options.signer?.id === id ? options.signer : undefined;
		const isAhead = own !== undefined && own.takings > after.count;
		covered.set(id, isAhead ? own.takings : after.count);
		const hash = isAhead ? own.last : after.last;
		if (hash !== undefined) last.set(id, hash);
	}
	const isHere = (id: Id): boolean => rows.some(row => row.id === id);
	return {
		rows,
		removed: [...fresh.filter(isOld), ...base.table.removed, ...fresh.filter(id => !isOld(id))].slice(
			-limits.removed
		),
		covered,
		last,
		grants: judgement.grants.filter(({ who, node }) => isHere(who) && isHere(node)),
		demands: judgement.demands.filter(({ node }) => isHere(node)),
		password: options.password ?? base.table.password
	};
}
