import { toHex } from "../bytes/bytes.js";
import type { BlockIndex } from "./block-index.js";
import { Role } from "./block-role.js";
import type { Evidence } from "./membership.js";

/** Pairs of blocks that their authors should never have issued both: two of one sequence, and two new keys of one turn. */
export function evidenceIn(index: BlockIndex): Evidence[] {
	const evidence: Evidence[] = [];
	for (let number = 1; number < index.length; number += 1) {
		const role = index.role(number);
		if (role !== Role.log && role !== Role.rotate) continue;
		// Most need no look: those of one sequence stand beside one another.
		if (role === Role.log && !index.isBeside(number - 1, number)) continue;
		const before = rivalOf(index, number, role);
		if (before < 0) continue;
		evidence.push({
			author: toHex(index.author(number)),
			sequence: index.sequence(number),
			hashes: [index.hash(before), index.hash(number)],
			isRotate: role === Role.rotate
		});
	}
	return evidence;
}

/** The nearest block before this one that contradicts it, or -1. */
function rivalOf(index: BlockIndex, number: number, role: Role): number {
	for (let at = number - 1; at >= 0 && index.hasAuthorOf(at, number); at -= 1) {
		if (index.role(at) !== role) continue;
		if (
			role === Role.rotate
				? index.turn(at) === index.turn(number)
				: index.sequence(at) === index.sequence(number)
		) {
			return at;
		}
		if (role === Role.log) return -1;
	}
	return -1;
}
