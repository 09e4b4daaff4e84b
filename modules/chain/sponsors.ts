import { fromHex, toHex } from "../bytes/bytes.js";
import type { Membership } from "./membership.js";
import type { IdText } from "./node-id.js";
import { Rank } from "./rank.js";

/**
 * The members on whose word about the chain one of them has no hold: owners, and those who were not admitted, directly or through
 * others, by whom an owner admitted that brought it in: a bad member has nodes of its own, and vouches for one of them with another.
 * Who has no sponsor here was admitted by somebody who is no member any more, and does not count.
 */
export function independentOf({ roster }: Membership, member: IdText): ReadonlySet<IdText> {
	const asker = roster.numberOf(fromHex(member));
	/** By numbers: in a large home to compare ids takes a board a second. */
	const sponsors: number[] = [];
	const isIndependent: boolean[] = [];
	for (let number = 0; number < roster.size; number += 1) {
		isIndependent.push(roster.rankAt(number) === Rank.owner && number !== asker);
		sponsors.push(roster.placeOfSponsor(roster, number));
	}
	/** Whom an owner admitted, by whom the asker came in. */
	let own = asker;
	for (let climbed = 0; climbed < roster.size; climbed += 1) {
		const sponsor = own < 0 ? -1 : (sponsors[own] ?? -1);
		if (sponsor < 0 || roster.rankAt(sponsor) === Rank.owner) break;
		own = sponsor;
	}
	for (let isMore = true; isMore; ) {
		isMore = false;
		for (const [number, sponsor] of sponsors.entries()) {
			if (number === own || isIndependent[number] || isIndependent[sponsor] !== true) continue;
			isIndependent[number] = true;
			isMore = true;
		}
	}
	const independent = new Set<IdText>();
	for (const [number, is] of isIndependent.entries()) if (is) independent.add(toHex(roster.idAt(number)));
	return independent;
}
