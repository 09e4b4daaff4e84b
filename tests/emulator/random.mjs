/** Numbers that look random and are the same in every run (Marsaglia's xorshift32). For tests only. */
export class Random {
	#state;

	constructor(seed) {
		this.#state = (seed * 0x9e3779b1) >>> 0 || 1;
	}

	/** A whole number from 0 to below `end`, which is at most 2^32. */
	below(end) {
		let state = this.#state;
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		this.#state = state >>> 0;
		return Math.floor((this.#state / 2 ** 32) * end);
	}

	bytes(count) {
		return Uint8Array.from({ length: count }, () => this.below(256));
	}
}
