import type { IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import {
	type ClientRequest,
	CoapError,
	Code,
	type Layer,
	type Option,
	pathOptions,
	type Response
} from "../coap/coap.js";
import { type Address, LinkError, type LinkRequest, MessageError, refusalText } from "../node/node.js";
import {
	ContextError,
	type Contexts,
	type SecurityContext,
	SequenceError,
	UnprotectedError
} from "../oscore/oscore.js";
import type { Handshakes } from "./handshakes.js";
import type { SessionSecrets } from "./session-secrets.js";

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
	readonly options: SealedRequestsOptions;
	/** When an error in the clear was last the cause of a handshake with a peer. */
	readonly #told = new Map<IdText, number>();

	constructor(options: SealedRequestsOptions) {
		this.options = options;
	}

	/** Asks the member at an address, until the request's time is over. */
	send(request: LinkRequest, address: Address, deadline: number): void {
		new SealedRequest({ owner: this, request, address, deadline }).ask();
	}

	/** Anyone can send an error in the clear: it is the cause of at most one handshake with a peer in a second. */
	mayBeTold(peer: IdText): boolean {
		const now = this.options.clock.now();
		const isFree = now - (this.#told.get(peer) ?? Number.NEGATIVE_INFINITY) >= toldInterval;
		if (isFree) this.#told.set(peer, now);
		return isFree;
	}
}

/** One request, and what is handed down for it, as often as it goes. */
class SealedRequest implements ClientRequest {
	readonly #owner: SealedRequests;
	readonly #request: LinkRequest;
	readonly #address: Address;
	readonly #deadline: number;
	/** What was done for it so far, when the peer said that it has no context for it. */
	#effort: "none" | "renewed" | "handshaken" = "none";
	/** What was live with the peer when it was sealed. */
	#context: SecurityContext | undefined;
	/** Whether the peer may have acted on it: not on the first request of a run for fresh keys. */
	#hadContext = true;

	constructor({
		owner,
		request,
		address,
		deadline
	}: {
		readonly owner: SealedRequests;
		readonly request: LinkRequest;
		readonly address: Address;
		readonly deadline: number;
	}) {
		this.#owner = owner;
		this.#request = request;
		this.#address = address;
		this.#deadline = deadline;
	}

	get peer(): IdText {
		return this.#request.peer;
	}

	get address(): string {
		return this.#address.host;
	}

	get port(): number {
		return this.#address.port;
	}

	get code(): number {
		return this.#request.code;
	}

	get options(): readonly Option[] {
		return pathOptions(this.#request.path);
	}

	get payload(): Uint8Array {
		return this.#request.payload;
	}

	get timeout(): number {
		return Math.max(1, this.#deadline - this.#owner.options.clock.now());
	}

	ask(): void {
		const { layer, contexts, secrets, isMember } = this.#owner.options;
		const { peer } = this;
		if (!isMember(peer)) {
			this.fail("not a member");
			return;
		}
		if (contexts.live(peer) === undefined && !secrets.has(peer)) {
			this.shakeHands();
			return;
		}
		this.#hadContext = true;
		this.#context = contexts.live(peer);
		try {
			layer.request(this);
			this.#hadContext = !contexts.isRenewing(peer);
		} catch (error) {
			if (error instanceof ContextError || error instanceof SequenceError) this.shakeHands();
			else if (error instanceof CoapError) this.fail(error.message);
			else throw error;
		}
	}

	onResponse(response: Response): void {
		this.#owner.options.onHeard(this.peer, { host: response.address, port: response.port });
		if (response.code !== Code.Content) {
			this.fail(refusalText(response), response.code);
			return;
		}
		try {
			this.#request.onReply(response.payload);
		} catch (error) {
			if (!(error instanceof MessageError)) throw error;
			this.fail(error.message);
		}
	}

	/**
	 * An error in the clear proves nothing and discards nothing: it is a reason to try fresh keys, then a handshake. The
	 * request goes again only where that does no harm, or where it went as one that nobody acts on.
	 */
	onFailure(error: CoapError): void {
		const { contexts } = this.#owner.options;
		const mayGoAgain = this.#request.isRepeatable || !this.#hadContext;
		if (!(error instanceof UnprotectedError) || error.code !== Code.Unauthorized) {
			this.fail("no answer");
		} else if (this.#hadContext && this.#effort === "none") {
			this.#effort = "renewed";
			// Fresh keys may have been asked for since it was sealed, or even be there.
			const isOutdated = contexts.isRenewing(this.peer) || contexts.live(this.peer) !== this.#context;
			if ((isOutdated || contexts.doubt(this.peer)) && mayGoAgain) this.ask();
			else this.fail("no answer");
		} else if (mayGoAgain && this.#effort !== "handshaken" && this.#owner.mayBeTold(this.peer)) {
			this.shakeHands();
		} else {
			this.fail("no answer");
		}
	}

	private shakeHands(): void {
		if (this.#effort === "handshaken") {
			this.fail("no answer");
			return;
		}
		this.#effort = "handshaken";
		this.#owner.options.handshakes.start(this.peer, this.#address, error => {
			if (error !== undefined) this.#request.onFailure(error);
			else if (this.#owner.options.clock.now() >= this.#deadline) this.fail("no answer");
			else this.ask();
		});
	}

	private fail(reason: string, code?: number): void {
		this.#request.onFailure(new LinkError(reason, code));
	}
}
