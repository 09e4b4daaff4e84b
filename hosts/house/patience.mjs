import os from "node:os";

/** How many times as long as on a quiet machine things may take now: as many as there are programs for each of its cores. */
export function loadFactor() {
	const [load] = os.loadavg();
	return Math.max(1, load / os.availableParallelism());
}

/** So many milliseconds on a quiet machine, for this one as it is now. */
export function patience(milliseconds) {
	return Math.round(milliseconds * loadFactor());
}

/** How busy this machine is, in words. */
export function loadText() {
	return `a load of ${os.loadavg()[0].toFixed(1)} on ${os.availableParallelism()} cores`;
}

/** What is to be known of a limit that was reached. */
export function limitText(milliseconds) {
	return `time limit of ${milliseconds / 1000} s, or longer by the load: ${loadText()}`;
}

/**
 * Calls `expired` when so many milliseconds of a quiet machine are over, as busy as it has been meanwhile; returns what calls that
 * off.
 */
export function expiry(milliseconds, expired) {
	const begin = Date.now();
	let allowed = milliseconds;
	let timer;
	const look = () => {
		// A load that has gone again has cost its time all the same.
		allowed = Math.max(allowed, patience(milliseconds));
		const left = begin + allowed - Date.now();
		if (left <= 0) expired();
		else timer = setTimeout(look, Math.min(left, milliseconds));
	};
	timer = setTimeout(look, milliseconds);
	return () => clearTimeout(timer);
}

/** Ends as soon as `condition` is so; throws when that is not so in that time of a quiet machine. */
export async function until(condition, milliseconds, what = () => "what was waited for did not happen") {
	let isOver = false;
	const calm = expiry(milliseconds, () => {
		isOver = true;
	});
	while (!isOver && !condition()) await new Promise(resolve => setTimeout(resolve, 10));
	calm();
	if (!condition()) throw new Error(`${what()} (${limitText(milliseconds)})`);
}

/** What `work` comes to; throws when that takes longer than so many milliseconds of a quiet machine. */
export function within(milliseconds, work) {
	return new Promise((resolve, reject) => {
		const calm = expiry(milliseconds, () => reject(new Error(limitText(milliseconds))));
		// Also what it throws at once calls the limit off: the process would stay for that long.
		Promise.resolve().then(work).then(resolve, reject).finally(calm);
	});
}
