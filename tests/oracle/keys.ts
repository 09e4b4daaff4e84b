import type { Rules } from "./rules.js";
import type { Base, Block, BlockOf, Hash, Key } from "./words.js";

/** The keys of one author, one after the other, and the rotates between them. */
export interface KeyChain {
	/** The first key, then the new key of each rotate that has no rival. */
	readonly keys: readonly Key[];
	/** `rotates[i]` ends `keys[i]`. */
	readonly rotates: readonly BlockOf<"rotate">[];
	/** Two rotates of the last key: nobody can say which holds. */
	readonly rivals: readonly BlockOf<"rotate">[];
}

/**
 * Follows rotates from a key: one that has no rival ends it, two freeze it. At most `most` rotates are looked at in a row, so that what is
 * kept is bounded; the two with the lowest hash prove a contest.
 */
export function keyChain(options: {
	key: Key;
	turn: number;
	rotates: Iterable<BlockOf<"rotate">>;
	most: number;
	rules: Rules;
}): KeyChain {
	const keys = [options.key];
	const found: BlockOf<"rotate">[] = [];
	const all = [...options.rotates].sort((a, b) => a.hash - b.hash);
	for (let turn = options.turn + 1; turn <= options.turn + options.most; turn++) {
		const candidates = all.filter(
			({ key, body }) => key === keys[keys.length - 1] && body.turn === turn && body.proof
		);
		const [first] = candidates;
		if (first === undefined) break;
		if (candidates.length > 1 && options.rules.rivalRotatesFreeze)
			return { keys, rotates: found, rivals: candidates.slice(0, 2) };
		found.push(first);
		keys.push(first.body.to);
	}
	return { keys, rotates: found, rivals: [] };
}

/**
 * How far a block's key reaches in this base.
 * `all`: it is in force, or was when this base ruled. `log`: it ended in this base: what lies under `rotate` counts.
 */
export type Reach =
	| { readonly is: "none" }
	| { readonly is: "all" }
	| { readonly is: "log"; readonly rotate: BlockOf<"rotate"> };

export function reachOf(chain: KeyChain, block: Block, base: Base, rules: Rules): Reach {
	const index = chain.keys.indexOf(block.key);
	if (index < 0) {
		// Either of two rivals may be the owner's own: what it takes away counts.
		return chain.rivals.some(({ body }) => body.to === block.key) ? { is: "all" } : { is: "none" };
	}
	const rotate = chain.rotates[index];
	if (rotate === undefined || !rules.oldKeyEndsAtRotate) return { is: "all" };
	if (rotate.base === base.hash) return { is: "log", rotate };
	const isLater = base.number > rotate.number || (base.number === rotate.number && base.hash < rotate.base);
	return isLater ? { is: "none" } : { is: "all" };
}

/** The hashes of a block and of all of its author's blocks under it, as far as they are here. */
export function under(blocks: ReadonlyMap<Hash, Block>, hash: Hash | undefined): Set<Hash> {
	const found = new Set<Hash>();
	for (let at = hash === undefined ? undefined : blocks.get(hash); at !== undefined; ) {
		found.add(at.hash);
		at = at.previous === undefined ? undefined : blocks.get(at.previous);
	}
	return found;
}
