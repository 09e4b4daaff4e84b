import { type Chain, type IdText, independentOf } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import type { BlockExchange } from "./block-exchange.js";
import type { Peers } from "./peers.js";

/** Milliseconds for which a comparison of the chain with a member's is good enough to judge by. */
const age = 3_600_000;
/** Milliseconds that somebody who waits at a door is kept waiting for a comparison. */
const patience = 2_000;
/** Most members that are asked at once. */
const askedLimit = 4;
/** Most comparisons that are remembered. */
const comparedLimit = 8;

export interface FreshnessOptions {
	readonly clock: Clock;
	readonly chain: Chain;
	readonly peers: Peers;
	readonly exchange: Pick<BlockExchange, "start" | "whenCaughtUp">;
	/** This node's own id. */
	readonly self: IdText;
}

/** What was found out before judging. */
export type Finding =
	/** The chain was the same as another member's within the hour, or is now. */
	| "fresh"
	/** The home has nobody else to ask. */
	| "alone"
	/** Nobody answered in time. */
	| "silent";

/**
 * Whether this node's chain is recent enough to judge by what somebody may do here. After a start, and after an hour
 * without a comparison, it is compared first, with a founder, an admin, or a member that the asker has not admitted: who
 * was removed or lost a grant meanwhile would not tell, nor would its friends. What is being delivered just then is
 * taken in first.
 */
export class Freshness {
	readonly #options: FreshnessOptions;
	/** The members with whom the chain was the same last, and when; the latest last. */
	readonly #compared = new Map<IdText, number>();

	constructor(options: FreshnessOptions) {
		this.#options = options;
	}

	/** The chain was the same as a member's just now. */
	compared(peer: IdText): void {
		this.#compared.delete(peer);
		this.#compared.set(peer, this.#options.clock.now());
		const [oldest] = this.#compared.keys();
		if (this.#compared.size > comparedLimit && oldest !== undefined) this.#compared.delete(oldest);
	}

	/**
	 * Compares where that is due, and calls `judge` once: at once when it is not, and within 2 seconds when it is, or
	 * when blocks are on their way. `asker`: whose own word does not count, nor that of whom it admitted; this node's own
	 * id where anyone's does.
	 */
	before(asker: IdText, judge: (finding: Finding) => void): void {
		const { clock, exchange } = this.#options;
		const others = this.#others(asker);
		// It may be called in the turn of somebody else's answer, and is still work for who asked.
		const { owner } = clock;
		if (others.length === 0) {
			judge("alone");
			return;
		}
		let isOver = false;
		let cancel: Cancel = () => undefined;
		const end = (finding: Finding) => {
			if (isOver) return;
			isOver = true;
			cancel();
			clock.resumeFor(owner, () => judge(finding));
		};
		const fresh = () => exchange.whenCaughtUp(() => end("fresh"));
		if (this.#isFresh(others)) fresh();
		if (isOver) return;
		cancel = clock.after(patience, () => end("silent"));
		if (this.#isFresh(others)) return;
		for (const peer of others.slice(0, askedLimit)) {
			exchange.start(peer, ({ same }) => {
				if (!same) return;
				this.compared(peer);
				fresh();
			});
		}
	}

	#isFresh(others: readonly IdText[]): boolean {
		const now = this.#options.clock.now();
		return others.some(peer => now - (this.#compared.get(peer) ?? Number.NEGATIVE_INFINITY) < age);
	}

	/** Whose word counts: founders and admins first, and those seen last before those whose address is not known. */
	#others(asker: IdText): readonly IdText[] {
		const { chain, peers, self } = this.#options;
		const isSelf = asker === self;
		const independent = isSelf ? undefined : independentOf(chain, asker);
		const counts = (id: IdText) => id !== asker && id !== self && independent?.has(id) !== false;
		const isAdmin = (id: IdText) => chain.members.get(id)?.isAdmin === true;
		const seen = [...peers.all].reverse().filter(peer => chain.members.get(peer) !== undefined);
		const unseen = chain.members.all.map(({ idText }) => idText).filter(id => !seen.includes(id));
		const all = [...seen, ...unseen].filter(counts);
		return isSelf ? all : [...all.filter(isAdmin), ...all.filter(id => !isAdmin(id))];
	}
}
