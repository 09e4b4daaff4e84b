import { equalBytes } from "../bytes/bytes.js";
import { takingWindow } from "./author-log.js";
import { ownerPlaces } from "./base.js";
import { Flag, Role } from "./block-role.js";
import { prefixLength } from "./body.js";
import type { Logs } from "./logs.js";
import { coveredIn, coverIn } from "./table.js";

/** What an owner took in this era, as far as it is here: by this its next taking has its number. */
export class OwnTakings {
	readonly #author: Uint8Array;
	/** The highest number that one can have under this base. */
	readonly most: number;
	/** The number of its last. */
	readonly last: number;
	/** The number of its next. */
	readonly next: number;
	/** The first 16 bytes of the hash of its last; null where that is not here. */
	readonly lastHash: Uint8Array | null;

	/**
	 * The last is the highest number of its takings here, and at least what the base covers. Numbers beyond what there can
	 * have been come from a base that fell: it counts on from what is covered.
	 */
	constructor({ base, index, shelf }: Logs, author: Uint8Array) {
		const cover = coverIn(base.table, author);
		const covered = cover?.taking ?? 0;
		const most = Math.min(covered + takingWindow, ownerPlaces * (base.number + 1));
		let last = covered;
		let lastHash = cover?.hash ?? null;
		for (let number = index.firstOf(author); index.isBy(number, author); number += 1) {
			const taking = index.value(number);
			if (!index.isTaking(number) || taking <= last || taking > most) continue;
			// One that it had lost and that has no place would be covered by a table that does not show it.
			if (index.role(number) === Role.none && !index.hasFlag(number, Flag.own)) continue;
			last = taking;
			lastHash = index.hash(number).subarray(0, prefixLength);
		}
		// What the base before covered may rule again.
		const before = shelf.spare === undefined ? 0 : coveredIn(shelf.spare, author);
		this.next = Math.max(last, before <= most ? before : 0) + 1;
		this.#author = author;
		this.most = most;
		this.last = last;
		this.lastHash = lastHash;
	}

	isOf(id: Uint8Array): boolean {
		return equalBytes(this.#author, id);
	}
}
