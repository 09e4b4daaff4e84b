import { Kind } from "./body.js";
import type { Logs } from "./logs.js";
import { Membership } from "./membership.js";
import { Rank } from "./rank.js";
import { Roster } from "./roster.js";
import { guardsOf } from "./types.js";

/**
 * The members, and as such those who are none any more since an owner that admitted them took two new keys at once: nothing
 * that it gave counts, and only the recovery key brings them back.
 */
export function withShutOut(logs: Logs, members: Membership): Membership {
	const { index, contents, owners } = logs;
	const isFrozen = (id: Uint8Array) => members.get(id)?.isFrozen === true;
	if (!owners.some(({ id }) => isFrozen(id))) return members;
	const all = new Roster(members.size);
	for (const member of members.roster) all.put(member);
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
