import type { Cancel, Clock } from "../clock/clock.js";
import { type State, states } from "../devices/devices.js";
import { type Store, StoreError } from "../store/store.js";

const stateName = "state";

/** Writes in a row, and milliseconds until there may be one more, for the flash's sake. */
const inARow = 16;
const pause = 10_000;

/** Keeps a light's state over a restart: sixteen writes in a row, then one in 10 seconds, and always the last state. */
export class LightMemory {
	readonly #store: Store;
	readonly #clock: Clock;
	readonly #report: (text: string) => void;
	/** When so many may be written in a row again. */
	#whole = Number.NEGATIVE_INFINITY;
	#waiting: State | undefined;
	#timer: Cancel | undefined;

	constructor(options: { store: Store; clock: Clock; report: (text: string) => void }) {
		this.#store = options.store;
		this.#clock = options.clock;
		this.#report = options.report;
	}

	/** The state last kept, if any; a damaged record counts as none. */
	get last(): State | undefined {
		try {
			return this.read();
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#report(error.message);
			return undefined;
		}
	}

	/** What is kept already costs neither a write nor the wait after one. */
	keep(state: State): void {
		if (this.#timer !== undefined) {
			this.#waiting = state;
			return;
		}
		if (this.isKept(state)) return;
		const now = this.#clock.now();
		const whole = Math.max(now, this.#whole) + pause;
		const wait = whole - now - inARow * pause;
		if (wait <= 0) {
			this.#whole = whole;
			this.write(state);
			return;
		}
		this.#waiting = state;
		this.#timer = this.#clock.after(wait, () => {
			this.#timer = undefined;
			const waiting = this.#waiting;
			this.#waiting = undefined;
			if (waiting !== undefined) this.keep(waiting);
		});
	}

	/** Writes what still waits, before an orderly end. */
	flush(): void {
		this.#timer?.();
		this.#timer = undefined;
		if (this.#waiting !== undefined) this.write(this.#waiting);
		this.#waiting = undefined;
	}

	private read(): State | undefined {
		return states[this.#store.get(stateName)?.[0] ?? -1];
	}

	/** What cannot be read is not kept: it is to be written anew. */
	private isKept(state: State): boolean {
		try {
			return this.read() === state;
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			return false;
		}
	}

	private write(state: State): void {
		try {
			this.#store.set(stateName, Uint8Array.of(states.indexOf(state)));
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#report(error.message);
		}
	}
}
