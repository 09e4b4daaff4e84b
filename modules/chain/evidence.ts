import { toHex } from "../bytes/bytes.js";
import type { BlockIndex } from "./block-index.js";
import { Role } from "./block-role.js";
import type { Evidence } from "./membership.js";

/** Pairs of blocks that their authors should never have issued both: two of one sequence, and two new keys of one turn. */
export function evidenceIn(index: BlockIndex): Evidence[] {
	return [...rivalsIn(index, Role.log), ...rivalsIn(index, Role.rotate)]
		.sort(([, a], [, b]) => a - b)
		.map(([before, number]) => ({
			author: toHex(index.author(number)),
			sequence: index.sequence(number),
			hashes: [index.hash(before), index.hash(number)],
			isRotate: index.role(number) === Role.rotate
		}));
}

/** The numbers of two that contradict each other, for each that contradicts one before it. */
function rivalsIn(index: BlockIndex, role: Role): [number, number][] {
	const pairs: [number, number][] = [];
	for (let number = index.nextWith(role, 1); number >= 0; number = index.nextWith(role, number + 1)) {
		// Most need no look: those of one sequence stand beside one another.
		if (role === Role.log && !index.isBeside(number - 1, number)) continue;
		const before = rivalOf(index, number, role);
		if (before >= 0) pairs.push([before, number]);
	}
	return pairs;
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
