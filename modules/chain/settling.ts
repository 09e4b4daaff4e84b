import { equalBytes, Records } from "../bytes/bytes.js";
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

/**
 * Says what is kept, by roles in the index, and what it comes to: a function of the base and the set of blocks. Owners first,
 * then members, then provisional members: each step looks only at what the steps before it kept.
 */
export function settle(known: KnownBlocks): Membership {
	return new Settling(known).settle();
}

class Settling {
	readonly #known: KnownBlocks;
	readonly #index: BlockIndex;
	readonly #contents: Contents;
	readonly #removed = new Records(idLength);
	/** Whom owners' confirms name, 16 bytes, and the guards that they say. */
	readonly #confirmed = new Records(idLength + 1);
	readonly #roster = new Roster();

	constructor(known: KnownBlocks) {
		this.#known = known;
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
		const isFrozen = (id: Uint8Array) => this.#roster.get(id)?.isFrozen === true;
		const sides = { base, index: this.#index, contents: this.#contents, isFrozen, roster: this.#roster };
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

	/** An owner has 12 places, its rotates and 12 takings that stand alone beside them. */
	#keepOwner({ id, key, turn }: OwnerKey): KeyChain {
		const { base } = this.#known;
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
		for (let number = 0; number < index.length; number += 1) {
			if (index.kind(number) !== Kind.remove || index.role(number) === Role.none) continue;
			for (const id of this.#contents.removed(index.slot(number))) {
				if (!this.#isOwner(id) && !this.#isRemoved(id)) this.#removed.add(id);
			}
		}
	}

	#isRemoved(id: Uint8Array): boolean {
		return this.#removed.find(id) >= 0;
	}

	/** Owners stay as long as the era lasts; a table says only their names, types and guards. */
	#admitOwner({ id, key }: OwnerKey, chain: KeyChain): void {
		const row = this.#known.base.table.members.get(id);
		if (row === undefined) throw new RangeError("a base without an owner's row");
		this.#admit({ ...plainRow(row), key, rank: Rank.owner, sponsor: null, isFrozen: false }, chain);
	}

	/** An owner's confirm makes a provisional row a member, and says which guarded devices the owner has seen. */
	#gatherConfirmed(): void {
		const index = this.#index;
		for (let number = 0; number < index.length; number += 1) {
			if (index.kind(number) !== Kind.confirm || !this.#givesAsOwner(number)) continue;
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
		return this.#roster.get(index.author(number))?.isFrozen === false;
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
		const places = memberPlaces(table);
		for (const row of table.members) {
			if (row.isOwner || this.#isRemoved(row.id)) continue;
			const at = this.#confirmed.find(row.id);
			if (row.rank === Rank.provisional && at < 0) continue;
			const guards = row.guards | (at < 0 ? 0 : this.#confirmed.at(at)[idLength]);
			this.#keepAndAdmit({ ...plainRow(row), rank: Rank.member, guards }, places);
		}
	}

	/** Provisional rows stay while their sponsor has a row of a member and is not removed. */
	#takeProvisionalRows(): void {
		for (const row of this.#known.base.table.members) {
			if (row.rank !== Rank.provisional || this.#isRemoved(row.id) || this.#isConfirmed(row.id)) continue;
			if (!this.#isOut(row)) this.#keepAndAdmit(plainRow(row), leastPlaces);
		}
	}

	/** Whether a row is as none, because its sponsor is gone: another may add that node. */
	#isOut({ rank, id, sponsor }: MemberRow): boolean {
		if (rank !== Rank.provisional || this.#isConfirmed(id)) return false;
		const by = sponsor === null ? undefined : this.#known.base.table.members.get(sponsor);
		if (by === undefined || this.#isRemoved(by.id)) return true;
		return by.rank === Rank.provisional && !this.#isConfirmed(by.id);
	}

	/** The adds by authors of a kind that may have effect, by sequence, then by hash. */
	#addsOf(isMeant: (author: Uint8Array) => boolean): number[] {
		const index = this.#index;
		const numbers: number[] = [];
		for (let number = 0; number < index.length; number += 1) {
			if (index.kind(number) !== Kind.add || !isMeant(index.author(number))) continue;
			if (this.#gives(number) && this.#mayJoin(number)) numbers.push(number);
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
		const { number: at, sponsor } = this.#contents.profile(this.#index.slot(number));
		if (!equalBytes(sponsor, author) && !this.#isOwner(author)) return false;
		if (at !== base.number && at + 1 !== base.number) return false;
		const row = base.table.members.get(id);
		if (row !== undefined && !this.#isOut(row)) return false;
		return !this.#isRemoved(id) && !this.#roster.has(id);
	}

	/** Of several adds of one id the first. */
	#firstOfEach(numbers: readonly number[]): number[] {
		const ids = new Records(idLength);
		return numbers.filter(number => {
			const id = this.#index.subject(number);
			if (ids.find(id) >= 0) return false;
			ids.add(id.slice());
			return true;
		});
	}

	/** Of each member the first adds, 8 less the provisional rows that it sponsors; of several of one id the first. */
	#membersAdds(): number[] {
		const all = this.#addsOf(id => this.#roster.get(id)?.rank === Rank.member);
		const chosen: number[] = [];
		for (const { id, rank } of this.#roster) {
			if (rank !== Rank.member) continue;
			const own = this.#firstOfEach(all.filter(number => this.#index.isBy(number, id)));
			chosen.push(...own.slice(0, Math.max(0, provisionalLimit - this.#sponsoredBy(id))));
		}
		return this.#firstOfEach(chosen.sort((a, b) => this.#index.compare(a, b)));
	}

	/** How many provisional rows a member sponsors. */
	#sponsoredBy(id: Uint8Array): number {
		let count = 0;
		for (const row of this.#known.base.table.members) {
			if (row.rank !== Rank.provisional || row.sponsor === null || !equalBytes(row.sponsor, id)) continue;
			if (!this.#isRemoved(row.id) && !this.#isConfirmed(row.id)) count += 1;
		}
		return count;
	}

	/** Adds by owners make members, with all their guards; those by members provisional ones. */
	#takeAdd(number: number, rank: Rank): void {
		const id = this.#index.subject(number).slice();
		const slot = this.#index.slot(number);
		const sponsor = this.#index.author(number).slice();
		const { name, types, key } = this.#contents.profile(slot);
		const guards = rank === Rank.member ? guardsOf(types) : 0;
		const row = { id, name, types, key, turn: 0, isFrozen: false, rank, sponsor, guards };
		if (this.#keepAndAdmit(row, leastPlaces)) this.#index.setFlag(number, Flag.admits, true);
	}

	/**
	 * Keeps the blocks of a member and takes it in: at most 64. Of who is frozen by its own two rotates these alone are kept,
	 * of who is by the base nothing.
	 */
	#keepAndAdmit(row: MemberRow, places: number): boolean {
		if (this.#roster.size >= membersLimit || this.#roster.has(row.id)) return false;
		// Most have said nothing since the base.
		const isSilent = !this.#index.isBy(this.#index.firstOf(row.id), row.id);
		if (row.isFrozen || isSilent) {
			this.#roster.put(row);
			return true;
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
		return true;
	}

	/** Takes a member in as its own blocks have it by now. */
	#admit(row: MemberRow, { key, turn, isFrozen }: KeyChain): void {
		const { name, types } = isFrozen ? row : describedBy(row, this.#index, this.#contents);
		this.#roster.put({ ...row, name, types, key, turn, isFrozen });
	}
}
