import { equalBytes } from "../bytes/bytes.js";
import type { Block } from "./block.js";
import { Role } from "./block-role.js";
import { Kind, prefixLength } from "./body.js";
import type { Logs } from "./logs.js";
import { OwnTakings } from "./own-takings.js";
import { type Cover, coveredIn, removedLimit, type Table } from "./table.js";

/**
 * Whether a checkpoint's table cannot be an honest one, as far as this node can tell: it changes a key, or says to cover a removal that
 * it does not show, or says that somebody else admitted a member, or gives this node a name, types or a key that it never took; or, made on the base that rules here, it forgets somebody who was removed, or counts takings that there cannot have
 * been. It is taken all the same: only the paper ends a bad owner.
 */
export function cannotFollow(options: { logs: Logs; block: Block; says: Table }): boolean {
	const { logs, block, says } = options;
	const { base } = logs;
	// Whatever it is made on: a bad owner may name a base that nobody has.
	if (removesNotCovered(logs, says) || changesKeys(base.table, says) || changesSelf(logs, says)) return true;
	if (changesSponsors(base.table, says)) return true;
	if (!equalBytes(block.previous, base.hash.subarray(0, prefixLength))) return false;
	return (
		(block.body.kind === Kind.checkpoint && block.body.number !== base.number + 1) ||
		says.covers.some(cover => cannotCover(logs, block.author, cover)) ||
		forgetsRemoved(base.table, says)
	);
}

/** Less than before, more than there can have been, or more than this node knows that it took itself. */
function cannotCover(logs: Logs, author: Uint8Array, { id, taking }: Cover): boolean {
	const own = new OwnTakings(logs, id);
	if (taking < coveredIn(logs.base.table, id) || taking > own.most) return true;
	return logs.isSelf(id) && !equalBytes(id, author) && taking > own.last;
}

/** An id that was removed stays so, while the list is not full. */
function forgetsRemoved({ removed }: Table, says: Table): boolean {
	if (says.removed.count >= removedLimit) return false;
	for (let number = 0; number < removed.count; number += 1)
		if (says.removed.find(removed.at(number)) < 0) return true;
	return false;
}

/** A remove that the table says to cover is in it: whom the base knew is among the last of its removed ids, however many there are. */
function removesNotCovered(logs: Logs, says: Table): boolean {
	const { index, contents, base } = logs;
	const isForgotten = (id: Uint8Array) => base.table.members.has(id) && says.removed.find(id) < 0;
	for (let number = 0; number < index.length; number += 1) {
		if (index.kind(number) !== Kind.remove || index.role(number) === Role.none) continue;
		if (index.value(number) > coveredIn(says, index.author(number))) continue;
		if (
			contents
				.removed(index.slot(number))
				.some(id => !logs.isOwner(id) && (says.members.has(id) || isForgotten(id)))
		)
			return true;
	}
	return false;
}

/** A key of one turn stays the same. */
function changesKeys({ members }: Table, says: Table): boolean {
	for (const { id, turn, key, isOwner } of says.members) {
		const row = members.get(id);
		if (!isOwner && row !== undefined && row.turn === turn && !equalBytes(row.key, key)) return true;
	}
	return false;
}

/** Who admitted a member does not change while that one is in the home: the paper asks about those whom a thief has admitted. */
function changesSponsors({ members }: Table, says: Table): boolean {
	for (const { id, sponsor } of says.members) {
		const before = members.get(id)?.sponsor ?? null;
		if (before === null || !says.members.has(before)) continue;
		if (sponsor === null || !equalBytes(sponsor, before)) return true;
	}
	return false;
}

/**
 * Only a node itself gives itself another name, other types or a new key. What it said so on this base a table may show or not.
 */
function changesSelf(logs: Logs, says: Table): boolean {
	const { index, membership } = logs;
	for (const { id, name, types, turn, key, isOwner } of says.members) {
		const own = logs.isSelf(id) ? membership?.get(id) : undefined;
		if (own === undefined) continue;
		const isOwnKey = isOwner || turn < own.turn || (turn === own.turn && equalBytes(key, own.key));
		const number = index.nextOf(Kind.describe, index.firstOf(id));
		const isSaid = number >= 0 && index.isBy(number, id);
		return !isOwnKey || (!isSaid && !(name === own.name && equalBytes(types, own.types)));
	}
	return false;
}
