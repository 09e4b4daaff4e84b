import { equalBytes } from "../bytes/bytes.js";
import type { Block } from "./block.js";
import type { BlockIndex } from "./block-index.js";
import { type AddBody, type GrantBody, isRank, Kind } from "./body.js";
import type { GivenGrant, Membership } from "./membership.js";
import { nodeIdOf } from "./node-id.js";
import { Rank } from "./rank.js";
import { type MemberRow, withNext } from "./roster.js";

/** What one more block comes to. */
interface Change {
	/** Whether it counts. */
	readonly counts: boolean;
	/** Members that are new or other than before, its author among them. */
	readonly members: readonly MemberRow[];
	readonly given?: GivenGrant;
}

/** The block that came last, as far as it is to be judged by it alone. */
export interface Latest {
	readonly block: Block;
	/** What all others come to, which it rests on. */
	readonly membership: Membership;
	/** All blocks, itself as the last. */
	readonly index: BlockIndex;
	/** The recovery key's id, or null. */
	readonly recovery: Uint8Array | null;
}

/**
 * What a block comes to that rests on all others, without looking at them again: they do not know of it, so it changes
 * nothing of what they bring about. Undefined where it takes all the rules to tell: for all but an add of somebody new, a
 * grant of what a device does, and kinds that are not known here; for an author who is no member, and for one whose keys
 * may be contested.
 */
export function changeBy(latest: Latest): Change | undefined {
	const { block, membership, index } = latest;
	const { body, sequence } = block;
	const author = membership.get(block.author);
	if (author === undefined || author.isFrozen) return undefined;
	if (rotatesBy(index, author.id) > 1) return undefined;
	const after = withNext(author, sequence + 1);
	switch (body.kind) {
		case Kind.add:
			return admission(latest, body, after);
		case Kind.grant:
			return grant(latest, body, after);
		case undefined:
			return { counts: true, members: [after] };
		default:
			return undefined;
	}
}

/** Any member may add; where nobody has spoken of a node before, no grant and no removal waits for it. */
function admission(latest: Latest, { name, type, key }: AddBody, author: MemberRow): Change | undefined {
	const { membership, index, recovery } = latest;
	const id = nodeIdOf(key);
	if (membership.get(id) !== undefined || membership.isRemoved(id) || isSpokenOf(index, id)) return undefined;
	if (recovery !== null && equalBytes(recovery, id)) return undefined;
	const newcomer = { id, name, type, key, isFrozen: false, rank: Rank.member, next: 0 };
	return { counts: true, members: [author, newcomer] };
}

/** Admins and founders grant what devices do; the last grant in order wins. */
function grant({ membership }: Latest, body: GrantBody, author: MemberRow): Change | undefined {
	if (isRank(body.action)) return undefined;
	if (author.rank < Rank.admin) return { counts: false, members: [author] };
	const isMember = membership.get(body.id) !== undefined;
	return { counts: true, members: [author], ...(isMember && { given: body }) };
}

function rotatesBy(index: BlockIndex, author: Uint8Array): number {
	let count = 0;
	for (let number = 0; number < index.length; number += 1) {
		const isLiveRotate = index.kind(number) === Kind.rotate && !index.isAnchor(number);
		if (isLiveRotate && index.isBy(number, author)) count += 1;
	}
	return count;
}

/** Whether a block before the last is about a node. */
function isSpokenOf(index: BlockIndex, id: Uint8Array): boolean {
	for (let number = index.length - 2; number >= 0; number -= 1) {
		if (index.isAbout(number, id)) return true;
	}
	return false;
}
