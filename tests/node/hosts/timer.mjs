/** Moddable's Timer over Node's timers. */
export default class Timer {
	#callback;
	#handle;

	constructor(callback) {
		this.#callback = callback;
	}

	static set(callback, interval = 0, repeat = undefined) {
		const timer = new Timer(callback);
		Timer.schedule(timer, interval, repeat);
		return timer;
	}

	static repeat(callback, interval) {
		return Timer.set(callback, interval, interval);
	}

	/** First after `interval`, then every `repeat` if that is given; without either the timer sleeps. */
	static schedule(timer, interval, repeat) {
		clearTimeout(timer.#handle);
		if (interval === undefined) return;
		const due = performance.now() + interval;
		const fire = () => {
			const left = due - performance.now();
			if (left > 0) {
				// Node counts from when its loop last looked at the clock, so it can be early; a host never is.
				timer.#handle = setTimeout(fire, Math.ceil(left));
				return;
			}
			if (repeat === undefined) timer.#handle = undefined;
			else Timer.schedule(timer, repeat, repeat);
			const callback = timer.#callback;
			callback(timer);
		};
		timer.#handle = setTimeout(fire, interval);
	}

	static clear(timer) {
		if (timer === undefined || timer === null) return;
		clearTimeout(timer.#handle);
		timer.#handle = undefined;
	}

	static delay(milliseconds) {
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
	}
}
