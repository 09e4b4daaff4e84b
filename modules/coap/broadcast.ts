import type { Cancel, Clock } from "../clock/clock.js";
import type { ResponseSink } from "./client-exchange.js";
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
	readonly clock: Clock;
	readonly request: BroadcastRequest;
	onEnd(): void;
	guard(action: () => void): void;
}

const DEFAULT_LIFETIME = 10_000;

/** Collects the answers to a broadcast request until its lifetime is over. */
export class Broadcast implements ResponseSink, PendingRequest {
	readonly #options: BroadcastOptions;
	readonly #timer: Cancel;

	constructor(options: BroadcastOptions) {
		this.#options = options;
		const { clock, guard, request } = options;
		this.#timer = clock.after(request.lifetime ?? DEFAULT_LIFETIME, () => {
			this.#options.onEnd();
			guard(() => request.onEnd?.());
		});
	}

	expects(): boolean {
		return true;
	}

	deliver(response: Response): void {
		const { guard, request } = this.#options;
		guard(() => request.onResponse(response));
	}

	/** One peer's unusable answer ends nothing: others may do better. */
	refuse(): void {}

	cancel(): void {
		this.#timer();
		this.#options.onEnd();
	}
}
