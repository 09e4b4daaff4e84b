import type { Clock } from "../clock/clock.js";
import { settling } from "../devices/devices.js";

/** Milliseconds of standing still after which a press in it counts no more: it may be older than a task may act. */
const forgetting = 9_500;

export interface ButtonOwner {
	/** Milliseconds for which the loop stood still until just now, 0 when it did not. */
	standstill(): number;
	/** Its contacts have closed, perhaps for a disturbance only. */
	onTouch(): void;
	/** It is held down, since a moment of the clock. */
	onDown(since: number): void;
	/** It was let go, so many milliseconds after it was pressed; for `least` of them it was held for sure. */
	onUp(held: number, least: number): void;
}

export interface ButtonOptions {
	readonly clock: Clock;
	/** Its line: 0 while it is pressed. */
	readonly line: { read(): number };
	readonly owner: ButtonOwner;
}

type State =
	/** Nobody touches it. */
	| { readonly is: "up" }
	/** Touched at a moment; to be looked at again when the contacts have settled. */
	| { readonly is: "settling"; readonly since: number }
	| { readonly is: "down"; readonly since: number }
	/** Let go, or held when it was first seen: its contacts may still bounce. */
	| { readonly is: "resting" };

/**
 * A push button without its bounce. A press counts from its first edge once it has lasted `settling`; letting go
 * counts at the first edge, at once.
 */
export class Button {
	readonly #options: ButtonOptions;
	#state: State = { is: "up" };
	/** Until when its contacts may bounce, since it was let go. */
	#settled = Number.NEGATIVE_INFINITY;

	/** One that is held at first is not pressed: it is on its way up from the press that restarted the node. */
	constructor(options: ButtonOptions) {
		this.#options = options;
		if (this.#isDown) this.#state = { is: "resting" };
	}

	/** Whether it is held down. */
	get isDown(): boolean {
		return this.#state.is === "down";
	}

	/** To be called at each edge of the line. One call for several edges will do, and one without an edge does nothing. */
	edge(): void {
		switch (this.#state.is) {
			case "up":
				if (this.#isDown) this.touched();
				else if (this.wasMissed) this.tapped();
				break;
			case "settling":
				// Looked at when that is over.
				break;
			case "down":
				if (!this.#isDown) this.released(this.#state.since, this.#options.clock.now());
				break;
			case "resting":
				if (!this.#isDown) this.rest();
				break;
		}
	}

	get #isDown(): boolean {
		return this.#options.line.read() === 0;
	}

	/**
	 * Pressed and let go while the loop stood still, not for long: nobody was there to see when, nor for how long. An edge may be as old as
	 * the standstill: one from before its contacts had settled is no press.
	 */
	private get wasMissed(): boolean {
		const { clock, owner } = this.#options;
		const standstill = owner.standstill();
		const isBounce = clock.now() - standstill < this.#settled;
		return standstill >= settling && standstill <= forgetting && !isBounce;
	}

	private touched(): void {
		const { clock, owner } = this.#options;
		const state: State = { is: "settling", since: clock.now() };
		this.#state = state;
		owner.onTouch();
		clock.after(settling, () => {
			if (this.#state !== state) return;
			if (this.#isDown) {
				this.#state = { is: "down", since: state.since };
				this.#options.owner.onDown(state.since);
			} else if (this.wasMissed) {
				this.tapped();
			} else {
				this.#state = { is: "up" };
			}
		});
	}

	private tapped(): void {
		const { clock, owner } = this.#options;
		const now = clock.now();
		owner.onDown(now - settling);
		this.released(now - settling, now);
	}

	private released(since: number, now: number): void {
		const { owner } = this.#options;
		const held = now - since;
		// It may have come up at any moment of a standstill.
		const least = Math.max(0, held - owner.standstill());
		const state: State = { is: "resting" };
		this.#state = state;
		this.#settled = now + settling;
		// First what somebody waits for.
		try {
			owner.onUp(held, least);
		} finally {
			this.listenAgain(state);
		}
	}

	/** Deaf until the contacts have settled. */
	private rest(): void {
		const state: State = { is: "resting" };
		this.#state = state;
		this.#settled = this.#options.clock.now() + settling;
		this.listenAgain(state);
	}

	/** Once the contacts have settled; then it may be down again already. */
	private listenAgain(state: State): void {
		const { clock } = this.#options;
		clock.after(Math.max(0, this.#settled - clock.now()), () => {
			if (this.#state !== state) return;
			this.#state = { is: "up" };
			if (this.#isDown) this.touched();
		});
	}
}
