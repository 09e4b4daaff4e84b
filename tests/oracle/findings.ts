import type { Home } from "./home.js";
import { judge } from "./judge.js";
import { limits } from "./limits.js";
import { memberPlaces } from "./places.js";
import { isOf, isTaking, overlaps, sameRight } from "./words.js";

/** What broke in one history, in words; nothing is what one wants. */
export interface Findings {
	divergences: string[];
	lostRemovals: string[];
	overriddenWithdrawals: string[];
	displaced: string[];
	unsigned: string[];
	unbounded: string[];
	/** Grants that knew all withdrawals and yet are not in force: no fault, but a person must say them again. */
	lostGrants: number;
	/** How often there was something to look at. */
	looked: { removals: number; withdrawals: number; blocks: number; grants: number };
}

/** Looks at a home that has come to rest. `trusted`: whether all owners were honest. */
export function findingsIn(home: Home, trusted: boolean): Findings {
	const found: Findings = {
		divergences: [],
		lostRemovals: [],
		overriddenWithdrawals: [],
		displaced: [],
		unsigned: [],
		unbounded: [],
		lostGrants: 0,
		looked: { removals: 0, withdrawals: 0, blocks: 0, grants: 0 }
	};
	const nodes = [...home.nodes.values()];
	const [first] = nodes;
	if (first === undefined) return found;
	const hashes = (node: typeof first): string =>
		[...node.judgement.kept]
			.map(({ hash }) => hash)
			.sort()
			.join();
	for (const node of nodes) {
		if (node.base.hash !== first.base.hash)
			found.divergences.push(`${node.id} is under ${node.base.hash}, ${first.id} under ${first.base.hash}`);
		else if (hashes(node) !== hashes(first))
			found.divergences.push(`${node.id} keeps other blocks than ${first.id}`);
		const most = limits.owners * (limits.ownerPlaces + limits.carriedPlaces + limits.ownerTurns + 1);
		const others = limits.memberPlaces + 2 * limits.leastPlaces * limits.members + limits.mostPlaces;
		if (node.judgement.kept.size > most + others)
			found.unbounded.push(`${node.id} keeps ${node.judgement.kept.size}`);
	}
	const again = judge(first.base, first.opening, first.judgement.kept, home.rules);
	const isSame =
		again.kept.size === first.judgement.kept.size && again.members.size === first.judgement.members.size;
	if (!isSame) found.divergences.push("what is kept, judged again, comes to something else");
	const { members, grants, removed } = first.judgement;
	const era = first.opening.hash;
	const owners = first.opening.table.rows.filter(({ rank }) => rank === "owner").map(({ id }) => id);
	const acts = [...home.acts.values()].filter(
		({ block }) =>
			block.opening === era &&
			owners.includes(block.author) &&
			home.isKnown(block.hash) &&
			// What a restored node signs with a key that it had already replaced is nothing.
			!home.isUnderLostKey(block)
	);
	for (const { block } of acts) {
		if (!isOf(block, "remove")) continue;
		for (const id of block.body.targets) {
			if (owners.includes(id)) continue;
			found.looked.removals++;
			for (const node of nodes) {
				if (!node.judgement.members.has(id)) continue;
				found.lostRemovals.push(
					`${id}, removed by ${block.author} in ${block.hash}, is a member for ${node.id}`
				);
			}
		}
	}
	const withdrawals = acts.filter(({ block }) => isOf(block, "withdraw"));
	const given = acts.flatMap(act =>
		isOf(act.block, "grant") ? [{ ...act, right: act.block.body.right }] : []
	);
	if (trusted) {
		for (const { block } of withdrawals) {
			if (!isOf(block, "withdraw")) continue;
			found.looked.withdrawals++;
			for (const right of grants) {
				if (!overlaps(right, block.body.right)) continue;
				if (given.some(give => sameRight(give.right, right) && give.knew.has(block.hash))) continue;
				found.overriddenWithdrawals.push(`${right.who} on ${right.node} although ${block.hash}`);
			}
		}
		for (const { right, knew } of given) {
			found.looked.grants++;
			const knewAll = withdrawals.every(
				({ block }) => !isOf(block, "withdraw") || !overlaps(block.body.right, right) || knew.has(block.hash)
			);
			const isIn = grants.some(other => sameRight(other, right));
			if (knewAll && !isIn && members.has(right.who) && members.has(right.node)) found.lostGrants++;
		}
	}
	for (const node of nodes) {
		const member = members.get(node.id);
		// Where a bad owner put another key, what the member signs is nothing.
		if (member === undefined || removed.has(node.id) || member.frozen || member.key !== node.key) continue;
		const own = node.offer.filter(block => block.author === node.id && block.base === first.base.hash);
		const isRow = first.base.table.rows.some(({ id, rank }) => id === node.id && rank === "member");
		const places = isRow ? memberPlaces(first.base, 0, home.rules) : limits.leastPlaces;
		// A node that came back to a base, several having fallen at once, may have more blocks there than places.
		if (!trusted && own.length > (member.rank === "owner" ? limits.ownerPlaces : places)) continue;
		for (const block of node.offer) {
			if (block.author !== node.id || block.base !== first.base.hash || isOf(block, "rotate")) continue;
			found.looked.blocks++;
			if (!first.judgement.kept.has(block))
				found.displaced.push(
					`${block.body.kind} ${block.hash} of ${node.id}${isTaking(block) ? ", a taking" : ""}`
				);
		}
	}
	for (const member of members.values()) {
		const node = home.nodes.get(member.id);
		if (node === undefined || !trusted) continue;
		const said = [...home.acts.values()].filter(({ block }) => block.author === member.id);
		const names = new Set([
			member.id.toLowerCase(),
			...said.flatMap(({ block }) => (isOf(block, "describe") ? [block.body.name] : []))
		]);
		const keys = new Set([
			`${member.id}/0`,
			...said.flatMap(({ block }) => (isOf(block, "rotate") ? [block.body.to] : []))
		]);
		if (!names.has(member.name)) found.unsigned.push(`${member.id} is called ${member.name}`);
		if (!keys.has(member.key)) found.unsigned.push(`${member.id} has the key ${member.key}`);
	}
	return found;
}
