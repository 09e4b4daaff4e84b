import { concat, Records } from "../bytes/bytes.js";
import { AuthorLog } from "./author-log.js";
import { type Base, leastPlaces, memberPlaces, ownerPlaces } from "./base.js";
import type { BlockIndex } from "./block-index.js";
import { Flag, Role } from "./block-role.js";
import { Kind, type OwnerKey } from "./body.js";
import type { Contents } from "./contents.js";
import { describedBy } from "./described.js";
import { evidenceIn } from "./evidence.js";
import { type FirstKey, KeyChain, memberRotatesLimit, ownerRotatesLimit } from "./key-chain.js";
import { Membership } from "./membership.js";
import { idLength } from "./node-id.js";
import { grantsOf, policiesOf } from "./permissions.js";
import { Rank } from "./rank.js";
import { type MemberRow, plainRow, Roster } from "./roster.js";
import { coveredIn, membersLimit } from "./table.js";
import { guardsOf } from "./types.js";

/** Most nodes that one member may have admitted and no owner has confirmed. */
export const provisionalLimit = 8;

/** All that is here of a base's time, and the base. */
export interface KnownBlocks {
	readonly base: Base;
	/** The owners of the era as its opening names them. */
	readonly owners: readonly OwnerKey[];
	readonly index: BlockIndex;
	readonly contents: Contents;
}

/** What all came to before, under the same base. */
export interface Settled {
	readonly membership: Membership;
	/** Ids of those of whom blocks have come or gone since then. */
	readonly touched: Records;
}

/**
 * Says what is kept, by roles in the index, and what it comes to: a function of the base and the set of blocks. Owners first,
 * then members, then provisional members: each step looks only at what the steps before it kept. `before` changes nothing of
 * that: what is kept of an author follows from its blocks, the base and its rank, so of who said nothing new it is known.
 */
export function settle(known: KnownBlocks, before?: Settled): Membership {
	return new Settling(known, before).settle();
}

class Settling {
	readonly #known: KnownBlocks;
	readonly #index: BlockIndex;
	readonly #contents: Contents;
	readonly #removed = new Records(idLength);
	/** Whom owners' confirms name, 16 bytes, and the guards that they say. */
	readonly #confirmed = new Records(idLength + 1);
	readonly #roster: Roster;
	readonly #owners = new Records(idLength);
	/** The base's members. */
	readonly #rows: Roster;
	readonly #before: Settled | undefined;

	constructor(known: KnownBlocks, before: Settled | undefined) {
		this.#known = known;
		this.#before = before;
		this.#rows = known.base.table.members;
		this.#roster = new Roster((before?.membership.roster ?? this.#rows).size);
		for (const { id } of known.owners) this.#owners.add(id);
		this.#index = known.index;
		this.#contents = known.contents;
	}

	settle(): Membership {
		this.#index.clearRoles();
		const chains = this.#known.owners.map(owner => this.#keepOwner(owner));
		this.#gatherRemoved();
		for (const [place, owner] of this.#known.owners.entries()) this.#admitOwner(owner, chains[place]);
		this.#gatherConfirmed();
		// Whom owners add is chosen before anybody else is a member, and admitted after the base's members.
		const added = this.#firstOfEach(this.#addsOf(Rank.owner));
		this.#takeMemberRows();
		for (const number of added) this.#takeAdd(number, Rank.member);
		this.#takeProvisionalRows();
		for (const number of this.#membersAdds()) this.#takeAdd(number, Rank.provisional);
		return this.#membership();
	}

	#membership(): Membership {
		const { base } = this.#known;
		const sides = { base, index: this.#index, contents: this.#contents, roster: this.#roster };
		grantsOf(sides);
		const { passwordVersion, extra } = base.table;
		return new Membership({
			members: this.#roster,
			removed: this.#removed,
			evidence: evidenceIn(this.#index),
			policies: policiesOf(sides),
			passwordVersion,
			extra
		});
	}

	#isOwner(id: Uint8Array): boolean {
		return this.#owners.find(id) >= 0;
	}

	/** The place that a node had, whose blocks are the same as then, or -1. */
	#placeBefore(id: Uint8Array): number {
		if (this.#before === undefined || this.#before.touched.find(id) >= 0) return -1;
		return this.#before.membership.roster.numberOf(id);
	}

	/** The same of whom block `number` is about. */
	#placeBeforeOfSubject(number: number): number {
		if (this.#before === undefined || this.#index.subjectIn(this.#before.touched, number) >= 0) return -1;
		return this.#before.membership.roster.placeOfSubject(this.#index, number);
	}

	/** Keeps of a node what was kept, and takes it in as it was. `first`: its first block. */
	#keepAsBefore(place: number, first: number, rank: Rank, guards: number): void {
		if (this.#before === undefined) return;
		this.#index.restoreRoles(first);
		this.#roster.take(this.#before.membership.roster, place, rank, guards);
	}

	/** An owner has 12 places, its rotates and 12 takings that stand alone beside them. */
	#keepOwner({ id, key, turn }: OwnerKey): KeyChain | undefined {
		const { base } = this.#known;
		if (this.#placeBefore(id) >= 0) {
			this.#index.restoreRoles(this.#index.firstOf(id));
			return undefined;
		}
		const chain = this.#chainOf(id, { key, turn }, ownerRotatesLimit);
		chain.keep();
		const log = new AuthorLog({ index: this.#index, contents: this.#contents, author: id, chain, base });
		log.keepLog({ places: ownerPlaces, isOwner: true, maySponsor: true });
		log.keepAlone(coveredIn(base.table, id), other => this.#isMissing(other));
		return chain;
	}

	#chainOf(author: Uint8Array, first: FirstKey, most: number): KeyChain {
		return new KeyChain({ index: this.#index, contents: this.#contents, author, first, most });
	}

	/** Whether a table should show an id as removed and does not. Its list may be full, but of invented ids. */
	#isMissing(id: Uint8Array): boolean {
		const { members, removed } = this.#known.base.table;
		return !this.#isOwner(id) && (members.has(id) || removed.find(id) < 0);
	}

	/** Whom an owner's kept remove names is removed for as long as the era lasts, whatever else is said of it; but no owner is. */
	#gatherRemoved(): void {
		const index = this.#index;
		const { removed } = this.#known.base.table;
		for (let number = 0; number < removed.count; number += 1) this.#removed.addFrom(removed, number);
		for (
			let number = index.nextOf(Kind.remove, 0);
			number >= 0;
			number = index.nextOf(Kind.remove, number + 1)
		) {
			if (index.role(number) === Role.none) continue;
			for (const id of this.#contents.removed(index.slot(number))) {
				if (!this.#isOwner(id) && !this.#isRemoved(id)) this.#removed.add(id);
			}
		}
	}

	#isRemoved(id: Uint8Array): boolean {
		return this.#removed.find(id) >= 0;
	}

	/** Owners stay as long as the era lasts; a table says only their names, types and guards. */
	#admitOwner({ id, key }: OwnerKey, chain: KeyChain | undefined): void {
		if (chain === undefined && this.#before !== undefined) {
			const { roster } = this.#before.membership;
			const place = roster.numberOf(id);
			this.#roster.take(roster, place, Rank.owner, roster.guardsAt(place));
		}
		if (chain === undefined) return;
		const row = this.#rows.get(id);
		if (row === undefined) throw new RangeError("a base without an owner's row");
		this.#admit({ ...plainRow(row), key, rank: Rank.owner, sponsor: null, isFrozen: false }, chain);
	}

	/** An owner's confirm makes a provisional row a member, and says which guarded devices the owner has seen. */
	#gatherConfirmed(): void {
		const index = this.#index;
		for (
			let number = index.nextOf(Kind.confirm, 0);
			number >= 0;
			number = index.nextOf(Kind.confirm, number + 1)
		) {
			if (!this.#givesAsOwner(number)) continue;
			const at = index.subjectIn(this.#confirmed, number);
			if (at >= 0) this.#confirmed.at(at)[idLength] |= index.value(number);
			else this.#confirmed.add(concat(index.subject(number), Uint8Array.of(index.value(number))));
		}
	}

	/** Gives count from the log of who is not frozen, where their place under a rotate can be seen. */
	#gives(number: number): boolean {
		const index = this.#index;
		if (index.role(number) !== Role.log || index.hasFlag(number, Flag.unsettled)) return false;
		const place = this.#roster.placeOfAuthor(index, number);
		return place >= 0 && !this.#roster.isFrozenAt(place);
	}

	#givesAsOwner(number: number): boolean {
		return this.#gives(number) && this.#index.authorIn(this.#owners, number) >= 0;
	}

	/** Rows of rank member, and those that an owner's confirm names, are members. */
	#takeMemberRows(): void {
		const rows = this.#rows;
		const places = memberPlaces(this.#known.base.table);
		for (let number = 0; number < rows.size; number += 1) {
			const rank = rows.rankAt(number);
			if (rank === Rank.owner || this.#isRemovedRow(number)) continue;
			const at = rows.idIn(this.#confirmed, number);
			if (rank === Rank.provisional && at < 0) continue;
			this.#takeRow(number, Rank.member, at < 0 ? 0 : this.#confirmed.byte(at, idLength), places);
		}
	}

	/** Provisional rows stay while their sponsor has a row of a member and is not removed. */
	#takeProvisionalRows(): void {
		for (let number = 0; number < this.#rows.size; number += 1) {
			if (!this.#isStillProvisional(number) || this.#isOut(number)) continue;
			this.#takeRow(number, Rank.provisional, 0, leastPlaces);
		}
	}

	#isRemovedRow(number: number): boolean {
		return this.#rows.idIn(this.#removed, number) >= 0;
	}

	/** Whether a row is of a provisional member whom nobody removed or confirmed. */
	#isStillProvisional(number: number): boolean {
		return (
			this.#rows.rankAt(number) === Rank.provisional &&
			!this.#isRemovedRow(number) &&
			!this.#isConfirmed(number)
		);
	}

	#isConfirmed(number: number): boolean {
		return this.#rows.idIn(this.#confirmed, number) >= 0;
	}

	/** Takes in a row of the base. `guards`: those that were confirmed since. */
	#takeRow(number: number, rank: Rank, guards: number, places: number): void {
		const rows = this.#rows;
		if (this.#roster.size >= membersLimit || this.#roster.placeOf(rows, number) >= 0) return;
		const seen = rows.guardsAt(number) | guards;
		const id = rows.idAt(number);
		// Most have said nothing since the base.
		if (rows.isFrozenAt(number) || this.#isSilent(id)) this.#roster.take(rows, number, rank, seen);
		else {
			const place = this.#placeBefore(id);
			if (place >= 0 && this.#wasRow(place, number, rank)) {
				this.#keepAsBefore(place, this.#index.firstOf(id), rank, seen);
			} else this.#keepAndAdmit({ ...plainRow(rows.at(number)), rank, guards: seen }, places);
		}
	}

	/** Whether the member that had a place before was so by a row of the base and of the same rank, not by an add. */
	#wasRow(place: number, number: number, rank: Rank): boolean {
		if (this.#before === undefined) return false;
		const { roster } = this.#before.membership;
		return roster.rankAt(place) === rank && roster.hasSponsorOf(place, this.#rows, number);
	}

	/** Whether a row is as none, because its sponsor is gone: another may add that node. */
	#isOut(number: number): boolean {
		const rows = this.#rows;
		if (rows.rankAt(number) !== Rank.provisional || this.#isConfirmed(number)) return false;
		const by = rows.placeOfSponsor(rows, number);
		if (by < 0 || this.#isRemovedRow(by)) return true;
		return rows.rankAt(by) === Rank.provisional && !this.#isConfirmed(by);
	}

	/** The adds by authors of a rank that may have effect, by sequence, then by hash. */
	#addsOf(rank: Rank): number[] {
		const index = this.#index;
		const numbers: number[] = [];
		for (let number = index.nextOf(Kind.add, 0); number >= 0; number = index.nextOf(Kind.add, number + 1)) {
			const place = this.#roster.placeOfAuthor(index, number);
			if (place < 0 || this.#roster.rankAt(place) !== rank) continue;
			if (this.#gives(number) && this.#mayJoin(number, rank)) numbers.push(number);
		}
		return numbers.sort((a, b) => index.compare(a, b));
	}

	/**
	 * An add has no effect if its statement names another sponsor than its author, but for owners; if its number is neither the
	 * base's nor the one before; if its id has a row, was removed, or is a member already.
	 */
	#mayJoin(number: number, rank: Rank): boolean {
		const index = this.#index;
		const { base } = this.#known;
		const slot = index.slot(number);
		if (rank !== Rank.owner && !this.#contents.isStatedFor(slot, index.author(number))) return false;
		const at = this.#contents.baseOf(slot);
		if (at !== base.number && at + 1 !== base.number) return false;
		const row = this.#rows.placeOfSubject(index, number);
		if (row >= 0 && !this.#isOut(row)) return false;
		return index.subjectIn(this.#removed, number) < 0 && this.#roster.placeOfSubject(index, number) < 0;
	}

	/** Of several adds of one id the first. */
	#firstOfEach(numbers: readonly number[]): number[] {
		const ids = new Records(idLength, numbers.length);
		return numbers.filter(number => {
			if (this.#index.subjectIn(ids, number) >= 0) return false;
			ids.add(this.#index.subject(number));
			return true;
		});
	}

	/** Of each member the first adds, 8 less the provisional rows that it sponsors; of several of one id the first. */
	#membersAdds(): number[] {
		const index = this.#index;
		const all = this.#addsOf(Rank.member);
		const left = this.#sponsoring();
		const ids = new Records(idLength, all.length);
		const isSaidAgain = (number: number, at: number): boolean => {
			for (let before = 0; before < at; before += 1) {
				if (index.hasAuthorOf(all[before], number) && index.hasSubjectOf(all[before], number)) return true;
			}
			return false;
		};
		return all.filter((number, at) => {
			const isOther = index.subjectIn(ids, number) < 0;
			if (!isOther && isSaidAgain(number, at)) return false;
			const place = this.#roster.placeOfAuthor(index, number);
			if (left[place] === 0) return false;
			left[place] -= 1;
			if (isOther) ids.add(index.subject(number));
			return isOther;
		});
	}

	/** How many adds of each member count: 8 less the provisional rows that it sponsors. By their places in the roster. */
	#sponsoring(): Uint8Array {
		const rows = this.#rows;
		const left = new Uint8Array(this.#roster.size).fill(provisionalLimit);
		for (let number = 0; number < rows.size; number += 1) {
			const place = this.#isStillProvisional(number) ? this.#roster.placeOfSponsor(rows, number) : -1;
			if (place >= 0 && left[place] > 0) left[place] -= 1;
		}
		return left;
	}

	/** Adds by owners make members, with all their guards; those by members provisional ones. */
	#takeAdd(number: number, rank: Rank): void {
		const index = this.#index;
		if (this.#roster.size >= membersLimit || this.#roster.placeOfSubject(index, number) >= 0) return;
		const place = index.hasFlag(number, Flag.admitted) ? this.#placeBeforeOfSubject(number) : -1;
		if (this.#before !== undefined && place >= 0) {
			const guards = this.#before.membership.roster.guardsAt(place);
			this.#keepAsBefore(place, index.firstOfSubject(number), rank, guards);
		} else {
			const { name, types, key } = this.#contents.profile(index.slot(number));
			const guards = rank === Rank.member ? guardsOf(types) : 0;
			const [id, sponsor] = [index.subject(number).slice(), index.author(number).slice()];
			const row = { id, name, types, key, turn: 0, isFrozen: false, rank, sponsor, guards };
			this.#keepAndAdmit(row, leastPlaces);
		}
		index.setFlag(number, Flag.admits, true);
	}

	/**
	 * Keeps the blocks of a member and takes it in: at most 64. Of who is frozen by its own two rotates these alone are kept,
	 * of who is by the base nothing.
	 */
	#keepAndAdmit(row: MemberRow, places: number): void {
		if (row.isFrozen || this.#isSilent(row.id)) {
			this.#roster.put(row);
			return;
		}
		const { base } = this.#known;
		const chain = this.#chainOf(row.id, row, memberRotatesLimit);
		chain.keep();
		if (!chain.isFrozen) {
			const log = new AuthorLog({
				index: this.#index,
				contents: this.#contents,
				author: row.id,
				chain,
				base
			});
			log.keepLog({ places, isOwner: false, maySponsor: row.rank === Rank.member });
		}
		this.#admit(row, chain);
	}

	/** Whether nothing of a member can be kept: none of its blocks begins a log on the base, and it has no new key. */
	#isSilent(id: Uint8Array): boolean {
		const index = this.#index;
		const first = index.firstOf(id);
		if (first === index.length) return true;
		return (
			!this.#isBy(index.nextAfter(this.#known.base.hash, first), id) &&
			!this.#isBy(index.nextOf(Kind.rotate, first), id)
		);
	}

	#isBy(number: number, id: Uint8Array): boolean {
		return number >= 0 && this.#index.isBy(number, id);
	}

	/** Takes a member in as its own blocks have it by now. */
	#admit(row: MemberRow, { key, turn, isFrozen }: KeyChain): void {
		const { name, types } = isFrozen ? row : describedBy(row, this.#index, this.#contents);
		this.#roster.put({ ...row, name, types, key, turn, isFrozen });
	}
}
