import type { Grant } from "./grants.js";
import type { IdText } from "./node-id.js";
import type { TableMember } from "./table.js";

/** A rank given or taken, by the block of that number. */
export interface RankGrant {
	readonly number: number;
	readonly isFounder: boolean;
	readonly granted: boolean;
}

/** What the rules note of one id while they walk over the blocks. All numbers are numbers of blocks. */
export class Person {
	readonly text: IdText;
	/** What the checkpoint, or the genesis block, says of it. */
	readonly base: TableMember | undefined;
	readonly isRecovery: boolean;
	/** Blocks that count and make it a member: adds, and ranks that were given to it. */
	readonly admissions: number[] = [];
	/** Removals of it that count. */
	readonly removals: number[] = [];
	/** Its rotates. */
	rotates: number[] = [];
	/** Whether some of its rotates do not rest on one another. */
	isForked = false;
	/** Ranks given to it and taken from it, in order. */
	readonly ranks: RankGrant[] = [];
	/** The add that names it, when the base does not: the first that counts, or the first of all. */
	add: number | undefined;
	/** Whether that add counts. */
	isAdded = false;
	grants: readonly Grant[];
	/** The sequence of its next block. */
	next: number;

	constructor(options: { text: IdText; base: TableMember | undefined; isRecovery: boolean; next: number }) {
		this.text = options.text;
		this.base = options.base;
		this.isRecovery = options.isRecovery;
		this.next = options.next;
		this.grants = options.base?.grants ?? [];
	}

	/** Notes a rank in the order of the blocks. */
	rank(grant: RankGrant): void {
		let at = this.ranks.length;
		while (at > 0 && (this.ranks[at - 1]?.number ?? 0) > grant.number) at -= 1;
		this.ranks.splice(at, 0, grant);
	}
}
