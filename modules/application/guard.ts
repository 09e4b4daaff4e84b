/** Faults that end the node when so many come within `faultPeriod`: it does not work any more, a restart may help. */
export const faultLimit = 20;
/** Milliseconds. */
export const faultPeriod = 10_000;
/** Milliseconds for which a callback that took long is remembered: what waited for its end comes right after it. */
const recently = 50;
/** Most milliseconds between two callbacks without a pause: a timer that is due runs before what the host has to tell. */
const gap = 2;
/** Milliseconds of callbacks without a pause after which the host is to have one. */
const longWork = 20;
/** Most characters of a fault that are shown and kept. */
const textLimit = 160;

export interface GuardOwner {
	/** Milliseconds since some moment in the past. */
	now(): number;
	/** Told of each fault, in a line. */
	report(text: string): void;
	/** Faults come too fast; called once, with the last. */
	onTooMany(text: string): void;
}

/**
 * The one place where errors end that nobody inside expected: whatever the host calls in the application, it calls
 * through here. A fault is told and counted, and the node goes on with the next thing.
 */
export class Guard {
	readonly #owner: GuardOwner;
	/** The moments of the latest faults, the oldest first. */
	readonly #moments: number[] = [];
	#count = 0;
	#last: string | undefined;
	#isOver = false;
	#isEnded = false;
	/** When those began that have followed one another without a pause, and when the latest of them ended. */
	#busySince = Number.NEGATIVE_INFINITY;
	#latest = Number.NEGATIVE_INFINITY;
	/** The last of them that took long: when they ended, and how long they took. */
	#ended = Number.NEGATIVE_INFINITY;
	#took = 0;

	constructor(owner: GuardOwner) {
		this.#owner = owner;
	}

	/** How many there were. */
	get count(): number {
		return this.#count;
	}

	/** The last one, in a line. */
	get last(): string | undefined {
		return this.#last;
	}

	/** Nothing is run any more: until a board restarts its host goes on to call, and what was wiped would be written again. */
	end(): void {
		this.#isEnded = true;
	}

	/** Runs what the host calls for; `what` it is, in words. Never throws. */
	run(what: string, action: () => void): void {
		if (this.#isEnded) return;
		const began = this.#owner.now();
		if (began - this.#latest > gap) this.#busySince = began;
		try {
			action();
		} catch (error) {
			this.caught(what, error);
		}
		const ended = this.#owner.now();
		this.#latest = ended;
		const took = ended - this.#busySince;
		if (took < this.standstill()) return;
		this.#ended = ended;
		this.#took = took;
	}

	/** Milliseconds for which nothing else could run until just now, 0 when that is over. */
	standstill(): number {
		return this.#owner.now() - this.#ended <= recently ? this.#took : 0;
	}

	/**
	 * Milliseconds before the next timer, so that the host can tell what waits behind it: a press that was let go again would else be
	 * taken for the bounce of the one before. 0 where nothing took long.
	 */
	get breath(): number {
		return this.#latest - this.#busySince >= longWork ? gap + 1 : 0;
	}

	/** An error that came out of something; also of what has a place of its own to catch it. */
	caught(what: string, error: unknown): void {
		const text = `${what} failed: ${firstLines(error)}`.slice(0, textLimit);
		this.#count += 1;
		this.#last = text;
		this.#owner.report(text);
		const now = this.#owner.now();
		this.#moments.push(now);
		if (this.#moments.length < faultLimit) return;
		const oldest = this.#moments.shift() ?? 0;
		if (this.#isOver || now - oldest > faultPeriod) return;
		this.#isOver = true;
		this.#owner.onTooMany(text);
	}
}

/** What went wrong and where: the error and the first place of its stack, on one line. */
function firstLines(error: unknown): string {
	try {
		const what = String(error).replace(/\s+/g, " ");
		const stack = error instanceof Error ? error.stack : undefined;
		const place = stack?.split("\n").find(line => /^\s*at /.test(line));
		return place === undefined ? what : `${what} ${place.trim()}`;
	} catch {
		return "something that has no text";
	}
}
