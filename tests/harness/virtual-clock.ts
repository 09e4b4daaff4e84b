import { type Cancel, type Clock, OwnedTurns, type TurnOwner } from "../../modules/clock/clock.js";

interface Entry {
	readonly at: number;
	readonly action: () => void;
	readonly owner: TurnOwner | undefined;
}

/** A clock that a test moves: nothing happens until `advance`, and then in the order of the moments asked for. */
export class VirtualClock extends OwnedTurns implements Clock {
	#now = 0;
	#entries: Entry[] = [];

	now(): number {
		return this.#now;
	}

	/** How many actions still wait. */
	get pending(): number {
		return this.#entries.length;
	}

	after(milliseconds: number, action: () => void): Cancel {
		const entry = { at: this.#now + Math.max(0, milliseconds), action, owner: this.owner };
		let place = this.#entries.length;
		while (place > 0 && (this.#entries[place - 1]?.at ?? 0) > entry.at) place -= 1;
		this.#entries.splice(place, 0, entry);
		return () => {
			const index = this.#entries.indexOf(entry);
			if (index >= 0) this.#entries.splice(index, 1);
		};
	}

	/** Lets `milliseconds` pass in which nothing runs, as while a machine is suspended. */
	jump(milliseconds: number): void {
		this.#now += milliseconds;
	}

	/** Lets `milliseconds` pass and runs what falls due in them, also what that itself schedules. */
	advance(milliseconds: number): void {
		const end = this.#now + milliseconds;
		for (let next = this.#entries[0]; next !== undefined && next.at <= end; next = this.#entries[0]) {
			this.#entries.shift();
			this.#now = Math.max(this.#now, next.at);
			this.resumeFor(next.owner, next.action);
		}
		// What ran may have taken longer.
		this.#now = Math.max(this.#now, end);
	}
}
