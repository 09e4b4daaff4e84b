import type { Clock } from "../clock/clock.js";
import { findUint, type Option } from "./option.js";
import { OptionNumber } from "./option-table.js";

/** Half of what the 24 bits of an Observe option count. */
const HALF = 2 ** 23;
/** Milliseconds after which any notification is newer than the last (RFC 7641 section 3.4). */
const ALWAYS_FRESH = 128_000;

/** Which of two notifications is the newer, although they may overtake each other (RFC 7641 section 3.4). */
export class NotificationOrder {
	readonly #clock: Clock;
	#last: { readonly number: number; readonly at: number } | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** False for one that is older than what came before, or the same; it is then to be ignored. */
	accepts(options: readonly Option[]): boolean {
		const number = (findUint(options, OptionNumber.Observe) ?? 0) & 0xffffff;
		const at = this.#clock.now();
		const last = this.#last;
		if (last !== undefined && at - last.at <= ALWAYS_FRESH) {
			const difference = number - last.number;
			const newer = (difference > 0 && difference < HALF) || difference < -HALF;
			if (!newer) return false;
		}
		this.#last = { number, at };
		return true;
	}
}
