import type { Clock } from "../clock/clock.js";

/** Milliseconds over which it is counted for how long each held room, and of how many at most. */
const countedTime = 60_000;
const countedLimit = 16;

/** Room that is held for a peer, since a moment of the clock. */
export interface Holding {
	readonly peer: string;
	readonly since: number;
}

/**
 * Who gives up room for others, where there is less than one place for each: who has the most, and of several whoever
 * has held room longest within a minute. So peers that take turns in beginning without end, or in ending nothing, keep
 * nobody else from coming to an end.
 */
export class HeldTimes {
	readonly #clock: Pick<Clock, "now">;
	/** Milliseconds that each held room since `#countedFrom`, by what has ended. */
	readonly #times = new Map<string, number>();
	#countedFrom = Number.NEGATIVE_INFINITY;

	constructor(clock: Pick<Clock, "now">) {
		this.#clock = clock;
	}

	/** A peer holds that no more. */
	ended({ peer, since }: Holding): void {
		const now = this.now();
		const times = this.#times;
		times.set(peer, (times.get(peer) ?? 0) + now - Math.max(since, this.#countedFrom));
		if (times.size <= countedLimit) return;
		const [least] = [...times].reduce((a, b) => (b[1] < a[1] ? b : a));
		times.delete(least);
	}

	/** Which of these makes room for one more, or for more of one of them; undefined where that is refused. Of equals the first. */
	leastNeeded<T extends Holding>(held: readonly T[], newest: Holding): T | undefined {
		const now = this.now();
		const counts = new Map<string, number>();
		const times = new Map(this.#times);
		for (const { peer, since } of new Set<Holding>([...held, newest])) {
			counts.set(peer, (counts.get(peer) ?? 0) + 1);
			times.set(peer, (times.get(peer) ?? 0) + now - Math.max(since, this.#countedFrom));
		}
		let least: T | undefined;
		let count = counts.get(newest.peer) ?? 0;
		let time = times.get(newest.peer) ?? 0;
		for (const each of held) {
			const itsCount = counts.get(each.peer) ?? 0;
			const itsTime = times.get(each.peer) ?? 0;
			const isLonger = least === undefined ? itsTime >= time : itsTime > time;
			if (each === newest || !(itsCount > count || (itsCount === count && isLonger))) continue;
			least = each;
			count = itsCount;
			time = itsTime;
		}
		return least;
	}

	/** The clock; what was longer ago is not counted any more. */
	private now(): number {
		const now = this.#clock.now();
		if (now - this.#countedFrom >= countedTime) {
			this.#times.clear();
			this.#countedFrom = now;
		}
		return now;
	}
}
