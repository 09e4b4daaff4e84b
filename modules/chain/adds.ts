import { Records } from "../bytes/bytes.js";
import type { BaseRows } from "./base-rows.js";
import type { BlockIndex } from "./block-index.js";
import { Flag, Role } from "./block-role.js";
import { Kind } from "./body.js";
import type { Contents } from "./contents.js";
import { idLength } from "./node-id.js";
import { Rank } from "./rank.js";
import type { Roster } from "./roster.js";

/** Most nodes that one member may have admitted and no owner has confirmed. */
export const provisionalLimit = 8;

/** Gives count from the log of who is not frozen, where their place under a rotate can be seen. `roster`: who is a member so far. */
export function doesGive(index: BlockIndex, number: number, roster: Roster): boolean {
	if (index.role(number) !== Role.log || index.hasFlag(number, Flag.unsettled)) return false;
	const place = roster.placeOfAuthor(index, number);
	return place >= 0 && !roster.isFrozenAt(place);
}

/** Which adds admit somebody. */
export class Adds {
	readonly #index: BlockIndex;
	readonly #contents: Contents;
	readonly #rows: BaseRows;
	/** Who is a member so far. */
	readonly #roster: Roster;
	/** The number of the base. */
	readonly #base: number;

	constructor(options: {
		index: BlockIndex;
		contents: Contents;
		rows: BaseRows;
		roster: Roster;
		base: number;
	}) {
		this.#index = options.index;
		this.#contents = options.contents;
		this.#rows = options.rows;
		this.#roster = options.roster;
		this.#base = options.base;
	}

	/** Of several by owners of one id the first. To be asked while there are none but owners. */
	get byOwners(): readonly number[] {
		return this.firstOfEach(this.addsOf(Rank.owner));
	}

	/** Of each member the first adds, 8 less the provisional rows that it sponsors; of several of one id the first. */
	get byMembers(): readonly number[] {
		const index = this.#index;
		const all = this.addsOf(Rank.member);
		const left = this.sponsoring();
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
	private sponsoring(): Uint8Array {
		const { roster: rows } = this.#rows;
		const left = new Uint8Array(this.#roster.size).fill(provisionalLimit);
		for (let number = 0; number < rows.size; number += 1) {
			const place = this.#rows.isStillProvisional(number) ? this.#roster.placeOfSponsor(rows, number) : -1;
			if (place >= 0 && left[place] > 0) left[place] -= 1;
		}
		return left;
	}

	/** The adds by authors of a rank that may have effect, by sequence, then by hash. */
	private addsOf(rank: Rank): number[] {
		const index = this.#index;
		const numbers: number[] = [];
		for (let number = index.nextOf(Kind.add, 0); number >= 0; number = index.nextOf(Kind.add, number + 1)) {
			const place = this.#roster.placeOfAuthor(index, number);
			if (place < 0 || this.#roster.rankAt(place) !== rank) continue;
			if (doesGive(index, number, this.#roster) && this.mayJoin(number, rank)) numbers.push(number);
		}
		return numbers.sort((a, b) => index.compare(a, b));
	}

	/**
	 * An add has no effect if its statement names another sponsor than its author, but for owners; if its number is neither the
	 * base's nor the one before; if its id has a row, was removed, or is a member already.
	 */
	private mayJoin(number: number, rank: Rank): boolean {
		const index = this.#index;
		const base = this.#base;
		const slot = index.slot(number);
		if (rank !== Rank.owner && !this.#contents.isStatedFor(slot, index.author(number))) return false;
		const at = this.#contents.baseOf(slot);
		if (at !== base && at + 1 !== base) return false;
		const { roster: rows, removed } = this.#rows;
		const row = rows.placeOfSubject(index, number);
		if (row >= 0 && !this.#rows.isOut(row)) return false;
		return index.subjectIn(removed, number) < 0 && this.#roster.placeOfSubject(index, number) < 0;
	}

	/** Of several adds of one id the first. */
	private firstOfEach(numbers: readonly number[]): number[] {
		const ids = new Records(idLength, numbers.length);
		return numbers.filter(number => {
			if (this.#index.subjectIn(ids, number) >= 0) return false;
			ids.add(this.#index.subject(number));
			return true;
		});
	}
}
