import { equalBytes, Records } from "../bytes/bytes.js";
import { AuthorLog } from "./author-log.js";
import { type Base, leastPlaces, memberPlaces, ownerPlaces } from "./base.js";
import type { Block } from "./block.js";
import type { BlockIndex } from "./block-index.js";
import { Flag, Role } from "./block-role.js";
import { Kind, kindNumber, type OwnerKey } from "./body.js";
import type { Contents } from "./contents.js";
import { describedBy } from "./described.js";
import { type FirstKey, KeyChain, memberRotatesLimit, ownerRotatesLimit } from "./key-chain.js";
import type { Membership } from "./membership.js";
import { idLength } from "./node-id.js";
import { Rank } from "./rank.js";
import { type Member, type MemberRow, plainRow, Roster } from "./roster.js";
import { coveredIn, membersLimit } from "./table.js";
import { guardsOf } from "./types.js";

/** Kinds that say who belongs to the home. */
const membersKinds: readonly number[] = Object.freeze([Kind.add, Kind.remove, Kind.confirm, Kind.rotate]);

/** Whether a block says who belongs to the home. */
export function isOfMembers({ body }: Block): boolean {
	return membersKinds.includes(kindNumber(body));
}

/** Set in the byte of a block of which the place is known. */
const settledMark = 8;

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
	/** Whether who belongs to the home is likely the same. */
	readonly isLikelyAlike: boolean;
}

/**
 * Chooses what is kept of each node, and takes the nodes in, one after the other. What is kept of one follows from its blocks, the
 * base and its rank: of who said nothing new since all was judged before, it is known.
 */
export class Keeper {
	readonly owners = new Records(idLength);
	/** Who was taken in so far. */
	roster = new Roster();
	readonly #known: KnownBlocks;
	readonly #index: BlockIndex;
	readonly #contents: Contents;
	/** The base's members. */
	readonly #rows: Roster;
	readonly #before: Settled | undefined;

	constructor(known: KnownBlocks, before: Settled | undefined) {
		this.#known = known;
		this.#before = before;
		this.#index = known.index;
		this.#contents = known.contents;
		this.#rows = known.base.table.members;
		for (const { id } of known.owners) this.owners.add(id);
	}

	/** An owner has 12 places, its rotates and 12 takings that stand alone beside them. */
	keepOwner({ id, key, turn }: OwnerKey): KeyChain | undefined {
		const { base } = this.#known;
		if (this.placeBefore(id) >= 0) {
			this.#index.restoreRoles(this.#index.firstOf(id));
			return undefined;
		}
		const chain = this.chainOf(id, { key, turn }, ownerRotatesLimit);
		chain.keep();
		const log = new AuthorLog({ index: this.#index, contents: this.#contents, author: id, chain, base });
		// Right after a change of base nobody has said anything yet.
		const first = this.#index.firstOf(id);
		if (this.isBy(this.#index.nextAfter(base.hash, first), id))
			log.keepLog({ places: ownerPlaces, isOwner: true, maySponsor: true });
		log.keepAlone(coveredIn(base.table, id), this.owners);
		return chain;
	}

	private chainOf(author: Uint8Array, first: FirstKey, most: number): KeyChain {
		return new KeyChain({ index: this.#index, contents: this.#contents, author, first, most });
	}

	/** Owners stay as long as the era lasts; a table says only their names, types and guards. */
	admitOwner({ id, key }: OwnerKey, chain: KeyChain | undefined): void {
		if (chain === undefined && this.#before !== undefined) {
			const { roster } = this.#before.membership;
			const place = roster.numberOf(id);
			this.roster.take(roster, place, Rank.owner, roster.guardsAt(place));
		}
		if (chain === undefined) return;
		const row = this.#rows.get(id);
		if (row === undefined) throw new RangeError("a base without an owner's row");
		this.admit({ ...plainRow(row), key, rank: Rank.owner, sponsor: null, isFrozen: false }, chain);
	}

	/** Takes in a row of the base. */
	takeRow(number: number, rank: Rank, guards: number): void {
		const rows = this.#rows;
		if (this.roster.size >= membersLimit || this.roster.placeOf(rows, number) >= 0) return;
		const id = rows.idAt(number);
		// Most have said nothing since the base.
		if (this.isSilent(id)) {
			this.roster.take(rows, number, rank, guards);
			return;
		}
		const place = this.placeBefore(id);
		if (place >= 0 && this.wasRow(place, number, rank)) {
			this.keepAsBefore(place, this.#index.firstOf(id), rank, guards);
		} else this.keepAndAdmit({ ...plainRow(rows.at(number)), rank, guards }, this.placesOf(rank));
	}

	/** Places of who has a row. */
	private placesOf(rank: Rank): number {
		return rank === Rank.member ? memberPlaces(this.#known.base.table) : leastPlaces;
	}

	/** Adds by owners make members, with all their guards; those by members provisional ones. */
	takeAdd(number: number, rank: Rank): void {
		const index = this.#index;
		if (this.roster.size >= membersLimit || this.roster.placeOfSubject(index, number) >= 0) return;
		const place = index.hasFlag(number, Flag.admitted) ? this.placeBeforeOfSubject(number) : -1;
		if (this.#before !== undefined && place >= 0) {
			const guards = this.#before.membership.roster.guardsAt(place);
			this.keepAsBefore(place, index.firstOfSubject(number), rank, guards);
		} else {
			const { name, types, key } = this.#contents.profile(index.slot(number));
			const guards = rank === Rank.member ? guardsOf(types) : 0;
			const [id, sponsor] = [index.subject(number).slice(), index.author(number).slice()];
			const row = { id, name, types, key, turn: 0, isFrozen: false, rank, sponsor, guards };
			this.keepAndAdmit(row, leastPlaces);
		}
		index.setFlag(number, Flag.admits, true);
	}

	/** Forgets whom it took in and what it kept. */
	startAnew(): void {
		if (this.#before?.isLikelyAlike === true) this.#index.dropRoles();
		this.roster = new Roster((this.#before?.membership.roster ?? this.#rows).size);
	}

	/**
	 * Who belongs to the home follows from what is kept of adds, removes, confirms and new keys. Where that is the same as before, only
	 * those with something new are looked at. Returns what all came to before, where it is; else `startAnew` has to follow.
	 */
	keepAlike(): Membership | undefined {
		if (this.#before?.isLikelyAlike !== true) return undefined;
		const { membership, touched } = this.#before;
		const { roster } = membership;
		this.#index.restoreAll();
		this.roster = roster.copy();
		for (let number = 0; number < touched.count; number += 1) {
			const id = touched.at(number);
			const place = roster.numberOf(id);
			if (place < 0 || !this.isAlike(id, roster.at(place))) return undefined;
		}
		return membership;
	}

	/** Judges anew what somebody said. Returns whether what is kept of it says the same of who belongs to the home. */
	private isAlike(id: Uint8Array, member: Member): boolean {
		const { row, places } = this.rowOf(id, member);
		const first = this.#index.firstOf(id);
		const standing = this.standingOf(first, id);
		for (let at = first; this.#index.isBy(at, id); at += 1) this.#index.setRole(at, Role.none);
		const owner = this.#known.owners.find(other => equalBytes(other.id, id));
		if (owner === undefined) this.keepAndAdmit(row, places);
		else this.admitOwner(owner, this.keepOwner(owner));
		return equalBytes(standing, this.standingOf(first, id));
	}

	/** A member as it was taken in, before what it says itself, and its places. */
	private rowOf(id: Uint8Array, { rank, guards, sponsor }: Member): { row: MemberRow; places: number } {
		const index = this.#index;
		const add = index.admissionOf(id);
		const row = add >= 0 ? undefined : this.#rows.get(id);
		if (row !== undefined) {
			return { row: { ...plainRow(row), rank, guards }, places: this.placesOf(rank) };
		}
		const { name, types, key } = this.#contents.profile(index.slot(add));
		const by = sponsor === null ? null : sponsor.slice();
		const added = { id: id.slice(), name, types, key, turn: 0, isFrozen: false, rank, guards, sponsor: by };
		return { row: added, places: leastPlaces };
	}

	/** What of an author's blocks says who belongs to the home: for each block a byte. */
	private standingOf(first: number, author: Uint8Array): Uint8Array {
		const index = this.#index;
		const standing: number[] = [];
		for (let number = first; index.isBy(number, author); number += 1) {
			const isMeant = membersKinds.includes(index.kind(number)) && index.role(number) !== Role.none;
			const isSettled = index.hasFlag(number, Flag.unsettled) ? 0 : settledMark;
			standing.push(isMeant ? index.role(number) + isSettled : 0);
		}
		return Uint8Array.from(standing);
	}

	/** The place that a node had, whose blocks are the same as then, or -1. */
	private placeBefore(id: Uint8Array): number {
		if (this.#before === undefined || this.#before.touched.find(id) >= 0) return -1;
		return this.#before.membership.roster.numberOf(id);
	}

	/** The same of whom block `number` is about. */
	private placeBeforeOfSubject(number: number): number {
		if (this.#before === undefined || this.#index.subjectIn(this.#before.touched, number) >= 0) return -1;
		return this.#before.membership.roster.placeOfSubject(this.#index, number);
	}

	/** Keeps of a node what was kept, and takes it in as it was. `first`: its first block. */
	private keepAsBefore(place: number, first: number, rank: Rank, guards: number): void {
		if (this.#before === undefined) return;
		this.#index.restoreRoles(first);
		this.roster.take(this.#before.membership.roster, place, rank, guards);
	}

	/** Whether the member that had a place before was so by a row of the base and of the same rank, not by an add. */
	private wasRow(place: number, number: number, rank: Rank): boolean {
		if (this.#before === undefined) return false;
		const { roster } = this.#before.membership;
		return roster.rankAt(place) === rank && roster.hasSponsorOf(place, this.#rows, number);
	}

	/**
	 * Keeps the blocks of a member and takes it in: at most 64. Of who is frozen by its own two rotates these alone are kept,
	 * of who is by the base nothing.
	 */
	private keepAndAdmit(row: MemberRow, places: number): void {
		if (row.isFrozen || this.isSilent(row.id)) {
			this.roster.put(row);
			return;
		}
		const { base } = this.#known;
		const chain = this.chainOf(row.id, row, memberRotatesLimit);
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
		this.admit(row, chain);
	}

	/** Whether nothing of a member can be kept: none of its blocks begins a log on the base, and it has no new key. */
	private isSilent(id: Uint8Array): boolean {
		const index = this.#index;
		const first = index.firstOf(id);
		if (first === index.length) return true;
		return (
			!this.isBy(index.nextAfter(this.#known.base.hash, first), id) &&
			!this.isBy(index.nextOf(Kind.rotate, first), id)
		);
	}

	private isBy(number: number, id: Uint8Array): boolean {
		return number >= 0 && this.#index.isBy(number, id);
	}

	/** Takes a member in as its own blocks have it by now. */
	private admit(row: MemberRow, { key, turn, isFrozen }: KeyChain): void {
		const { name, types } = isFrozen ? row : describedBy(row, this.#index, this.#contents);
		this.roster.put({ ...row, name, types, key, turn, isFrozen });
	}
}
