import type { TimeSource } from "../clock/clock.js";

/** Milliseconds after which the same is news again. */
const forgetting = 600_000;
/** Texts that are known at once. */
const most = 4;

interface Told {
	readonly key: string;
	count: number;
	/** When it came last. */
	at: number;
}

/**
 * Shows what comes over and over once, and again with how often it has come by then, the tenth time, the hundredth, and so on.
 * After ten minutes without it, it is shown as new.
 */
export class Repeats {
	readonly #clock: TimeSource;
	readonly #show: (text: string) => void;
	readonly #told: Told[] = [];

	constructor(clock: TimeSource, show: (text: string) => void) {
		this.#clock = clock;
		this.#show = show;
	}

	/** `key`: by what it is known as the same. */
	tell(text: string, key = text): void {
		const now = this.#clock.now();
		const index = this.#told.findIndex(told => told.key === key);
		const known = index < 0 ? undefined : this.#told.splice(index, 1)[0];
		const count = known === undefined || now - known.at > forgetting ? 1 : known.count + 1;
		if (this.#told.length === most) this.#told.shift();
		this.#told.push({ key, count, at: now });
		if (count === 1) this.#show(text);
		else if (/^10+$/.test(String(count))) this.#show(`${text} (${count} times by now)`);
	}
}
