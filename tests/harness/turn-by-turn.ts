import { VirtualClock } from "./virtual-clock.js";

/** A clock on which nothing happens but the turns that a test takes one by one, in the order in which they were asked for. */
export class TurnByTurn extends VirtualClock {
	readonly #turns: (() => void)[] = [];

	override after(_milliseconds: number, action: () => void) {
		this.#turns.push(action);
		return () => {
			const place = this.#turns.indexOf(action);
			if (place >= 0) this.#turns.splice(place, 1);
		};
	}

	/** Takes the next turn; whether there was one. */
	turn(): boolean {
		const next = this.#turns.shift();
		next?.();
		return next !== undefined;
	}
}
