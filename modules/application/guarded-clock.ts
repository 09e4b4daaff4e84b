import { type Cancel, type Clock, OwnedTurns, type TimeSource, type TurnOwner } from "../clock/clock.js";
import type { Guard } from "./guard.js";

/** What waits for its moment, in a queue of such. */
class Waiting {
	readonly due: number;
	readonly action: () => void;
	readonly queue: Waiting[];
	readonly owner: TurnOwner | undefined;

	constructor(due: number, action: () => void, queue: Waiting[], owner: TurnOwner | undefined) {
		this.due = due;
		this.action = action;
		this.queue = queue;
		this.owner = owner;
	}

	cancel(): void {
		const place = this.queue.indexOf(this);
		if (place >= 0) this.queue.splice(place, 1);
	}
}

/**
 * The application's clock: whatever waits runs through the guard, one action a turn of the loop. All share one timer of
 * the host's, because a timer of its own costs a board twice as much memory as a place in the queue.
 */
export class GuardedClock extends OwnedTurns implements Clock {
	readonly #clock: TimeSource;
	readonly #guard: Guard;
	/** The next first; of those with one moment, whoever asked first. */
	readonly #queue: Waiting[] = [];
	/** The moment for which the host's timer is set. */
	#set = Number.POSITIVE_INFINITY;
	#clear: Cancel | undefined;

	constructor(clock: TimeSource, guard: Guard) {
		super();
		this.#clock = clock;
		this.#guard = guard;
	}

	now(): number {
		return this.#clock.now();
	}

	after(milliseconds: number, action: () => void): Cancel {
		const queue = this.#queue;
		const waiting = new Waiting(this.now() + Math.max(0, milliseconds), action, queue, this.owner);
		let place = queue.length;
		while (place > 0 && (queue[place - 1]?.due ?? 0) > waiting.due) place -= 1;
		queue.splice(place, 0, waiting);
		this.setTimer();
		return () => waiting.cancel();
	}

	/** One that is set for what was cancelled meanwhile stays: it will find nothing to do. */
	private setTimer(pause = 0): void {
		const next = this.#queue[0];
		if (next === undefined || next.due >= this.#set) return;
		this.#clear?.();
		this.#set = next.due;
		this.#clear = this.#clock.after(Math.max(next.due - this.now(), pause), () => this.fire());
	}

	private fire(): void {
		// Set when this is done: only then it is known how long it took.
		this.#set = Number.NEGATIVE_INFINITY;
		this.#clear = undefined;
		const next = this.#queue[0];
		if (next !== undefined && next.due <= this.now()) {
			this.#queue.shift();
			this.#guard.run("a timer", () => this.resumeFor(next.owner, next.action));
		}
		this.#set = Number.POSITIVE_INFINITY;
		this.setTimer(this.#guard.breath);
	}
}
