import type { Cancel, Clock } from "./clock.js";
import type { TurnOwner } from "./owned-turns.js";

/** Something to do when it is its turn; it calls `end` once it is over. */
type Job = (end: () => void) => void;

interface Waiting {
	readonly name: string;
	readonly job: Job;
	/** Whose work it is, although another's turn begins it. */
	readonly owner: TurnOwner | undefined;
}

/**
 * Lets one job run after the other, or so many at once, so that a board's memory need not hold them all. A job that is
 * not over after the length of a turn loses the turn and goes on: it may wait for a peer that is away.
 */
export class Turns {
	readonly #clock: Clock;
	readonly #length: number;
	/** How many more may run. */
	#free: number;
	#waiting: Waiting[] = [];
	#isBeginning = false;

	/** `length`: of a turn, in milliseconds; `width`: how many jobs have one at once. */
	constructor(clock: Clock, length: number, width = 1) {
		this.#clock = clock;
		this.#length = length;
		this.#free = width;
	}

	/** Begins a job when it is its turn, perhaps now; `isNext`: before those that wait. */
	enter(name: string, job: Job, isNext = false): void {
		const waiting = { name, job, owner: this.#clock.owner };
		if (isNext) this.#waiting.unshift(waiting);
		else this.#waiting.push(waiting);
		this.#next();
	}

	/** Whether a job of that name waits. */
	has(name: string): boolean {
		return this.#waiting.some(each => each.name === name);
	}

	/** A job of that name that waits is not begun. */
	leave(name: string): void {
		this.#waiting = this.#waiting.filter(each => each.name !== name);
	}

	/** Begins those whose turn it is; in a loop, since many may be over as soon as they begin, and a board's stack is small. */
	#next(): void {
		if (this.#isBeginning) return;
		this.#isBeginning = true;
		try {
			while (this.#free > 0) {
				const next = this.#waiting.shift();
				if (next === undefined) return;
				this.#begin(next);
			}
		} finally {
			this.#isBeginning = false;
		}
	}

	#begin(next: Waiting): void {
		this.#free -= 1;
		let hasTurn = true;
		let cancel: Cancel | undefined;
		const end = () => {
			if (!hasTurn) return;
			hasTurn = false;
			cancel?.();
			this.#free += 1;
			this.#next();
		};
		// First what somebody waits for.
		try {
			this.#clock.resumeFor(next.owner, () => next.job(end));
		} finally {
			if (hasTurn) cancel = this.#clock.after(this.#length, end);
		}
	}
}
