import type { Clock } from "../clock/clock.js";

/** Milliseconds for which contacts bounce at most: what is shorter is a disturbance on the wire. */
export const settling = 20;

/** Most milliseconds between two looks at a line that changes all the time; one that stood still for so long is at rest. */
export const longestPause = 1_000;

export interface InputOptions {
	readonly clock: Clock;
	/** The line, high (1) or low (0). */
	readonly line: { read(): number };
	/** It is, settled, other than it was when somebody last saw it. */
	readonly onChange: () => void;
}

/**
 * An input line without its bounce: a change is told when the line has settled. One that changes without end is told of
 * ever less often, down to once a second, so that it floods nobody; its last level is always told.
 */
export class Input {
	readonly #options: InputOptions;
	/** What all know that were told of it or read it; undefined where some may know otherwise. */
	#told: number | undefined;
	#isLooking = false;
	/** When it was last looked at, and how long it is to be left alone after that, in milliseconds. */
	#looked = Number.NEGATIVE_INFINITY;
	#pause = settling;

	constructor(options: InputOptions) {
		this.#options = options;
		this.#told = options.line.read();
	}

	/** As it is now, settled or not: whoever has read it is told of what it comes to. */
	get level(): number {
		const level = this.#options.line.read();
		if (level !== this.#told) {
			this.#told = undefined;
			this.edge();
		}
		return level;
	}

	/** Whether an edge is of interest: not while the line is to be looked at all the same. */
	get isLooking(): boolean {
		return this.#isLooking;
	}

	/** To be called at each edge of the line. One call for several edges will do. */
	edge(): void {
		if (this.#isLooking) return;
		this.#isLooking = true;
		const { clock } = this.#options;
		const rest = clock.now() - this.#looked;
		this.#pause = rest < longestPause ? Math.min(2 * this.#pause, longestPause) : settling;
		clock.after(Math.max(settling, this.#pause - rest), () => this.look());
	}

	private look(): void {
		const { clock, line, onChange } = this.#options;
		this.#isLooking = false;
		this.#looked = clock.now();
		const level = line.read();
		if (level === this.#told) return;
		this.#told = level;
		onChange();
	}
}
