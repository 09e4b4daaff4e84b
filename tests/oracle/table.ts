import { isUncovered } from "./carried.js";
import type { Judgement } from "./judgement.js";
import { limits } from "./limits.js";
import { isOwner } from "./places.js";
import type { Rules } from "./rules.js";
import { type Base, type Id, isTaking, type Row, type Table } from "./words.js";

/**
 * For each owner the number up to which its takings are all here, with no gap: a later one that came first must not stand for one that
 * nobody has seen.
 */
function coveredAfter(base: Base, owner: Id, { logs, carried }: Judgement, rules: Rules): number {
	const before = base.table.covered.get(owner) ?? 0;
	const held = new Set<number>();
	for (const block of logs.get(owner)?.blocks ?? []) if (isTaking(block)) held.add(block.body.taking);
	for (const block of carried.get(owner) ?? []) if (isUncovered(base, block)) held.add(block.body.taking);
	if (!rules.coveredCountIsContiguous) return Math.max(before, ...held);
	let covered = before;
	while (held.has(covered + 1)) covered++;
	return covered;
}

/** The table of a checkpoint over a base and what is kept: a function of these, and of what its signer says besides. */
export function tableOf(options: {
	base: Base;
	opening: Base;
	judgement: Judgement;
	rules: Rules;
	/** How many takings the signer itself has made in this era, though the base may not know of all. */
	signer?: { readonly id: Id; readonly takings: number };
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
	const covered = new Map(owners.map(id => [id, coveredAfter(base, id, judgement, rules)]));
	if (options.signer !== undefined) {
		const { id, takings } = options.signer;
		covered.set(id, Math.max(takings, covered.get(id) ?? 0));
	}
	const isHere = (id: Id): boolean => rows.some(row => row.id === id);
	return {
		rows,
		removed: [...base.table.removed, ...fresh].slice(-limits.removed),
		covered,
		grants: judgement.grants.filter(({ who, node }) => isHere(who) && isHere(node)),
		demands: judgement.demands.filter(({ node }) => isHere(node)),
		password: options.password ?? base.table.password
	};
}
