import type { Base } from "./base.js";
import type { BlockIndex } from "./block-index.js";
import { Flag, Role } from "./block-role.js";
import { Kind, type Policy } from "./body.js";
import type { Contents, PolicyWord } from "./contents.js";
import { nodeIn, recordsMeet, scopesMeet } from "./grants.js";
import { idLength } from "./node-id.js";
import { type Asked, addPolicy, asksTwoOf, autoLockOf } from "./policies.js";
import { Rank } from "./rank.js";
import type { Roster } from "./roster.js";

/** What is kept, and who is a member by it. */
export interface Sides {
	readonly base: Base;
	readonly index: BlockIndex;
	readonly contents: Contents;
	readonly roster: Roster;
}

/** Owners' withdraws or demands that are kept, in a log or alone: of what the base covers only removes stand alone. */
export function uncoveredOf({ index }: Pick<Sides, "index">, kind: number): number[] {
	return sorted(index, kind, number => index.role(number) !== Role.none);
}

/** Owners' blocks of a kind that gives: of the logs of those that are not frozen. */
function givesOf({ index, roster }: Sides, kind: number): number[] {
	return sorted(index, kind, number => {
		if (index.role(number) !== Role.log || index.hasFlag(number, Flag.unsettled)) return false;
		const place = roster.placeOfAuthor(index, number);
		return place >= 0 && roster.rankAt(place) === Rank.owner && !roster.isFrozenAt(place);
	});
}

function sorted(index: BlockIndex, kind: number, isMeant: (number: number) => boolean): number[] {
	const numbers: number[] = [];
	for (let number = index.nextOf(kind, 0); number >= 0; number = index.nextOf(kind, number + 1)) {
		if (isMeant(number)) numbers.push(number);
	}
	return numbers.sort((a, b) => index.compare(a, b));
}

/** Whether a block comes after another in the log of their author. */
function isAfter(index: BlockIndex, number: number, other: number): boolean {
	for (let at = index.before(number); at >= 0; at = index.before(at)) if (at === other) return true;
	return false;
}

/**
 * A grant of the base has effect where no withdraw touches it that the base does not cover; one given since where each that
 * touches it lies under it in its own author's log. Who may and the node are members; of several that say the same the first
 * counts. Appends to the roster's grants.
 */
export function grantsOf(sides: Sides): void {
	const { base, index, contents, roster } = sides;
	const withdraws = uncoveredOf(sides, Kind.withdraw);
	const withdrawn = withdraws.map(number => contents.grantRecord(index.slot(number)));
	const give = (record: Uint8Array, isStill: (withdraw: number) => boolean) => {
		const node = nodeIn(record);
		if (!roster.has(record.subarray(0, idLength)) || (node !== null && !roster.has(node))) return;
		for (let at = 0; at < withdrawn.length; at += 1) {
			if (recordsMeet(withdrawn[at], record) && !isStill(withdraws[at])) return;
		}
		roster.grants.give(record);
	};
	const { grants } = base.table.members;
	const gives = givesOf(sides, Kind.grant);
	roster.grants.reserve(grants.count + gives.length);
	// A table says none twice: see `readTable`.
	const touched = withdrawn.flatMap(record => grants.touchedBy(record));
	roster.takeGrants(grants, touched);
	for (const number of gives) {
		give(contents.grantRecord(index.slot(number)), withdraw => isAfter(index, number, withdraw));
	}
}

/**
 * What is asked of who uses a device: what the base has and what was demanded since that it does not cover, but what a waive
 * touches that holds: each demand that it touches and the base does not cover lies under it in its own author's log.
 */
export function policiesOf(sides: Sides): Policy[] {
	const { base, index, contents, roster } = sides;
	const demands = uncoveredOf(sides, Kind.demand);
	const waives = givesOf(sides, Kind.waive);
	const wordAt = (number: number) => contents.policy(index.slot(number));
	const policies: Policy[] = [];
	for (const asked of [asksTwoOf, autoLockOf]) {
		const holding = waives.filter(waive => {
			const waived = wordAt(waive);
			if (waived === undefined || !asked(waived)) return false;
			return demands.every(demand => !meets(wordAt(demand), waived, asked) || isAfter(index, waive, demand));
		});
		const ask = (policy: PolicyWord | undefined) => {
			const word = policy && asked(policy);
			if (policy === undefined || word === undefined || !roster.has(policy.node)) return;
			if (!holding.some(waive => meets(wordAt(waive), policy, asked))) addPolicy(policies, word);
		};
		for (const policy of base.table.policies) ask(policy);
		for (const demand of demands) ask(wordAt(demand));
	}
	return policies;
}

/** Whether both are about one device and this of what policies ask. */
function meets(a: PolicyWord | undefined, b: PolicyWord, asked: Asked): boolean {
	return a !== undefined && asked(a) !== undefined && asked(b) !== undefined && scopesMeet(a, b);
}
