import Time from "time";
import Timer from "timer";
import type { Cancel, Clock } from "./clock.js";

/** The host's clock. */
export class SystemClock implements Clock {
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
		let timer: Timer | undefined = Timer.set(() => {
			timer = undefined;
			action();
		}, milliseconds);
		return () => {
			if (timer === undefined) return;
			Timer.clear(timer);
			timer = undefined;
		};
	}
}
