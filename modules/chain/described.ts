import type { BlockIndex } from "./block-index.js";
import { Flag, Role } from "./block-role.js";
import { Kind } from "./body.js";
import type { Contents } from "./contents.js";
import type { MemberRow } from "./roster.js";
import { foldedTypes } from "./types.js";

/** A node names and describes itself: the describe of the highest sequence counts, then of the lower hash, with those under it. */
export function describedBy(
	row: MemberRow,
	index: BlockIndex,
	contents: Contents
): Pick<MemberRow, "name" | "types"> {
	let last = -1;
	for (
		let number = index.nextOf(Kind.describe, index.firstOf(row.id));
		number >= 0 && index.isBy(number, row.id);
		number = index.nextOf(Kind.describe, number + 1)
	) {
		if (index.role(number) !== Role.log || index.hasFlag(number, Flag.unsettled)) continue;
		if (last < 0 || index.sequence(number) > index.sequence(last)) last = number;
	}
	if (last < 0) return row;
	const describes: number[] = [];
	for (let at = last; at >= 0; at = index.before(at)) {
		if (index.kind(at) === Kind.describe) describes.unshift(at);
	}
	let { name, types } = row;
	for (const number of describes) {
		const said = contents.description(index.slot(number));
		({ name } = said);
		types = foldedTypes(types, said.types);
	}
	return { name, types };
}
