import type { Cancel, TurnOwner } from "../clock/clock.js";
import type { ClientExchanges, Outcome, ResponseSink } from "./client-exchange.js";
import { CoapError } from "./errors.js";
import type { PendingRequest, Response } from "./layer.js";
import type { Option } from "./option.js";

/** A request to whoever hears it (RFC 7252 section 8.1): non-confirmable, answered by any number of peers. */
export interface BroadcastRequest {
	readonly address: string;
	readonly port: number;
	readonly code: number;
	readonly options?: readonly Option[];
	readonly payload?: Uint8Array;
	/** Milliseconds during which answers are taken. Default 10 s. */
	readonly lifetime?: number;
	onResponse(response: Response): void;
	/** The lifetime is over. */
	onEnd?(): void;
}

export interface BroadcastOptions {
	readonly list: ClientExchanges;
	readonly request: BroadcastRequest;
	/** In hexadecimal. */
	readonly token: string;
}

const DEFAULT_LIFETIME = 10_000;

/** Collects the answers to a broadcast request until its lifetime is over. */
export class Broadcast implements ResponseSink, PendingRequest {
	readonly #options: BroadcastOptions;
	readonly #timer: Cancel;
	/** In whose turn it was asked. */
	readonly #owner: TurnOwner | undefined;

	constructor(options: BroadcastOptions) {
		this.#options = options;
		const { list, request } = options;
		this.#owner = list.services.clock.owner;
		this.#timer = list.services.clock.after(request.lifetime ?? DEFAULT_LIFETIME, () => this.ended());
	}

	private ended(): void {
		const { list, request } = this.#options;
		this.cancel();
		list.services.guard(() => request.onEnd?.(), this.#owner);
	}

	get yieldsFor(): undefined {
		return undefined;
	}

	get isWaiting(): boolean {
		return true;
	}

	giveWay(): void {
		this.cancel();
	}

	expects(): boolean {
		return true;
	}

	/** One peer's unusable answer ends nothing: others may do better. */
	deliver(outcome: Outcome): void {
		const { list, request } = this.#options;
		if (outcome instanceof CoapError) return;
		list.services.guard(() => request.onResponse(outcome), this.#owner);
	}

	cancel(): void {
		this.#timer();
		this.#options.list.remove(this.#options.token);
	}
}
