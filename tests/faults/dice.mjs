/** The seed of this run: `FAULTS_SEED`, or another one each time. What a test does for it is printed with it. */
export const seed = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000);

/** Numbers that are the same for the same seed (mulberry32). */
export class Dice {
	#state;

	constructor(state) {
		this.#state = state | 0;
	}

	/** At least 0 and below 1. */
	roll() {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	}

	between(least, most) {
		return least + this.roll() * (most - least);
	}

	/** One of a list that is not empty. */
	pick(list) {
		return list[Math.floor(this.roll() * list.length)];
	}
}

export function sleep(milliseconds) {
	return new Promise(resolve => setTimeout(resolve, milliseconds));
}
