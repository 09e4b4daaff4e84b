import type { Clock } from "./clock.js";

interface Entry<Value> {
	readonly value: Value;
	readonly at: number;
}

/**
 * Values by name, each forgotten once more than `lifetime` milliseconds have gone by since it was set. What is over goes
 * when the table is next used: no timer waits for it, and where nothing is over that costs one comparison.
 */
export class Recent<Value> {
	readonly #clock: Pick<Clock, "now">;
	readonly #lifetime: number;
	/** In the order in which they were set; undefined while there are none, which is so most of the time. */
	#entries: Map<string, Entry<Value>> | undefined;
	/** Nothing is over before this. */
	#next = Number.POSITIVE_INFINITY;

	constructor(clock: Pick<Clock, "now">, lifetime: number) {
		this.#clock = clock;
		this.#lifetime = lifetime;
	}

	get(name: string): Value | undefined {
		this.forget(this.#clock.now());
		return this.#entries?.get(name)?.value;
	}

	set(name: string, value: Value): void {
		const now = this.#clock.now();
		this.forget(now);
		this.#entries ??= new Map();
		this.#entries.delete(name);
		if (this.#entries.size === 0) this.#next = now + this.#lifetime;
		this.#entries.set(name, { value, at: now });
	}

	delete(name: string): void {
		this.#entries?.delete(name);
	}

	/** How many are kept, some of which may be over. */
	get size(): number {
		return this.#entries?.size ?? 0;
	}

	private forget(now: number): void {
		if (now <= this.#next) return;
		this.#next = Number.POSITIVE_INFINITY;
		const entries = this.#entries;
		if (entries === undefined) return;
		for (const [name, { at }] of entries) {
			if (now - at <= this.#lifetime) {
				this.#next = at + this.#lifetime;
				return;
			}
			entries.delete(name);
		}
		this.#entries = undefined;
	}
}
