import { isUncovered } from "./carried.js";
import { under } from "./keys.js";
import { limits } from "./limits.js";
import { bySequence, type Log } from "./log.js";
import type { Rules } from "./rules.js";
import {
	type Base,
	type Block,
	type Id,
	isOf,
	overlaps,
	type Right,
	sameRight,
	type Taking
} from "./words.js";

/** What is known of one kind of right in this base: what gives and what takes. */
interface Sides {
	readonly gives: readonly { readonly block: Block; readonly right: Right }[];
	readonly takes: readonly { readonly block: Taking; readonly right: Right }[];
}

/**
 * Whether a give holds against all takings of its right that the base does not cover: only those are overcome that its own author made
 * before it, in the same log. Whoever would give what another owner took back makes a checkpoint first, which covers the taking.
 */
function holds(options: {
	give: Block;
	right: Right;
	takes: Sides["takes"];
	log: Log;
	rules: Rules;
}): boolean {
	const { give, right, takes, log, rules } = options;
	if (!rules.withdrawalBeatsGrant) return !takes.some(({ block }) => block.sequence > give.sequence);
	const lower = under(new Map(log.blocks.map(block => [block.hash, block])), give.hash);
	return takes.every(
		({ block, right: taken }) =>
			!overlaps(taken, right) || (rules.ownLogOvercomesOwnWithdrawal && lower.has(block.hash))
	);
}

const distinct = (rights: readonly Right[]): Right[] =>
	rights.filter((right, at) => rights.findIndex(other => sameRight(other, right)) === at);

/** Grants and demands in force. A demand is what an owner takes away: an unlock without a second key. */
export function rightsOf(options: {
	base: Base;
	/** Of the owners alone. */
	logs: ReadonlyMap<Id, Log>;
	frozen: ReadonlySet<Id>;
	carried: ReadonlyMap<Id, readonly Taking[]>;
	isMember: (id: Id) => boolean;
	rules: Rules;
}): { grants: Right[]; demands: Right[] } {
	const { base, logs, frozen, rules } = options;
	const grant = { gives: [] as Sides["gives"][number][], takes: [] as Sides["takes"][number][] };
	const waive = { gives: [] as Sides["gives"][number][], takes: [] as Sides["takes"][number][] };
	const take = (block: Block): void => {
		if (isOf(block, "withdraw")) grant.takes.push({ block, right: block.body.right });
		else if (isOf(block, "demand")) waive.takes.push({ block, right: block.body.right });
	};
	for (const [owner, log] of logs) {
		for (const block of log.blocks) {
			take(block);
			if (frozen.has(owner) || log.unsettled.has(block.hash)) continue;
			if (isOf(block, "grant")) grant.gives.push({ block, right: block.body.right });
			else if (isOf(block, "waive")) waive.gives.push({ block, right: block.body.right });
		}
		for (const block of options.carried.get(owner) ?? []) if (isUncovered(base, block, rules)) take(block);
	}
	const holding = ({ gives, takes }: Sides): Sides["gives"] =>
		[...gives]
			.sort((a, b) => bySequence(a.block, b.block))
			.filter(({ block, right }) => {
				const log = logs.get(block.author);
				return log !== undefined && holds({ give: block, right, takes, log, rules });
			});
	const untaken = base.table.grants.filter(right => !grant.takes.some(taken => overlaps(taken.right, right)));
	const grants = distinct([...untaken, ...holding(grant).map(({ right }) => right)])
		.filter(({ who, node }) => options.isMember(who) && options.isMember(node))
		.slice(0, limits.grants);
	const waivers = holding(waive);
	const asked = [
		...base.table.demands.filter(right => !waivers.some(waiver => overlaps(waiver.right, right))),
		...waive.takes
			.filter(({ right }) => !waivers.some(waiver => overlaps(waiver.right, right)))
			.map(({ right }) => right)
	];
	const demands = distinct(asked)
		.filter(({ node }) => options.isMember(node))
		.slice(0, limits.demands);
	return { grants, demands };
}
