import type { Clock } from "../clock/clock.js";
import { type Freshness, findOption, type Option, OptionNumber, type RequestPlace } from "../coap/coap.js";
import type { SecurityContext } from "./context.js";

export interface SealedFreshnessOptions {
	readonly clock: Clock;
	readonly context: SecurityContext;
	/** The number that is the request's Partial IV. */
	readonly sequence: number;
	/** What was sealed: an Echo in the clear proves nothing. */
	readonly options: readonly Option[];
}

/** When a request that has verified under a context can have been sealed. */
export class SealedFreshness implements Freshness {
	readonly #options: SealedFreshnessOptions;

	constructor(options: SealedFreshnessOptions) {
		this.#options = options;
	}

	takeInstant(): number | undefined {
		const { context, options } = this.#options;
		return context.freshness.redeem(findOption(options, OptionNumber.Echo)?.value);
	}

	get place(): RequestPlace {
		const { context, sequence } = this.#options;
		return { keys: context.freshness.times, sequence };
	}

	/** Under the same keys by its sequence number, else by which keys are newer. */
	isAfter(place: RequestPlace): boolean {
		const { context, sequence } = this.#options;
		const { freshness } = context;
		return place.keys === freshness.times ? sequence > place.sequence : freshness.supersedes(place.keys);
	}

	newEcho(): Option | undefined {
		const { context, clock } = this.#options;
		const value = context.newEcho(clock.now());
		return value && { number: OptionNumber.Echo, value };
	}
}
