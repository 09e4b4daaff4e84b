import { runAtOnce } from "../crypto/crypto.js";
import { Kind } from "./body.js";
import type { Logs } from "./logs.js";
import { Membership } from "./membership.js";
import { Rank } from "./rank.js";
import { plainRow, Roster } from "./roster.js";
import type { Shelf } from "./shelf.js";
import type { Table } from "./table.js";
import { guardsOf } from "./types.js";

/**
 * The members, and as such those who are none any more since an owner that admitted them took two new keys at once, so that nothing
 * that it gave counts, or since the base that had them fell by a new key: only the recovery key brings them back.
 */
export function withShutOut(logs: Logs, members: Membership): Membership {
	const { index, contents, owners } = logs;
	const isFrozen = (id: Uint8Array) => members.get(id)?.isFrozen === true;
	const fallen = fallenTable(logs.shelf);
	if (fallen === undefined && !owners.some(({ id }) => isFrozen(id))) return members;
	const all = new Roster(members.size);
	for (const member of members.roster) all.put(member);
	for (const row of fallen?.members ?? []) {
		if (!all.has(row.id) && !members.isRemoved(row.id)) all.put(plainRow(row));
	}
	for (const { id: sponsor } of owners) {
		if (!isFrozen(sponsor)) continue;
		for (const number of logs.logOf(sponsor)) {
			const id = index.subject(number);
			if (index.kind(number) !== Kind.add || all.has(id) || members.isRemoved(id)) continue;
			const { name, types, key } = contents.profile(index.slot(number));
			const guards = guardsOf(types);
			all.put({ id, name, types, key, turn: 0, isFrozen: false, rank: Rank.member, sponsor, guards });
		}
	}
	const { removedIds: removed, policies, passwordVersion, extra } = members;
	return new Membership({ members: all, removed, policies, passwordVersion, extra });
}

/** The table of the base before, where that ruled after the one that rules: a new key of who signed it ended it. */
function fallenTable(shelf: Shelf): Table | undefined {
	const { spare, base } = shelf;
	return spare !== undefined && spare.number > base.number ? runAtOnce(shelf.readSpare()) : undefined;
}
