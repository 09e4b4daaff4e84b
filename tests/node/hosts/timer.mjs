/**
 * Moddable's Timer over Node's timers. Those keep a list for each interval, and are early at times: what is to run next
 * is chosen here, by its moment, and for one moment by when it was set.
 */
const waiting = [];
/** How the loop will be woken for the first of them. */
let alarm;

function insert(timer) {
	let place = waiting.length;
	while (place > 0 && waiting[place - 1].due > timer.due) place -= 1;
	waiting.splice(place, 0, timer);
}

function remove(timer) {
	const place = waiting.indexOf(timer);
	if (place >= 0) waiting.splice(place, 1);
}

/** Wakes the loop when the first is due; one callback a turn, so that promises and sockets have theirs in between. */
function arm() {
	clearTimeout(alarm?.timeout);
	clearImmediate(alarm?.immediate);
	alarm = undefined;
	const [first] = waiting;
	if (first === undefined) return;
	const left = first.due - performance.now();
	alarm = left > 0 ? { timeout: setTimeout(run, Math.ceil(left)) } : { immediate: setImmediate(run) };
}

function run() {
	alarm = undefined;
	const [first] = waiting;
	// Node counts from when its loop last looked at the clock, so it can be early; a host never is.
	if (first === undefined || first.due > performance.now()) arm();
	else first.fire();
}

export default class Timer {
	/** In milliseconds of `performance`, while it waits. */
	due;
	#callback;
	#repeat;

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
		remove(timer);
		timer.#repeat = repeat;
		if (interval !== undefined) {
			timer.due = performance.now() + interval;
			insert(timer);
		}
		arm();
	}

	static clear(timer) {
		if (timer === undefined || timer === null) return;
		remove(timer);
		arm();
	}

	static delay(milliseconds) {
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
	}

	/** Its moment has come. */
	fire() {
		Timer.schedule(this, this.#repeat, this.#repeat);
		const callback = this.#callback;
		callback(this);
	}
}
