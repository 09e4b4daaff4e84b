import { concat, Records } from "../bytes/bytes.js";
import type { BlockIndex } from "./block-index.js";
import { idLength } from "./node-id.js";
import { Rank } from "./rank.js";
import type { Roster } from "./roster.js";

/** The base's members, and what blocks since say of them, by their places. */
export class BaseRows {
	readonly roster: Roster;
	/** Ids of whom the base or an owner has removed. */
	readonly removed = new Records(idLength);
	/** Whom owners' confirms name, 16 bytes, and the guards that they say. */
	readonly #confirmed = new Records(idLength + 1);

	constructor(roster: Roster) {
		this.roster = roster;
	}

	/** An owner's confirm makes a provisional row a member, and says which guarded devices the owner has seen. */
	confirm(index: BlockIndex, number: number): void {
		const at = index.subjectIn(this.#confirmed, number);
		if (at < 0) this.#confirmed.add(concat(index.subject(number), Uint8Array.of(index.value(number))));
		else this.#confirmed.setByte(at, idLength, this.#confirmed.byte(at, idLength) | index.value(number));
	}

	isRemoved(number: number): boolean {
		return this.roster.idIn(this.removed, number) >= 0;
	}

	isConfirmed(number: number): boolean {
		return this.roster.idIn(this.#confirmed, number) >= 0;
	}

	/** The guards of a row and those that were confirmed since. */
	guardsOf(number: number): number {
		const at = this.roster.idIn(this.#confirmed, number);
		return this.roster.guardsAt(number) | (at < 0 ? 0 : this.#confirmed.byte(at, idLength));
	}

	/** Whether a row is of a provisional member whom nobody removed or confirmed. */
	isStillProvisional(number: number): boolean {
		const isProvisional = this.roster.rankAt(number) === Rank.provisional;
		return isProvisional && !this.isRemoved(number) && !this.isConfirmed(number);
	}

	/** Whether a row is as none, because its sponsor is gone: another may add that node. */
	isOut(number: number): boolean {
		const { roster } = this;
		if (roster.rankAt(number) !== Rank.provisional || this.isConfirmed(number)) return false;
		return this.hasLostSponsor(number);
	}

	/** Whether the sponsor of a provisional row is gone, or is itself provisional. */
	hasLostSponsor(number: number): boolean {
		const { roster } = this;
		const by = roster.placeOfSponsor(roster, number);
		if (by < 0 || this.isRemoved(by)) return true;
		return roster.rankAt(by) === Rank.provisional && !this.isConfirmed(by);
	}
}
