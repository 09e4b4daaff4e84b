import type { Clock } from "../clock/clock.js";
import type { Screen } from "./screen.js";

/** Milliseconds of work in one turn of the loop: a press is not to wait for what is only read. */
const slice = 100;
/** Bytes that may wait for the reader before more is made: a board's terminal keeps 4 KB, and would lose what is older. */
const waitingLimit = 1024;
/** Milliseconds until it is looked again whether the reader has taken some. */
const pause = 10;

export interface LongOutputOptions {
	readonly clock: Clock;
	readonly screen: Screen;
	/** Shows one piece each time that it goes on. */
	readonly pieces: Iterator<void>;
	/** Called once, when all is shown. */
	readonly done: () => void;
}

/**
 * What takes a board long to write, shown over several turns of the loop, as fast as it is read. Lines of others wait until it is
 * over.
 */
export class LongOutput {
	readonly #options: LongOutputOptions;
	#isOver = false;

	constructor(options: LongOutputOptions) {
		this.#options = options;
	}

	begin(): void {
		this.#options.screen.hold();
		this.goOn();
	}

	/** Shows all the rest now. */
	finish(): void {
		while (!this.#isOver) this.step();
	}

	private goOn(): void {
		const { clock, screen } = this.#options;
		const end = clock.now() + slice;
		while (!this.#isOver) {
			if (screen.waiting > waitingLimit) clock.after(pause, () => this.goOn());
			else if (clock.now() >= end) clock.after(0, () => this.goOn());
			else {
				this.step();
				continue;
			}
			return;
		}
	}

	private step(): void {
		const { screen, pieces, done } = this.#options;
		this.#isOver = true;
		try {
			this.#isOver = pieces.next().done === true;
		} finally {
			if (this.#isOver) {
				done();
				screen.release();
			}
		}
	}
}
