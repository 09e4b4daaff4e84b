import type { Cancel, Clock } from "../clock/clock.js";

/**
 * Work that pauses before each operation on the curve, of which a slow board does one in 0.1 to 0.8 seconds. A
 * protocol step is a generator function of this type; who calls it decides what happens at a pause. To close the
 * generator (`return`) is to give the work up, with what it held wiped.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Does all of the work now and returns its result: for tests, and where nothing else waits for the loop. */
export function runAtOnce<T>(steps: Steps<T>): T {
	for (;;) {
		const step = steps.next();
		if (step.done === true) return step.value;
	}
}

/**
 * Does the work over as many turns of the loop as it has pauses, so that no turn does more than one operation
 * on the curve; the first turn is not this one. Calls `done` with the result or `failed` with what the work
 * threw. What is returned gives the work up: neither is called then.
 */
export function runInTurns<T>({
	steps,
	clock,
	done,
	failed
}: {
	steps: Iterator<undefined, T, undefined>;
	clock: Clock;
	done: (result: T) => void;
	failed: (error: unknown) => void;
}): Cancel {
	let ended = false;
	let running = false;
	let cancel: Cancel;
	const turn = () => {
		let step: IteratorResult<undefined, T>;
		running = true;
		try {
			step = steps.next();
		} catch (error) {
			if (ended) return;
			ended = true;
			failed(error);
			return;
		} finally {
			running = false;
		}
		if (ended) {
			// Given up from inside, by something that the work called.
			steps.return?.();
		} else if (step.done === true) {
			ended = true;
			done(step.value);
		} else {
			cancel = clock.after(0, turn);
		}
	};
	cancel = clock.after(0, turn);
	return () => {
		if (ended) return;
		ended = true;
		cancel();
		if (!running) steps.return?.();
	};
}

/**
 * The same work, with `check` called before it begins and after every pause: what `check` throws ends it. For
 * work on something that may have changed or ended in a pause.
 */
export function* guardSteps<T>(check: () => void, steps: Iterator<undefined, T, undefined>): Steps<T> {
	try {
		for (;;) {
			check();
			const step = steps.next();
			if (step.done === true) return step.value;
			yield;
		}
	} finally {
		// Without effect when the work has ended by itself.
		steps.return?.();
	}
}
