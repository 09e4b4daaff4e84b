import type { IdText } from "../chain/chain.js";
import { type Clock, Recent } from "../clock/clock.js";

/** Writes that one peer can cause in a row, and milliseconds until it can cause one more. */
const inARow = 16;
const pause = 60_000;

/**
 * What each member can have written to the flash, which wears. Of what is not its own to say, such as where it is now and
 * under which keys it has come, what is over its share is known until the next start, and not kept over that; a block is
 * refused, and offered again.
 */
export class WriteShares {
	readonly #clock: Pick<Clock, "now">;
	/** When the share of each will be whole again. */
	readonly #whole: Recent<number>;

	constructor(clock: Pick<Clock, "now">) {
		this.#clock = clock;
		this.#whole = new Recent(clock, inARow * pause);
	}

	/** Whether a peer may cause one more write. */
	has(peer: IdText): boolean {
		return this.after(peer) - this.#clock.now() <= inARow * pause;
	}

	/** The same, and it counts then. */
	takes(peer: IdText): boolean {
		if (!this.has(peer)) return false;
		this.#whole.set(peer, this.after(peer));
		return true;
	}

	/** When its share would be whole again after one more. */
	private after(peer: IdText): number {
		const now = this.#clock.now();
		return Math.max(now, this.#whole.get(peer) ?? now) + pause;
	}
}
