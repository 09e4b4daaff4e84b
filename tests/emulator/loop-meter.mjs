const million = 1_000_000;

/**
 * Watches the program's loop: `modTimersExecute` begins each turn, `modMessageService` hands out messages and would
 * then, on the Pico, spin until the next timer. That spinning is skipped, which makes an idle second cheap. The time in
 * between two turns that was not idle is how long the loop stood still for everything else that happened.
 */
export class LoopMeter {
	/** Milliseconds of the longest standstill since `reset`. */
	longest = 0;
	/** Milliseconds since the chip's reset at which the longest ended. */
	longestAt = 0;
	/** Milliseconds of the longest standstill since the chip's reset. */
	worst = 0;
	turns = 0;
	#chip;
	#queue;
	/** When the loop was last seen to move. */
	#seen = 0;
	/** Until when the program has nothing to do, once that is known. */
	#due;

	constructor(chip) {
		this.#chip = chip;
		this.#queue = chip.symbol("gMessageQueue");
		chip.watch("modTimersExecute", () => {
			this.turns += 1;
			this.#mark();
		});
		chip.watch("modMessageService", () => this.#rest());
	}

	/** Forgets the longest standstill so far. */
	reset() {
		this.longest = 0;
		this.#seen = this.#chip.now;
	}

	#mark() {
		const { now } = this.#chip;
		const stood = (now - this.#seen) / million;
		if (stood > this.longest && this.turns > 1) {
			this.longest = stood;
			this.longestAt = now / million;
			this.worst = Math.max(this.worst, stood);
		}
		this.#seen = now;
	}

	/** Its second argument: milliseconds to the next timer, as the program counts them. */
	#rest() {
		const { now, mcu, registers } = this.#chip;
		const isWaiting = this.#due === undefined;
		if (isWaiting) {
			this.#mark();
			const delay = Math.min(registers[1] | 0, 100);
			this.#due = (Math.floor(now / million) + delay) * million;
		}
		const isQueued = mcu.readUint32(this.#queue) !== 0;
		if (!isQueued && this.#due > now) return this.#due;
		this.#due = undefined;
		this.#seen = now;
		return 0;
	}
}
