interface Event {
	readonly at: number;
	readonly action: () => void;
}

/**
 * True time, in milliseconds, and what happens in it. It can be let run from within an event too: what else happens
 * while somebody stands still in the middle of something.
 */
export class World {
	#now = 0;
	readonly #events: Event[] = [];

	get now(): number {
		return this.#now;
	}

	/** Has something happen so many milliseconds from now; what is returned takes it back. */
	after(milliseconds: number, action: () => void): () => void {
		const event = { at: this.#now + Math.max(0, milliseconds), action };
		let place = this.#events.length;
		while (place > 0 && (this.#events[place - 1]?.at ?? 0) > event.at) place -= 1;
		this.#events.splice(place, 0, event);
		return () => {
			const index = this.#events.indexOf(event);
			if (index >= 0) this.#events.splice(index, 1);
		};
	}

	/** Lets time pass. */
	run(milliseconds: number): void {
		const end = this.#now + milliseconds;
		for (let next = this.#events[0]; next !== undefined && next.at <= end; next = this.#events[0]) {
			this.#events.shift();
			this.#now = Math.max(this.#now, next.at);
			next.action();
		}
		this.#now = Math.max(this.#now, end);
	}
}
