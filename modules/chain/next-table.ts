import { compareBytes, equalBytes, Records } from "../bytes/bytes.js";
import { isUncovered } from "./author-log.js";
import { ownerPlaces } from "./base.js";
import type { BlockIndex } from "./block-index.js";
import { Role } from "./block-role.js";
import { Kind } from "./body.js";
import { BlockError } from "./chain-error.js";
import type { Logs } from "./logs.js";
import type { Membership } from "./membership.js";
import { hasFirstKey, idLength } from "./node-id.js";
import type { OwnTakings } from "./own-takings.js";
import { Rank } from "./rank.js";
import { type Member, type MemberRow, Roster } from "./roster.js";
import { type Cover, coveredIn, coverIn, removedLimit, type Table } from "./table.js";
import { guardsOf } from "./types.js";

/** How a home goes on under a new era. */
export interface Succession {
	/** Ids of 1 to 3 members. */
	readonly owners: readonly Uint8Array[];
	/** Ids of the others that stay. */
	readonly members: readonly Uint8Array[];
	/**
	 * Rows of those named, in the place of what the chain says of them: a thief of an owner's key may have removed them, or given them
	 * other names and keys.
	 */
	readonly returning?: readonly MemberRow[];
}

/** What a checkpoint's signer says besides what the blocks come to. */
export interface Said {
	/** The number of the password's record, where it is another than before. */
	readonly passwordVersion?: number;
	readonly extra?: Uint8Array;
}

/** The table of a checkpoint over all that is here. `own`: what its signer took; `left`: ids removed in a line that it left. */
export function nextTable(options: {
	logs: Logs;
	members: Membership;
	own: OwnTakings;
	left: Records;
	said?: Said;
}): Table {
	const { logs, members, own, left, said = {} } = options;
	const isGone = (id: Uint8Array) => left.find(id) >= 0 && !logs.isOwner(id);
	const roster = rowsWithout(members.roster, isGone);
	const covers: Cover[] = [];
	for (let place = 0; place < roster.size; place += 1) {
		if (roster.rankAt(place) === Rank.owner) covers.push(coverOf(logs, roster.idAt(place).slice(), own));
	}
	const number = logs.base.number + 1;
	if (covers.some(({ taking }) => taking > ownerPlaces * number)) {
		throw new BlockError("checkpoint", "more was taken than there can have been");
	}
	roster.takeGrants(members.roster.grants);
	return {
		members: roster,
		covers,
		policies: members.policies.filter(({ node }) => roster.has(node)),
		passwordVersion: said.passwordVersion ?? members.passwordVersion,
		extra: said.extra ?? members.extra,
		removed: removedWith(logs, members, left)
	};
}

/** All members but those that are gone, and those provisional ones whose sponsors are. */
function rowsWithout(members: Roster, isGone: (id: Uint8Array) => boolean): Roster {
	const staying = new Roster(members.size);
	const goes = (number: number): boolean => {
		if (isGone(members.idAt(number))) return true;
		if (members.rankAt(number) !== Rank.provisional) return false;
		const by = members.placeOfSponsor(members, number);
		return by < 0 || members.rankAt(by) === Rank.provisional || isGone(members.idAt(by));
	};
	for (let number = 0; number < members.size; number += 1) {
		if (goes(number)) continue;
		const by = members.placeOfSponsor(members, number);
		staying.takeAsRow(members, number, by >= 0 && !goes(by));
	}
	return staying;
}

function rowOf(
	{ id, name, types, key, turn, isFrozen, rank, guards }: Member,
	sponsor: Uint8Array | null
): MemberRow {
	return {
		id: id.slice(),
		name,
		types: types.slice(),
		key: key.slice(),
		turn,
		isFrozen,
		rank,
		sponsor: sponsor === null ? null : sponsor.slice(),
		guards
	};
}

/**
 * Up to which number an owner's takings are here without a gap, and the hash of the last: a later one that came first must not
 * stand for one that nobody has seen. Of its signer as far as it took itself.
 */
export function coverOf({ base, index }: Logs, id: Uint8Array, own: OwnTakings): Cover {
	const before = coverIn(base.table, id);
	const covered = before?.taking ?? 0;
	let taking = covered;
	let { hash = null } = before ?? {};
	for (
		let number = nextOf(index, id, taking + 1, covered);
		number >= 0;
		number = nextOf(index, id, taking + 1, covered)
	) {
		taking += 1;
		hash = index.hash(number);
	}
	// The last taking of the table may be here as well, of two the lower.
	if (own.isOf(id) && own.last > taking) return { id, taking: own.last, hash: own.lastHash };
	return { id, taking, hash };
}

/** An owner's kept taking of a number that the base does not cover, of several the one with the lowest hash, or -1. */
function nextOf(index: BlockIndex, id: Uint8Array, taking: number, covered: number): number {
	let found = -1;
	for (let number = index.firstOf(id); index.isBy(number, id); number += 1) {
		if (!index.isTaking(number) || index.value(number) !== taking) continue;
		const role = index.role(number);
		if (role !== Role.log && !(role === Role.alone && isUncovered(taking, covered))) continue;
		if (found < 0 || index.compareHashes(number, found) < 0) found = number;
	}
	return found;
}

/**
 * The table's removed ids, then new ones: first whom nobody here knew, as they are the first to be forgotten; each by id. What
 * is not new, and whose id nobody knows any more, comes before all: somebody may show what a full list forgot.
 */
function removedWith(logs: Logs, members: Membership, left: Records): Records {
	const { removed: listed, members: rows } = logs.base.table;
	const [old, unknown, known] = [new Records(idLength), new Records(idLength), new Records(idLength)];
	const anew = removedAnew(logs);
	for (const ids of [members.removedIds, left]) {
		for (let number = 0; number < ids.count; number += 1) {
			const id = ids.at(number);
			if (listed.find(id) >= 0) continue;
			if (rows.has(id) || members.roster.has(id)) known.insertOnce(id);
			else (anew.find(id) < 0 ? old : unknown).insertOnce(id);
		}
	}
	const all = [old, listed, unknown, known];
	let surplus = all.reduce((count, ids) => count + ids.count, -removedLimit);
	const latest = new Records(idLength, removedLimit + Math.min(surplus, 0));
	for (const ids of all)
		for (let number = 0; number < ids.count; number += 1, surplus -= 1)
			if (surplus <= 0) latest.add(ids.at(number));
	return latest;
}

/** The ids in removes that the base does not cover. */
function removedAnew({ index, contents, base }: Logs): Records {
	const ids = new Records(idLength);
	for (let number = 0; number < index.length; number += 1) {
		const role = index.role(number);
		if (index.kind(number) !== Kind.remove || role === Role.none) continue;
		const covered = coveredIn(base.table, index.author(number));
		if (role === Role.alone && !isUncovered(index.value(number), covered)) continue;
		for (const id of contents.removed(index.slot(number))) ids.insertOnce(id);
	}
	return ids;
}

/** The table of a new era: who is not named is removed; grants are given anew. */
export function openingTable({ owners, members, returning = [] }: Succession, now: Membership): Table {
	const { roster, policies, passwordVersion } = now;
	const staying = new Roster();
	const removed = new Records(idLength);
	const isOwner = (id: Uint8Array) => owners.some(other => equalBytes(other, id));
	const named = (id: Uint8Array) => isOwner(id) || members.some(other => equalBytes(other, id));
	const known = new Roster();
	for (const row of [...roster, ...returning]) known.put(row);
	const ordered = [...known].sort(
		(a, b) => Number(isOwner(b.id)) - Number(isOwner(a.id)) || byOwner(a, b, isOwner)
	);
	for (const member of ordered) {
		if (!named(member.id) || (member.isFrozen && !isOwner(member.id))) {
			// Who came by a base that fell may be as many again: then of these some are forgotten.
			if (removed.count < removedLimit) removed.add(member.id.slice());
			continue;
		}
		const { sponsor } = member;
		const isMember = sponsor === null || !named(sponsor) || !member.isProvisional;
		const rank = isOwner(member.id) ? Rank.owner : isMember ? Rank.member : Rank.provisional;
		const row = { ...rowOf(member, rank === Rank.owner ? null : sponsor), turn: firstTurn(member) };
		// No block confirms an owner's devices: who has the paper has seen them.
		const guards = rank === Rank.owner ? guardsOf(row.types) : row.guards;
		staying.put({ ...row, rank, guards, isFrozen: false });
	}
	const covers: Cover[] = [];
	for (const { id, isOwner: isOne } of staying)
		if (isOne) covers.push({ id: id.slice(), taking: 0, hash: null });
	const kept = policies.filter(({ node }) => staying.has(node));
	// What a later version has put in the last part is given anew as well: a thief may have.
	const extra = new Uint8Array(0);
	return { members: staying, covers, policies: kept, passwordVersion, extra, removed };
}

/** In each era turns begin anew: a thief's table may have said any, and there is a highest. */
export function firstTurn(member: Pick<MemberRow, "id" | "key">): number {
	return hasFirstKey(member) ? 0 : 1;
}

/** Owners by their ids, as the opening names them; others as they stand. */
function byOwner(a: Member, b: Member, isOwner: (id: Uint8Array) => boolean): number {
	return isOwner(a.id) && isOwner(b.id) ? compareBytes(a.id, b.id) : 0;
}
