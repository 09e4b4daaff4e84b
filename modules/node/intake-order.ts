import type { IdText } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import type { BlockIntake } from "./block-intake.js";

/** Milliseconds for which a turn is kept for whoever is to have it: it first compares again, in three round trips. */
export const turnKept = 3_000;

export interface IntakeOrderOptions {
	readonly intake: Pick<BlockIntake, "isBusy" | "whenFree">;
	readonly clock: Clock;
}

/**
 * Whose blocks are taken in next. Who was refused has a place, one for each peer, and the turn is kept for it, so that
 * nobody who sends without end keeps others' blocks out. Turns go in the order of the places; every other one goes to
 * owners first, who may bring a removal.
 */
export class IntakeOrder {
	readonly #options: IntakeOrderOptions;
	/** Who waits, and whether by rank; who has waited longest comes first. */
	readonly #places = new Map<IdText, boolean>();
	/** Calls those back that were refused: of each the last, or who sends without end would fill the memory. */
	readonly #refused = new Map<string, () => void>();
	/** Ends the time for which the turn is kept. */
	#kept: Cancel | undefined;
	/** Whether the end of what is being taken in is waited for. */
	#isWatching = false;
	#wasByRank = false;

	constructor(options: IntakeOrderOptions) {
		this.#options = options;
	}

	/**
	 * Whether a peer has the turn now, which is over with that. If not, it has a place, and `again` is called, once, when
	 * it may be its turn, or when the same peer is refused anew. `isRanked`: whether it is an owner; `isOwn`: whether this node
	 * has asked for its blocks, which waits beside what the peer brings.
	 */
	enters(peer: IdText, isRanked: boolean, again: () => void, isOwn = false): boolean {
		const { intake, clock } = this.#options;
		this.#places.set(peer, isRanked);
		if (!intake.isBusy && this.first === peer) {
			this.pass(peer);
			return true;
		}
		const { owner } = clock;
		const name = isOwn ? `own ${peer}` : peer;
		const before = this.#refused.get(name);
		this.#refused.set(name, () => clock.resumeFor(owner, again));
		if (this.#kept === undefined) this.watch();
		before?.();
		return false;
	}

	/** A peer has nothing to bring any more. */
	leaves(peer: IdText): void {
		if (this.first === peer) this.pass(peer);
		else this.#places.delete(peer);
	}

	/** Whose turn it is. */
	private get first(): IdText | undefined {
		let longest: IdText | undefined;
		for (const [peer, isRanked] of this.#places) {
			if (isRanked || this.#wasByRank) return peer;
			longest ??= peer;
		}
		return longest;
	}

	/** The turn of the first is over, before it came or as it came. */
	private pass(first: IdText): void {
		this.#wasByRank = this.#places.get(first) === true;
		this.#places.delete(first);
		this.#kept?.();
		this.#kept = undefined;
		this.watch();
	}

	/** The next turn begins once nothing is being taken in; not before who has this one had time to begin. */
	private watch(): void {
		if (this.#isWatching || this.#places.size + this.#refused.size === 0) return;
		const { intake, clock } = this.#options;
		this.#isWatching = true;
		const free = () => {
			this.#isWatching = false;
			if (intake.isBusy) this.watch();
			else this.begin();
		};
		// Nobody's work: who asked may be answered before.
		clock.resumeFor(undefined, () => clock.after(0, () => intake.whenFree(free)));
	}

	private begin(): void {
		const { clock } = this.#options;
		const first = this.first;
		if (first !== undefined) this.#kept = clock.after(turnKept, () => this.pass(first));
		for (const again of this.#refused.values()) clock.after(0, again);
		this.#refused.clear();
	}
}
