import { equalBytes } from "../bytes/bytes.js";
import { type Chain, Kind, type Member } from "../chain/chain.js";
import type { Identity } from "./identity.js";

const elsewhereText = "use the recovery key on another node, and name this one as lost";
const removeText = 'an owner has to remove it, and "reset" makes it ready to join again';
const deafText = "nobody listens to this node any more";

/**
 * Whether a node is no member by its own chain, though nobody removed it and nothing is lacking: a table leaves it out, or a new key of
 * who admitted it. Of a first chain without its add, and without new keys, it cannot be told; then the home is asked for it.
 */
export function isLeftOut(chain: Chain, id: Uint8Array): boolean {
	const { base, members } = chain;
	if (base === undefined || chain.isDamaged) return false;
	if (members.get(id) !== undefined || members.isRemoved(id)) return false;
	if (base.number > 0 || base.era > 0) return true;
	for (let number = 0; number < chain.length; number += 1) {
		const kind = chain.kindAt(number);
		if (kind === Kind.rotate || (kind === Kind.add && equalBytes(chain.subjectAt(number), id))) return true;
	}
	return false;
}

/** Why nobody listens to this node although nobody removed it, and what a person can do about it; undefined where they do. */
export function standingFault(chain: Chain, identity: Identity): string | undefined {
	const { id, name, publicKey, isConfirmed } = identity;
	const own = chain.members.get(id);
	if (own === undefined) return isConfirmed && isLeftOut(chain, id) ? leftOutFault(chain, id) : undefined;
	if (!own.isFrozen && equalBytes(own.key, publicKey)) return undefined;
	const isGivenUp = chain.isGivenUp(publicKey);
	if (own.isFrozen && !isGivenUp) {
		const help = own.isOwner ? `use the recovery key: "recover ${name}"` : removeText;
		return `somebody else has this node's key, and took a new one beside it: ${deafText}; ${help}`;
	}
	if (isGivenUp) {
		const help = own.isOwner ? elsewhereText : removeText;
		return `this node's key was given up, which it did not do, or it was put back to an old state: ${deafText}; ${help}`;
	}
	return `a checkpoint gives this node another key: ${deafText}; use the recovery key: "recover ${name}"`;
}

function leftOutFault(chain: Chain, id: Uint8Array): string {
	for (const sponsor of sponsorsOf(chain, id)) {
		if (!sponsor.isFrozen) continue;
		const why = `two keys claim to be ${chain.members.label(sponsor)}, which admitted it`;
		return `this node is out of the home: ${why}; it is in again once the recovery key names it a member`;
	}
	return 'this node is out of the home: the last checkpoint, or a new key of who admitted it, leaves it out; where that stays so, use the recovery key, or "reset" this node and have it admitted again';
}

/** The members that admitted a node, whether or not that has effect. */
function* sponsorsOf(chain: Chain, id: Uint8Array): Generator<Member, void, undefined> {
	for (let number = 0; number < chain.length; number += 1) {
		if (chain.kindAt(number) !== Kind.add || !equalBytes(chain.subjectAt(number), id)) continue;
		const author = chain.members.get(chain.authorAt(number));
		if (author !== undefined) yield author;
	}
}
