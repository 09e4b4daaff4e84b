import type { Clock } from "../clock/clock.js";

/**
 * A report of what strangers cause: at most one in 5 seconds, so that nobody can fill the console; the next one says
 * how many were left out.
 */
export function throttled(clock: Clock, report: (text: string) => void): (text: string) => void {
	const interval = 5_000;
	let next = Number.NEGATIVE_INFINITY;
	let omitted = 0;
	return text => {
		if (clock.now() < next) {
			omitted += 1;
			return;
		}
		report(omitted === 0 ? text : `${text} (and ${omitted} more like it)`);
		next = clock.now() + interval;
		omitted = 0;
	};
}
