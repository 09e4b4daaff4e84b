import { type KeyChain, reachOf, under } from "./keys.js";
import type { Rules } from "./rules.js";
import { type Base, type Block, type Hash, isOf, isTaking } from "./words.js";

/** What is kept of one author in one base. */
export interface Log {
	readonly blocks: readonly Block[];
	/** Those whose place under a rotate cannot be seen yet: what they take away counts, what they give does not. */
	readonly unsettled: ReadonlySet<Hash>;
	/** Those under a key that had ended before them: they count for nothing, alone either. */
	readonly ended: ReadonlySet<Hash>;
}

/** By sequence, then the lower hash: so a block comes after all blocks of its author that lie under it. */
export const bySequence = (a: Block, b: Block): number => a.sequence - b.sequence || a.hash - b.hash;

/**
 * Selects an author's log from all of its blocks that are here: those that follow one another from the base, under keys that reach them,
 * the lowest `places` by sequence and hash. Both blocks of one sequence count.
 */
export function selectLog(options: Selection): Log {
	if (options.blocks.length === 0) return { blocks: [], unsettled: new Set(), ended: new Set() };
	// A block that a rotate names counts as here only if it has a place: else what is kept would hang on what is not.
	const missing = new Set<Hash>();
	for (;;) {
		const log = select(options, missing);
		const kept = new Set(log.blocks.map(({ hash }) => hash));
		const more = options.chain.rotates.filter(
			({ hash, base, previous }) =>
				base === options.base.hash && previous !== undefined && !kept.has(previous) && !missing.has(hash)
		);
		if (more.length === 0) return log;
		for (const { hash } of more) missing.add(hash);
	}
}

interface Selection {
	base: Base;
	chain: KeyChain;
	blocks: readonly Block[];
	places: number;
	/** Only an owner's takings count. */
	isOwner: boolean;
	/** A provisional member's adds are not kept. */
	maySponsor: boolean;
	rules: Rules;
}

/** `missing`: the rotates whose previous is taken not to be here. */
function select(options: Selection, missing: ReadonlySet<Hash>): Log {
	const { base, chain, isOwner, rules } = options;
	const linked = new Map<Hash, { block: Block; turn: number }>();
	const ended = new Set<Hash>();
	const all = options.blocks.filter(block => block.base === base.hash && !isOf(block, "rotate"));
	for (const block of all.sort(bySequence)) {
		const before = block.previous === undefined ? undefined : linked.get(block.previous);
		if (block.previous !== undefined && before === undefined) continue;
		if (block.sequence !== (before === undefined ? 0 : before.block.sequence + 1)) continue;
		if ((isTaking(block) && !isOwner) || (isOf(block, "add") && !options.maySponsor)) continue;
		const turn = chain.keys.indexOf(block.key);
		if (before !== undefined && turn >= 0 && turn < before.turn) continue;
		if (reachOf(chain, block, base, rules).is === "none") {
			ended.add(block.hash);
			continue;
		}
		linked.set(block.hash, { block, turn });
	}
	const here = new Map([...linked].map(([hash, { block }]) => [hash, block]));
	const unsettled = new Set<Hash>();
	const standing: Block[] = [];
	for (const block of here.values()) {
		const reach = reachOf(chain, block, base, rules);
		if (reach.is === "log") {
			const { previous, sequence, hash } = reach.rotate;
			if (previous !== undefined && (missing.has(hash) || !here.has(previous))) {
				if (block.sequence >= sequence) continue;
				unsettled.add(block.hash);
			} else if (!under(here, previous).has(block.hash)) {
				ended.add(block.hash);
				continue;
			}
		}
		standing.push(block);
	}
	// What followed a block that does not stand goes with it.
	const kept = new Map<Hash, Block>();
	const places = options.places - (!isOwner ? chain.rotates.length + chain.rivals.length : 0);
	for (const block of standing.sort(bySequence)) {
		if (kept.size >= places) break;
		if (block.previous === undefined || kept.has(block.previous)) kept.set(block.hash, block);
	}
	if (!rules.equivocationVoidsNothing) {
		const twice = new Set<number>();
		const seen = new Set<number>();
		for (const { sequence } of kept.values()) {
			if (seen.has(sequence)) twice.add(sequence);
			seen.add(sequence);
		}
		for (const block of [...kept.values()]) if (twice.has(block.sequence)) kept.delete(block.hash);
	}
	return { blocks: [...kept.values()], unsettled, ended };
}
