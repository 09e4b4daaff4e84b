import type { Cancel, Clock } from "./clock.js";
import type { TurnOwner } from "./owned-turns.js";

/** Something to do when it is its turn; it calls `end` once it is over. */
type Job = (end: () => void) => void;

interface Waiting {
	readonly name: string;
	readonly job: Job;
	readonly isNext: boolean;
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
	/** How many more may have a turn. */
	#free: number;
	readonly #most: number;
	/** How many are under way, those that lost their turn included. */
	#running = 0;
	#waiting: Waiting[] = [];
	#isBeginning = false;
	readonly #alternates: boolean;
	/** Whether the last that began was to be next. */
	#wasNext = false;

	/**
	 * `length`: of a turn, in milliseconds; `width`: how many jobs have one at once; `most`: how many may be under way, those
	 * that lost their turn included, and one more of those that are to be next. `alternates`: each other one that begins is of
	 * those that are not to be next, where some wait, so that these come to their turn however many are.
	 */
	constructor(
		clock: Clock,
		length: number,
		{ width = 1, most = Number.POSITIVE_INFINITY, alternates = false } = {}
	) {
		this.#clock = clock;
		this.#length = length;
		this.#free = width;
		this.#most = most;
		this.#alternates = alternates;
	}

	/** Whether some wait for their turn. */
	get areWaiting(): boolean {
		return this.#waiting.length > 0;
	}

	/** Begins a job when it is its turn, perhaps now; `isNext`: before those that wait. */
	enter(name: string, job: Job, isNext = false): void {
		const waiting = { name, job, isNext, owner: this.#clock.owner };
		if (isNext) this.#waiting.unshift(waiting);
		else this.#waiting.push(waiting);
		this.next();
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
	private next(): void {
		if (this.#isBeginning) return;
		this.#isBeginning = true;
		try {
			while (this.#free > 0) {
				const first = this.first;
				if (first === undefined || this.#running >= this.#most + (first.isNext ? 1 : 0)) return;
				this.#waiting.splice(this.#waiting.indexOf(first), 1);
				this.#wasNext = first.isNext;
				this.begin(first);
			}
		} catch (error) {
			// Those behind it begin all the same, in a turn that is nobody's work.
			if (this.areWaiting) this.#clock.resumeFor(undefined, () => this.#clock.after(0, () => this.next()));
			throw error;
		} finally {
			this.#isBeginning = false;
		}
	}

	/** Whose turn it is. */
	private get first(): Waiting | undefined {
		const other = this.#alternates && this.#wasNext ? this.#waiting.find(({ isNext }) => !isNext) : undefined;
		return other ?? this.#waiting[0];
	}

	private begin(next: Waiting): void {
		const turn = new Turn(this);
		this.#free -= 1;
		this.#running += 1;
		// First what somebody waits for.
		try {
			this.#clock.resumeFor(next.owner, () => run(next.job, turn));
		} finally {
			if (turn.isLasting) turn.timer = this.#clock.after(this.#length, () => turn.lose());
		}
	}

	/** For `Turn`: a job has no turn any more, or is over. */
	freed(isOver: boolean, hadTurn: boolean): void {
		if (hadTurn) this.#free += 1;
		if (isOver) this.#running -= 1;
		this.next();
	}
}

/** A job that fails as it begins is over: who hears of its error may be somebody else. */
function run(job: Job, turn: Turn): void {
	try {
		job(() => turn.end());
	} catch (error) {
		turn.end();
		throw error;
	}
}

/** The turn of one job. */
class Turn {
	readonly #turns: Turns;
	isLasting = true;
	#isOver = false;
	timer: Cancel | undefined;

	constructor(turns: Turns) {
		this.#turns = turns;
	}

	lose(): void {
		this.isLasting = false;
		this.#turns.freed(false, true);
	}

	end(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		const hadTurn = this.isLasting;
		this.isLasting = false;
		this.timer?.();
		this.#turns.freed(true, hadTurn);
	}
}
