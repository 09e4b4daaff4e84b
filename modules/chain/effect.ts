import { adminAction, type Body, founderAction, Kind } from "./body.js";
import { withGrant } from "./grants.js";
import { type Evidence, Membership } from "./membership.js";
import type { Person } from "./person.js";
import { Rank } from "./rank.js";
import { Standing } from "./standing.js";
import type { Table, TableMember } from "./table.js";

/**
 * The blocks since the checkpoint (or since genesis) in their order, numbered from 0: what the rules are about.
 * Bodies are read when they are asked for and not kept, since they lie in flash.
 */
export interface Blocks {
	readonly length: number;
	author(number: number): Uint8Array;
	sequence(number: number): number;
	kind(number: number): number;
	/** The node that an add is about. */
	subject(number: number): Uint8Array;
	body(number: number): Body;
	/** What an add says of the node that it is about. */
	profile(number: number): Profile;
	hash(number: number): Uint8Array;
	/** Whether block `number` rests on block `ancestor`. */
	restsOn(number: number, ancestor: number): boolean;
}

/** What an add says. */
export interface Profile {
	readonly name: string;
	/** The device type's number. */
	readonly type: number;
	/** Its first public key, compressed: 33 bytes. */
	readonly key: Uint8Array;
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
	for (let number = 0; number < blocks.length; number += 1) {
		if (takesEffect(blocks, standing, number)) counts[number] = 1;
	}
	const newcomers: Person[] = [];
	const members: TableMember[] = [];
	let recoveryNext = 0;
	for (const person of standing.people.values()) {
		if (person.isRecovery) recoveryNext = person.next;
		else if (standing.removed.has(person.text)) continue;
		else if (person.base !== undefined) members.push(memberOf(blocks, standing, person, counts));
		else if (person.admissions.length > 0 && person.add !== undefined) newcomers.push(person);
	}
	newcomers.sort((a, b) => (a.add ?? 0) - (b.add ?? 0));
	for (const person of newcomers) members.push(memberOf(blocks, standing, person, counts));
	const { removed } = standing;
	return {
		membership: new Membership({ members, removed, evidence: evidenceIn(blocks, standing), recoveryNext }),
		counts
	};
}

/** Whether a block counts, all before it being settled; notes what it does. */
function takesEffect(blocks: Blocks, standing: Standing, number: number): boolean {
	const author = standing.author(number);
	const kind = blocks.kind(number);
	if (kind === Kind.add) nameWithoutSponsor(blocks, standing, number);
	if (author.isRecovery || standing.isRankAct(number)) return standing.isRankAct(number);
	if (!standing.isMemberAt(author, number) || standing.isVoid(author, number)) return false;
	switch (kind) {
		case Kind.add:
			return admit(blocks, standing, number);
		case Kind.grant:
			return grant(blocks, standing, number);
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
	target.admissions.push(number);
	return true;
}

/** Who is a member by a rank alone is called as the first add of it says, though that be without effect. */
function nameWithoutSponsor(blocks: Blocks, standing: Standing, number: number): void {
	const target = standing.person(blocks.subject(number));
	target.add ??= number;
}

/** Admins and founders grant what devices do; the last grant in order wins. */
function grant(blocks: Blocks, standing: Standing, number: number): boolean {
	if (standing.actsAs(standing.author(number), number) < Rank.admin) return false;
	const body = blocks.body(number);
	if (body.kind !== Kind.grant || body.action === adminAction || body.action === founderAction) return false;
	const { id, action, device, granted } = body;
	const target = standing.person(id);
	target.grants = withGrant(target.grants, { action, device, granted });
	return true;
}

/** A member as the table has it: under the key of its last rotate that nobody contests. */
function memberOf(blocks: Blocks, standing: Standing, person: Person, counts: Uint8Array): TableMember {
	const rank = standing.rankAt(person, undefined);
	const { grants, next } = person;
	const add = person.add ?? -1;
	const { name, type, key: first } = person.base ?? blocks.profile(add);
	const id = person.base?.id ?? blocks.subject(add).slice();
	let key = first;
	let isFrozen = person.base?.isFrozen ?? false;
	for (const rotate of person.rotates) {
		if (counts[rotate] === 0) continue;
		const body = blocks.body(rotate);
		if (standing.isContested(person, rotate)) isFrozen = true;
		else if (body.kind === Kind.rotate) key = body.key;
	}
	return { id, name, type, key, isFrozen, rank: rank === Rank.recovery ? Rank.founder : rank, grants, next };
}

/** Two blocks of one author with one sequence both count, and are shown. */
function evidenceIn(blocks: Blocks, standing: Standing): Evidence[] {
	const evidence: Evidence[] = [];
	const seen = new Map<string, number>();
	for (let number = 0; number < blocks.length; number += 1) {
		const { text } = standing.author(number);
		const sequence = blocks.sequence(number);
		const twin = seen.get(`${text} ${sequence}`);
		seen.set(`${text} ${sequence}`, number);
		if (twin === undefined) continue;
		const isRotate = blocks.kind(number) === Kind.rotate && blocks.kind(twin) === Kind.rotate;
		const hashes = [blocks.hash(twin), blocks.hash(number)] as const;
		evidence.push({ author: text, sequence, hashes, isRotate });
	}
	return evidence;
}
