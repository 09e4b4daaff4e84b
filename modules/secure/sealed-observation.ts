import type { Cancel } from "../clock/clock.js";
import {
	CoapError,
	Code,
	type Layer,
	type ObserveRequest as Observable,
	type Option,
	observe,
	type PendingRequest,
	pathOptions,
	type Response
} from "../coap/coap.js";
import { type Address, type Link, LinkError, type ObserveRequest, refusalText } from "../node/node.js";

/** Milliseconds for the reading with which an observation begins. */
const patience = 9_000;

export interface SealedObservationOptions {
	readonly link: Link;
	readonly layer: Layer;
	readonly peers: { addressOf(peer: string): Address | undefined };
	readonly request: ObserveRequest;
}

/**
 * Reads a member's state once, which makes a session where there is none, and then observes it under that. The
 * observation ends with the context.
 */
export function observeSealed(options: SealedObservationOptions): Cancel {
	const observation = new SealedObservation(options);
	const { link, request } = options;
	link.request({
		peer: request.peer,
		code: Code.Get,
		path: request.path,
		payload: new Uint8Array(0),
		timeout: patience,
		onReply: () => observation.register(),
		onFailure: error => observation.end(error)
	});
	return () => observation.cancel();
}

/** An observation, and what is handed down for it. */
class SealedObservation implements Observable {
	readonly peer: string;
	address = "";
	port = 0;
	readonly code = Code.Get;
	readonly #options: SealedObservationOptions;
	#pending: PendingRequest | undefined;
	#isOver = false;

	constructor(options: SealedObservationOptions) {
		this.#options = options;
		this.peer = options.request.peer;
	}

	get options(): readonly Option[] {
		return pathOptions(this.#options.request.path);
	}

	register(): void {
		const { layer, peers } = this.#options;
		const address = peers.addressOf(this.peer);
		if (this.#isOver || address === undefined) return;
		this.address = address.host;
		this.port = address.port;
		try {
			this.#pending = observe(layer, this);
		} catch (error) {
			if (!(error instanceof CoapError)) throw error;
			this.end(new LinkError(error.message));
		}
	}

	onResponse(response: Response): void {
		if (this.#isOver) return;
		if (response.code === Code.Content) this.#options.request.onState(response.payload);
		else this.end(new LinkError(refusalText(response), response.code));
	}

	onNotification(response: Response): void {
		this.onResponse(response);
	}

	onFailure(): void {
		this.end(new LinkError("no answer"));
	}

	end(error: LinkError): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#options.request.onEnd(error);
	}

	cancel(): void {
		this.#isOver = true;
		this.#pending?.cancel();
	}
}
