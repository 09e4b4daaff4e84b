import { concat, equalBytes, Records } from "../bytes/bytes.js";
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
	readonly #before: Settled | undefined;

	constructor(known: KnownBlocks, before: Settled | undefined) {
		this.#known = known;
		this.#before = before;
		this.#roster = new Roster((before?.membership.roster ?? known.base.table.members).size);
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
		const added = this.#firstOfEach(this.#addsOf(id => this.#isOwner(id)));
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
		return this.#known.owners.some(owner => equalBytes(owner.id, id));
	}

	/** The place that a node had, whose blocks are the same as then, or -1. */
	#placeBefore(id: Uint8Array): number {
		if (this.#before === undefined || this.#before.touched.find(id) >= 0) return -1;
		return this.#before.membership.roster.numberOf(id);
	}

	/** An owner has 12 places, its rotates and 12 takings that stand alone beside them. */
	#keepOwner({ id, key, turn }: OwnerKey): KeyChain | undefined {
		const { base } = this.#known;
		if (this.#placeBefore(id) >= 0) {
			this.#index.restoreRoles(this.#index.firstOf(id), id);
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
		for (let number = 0; number < removed.count; number += 1) this.#removed.add(removed.at(number).slice());
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

	#takeAsBefore(place: number, rank: Rank, guards: number): void {
		if (this.#before !== undefined) this.#roster.take(this.#before.membership.roster, place, rank, guards);
	}

	/** Owners stay as long as the era lasts; a table says only their names, types and guards. */
	#admitOwner({ id, key }: OwnerKey, chain: KeyChain | undefined): void {
		if (chain === undefined) {
			this.#takeAsBefore(this.#placeBefore(id), Rank.owner, this.#guardsBefore(id));
			return;
		}
		const row = this.#known.base.table.members.get(id);
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
			const at = this.#confirmed.find(index.subject(number));
			if (at >= 0) this.#confirmed.at(at)[idLength] |= index.value(number);
			else {
				const record = new Uint8Array(idLength + 1);
				record.set(index.subject(number));
				record[idLength] = index.value(number);
				this.#confirmed.add(record);
			}
		}
	}

	/** Gives count from the log of who is not frozen, where their place under a rotate can be seen. */
	#gives(number: number): boolean {
		const index = this.#index;
		if (index.role(number) !== Role.log || index.hasFlag(number, Flag.unsettled)) return false;
		const place = this.#roster.numberOf(index.author(number));
		return place >= 0 && !this.#roster.isFrozenAt(place);
	}

	#givesAsOwner(number: number): boolean {
		return this.#gives(number) && this.#isOwner(this.#index.author(number));
	}

	#isConfirmed(id: Uint8Array): boolean {
		return this.#confirmed.find(id) >= 0;
	}

	/** Rows of rank member, and those that an owner's confirm names, are members. */
	#takeMemberRows(): void {
		const { table } = this.#known.base;
		const rows = table.members;
		const places = memberPlaces(table);
		for (let number = 0; number < rows.size; number += 1) {
			const rank = rows.rankAt(number);
			const id = rows.idAt(number);
			if (rank === Rank.owner || this.#isRemoved(id)) continue;
			const at = this.#confirmed.find(id);
			if (rank === Rank.provisional && at < 0) continue;
			this.#takeRow(number, Rank.member, at < 0 ? 0 : this.#confirmed.at(at)[idLength], places);
		}
	}

	/** Provisional rows stay while their sponsor has a row of a member and is not removed. */
	#takeProvisionalRows(): void {
		const rows = this.#known.base.table.members;
		for (let number = 0; number < rows.size; number += 1) {
			if (!this.#isStillProvisional(number) || this.#isOut(number)) continue;
			this.#takeRow(number, Rank.provisional, 0, leastPlaces);
		}
	}

	/** Whether a row is of a provisional member whom nobody removed or confirmed. */
	#isStillProvisional(number: number): boolean {
		const rows = this.#known.base.table.members;
		if (rows.rankAt(number) !== Rank.provisional) return false;
		const id = rows.idAt(number);
		return !this.#isRemoved(id) && !this.#isConfirmed(id);
	}

	/** Takes in a row of the base. `guards`: those that were confirmed since. */
	#takeRow(number: number, rank: Rank, guards: number, places: number): void {
		const rows = this.#known.base.table.members;
		const id = rows.idAt(number);
		if (!this.#hasPlaceFor(id)) return;
		const seen = rows.guardsAt(number) | guards;
		// Most have said nothing since the base.
		if (rows.isFrozenAt(number) || this.#isSilent(id)) this.#roster.take(rows, number, rank, seen);
		else if (!this.#keepAsBefore({ id, rank, guards: seen, sponsor: rows.sponsorAt(number) })) {
			this.#keepAndAdmit({ ...plainRow(rows.at(number)), rank, guards: seen }, places);
		}
	}

	/** Whether a row is as none, because its sponsor is gone: another may add that node. */
	#isOut(number: number): boolean {
		const rows = this.#known.base.table.members;
		if (rows.rankAt(number) !== Rank.provisional || this.#isConfirmed(rows.idAt(number))) return false;
		const sponsor = rows.sponsorAt(number);
		const by = sponsor === null ? -1 : rows.numberOf(sponsor);
		if (by < 0 || this.#isRemoved(rows.idAt(by))) return true;
		return rows.rankAt(by) === Rank.provisional && !this.#isConfirmed(rows.idAt(by));
	}

	/** The adds by authors of a kind that may have effect, by sequence, then by hash. */
	#addsOf(isMeant: (author: Uint8Array) => boolean): number[] {
		const index = this.#index;
		const numbers: number[] = [];
		for (let number = index.nextOf(Kind.add, 0); number >= 0; number = index.nextOf(Kind.add, number + 1)) {
			if (isMeant(index.author(number)) && this.#gives(number) && this.#mayJoin(number)) numbers.push(number);
		}
		return numbers.sort((a, b) => index.compare(a, b));
	}

	/**
	 * An add has no effect if its statement names another sponsor than its author, but for owners; if its number is neither the
	 * base's nor the one before; if its id has a row, was removed, or is a member already.
	 */
	#mayJoin(number: number): boolean {
		const { base } = this.#known;
		const id = this.#index.subject(number);
		const author = this.#index.author(number);
		const { number: at, sponsor } = this.#contents.statement(this.#index.slot(number));
		if (!equalBytes(sponsor, author) && !this.#isOwner(author)) return false;
		if (at !== base.number && at + 1 !== base.number) return false;
		const row = base.table.members.numberOf(id);
		if (row >= 0 && !this.#isOut(row)) return false;
		return !this.#isRemoved(id) && !this.#roster.has(id);
	}

	/** Of several adds of one id the first. */
	#firstOfEach(numbers: readonly number[]): number[] {
		const ids = new Records(idLength, numbers.length);
		return numbers.filter(number => {
			const id = this.#index.subject(number);
			if (ids.find(id) >= 0) return false;
			ids.add(id.slice());
			return true;
		});
	}

	/** Of each member the first adds, 8 less the provisional rows that it sponsors; of several of one id the first. */
	#membersAdds(): number[] {
		const index = this.#index;
		const roster = this.#roster;
		const all = this.#addsOf(id => {
			const place = roster.numberOf(id);
			return place >= 0 && roster.rankAt(place) === Rank.member;
		});
		const left = this.#sponsoring();
		const pairs = new Records(2 * idLength, all.length);
		const chosen = all.filter(number => {
			const author = index.author(number);
			const pair = concat(author, index.subject(number));
			const place = roster.numberOf(author);
			if (pairs.find(pair) >= 0 || left[place] === 0) return false;
			pairs.add(pair);
			left[place] -= 1;
			return true;
		});
		return this.#firstOfEach(chosen);
	}

	/** How many adds of each member count: 8 less the provisional rows that it sponsors. By their places in the roster. */
	#sponsoring(): Uint8Array {
		const rows = this.#known.base.table.members;
		const left = new Uint8Array(this.#roster.size).fill(provisionalLimit);
		for (let number = 0; number < rows.size; number += 1) {
			const sponsor = this.#isStillProvisional(number) ? rows.sponsorAt(number) : null;
			const place = sponsor === null ? -1 : this.#roster.numberOf(sponsor);
			if (place >= 0 && left[place] > 0) left[place] -= 1;
		}
		return left;
	}

	/** Keeps of a member what was kept before, where it was a member of the same rank by the same row or add. Returns whether it was. */
	#keepAsBefore({
		id,
		rank,
		guards,
		sponsor
	}: Pick<MemberRow, "id" | "rank" | "guards" | "sponsor">): boolean {
		const place = this.#placeBefore(id);
		if (this.#before === undefined || place < 0) return false;
		const { roster } = this.#before.membership;
		const by = roster.sponsorAt(place);
		const isSame = by === null || sponsor === null ? by === sponsor : equalBytes(by, sponsor);
		if (!isSame || roster.rankAt(place) !== rank) return false;
		this.#index.restoreRoles(this.#index.firstOf(id), id);
		this.#takeAsBefore(place, rank, guards);
		return true;
	}

	/** Adds by owners make members, with all their guards; those by members provisional ones. */
	#takeAdd(number: number, rank: Rank): void {
		const index = this.#index;
		const id = index.subject(number);
		const sponsor = index.author(number);
		if (!this.#hasPlaceFor(id)) return;
		const wasSame = index.hasFlag(number, Flag.admitted);
		if (!wasSame || !this.#keepAsBefore({ id, rank, guards: this.#guardsBefore(id), sponsor })) {
			const { name, types, key } = this.#contents.profile(index.slot(number));
			const guards = rank === Rank.member ? guardsOf(types) : 0;
			const row = { id: id.slice(), name, types, key, turn: 0, isFrozen: false, rank, guards };
			this.#keepAndAdmit({ ...row, sponsor: sponsor.slice() }, leastPlaces);
		}
		index.setFlag(number, Flag.admits, true);
	}

	/** Those of who was admitted by an add follow from the add. */
	#guardsBefore(id: Uint8Array): number {
		const place = this.#placeBefore(id);
		return this.#before === undefined || place < 0 ? 0 : this.#before.membership.roster.guardsAt(place);
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

	#hasPlaceFor(id: Uint8Array): boolean {
		return this.#roster.size < membersLimit && !this.#roster.has(id);
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
