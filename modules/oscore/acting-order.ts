import type { SecurityContext } from "./context.js";
import { ContextError } from "./oscore-error.js";

/** Milliseconds after which a request that acts cannot act any more, wherever it is on its way, and some more. */
const memory = 20_000;

interface Last {
	readonly context: SecurityContext;
	readonly at: number;
}

/**
 * Under which keys this node last sealed a request that acts, for each peer: the next goes under the same or under
 * newer keys, so that the peer can tell which was sealed later. Two renewals that crossed leave keys of which neither
 * are newer.
 */
export class ActingOrder {
	/** In the order of their instants. */
	readonly #last = new Map<string, Last>();

	/** A request that acts is about to be sealed under a context. Throws ContextError when newer keys are needed first. */
	seal(context: SecurityContext, now: number): void {
		const { name, freshness } = context;
		for (const [peer, { at }] of this.#last) {
			if (now - at <= memory) break;
			this.#last.delete(peer);
		}
		const last = this.#last.get(name)?.context;
		if (last !== undefined && last !== context && !freshness.supersedes(last.freshness)) {
			throw new ContextError(`the keys with ${name} are not newer than those used before`);
		}
		this.#last.delete(name);
		this.#last.set(name, { context, at: now });
	}
}
