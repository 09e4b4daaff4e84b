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

/** The numbers of two that contradict each other, for each that contradicts one before it: of several the nearest. */
function rivalsIn(index: BlockIndex, role: Role): [number, number][] {
	const pairs: [number, number][] = [];
	// Most need no look: those of one sequence stand beside one another.
	const next = (number: number) =>
		role === Role.log ? index.nextBeside(role, number) : index.nextWith(role, number);
	for (let number = next(1); number >= 0; number = next(number + 1)) {
		const before = role === Role.log ? besideOf(index, number) : sameTurnOf(index, number);
		if (before >= 0) pairs.push([before, number]);
	}
	return pairs;
}

/** The nearest block before this one of its author's log, if it is of the same sequence, or -1. */
function besideOf(index: BlockIndex, number: number): number {
	for (let at = number - 1; at >= 0 && index.hasAuthorOf(at, number); at -= 1) {
		if (index.role(at) === Role.log) return index.sequence(at) === index.sequence(number) ? at : -1;
	}
	return -1;
}

/** The nearest new key before this one of its author's that is of the same turn, or -1. */
function sameTurnOf(index: BlockIndex, number: number): number {
	const turn = index.turn(number);
	let found = -1;
	for (
		let at = index.nextWith(Role.rotate, index.firstOf(index.author(number)));
		at < number;
		at = index.nextWith(Role.rotate, at + 1)
	) {
		if (index.turn(at) === turn) found = at;
	}
	return found;
}
