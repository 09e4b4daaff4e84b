import type { Chain, IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import type { BlockExchange } from "./block-exchange.js";
import type { Peers } from "./peers.js";

/** Milliseconds for which a comparison of the chain with a member's is good enough to judge by. */
const age = 3_600_000;
/** Milliseconds that somebody who waits at a door is kept waiting for a comparison. */
const patience = 2_000;
/** Most members that are asked at once. */
const askedLimit = 4;

export interface FreshnessOptions {
	readonly clock: Clock;
	readonly chain: Chain;
	readonly peers: Peers;
	readonly exchange: Pick<BlockExchange, "start">;
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
 * without a comparison, it is compared first, with a member other than the asker: who was removed or lost a grant
 * meanwhile would not tell.
 */
export class Freshness {
	readonly #options: FreshnessOptions;
	/** The two members with whom the chain was the same last, and when. Two, so that one is not the asker. */
	#compared: readonly { readonly peer: IdText; readonly at: number }[] = [];

	constructor(options: FreshnessOptions) {
		this.#options = options;
	}

	/** The chain was the same as a member's just now. */
	compared(peer: IdText): void {
		const at = this.#options.clock.now();
		const [another] = this.#compared.filter(known => known.peer !== peer);
		this.#compared = another === undefined ? [{ peer, at }] : [{ peer, at }, another];
	}

	/** Compares where that is due, and calls `judge` once: at once when it is not, and within 2 seconds when it is. */
	before(asker: IdText, judge: (finding: Finding) => void): void {
		const { clock, exchange } = this.#options;
		const others = this.#others(asker);
		if (others.length === 0 || this.#isFresh(asker)) {
			judge(others.length === 0 ? "alone" : "fresh");
			return;
		}
		let isOver = false;
		const end = (finding: Finding) => {
			if (isOver) return;
			isOver = true;
			cancel();
			judge(finding);
		};
		const cancel = clock.after(patience, () => end("silent"));
		for (const peer of others) {
			exchange.start(peer, ({ same }) => {
				if (!same) return;
				this.compared(peer);
				end("fresh");
			});
		}
	}

	#isFresh(asker: IdText): boolean {
		const now = this.#options.clock.now();
		return this.#compared.some(({ peer, at }) => peer !== asker && now - at < age);
	}

	/** Members to compare with: those seen last, then those whose address is not known. */
	#others(asker: IdText): readonly IdText[] {
		const { chain, peers, self } = this.#options;
		const seen = [...peers.all].reverse().filter(peer => chain.members.get(peer) !== undefined);
		const unseen = chain.members.all.map(({ idText }) => idText).filter(id => !seen.includes(id));
		return [...seen, ...unseen].filter(id => id !== asker && id !== self).slice(0, askedLimit);
	}
}
