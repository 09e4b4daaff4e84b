import { isRank, Kind } from "./body.js";
import type { Grants } from "./grants.js";
import { type Evidence, Membership } from "./membership.js";
import type { Person } from "./person.js";
import type { Profile } from "./profiles.js";
import { Rank } from "./rank.js";
import { type MemberRow, Roster } from "./roster.js";
import { Standing } from "./standing.js";
import type { Table } from "./table.js";

/**
 * The blocks since the checkpoint (or since genesis) in their order, numbered from 0: what the rules are about. They
 * ask for no more of a block than this, since the blocks lie in flash.
 */
export interface Blocks {
	readonly length: number;
	author(number: number): Uint8Array;
	sequence(number: number): number;
	kind(number: number): number;
	/** The node that an add or a grant is about. */
	subject(number: number): Uint8Array;
	/** What a grant is for, */
	action(number: number): number;
	/** on which device, null for all, */
	device(number: number): Uint8Array | null;
	/** and whether it gives or takes. */
	isGranted(number: number): boolean;
	/** Whom a removal is about. */
	removed(number: number): readonly Uint8Array[];
	/** What an add says of the node that it is about; of a rotate the key. */
	profile(number: number): Profile;
	hash(number: number): Uint8Array;
	/** Whether block `number` rests on block `ancestor`. */
	restsOn(number: number, ancestor: number): boolean;
}

/** What a set of blocks comes to. */
export interface Outcome {
	readonly membership: Membership;
	/** For each block, 1 when it counts and 0 when it is without effect. */
	readonly counts: Uint8Array;
}

/**
 * What a set of blocks comes to: the same for all who have the same blocks, whatever the order in which they got
 * them. `base`: what was before. `recovery`: the id of the recovery key, where the home has one.
 */
export function effectOf(blocks: Blocks, base: Table, recovery: Uint8Array | null): Outcome {
	const standing = new Standing(blocks, base, recovery);
	const counts = new Uint8Array(blocks.length);
	const members = new Roster(base.members.grants.copy());
	for (let number = 0; number < blocks.length; number += 1) {
		if (takesEffect(blocks, standing, members.grants, number)) counts[number] = 1;
	}
	const newcomers: Person[] = [];
	let recoveryNext = 0;
	for (const person of standing.people.values()) {
		if (person.isRecovery) recoveryNext = person.next;
		else if (standing.removed.has(person.text)) continue;
		else if (person.base !== undefined) members.put(memberOf(blocks, standing, person, counts));
		else if (person.admissions.length > 0 && person.add !== undefined) newcomers.push(person);
	}
	newcomers.sort((a, b) => (a.add ?? 0) - (b.add ?? 0));
	for (const person of newcomers) members.put(memberOf(blocks, standing, person, counts));
	const { removed } = standing;
	return {
		membership: new Membership({ members, removed, evidence: evidenceIn(blocks, standing), recoveryNext }),
		counts
	};
}

/** Whether a block counts, all before it being settled; notes what it does. */
function takesEffect(blocks: Blocks, standing: Standing, grants: Grants, number: number): boolean {
	const author = standing.author(number);
	const kind = blocks.kind(number);
	if (kind === Kind.add) nameWithoutSponsor(blocks, standing, number);
	if (author.isRecovery || standing.isRankAct(number)) return standing.isRankAct(number);
	if (!standing.isMemberAt(author, number) || standing.isVoid(author, number)) return false;
	switch (kind) {
		case Kind.add:
			return admit(blocks, standing, number);
		case Kind.grant:
			return grant(blocks, standing, grants, number);
		case Kind.genesis:
		case Kind.remove:
		case Kind.checkpoint:
			return false;
		default:
			// A new key, or a kind that this software does not know: kept for those who do.
			return true;
	}
}

/**
 * Any member may add; an id once removed is never added again, so of a removed one's adds those count that its removal
 * knew; of several adds of one id the first in order names it.
 */
function admit(blocks: Blocks, standing: Standing, number: number): boolean {
	const target = standing.person(blocks.subject(number));
	if (target.isRecovery || standing.isAfterRemoval(target, number)) return false;
	if (!target.isAdded) target.add = number;
	target.isAdded = true;
	target.admissions = [...target.admissions, number];
	return true;
}

/** Who is a member by a rank alone is called as the first add of it says, though that be without effect. */
function nameWithoutSponsor(blocks: Blocks, standing: Standing, number: number): void {
	const target = standing.person(blocks.subject(number));
	target.add ??= number;
}

/** Admins and founders grant what devices do; the last grant in order wins. */
function grant(blocks: Blocks, standing: Standing, grants: Grants, number: number): boolean {
	if (standing.actsAs(standing.author(number), number) < Rank.admin) return false;
	const action = blocks.action(number);
	if (isRank(action)) return false;
	const given = { action, device: blocks.device(number), granted: blocks.isGranted(number) };
	grants.give(blocks.subject(number), given);
	return true;
}

/** A member as the table has it: under the key of its last rotate that nobody contests. */
function memberOf(blocks: Blocks, standing: Standing, person: Person, counts: Uint8Array): MemberRow {
	const rank = standing.rankAt(person, undefined);
	const { next } = person;
	const add = person.add ?? -1;
	const { name, type, key: first } = person.base ?? blocks.profile(add);
	const id = person.base?.id ?? blocks.subject(add).slice();
	let last: number | undefined;
	let isFrozen = person.base?.isFrozen ?? false;
	for (const rotate of person.rotates) {
		if (counts[rotate] === 0) continue;
		if (standing.isContested(person, rotate)) isFrozen = true;
		else last = rotate;
	}
	const key = last === undefined ? first : blocks.profile(last).key;
	return { id, name, type, key, isFrozen, rank: rank === Rank.recovery ? Rank.founder : rank, next };
}

/** Two blocks of one author with one sequence both count, and are shown. */
function evidenceIn(blocks: Blocks, standing: Standing): Evidence[] {
	return standing.twins.map(([twin, number]) => ({
		author: standing.author(number).text,
		sequence: blocks.sequence(number),
		hashes: [blocks.hash(twin), blocks.hash(number)],
		isRotate: blocks.kind(number) === Kind.rotate && blocks.kind(twin) === Kind.rotate
	}));
}
