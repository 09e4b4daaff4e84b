import type { Judgement } from "./judgement.js";
import { bySequence } from "./log.js";
import type { Rules } from "./rules.js";
import { typesAfter } from "./types.js";
import {
	type Base,
	type Block,
	type Body,
	type Id,
	isOf,
	isTaking,
	overlaps,
	sameRight,
	type Taking
} from "./words.js";

/** What an honest node sees when it asks itself what it has to say again. */
export interface View {
	readonly id: Id;
	readonly base: Base;
	readonly judgement: Judgement;
	readonly rules: Rules;
}

/** Of its own blocks of the base before: adds whose statement is fresh, confirms and the last describe that do not show and are not said here. */
export function owedIn(view: View, before: readonly Block[]): Block[] {
	const left = before.filter(block => !view.judgement.kept.has(block)).sort(bySequence);
	const described = left.filter(block => isOf(block, "describe")).pop();
	return left.filter(
		block =>
			(!isOf(block, "describe") || block === described) &&
			isOwed(view, block.body) &&
			!isSaid(view, block.body)
	);
}

function isOwed({ id, base, judgement, rules }: View, body: Body): boolean {
	const { members, removed } = judgement;
	const own = members.get(id);
	if (own === undefined) return false;
	switch (body.kind) {
		case "add": {
			const { id: added, number } = body.statement;
			const isFresh = number === base.number || number + 1 === base.number;
			return isFresh && own.rank !== "provisional" && !members.has(added) && !removed.has(added);
		}
		case "confirm": {
			const member = members.get(body.target);
			if (own.rank !== "owner" || member === undefined) return false;
			return member.rank === "provisional" || (member.guards & body.guards) !== body.guards;
		}
		case "describe": {
			const types = typesAfter(own.types, body.types, rules);
			return own.name !== body.name || own.types.join() !== types.join();
		}
		case "grant":
			return !rules.grantsAreNotReissued && !base.table.grants.some(right => sameRight(right, body.right));
		default:
			return false;
	}
}

/** Whether its log here says it already, though it has no effect. */
function isSaid({ id, judgement }: View, body: Body): boolean {
	const log = judgement.logs.get(id)?.blocks ?? [];
	return log.some(block => {
		if (body.kind === "add") return isOf(block, "add") && block.body.statement.id === body.statement.id;
		if (body.kind === "confirm") return isOf(block, "confirm") && block.body.target === body.target;
		if (body.kind === "grant") return isOf(block, "grant") && sameRight(block.body.right, body.right);
		return body.kind === "describe" && isOf(block, "describe");
	});
}

/**
 * What of its takings does not show: a remove of its own whose id is a member in any case; of the others only those that the base counts as
 * covered though its maker may not have known them.
 */
export function takesIn(view: View, own: readonly Block[], retaken: ReadonlySet<Block>): Taking["body"][] {
	const bodies: Taking["body"][] = [];
	const removed = new Set<Id>();
	const took = own.filter(isTaking).sort((a, b) => a.body.taking - b.body.taking || a.hash - b.hash);
	for (const block of took) {
		if (view.judgement.kept.has(block)) continue;
		if (!isOf(block, "remove")) {
			if (retaken.has(block) && isMissing(view.judgement, block.body)) bodies.push(block.body);
			continue;
		}
		const targets = block.body.targets.filter(id => isThere(view.judgement, id) && !removed.has(id));
		for (const id of targets) removed.add(id);
		if (targets.length > 0) bodies.push({ ...block.body, targets });
	}
	return bodies;
}

/** Whether what a taking took is there: a removed id is a member, a withdrawn grant in force, a demand not asked. */
export function isMissing(judgement: Judgement, body: Body): boolean {
	const { members, grants, demands } = judgement;
	if (body.kind === "remove") return body.targets.some(id => isThere(judgement, id));
	if (body.kind === "withdraw") return grants.some(grant => overlaps(grant, body.right));
	return (
		body.kind === "demand" &&
		members.has(body.right.node) &&
		!demands.some(other => sameRight(other, body.right))
	);
}

const isThere = ({ members }: Judgement, id: Id): boolean =>
	members.has(id) && members.get(id)?.rank !== "owner";
