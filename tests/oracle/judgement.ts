import type { KeyChain } from "./keys.js";
import type { Log } from "./log.js";
import type { Block, Id, Key, Rank, Right, Taking } from "./words.js";

/** A member as the rules see it now. */
export interface Member {
	readonly id: Id;
	readonly rank: Rank;
	readonly key: Key;
	readonly turn: number;
	readonly frozen: boolean;
	readonly sponsor: Id | undefined;
	readonly name: string;
	readonly types: readonly number[];
	readonly guards: number;
}

/** What a base and a set of blocks come to. */
export interface Judgement {
	/** Blocks of this base, rotates, and takings of other bases: all that a node stores. */
	readonly kept: ReadonlySet<Block>;
	readonly logs: ReadonlyMap<Id, Log>;
	readonly chains: ReadonlyMap<Id, KeyChain>;
	/** Takings that stand alone, by owner: of other bases of the era, or with a log that is not here. */
	readonly carried: ReadonlyMap<Id, readonly Taking[]>;
	readonly members: ReadonlyMap<Id, Member>;
	readonly removed: ReadonlySet<Id>;
	readonly grants: readonly Right[];
	readonly demands: readonly Right[];
	/** Sequences that an author used twice: to be shown. */
	readonly equivocations: ReadonlyMap<Id, readonly number[]>;
}
