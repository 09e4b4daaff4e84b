import type { IdText } from "../chain/chain.js";
import { type Clock, Recent } from "../clock/clock.js";

/** Writes that one peer can cause in a row, and milliseconds until it can cause one more. */
const inARow = 16;
const pause = 60_000;

/**
 * What each peer can have written to the flash, which wears: what is not its own to say, such as where it is now and
 * under which keys it has come. What is over its share is known until the next start, and not kept over that.
 */
export class WriteShares {
	readonly #clock: Pick<Clock, "now">;
	/** When the share of each will be whole again. */
	readonly #whole: Recent<number>;

	constructor(clock: Pick<Clock, "now">) {
		this.#clock = clock;
		this.#whole = new Recent(clock, inARow * pause);
	}

	/** Whether a peer may cause one more write, which counts then. */
	takes(peer: IdText): boolean {
		const now = this.#clock.now();
		const whole = Math.max(now, this.#whole.get(peer) ?? now) + pause;
		if (whole - now > inARow * pause) return false;
		this.#whole.set(peer, whole);
		return true;
	}
}
