/** Sequence numbers that are remembered behind the highest, itself included. */
export const WINDOW = 64;
const HALF = 32;

/** Which sequence numbers have come: the highest and the 63 before it (RFC 8613 section 7.4, RFC 4303 section 3.4.3). */
export class ReplayWindow {
	/** -1 before the first message. */
	#highest = -1;
	/** Bit n is set when highest - n has come. */
	#near = 0;
	/** Bit n is set when highest - 32 - n has come. */
	#far = 0;

	/** Whether a number has not come yet, and is not so old that nobody knows. Changes nothing. */
	fresh(number: number): boolean {
		if (number > this.#highest) return true;
		const behind = this.#highest - number;
		if (behind >= WINDOW) return false;
		return behind < HALF ? ((this.#near >>> behind) & 1) === 0 : ((this.#far >>> (behind - HALF)) & 1) === 0;
	}

	/** Notes that a number has come: only after its message has been verified. */
	accept(number: number): void {
		if (number > this.#highest) this.slide(number);
		const behind = this.#highest - number;
		if (behind < HALF) this.#near |= 1 << behind;
		else if (behind < WINDOW) this.#far |= 1 << (behind - HALF);
	}

	private slide(highest: number): void {
		const by = highest - this.#highest;
		this.#highest = highest;
		// A shift by 32 would be one by 0.
		if (by >= WINDOW) {
			this.#far = 0;
			this.#near = 0;
		} else if (by >= HALF) {
			this.#far = this.#near << (by - HALF);
			this.#near = 0;
		} else {
			this.#far = (this.#far << by) | (this.#near >>> (HALF - by));
			this.#near <<= by;
		}
	}
}
