import type { Cancel, Clock, TurnOwner } from "../clock/clock.js";

/** Who has work done: the lower goes first. */
export const Rank = Object.freeze({ own: 0, member: 1, begun: 2, stranger: 3 } as const);

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
	/** Whether a step of it has been done here, which others of the home wait for. */
	isBegun: boolean;
	/** Does the next step; whether it was the last. */
	step(): boolean;
	giveUp(): void;
}

/**
 * Operations on the curve of handshakes, of which a board does one in 0.03 to 0.12 seconds: one in a turn of the loop, one
 * job after the other, since each takes up to 7 KB of a board's memory in its middle. This node's own come before those of
 * members, and members' before strangers', also in the middle of a stranger's. Where strangers press, they get half of the
 * time at most: what a step took is let pass before the next of theirs, whoever of them that is, and whenever it comes.
 */
export class CurveWork {
	readonly #clock: Clock;
	readonly #isPressed: () => boolean;
	/** By rank, then in the order in which they came. */
	readonly #queue: Queued[] = [];
	#running: Queued | undefined;
	#next: Cancel | undefined;
	/** When as much time has gone by since the last step as that took, in milliseconds. */
	#rested = Number.NEGATIVE_INFINITY;

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
			isBegun: false,
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
		while (place > 0 && givesWay(this.#queue[place - 1], rank)) place -= 1;
		this.#queue.splice(place, 0, job);
		// Nobody waits for the rest that a stranger's step is followed by, but strangers.
		if (place === 0) this.schedule();
		return () => {
			if (ended) return;
			ended = true;
			this.remove(job);
			job.giveUp();
		};
	}

	private schedule(): void {
		this.#next?.();
		const [job] = this.#queue;
		if (job === undefined) return;
		const isToRest = job.rank > Rank.member && this.#isPressed();
		const wait = isToRest ? Math.max(0, this.#rested - this.#clock.now()) : 0;
		this.#next = this.#clock.after(wait, () => this.turn());
	}

	private turn(): void {
		this.#next = undefined;
		const [job] = this.#queue;
		if (job === undefined) return;
		const began = this.#clock.now();
		let isOver = true;
		job.isBegun = true;
		this.#running = job;
		try {
			this.#clock.resumeFor(job.owner, () => {
				isOver = job.step();
			});
		} finally {
			this.#running = undefined;
			if (isOver) this.remove(job);
			const ended = this.#clock.now();
			this.#rested = ended + (ended - began);
			this.schedule();
		}
	}

	private remove(job: Queued): void {
		const place = this.#queue.indexOf(job);
		if (place >= 0) this.#queue.splice(place, 1);
	}
}

/** Whether a job lets one of that rank go first: not one that is begun, and that members wait for. */
function givesWay(job: Queued | undefined, rank: number): boolean {
	if (job === undefined) return false;
	return job.rank > rank && !(job.isBegun && job.rank <= Rank.member);
}
