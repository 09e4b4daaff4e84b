import { toHex } from "../bytes/bytes.js";
import { Kind } from "./body.js";
import type { Membership } from "./membership.js";
import type { IdText } from "./node-id.js";

/** What is asked of the blocks: those that count, in their order. */
export interface Admissions {
	readonly length: number;
	readonly members: Membership;
	kindAt(number: number): number;
	authorAt(number: number): Uint8Array;
	/** Whom block `number` is about. */
	subjectAt(number: number): Uint8Array;
	countsAt(number: number): boolean;
}

/**
 * The members on whose word about the chain one of them has no hold: admins and founders, and whom somebody of these
 * admitted, directly or through others, without `member`. Who admitted whom is known of the blocks since the checkpoint;
 * of whom only its table tells, it is not, and they do not count.
 */
export function independentOf(blocks: Admissions, member: IdText): ReadonlySet<IdText> {
	const independent = new Set<IdText>();
	for (const { idText, isAdmin } of blocks.members.all) {
		if (isAdmin && idText !== member) independent.add(idText);
	}
	// A sponsor's own add comes before what it adds.
	for (let number = 0; number < blocks.length; number += 1) {
		if (blocks.kindAt(number) !== Kind.add || !blocks.countsAt(number)) continue;
		const subject = toHex(blocks.subjectAt(number));
		if (subject !== member && independent.has(toHex(blocks.authorAt(number)))) independent.add(subject);
	}
	return independent;
}
