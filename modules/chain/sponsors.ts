import type { Membership } from "./membership.js";
import { type IdText, idText } from "./node-id.js";

/**
 * The members on whose word about the chain one of them has no hold: owners, and those whom it did not admit, directly or
 * through others. Who has no sponsor here was admitted by somebody who is no member any more, and does not count.
 */
export function independentOf(members: Membership, member: IdText): ReadonlySet<IdText> {
	const independent = new Set<IdText>();
	for (const { idText: id, isOwner } of members.all) if (isOwner && id !== member) independent.add(id);
	for (let before = -1; before !== independent.size; ) {
		before = independent.size;
		for (const { idText: id, sponsor } of members.all) {
			if (id !== member && sponsor !== null && independent.has(idText(sponsor))) independent.add(id);
		}
	}
	return independent;
}
