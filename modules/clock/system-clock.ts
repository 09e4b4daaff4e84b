import Time from "time";
import Timer from "timer";
import { type Cancel, type Clock, OwnedTurns } from "./clock.js";

/** The host's clock. */
export class SystemClock extends OwnedTurns implements Clock {
	#last = Time.ticks;
	#elapsed = 0;

	/**
	 * `Time.ticks` is 32 bits wide on the boards and turns negative after 25 days, so only differences are used; the boards
	 * never sleep that long. On Linux it does not wrap, and counts while the machine is suspended.
	 */
	now(): number {
		const ticks = Time.ticks;
		this.#elapsed += Time.delta(this.#last, ticks);
		this.#last = ticks;
		return this.#elapsed;
	}

	after(milliseconds: number, action: () => void): Cancel {
		const { owner } = this;
		let timer: Timer | undefined = Timer.set(() => {
			timer = undefined;
			this.resumeFor(owner, action);
		}, milliseconds);
		return () => {
			if (timer === undefined) return;
			Timer.clear(timer);
			timer = undefined;
		};
	}
}
