import type { IdText } from "./node-id.js";
import type { Member } from "./roster.js";

/** A rank given or taken, by the block of that number. */
export interface RankGrant {
	readonly number: number;
	readonly isFounder: boolean;
	readonly granted: boolean;
}

/** An array of its own for each of 64 people would be too much for a board: most have none of these. */
const none: readonly never[] = Object.freeze([]);

/** What the rules note of one id while they walk over the blocks. All numbers are numbers of blocks. */
export class Person {
	readonly text: IdText;
	/** What the checkpoint, or the genesis block, says of it. */
	readonly base: Member | undefined;
	readonly isRecovery: boolean;
	/** Blocks that count and make it a member: adds, and ranks that were given to it. */
	admissions: readonly number[] = none;
	/** Removals of it that count. */
	removals: readonly number[] = none;
	/** Its rotates. */
	rotates: readonly number[] = none;
	/** Whether some of its rotates do not rest on one another. */
	isForked = false;
	/** Ranks given to it and taken from it, in order. */
	ranks: readonly RankGrant[] = none;
	/** The add that names it, when the base does not: the first that counts, or the first of all. */
	add: number | undefined;
	/** Whether that add counts. */
	isAdded = false;
	/** The sequence of its next block. */
	next: number;

	constructor(options: { text: IdText; base: Member | undefined; isRecovery: boolean; next: number }) {
		this.text = options.text;
		this.base = options.base;
		this.isRecovery = options.isRecovery;
		this.next = options.next;
	}

	/** Notes a rank in the order of the blocks. */
	rank(grant: RankGrant): void {
		this.ranks = [...this.ranks, grant].sort((a, b) => a.number - b.number);
	}
}
