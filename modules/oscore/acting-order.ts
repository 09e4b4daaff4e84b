import { type Clock, Recent } from "../clock/clock.js";
import type { SecurityContext } from "./context.js";
import type { KeyTimes } from "./key-freshness.js";
import { ContextError } from "./oscore-error.js";

/** Milliseconds after which a request that acts cannot act any more, wherever it is on its way, and some more. */
const memory = 20_000;

/**
 * Under which keys this node last sealed a request that acts, for each peer: the next goes under the same or under
 * newer keys, so that the peer can tell which was sealed later. Two renewals that crossed leave keys of which neither
 * are newer.
 */
export class ActingOrder {
	/** By peer; not the contexts themselves, of which a task for all would leave a board more than it has memory for. */
	readonly #last: Recent<KeyTimes>;

	constructor(clock: Pick<Clock, "now">) {
		this.#last = new Recent(clock, memory);
	}

	/** A request that acts is about to be sealed under a context. Throws ContextError when newer keys are needed first. */
	seal(context: SecurityContext): void {
		const { name, freshness } = context;
		const last = this.#last.get(name);
		if (last !== undefined && last !== freshness.times && !freshness.supersedes(last)) {
			throw new ContextError(`the keys with ${name} are not newer than those used before`);
		}
		this.#last.set(name, freshness.times);
	}
}
