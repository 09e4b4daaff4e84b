import { Adds, doesGive } from "./adds.js";
import { BaseRows } from "./base-rows.js";
import { Role } from "./block-role.js";
import { Kind } from "./body.js";
import { Keeper, type KnownBlocks, type Settled } from "./keeper.js";
import { Membership } from "./membership.js";
import { grantsOf, policiesOf } from "./permissions.js";
import { Rank } from "./rank.js";

/**
 * Says what is kept, by roles in the index, and what it comes to: a function of the base and the set of blocks. Owners first,
 * then members, then provisional members: each step looks only at what the steps before it kept. `before` only spares work.
 */
export function settle(known: KnownBlocks, before?: Settled): Membership {
	return new Settling(known, before).settle();
}

class Settling {
	readonly #known: KnownBlocks;
	readonly #keeper: Keeper;
	readonly #rows: BaseRows;

	constructor(known: KnownBlocks, before: Settled | undefined) {
		this.#known = known;
		this.#keeper = new Keeper(known, before);
		this.#rows = new BaseRows(known.base.table.members);
	}

	settle(): Membership {
		const { removed } = this.#rows;
		this.#known.index.clearRoles();
		const alike = this.#keeper.keepAlike();
		if (alike === undefined) this.takeAll();
		else removed.addAll(alike.removedIds);
		return this.membership();
	}

	private takeAll(): void {
		const keeper = this.#keeper;
		const { index, contents, owners, base } = this.#known;
		keeper.startAnew();
		const chains = owners.map(owner => keeper.keepOwner(owner));
		this.gatherRemoved();
		for (const [place, owner] of owners.entries()) keeper.admitOwner(owner, chains[place]);
		this.gatherConfirmed();
		const { roster } = keeper;
		const adds = new Adds({ index, contents, rows: this.#rows, roster, base: base.number });
		// Whom owners add is chosen before anybody else is a member, and admitted after the base's members.
		const added = adds.byOwners;
		this.takeMemberRows();
		for (const number of added) keeper.takeAdd(number, Rank.member);
		this.takeProvisionalRows();
		for (const number of adds.byMembers) keeper.takeAdd(number, Rank.provisional);
	}

	private membership(): Membership {
		const { base, index, contents } = this.#known;
		const sides = { base, index, contents, roster: this.#keeper.roster };
		// A quarter of the work, which may be done in another turn.
		sides.roster.grants.fillBy(() => grantsOf(sides));
		const { passwordVersion, extra } = base.table;
		return new Membership({
			members: this.#keeper.roster,
			removed: this.#rows.removed,
			policies: policiesOf(sides),
			passwordVersion,
			extra
		});
	}

	/** Whom an owner's kept remove names is removed for as long as the era lasts, whatever else is said of it; but no owner is. */
	private gatherRemoved(): void {
		const { index, contents, base } = this.#known;
		const { removed } = this.#rows;
		const { removed: before } = base.table;
		removed.addAll(before);
		for (
			let number = index.nextOf(Kind.remove, 0);
			number >= 0;
			number = index.nextOf(Kind.remove, number + 1)
		) {
			if (index.role(number) === Role.none) continue;
			for (const id of contents.removed(index.slot(number))) {
				if (this.#keeper.owners.find(id) < 0 && removed.find(id) < 0) removed.add(id);
			}
		}
	}

	private gatherConfirmed(): void {
		const { index } = this.#known;
		const { owners, roster } = this.#keeper;
		for (
			let number = index.nextOf(Kind.confirm, 0);
			number >= 0;
			number = index.nextOf(Kind.confirm, number + 1)
		) {
			if (index.authorIn(owners, number) >= 0 && doesGive(index, number, roster))
				this.#rows.confirm(index, number);
		}
	}

	/** Rows of rank member, and those that an owner's confirm names, are members. */
	private takeMemberRows(): void {
		const rows = this.#rows;
		for (let number = 0; number < rows.roster.size; number += 1) {
			const rank = rows.roster.rankAt(number);
			if (rank === Rank.owner || rows.isRemoved(number)) continue;
			if (rank === Rank.member || rows.isConfirmed(number))
				this.#keeper.takeRow(number, Rank.member, rows.guardsOf(number));
		}
	}

	/** Provisional rows stay while their sponsor has a row of a member and is not removed. */
	private takeProvisionalRows(): void {
		const rows = this.#rows;
		for (let number = 0; number < rows.roster.size; number += 1) {
			if (!rows.isStillProvisional(number) || rows.hasLostSponsor(number)) continue;
			this.#keeper.takeRow(number, Rank.provisional, rows.guardsOf(number));
		}
	}
}
