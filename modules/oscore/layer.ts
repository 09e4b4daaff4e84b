import type { Clock } from "../clock/clock.js";
import type { ClientRequest, Handler, Layer, PendingRequest } from "../coap/coap.js";
import { ActingOrder } from "./acting-order.js";
import type { ContextLookup } from "./lookup.js";
import { ContextError } from "./oscore-error.js";
import { OscoreServer } from "./oscore-server.js";
import { ProtectedRequest, type Protecting } from "./protected-request.js";

export interface OscoreLayerOptions {
	/** What carries the messages: an endpoint. */
	readonly layer: Layer;
	readonly clock: Clock;
	readonly contexts: ContextLookup;
}

/**
 * OSCORE (RFC 8613) between an endpoint and what is above it: block-wise transfer, or resources. Requests and
 * responses for which there is a context are sealed; others pass in the clear, marked by `ServerRequest.secured`.
 */
export class OscoreLayer implements Layer {
	readonly #options: OscoreLayerOptions;
	readonly #protecting: Protecting;
	readonly #server: OscoreServer;

	constructor(options: OscoreLayerOptions) {
		this.#options = options;
		const { layer, clock } = options;
		this.#protecting = { layer, clock, actingOrder: new ActingOrder(clock) };
		this.#server = new OscoreServer(options);
		layer.setHandler((request, exchange) => this.#server.handle(request, exchange));
	}

	/**
	 * As the layer below, and throws ContextError when there is no context with the `peer` that the request names,
	 * SequenceError when a context has no numbers left, FormatError for options that cannot be protected. Fails with
	 * UnprotectedError when the peer answers with an error in the clear, and with ContextError when the context ends.
	 */
	request(request: ClientRequest): PendingRequest {
		const { contexts, layer } = this.#options;
		const outbound = contexts.outbound(request);
		if (outbound === undefined) {
			if (request.peer !== undefined) throw new ContextError(`no security context with ${request.peer}`);
			return layer.request(request);
		}
		const pending = new ProtectedRequest(this.#protecting, request, outbound);
		try {
			pending.send();
		} catch (error) {
			pending.cancel();
			throw error;
		}
		return pending;
	}

	setHandler(handler: Handler): void {
		this.#server.setHandler(handler);
	}
}
