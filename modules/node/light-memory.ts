import type { Cancel, Clock } from "../clock/clock.js";
import { type State, states } from "../devices/devices.js";
import { type Store, StoreError } from "../store/store.js";

const stateName = "state";

/** Least milliseconds between two writes, for the flash's sake. */
const pause = 10_000;

/** Keeps a light's state over a restart, writing at most once in 10 seconds and always the last state. */
export class LightMemory {
	readonly #store: Store;
	readonly #clock: Clock;
	readonly #report: (text: string) => void;
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
		if (this.#timer === undefined && this.isKept(state)) return;
		if (this.#timer !== undefined) {
			this.#waiting = state;
			return;
		}
		this.write(state);
		this.#timer = this.#clock.after(pause, () => {
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
