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
	for (let number = index.firstOf(row.id); index.isBy(number, row.id); number += 1) {
		if (index.kind(number) !== Kind.describe || index.role(number) !== Role.log) continue;
		if (index.hasFlag(number, Flag.unsettled)) continue;
		if (last < 0 || index.sequence(number) > index.sequence(last)) last = number;
	}
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
