import type { Cancel, Clock } from "./clock.js";

/** Something to do when it is its turn; it calls `end` once it is over. */
type Job = (end: () => void) => void;

/**
 * Lets one job run after the other, so that a board's memory need not hold them all at once. A job that is not over
 * after the length of a turn loses the turn and goes on: it may wait for a peer that is away.
 */
export class Turns {
	readonly #clock: Clock;
	readonly #length: number;
	#waiting: { readonly name: string; readonly job: Job }[] = [];
	/** Ends the turn that a job has. */
	#turn: Cancel | undefined;

	/** `length`: of a turn, in milliseconds. */
	constructor(clock: Clock, length: number) {
		this.#clock = clock;
		this.#length = length;
	}

	/** Begins a job when it is its turn, perhaps now; `isNext`: before those that wait. */
	enter(name: string, job: Job, isNext = false): void {
		if (isNext) this.#waiting.unshift({ name, job });
		else this.#waiting.push({ name, job });
		if (this.#turn === undefined) this.#next();
	}

	/** Whether a job of that name waits. */
	has(name: string): boolean {
		return this.#waiting.some(each => each.name === name);
	}

	/** A job of that name that waits is not begun. */
	leave(name: string): void {
		this.#waiting = this.#waiting.filter(each => each.name !== name);
	}

	#next(): void {
		const next = this.#waiting.shift();
		if (next === undefined) return;
		const end = () => {
			turn();
			if (this.#turn !== turn) return;
			this.#turn = undefined;
			this.#next();
		};
		const turn = this.#clock.after(this.#length, end);
		this.#turn = turn;
		next.job(end);
	}
}
