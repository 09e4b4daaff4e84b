import type { IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { CoapError, Code, type Layer, pathOptions, type Response } from "../coap/coap.js";
import { type Address, LinkError, type LinkRequest, MessageError, refusalText } from "../node/node.js";
import { ContextError, type Contexts, SequenceError, UnprotectedError } from "../oscore/oscore.js";
import type { Handshakes } from "./handshakes.js";
import type { SessionSecrets } from "./session-secrets.js";

/** What was done for a request so far, when the peer said that it has no context for it. */
type Effort = "none" | "renewed" | "handshaken";

/** Least milliseconds between two handshakes with a peer that errors in the clear cause. */
const toldInterval = 1_000;

export interface SealedRequestsOptions {
	readonly clock: Clock;
	readonly layer: Layer;
	readonly secrets: SessionSecrets;
	readonly contexts: Contexts;
	readonly handshakes: Handshakes;
	readonly isMember: (peer: IdText) => boolean;
	/** A member has answered from there, under what it shares with this node. */
	readonly onHeard: (peer: IdText, address: Address) => void;
}

/** Requests of this node, each under what it shares with the peer, and under what it can make itself of that. */
export class SealedRequests {
	readonly #options: SealedRequestsOptions;
	/** When an error in the clear was last the cause of a handshake with a peer. */
	readonly #told = new Map<IdText, number>();

	constructor(options: SealedRequestsOptions) {
		this.#options = options;
	}

	/** Asks the member at an address, until the request's time is over. */
	send(request: LinkRequest, address: Address, deadline: number): void {
		this.#ask(request, address, deadline, "none");
	}

	#ask(request: LinkRequest, address: Address, deadline: number, effort: Effort): void {
		const { peer } = request;
		const { clock, layer, contexts, secrets, isMember } = this.#options;
		if (!isMember(peer)) {
			request.onFailure(new LinkError("not a member"));
			return;
		}
		if (contexts.live(peer) === undefined && !secrets.has(peer)) {
			this.#shakeHands(request, address, deadline, effort);
			return;
		}
		// Whether the peer may have acted on it: not on the first request of a run for fresh keys.
		let hadContext = true;
		try {
			layer.request({
				peer,
				address: address.host,
				port: address.port,
				code: request.code,
				options: pathOptions(request.path),
				payload: request.payload,
				timeout: Math.max(1, deadline - clock.now()),
				onResponse: response => this.#answered(request, response),
				onFailure: error => this.#failed(request, address, deadline, effort, hadContext, error)
			});
			hadContext = !contexts.isRenewing(peer);
		} catch (error) {
			if (error instanceof ContextError || error instanceof SequenceError) {
				this.#shakeHands(request, address, deadline, effort);
			} else if (error instanceof CoapError) {
				request.onFailure(new LinkError(error.message));
			} else {
				throw error;
			}
		}
	}

	#answered(request: LinkRequest, response: Response): void {
		this.#options.onHeard(request.peer, { host: response.address, port: response.port });
		if (response.code !== Code.Content) {
			request.onFailure(new LinkError(refusalText(response), response.code));
			return;
		}
		try {
			request.onReply(response.payload);
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
			request.onFailure(new LinkError(error.message));
		}
	}

	/**
	 * An error in the clear proves nothing and discards nothing: it is a reason to try fresh keys, then a handshake. The
	 * request goes again only where that does no harm, or where it went as one that nobody acts on.
	 */
	#failed(
		request: LinkRequest,
		address: Address,
		deadline: number,
		effort: Effort,
		hadContext: boolean,
		error: CoapError
	): void {
		const mayGoAgain = request.isRepeatable || !hadContext;
		if (!(error instanceof UnprotectedError) || error.code !== Code.Unauthorized) {
			request.onFailure(new LinkError("no answer"));
		} else if (hadContext && effort === "none") {
			const isDoubted = this.#options.contexts.doubt(request.peer);
			if (mayGoAgain && isDoubted) this.#ask(request, address, deadline, "renewed");
			else request.onFailure(new LinkError("no answer"));
		} else if (mayGoAgain && effort !== "handshaken" && this.#mayBeTold(request.peer)) {
			this.#shakeHands(request, address, deadline, effort);
		} else {
			request.onFailure(new LinkError("no answer"));
		}
	}

	/** Anyone can send an error in the clear: it is the cause of at most one handshake with a peer in a second. */
	#mayBeTold(peer: IdText): boolean {
		const now = this.#options.clock.now();
		const isFree = now - (this.#told.get(peer) ?? Number.NEGATIVE_INFINITY) >= toldInterval;
		if (isFree) this.#told.set(peer, now);
		return isFree;
	}

	#shakeHands(request: LinkRequest, address: Address, deadline: number, effort: Effort): void {
		if (effort === "handshaken") {
			request.onFailure(new LinkError("no answer"));
			return;
		}
		this.#options.handshakes.start(request.peer, address, error => {
			if (error !== undefined) request.onFailure(error);
			else if (this.#options.clock.now() >= deadline) request.onFailure(new LinkError("no answer"));
			else this.#ask(request, address, deadline, "handshaken");
		});
	}
}
