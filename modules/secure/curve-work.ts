import type { Cancel, Clock, TurnOwner } from "../clock/clock.js";

/** Who has work done: the lower goes first. */
export const Rank = Object.freeze({ member: 0, begun: 1, stranger: 2 } as const);

export interface CurveJob<T> {
	readonly steps: Iterator<undefined, T, undefined>;
	/** One of `Rank`. */
	readonly rank: number;
	readonly done: (result: T) => void;
	readonly failed: (error: unknown) => void;
}

/** A job without its result's type, and whose work it is. */
interface Queued {
	readonly rank: number;
	readonly owner: TurnOwner | undefined;
	/** Does the next step; whether it was the last. */
	step(): boolean;
	giveUp(): void;
}

/**
 * Operations on the curve that others cause, of which a board does one in 0.1 to 0.2 seconds: one in a turn of the loop,
 * one job after the other, those of members before those of strangers, also in the middle of one. Where strangers press,
 * they get half of the time at most: what a step of theirs took is let pass before the next.
 */
export class CurveWork {
	readonly #clock: Clock;
	readonly #isPressed: () => boolean;
	/** By rank, then in the order in which they came. */
	readonly #queue: Queued[] = [];
	#running: Queued | undefined;
	#next: Cancel | undefined;

	constructor(clock: Clock, isPressed: () => boolean) {
		this.#clock = clock;
		this.#isPressed = isPressed;
	}

	/**
	 * Does work when it is its turn, not in this one. Calls `done` with the result or `failed` with what the work threw.
	 * What is returned gives the work up: neither is called then.
	 */
	enter<T>({ steps, rank, done, failed }: CurveJob<T>): Cancel {
		let ended = false;
		const job: Queued = {
			rank,
			owner: this.#clock.owner,
			step() {
				let step: IteratorResult<undefined, T>;
				try {
					step = steps.next();
				} catch (error) {
					if (!ended) failed(error);
					return true;
				}
				// Given up from inside, by something that the work called.
				if (ended) steps.return?.();
				else if (step.done === true) done(step.value);
				return ended || step.done === true;
			},
			giveUp: () => {
				if (this.#running !== job) steps.return?.();
			}
		};
		let place = this.#queue.length;
		while (place > 0 && (this.#queue[place - 1]?.rank ?? 0) > rank) place -= 1;
		this.#queue.splice(place, 0, job);
		// Nobody waits for the rest that a stranger's step is followed by, but strangers.
		if (place === 0) this.schedule(0);
		return () => {
			if (ended) return;
			ended = true;
			this.remove(job);
			job.giveUp();
		};
	}

	private schedule(wait: number): void {
		this.#next?.();
		this.#next = this.#clock.after(wait, () => this.turn());
	}

	private turn(): void {
		this.#next = undefined;
		const [job] = this.#queue;
		if (job === undefined) return;
		const began = this.#clock.now();
		let isOver = true;
		this.#running = job;
		try {
			this.#clock.resumeFor(job.owner, () => {
				isOver = job.step();
			});
		} finally {
			this.#running = undefined;
			if (isOver) this.remove(job);
			if (this.#queue.length > 0) {
				const isToRest = this.#queue[0]?.rank !== Rank.member && this.#isPressed();
				this.schedule(isToRest ? this.#clock.now() - began : 0);
			}
		}
	}

	private remove(job: Queued): void {
		const place = this.#queue.indexOf(job);
		if (place >= 0) this.#queue.splice(place, 1);
	}
}
