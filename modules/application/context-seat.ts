import type { ClientRequest } from "../coap/coap.js";
import type { Seats } from "../node/node.js";
import type { ContextHint, ContextLookup, Inbound, Outbound } from "../oscore/oscore.js";

/** Holds the place of the security contexts until the home's suite brings them; everything goes in the clear before. */
export class ContextSeat implements ContextLookup, Seats {
	#contexts: ContextLookup | undefined;

	seatContexts(contexts: ContextLookup): void {
		this.#contexts = contexts;
	}

	/** Whether the home's suite seals what its members say. */
	get isTaken(): boolean {
		return this.#contexts !== undefined;
	}

	outbound(request: ClientRequest): Outbound | undefined {
		return this.#contexts?.outbound(request);
	}

	inbound(hint: ContextHint): readonly Inbound[] {
		return this.#contexts?.inbound(hint) ?? [];
	}
}
