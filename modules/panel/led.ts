import type { Cancel, Clock } from "../clock/clock.js";
import type { Line } from "../devices/devices.js";
import { patterns, type Sign } from "./patterns.js";

export interface LedOptions {
	readonly clock: Clock;
	/** Lit when high. */
	readonly line: Line;
	/** Says what is to be shown now. */
	readonly owner: { sign(): Sign };
}

/** Shows a sign on a line; after each time through its pattern it looks whether there is another to show. */
export class Led {
	readonly #options: LedOptions;
	#sign: Sign | undefined;
	#step = 0;
	#cancel: Cancel | undefined;

	constructor(options: LedOptions) {
		this.#options = options;
	}

	/** There may be another sign to show: it begins at once. */
	update(): void {
		const sign = this.#options.owner.sign();
		if (sign === this.#sign) return;
		this.#cancel?.();
		this.begin(sign);
	}

	/** Dark, and nothing more by itself. */
	stop(): void {
		this.#cancel?.();
		this.#sign = undefined;
		this.#options.line.write(0);
	}

	private begin(sign: Sign): void {
		this.#sign = sign;
		this.#step = 0;
		this.play();
	}

	private play(): void {
		const { clock, line } = this.#options;
		const duration = this.#sign === undefined ? undefined : patterns[this.#sign][this.#step];
		if (duration === undefined) {
			this.begin(this.#options.owner.sign());
			return;
		}
		const isLit = this.#step % 2 === 0;
		this.#step += 1;
		// First of all the next step: a line that fails must not stop the LED for good.
		this.#cancel = clock.after(duration, () => this.play());
		line.write(isLit ? 1 : 0);
	}
}
