import type { Clock } from "../clock/clock.js";
import type { Exchange, ServerRequest } from "../coap/coap.js";
import { EchoChallenge } from "../oscore/oscore.js";

/** Milliseconds over which strangers' requests are counted. */
const period = 10_000;
/** Costly requests in a period that are served without further ado. */
const freeRequests = 4;

/** How a request was let in: its sender has shown that it receives where it says it is, or nobody had to. */
export type Admission = "shown" | "free";

export interface StrangerGateOptions {
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	/** Requests in ten seconds that are served without further ado. Default 4. */
	readonly free?: number;
}

/**
 * Keeps strangers from having this node compute for them without end, or send much to whom they name as the sender: a
 * few requests are free, more must show by an Echo challenge (RFC 9175) that they come from where they say.
 */
export class StrangerGate {
	readonly #clock: Clock;
	readonly #random: StrangerGateOptions["random"];
	/** Made for the first who has to show where it is: mostly nobody has to. */
	#echo: EchoChallenge | undefined;
	readonly #free: number;
	#periodEnd = 0;
	#served = 0;

	constructor(options: StrangerGateOptions) {
		this.#clock = options.clock;
		this.#free = options.free ?? freeRequests;
		this.#random = options.random;
	}

	/** Whether more have come than are free. */
	get isPressed(): boolean {
		return this.#clock.now() < this.#periodEnd && this.#served >= this.#free;
	}

	/**
	 * Whether the request may be worked on, and why; undefined when it has been answered with a challenge. `isRoom`:
	 * whether one that has not shown where it comes from would find a place.
	 */
	admits(request: ServerRequest, exchange: Exchange, isRoom = true): Admission | undefined {
		const now = this.#clock.now();
		if (now >= this.#periodEnd) {
			this.#periodEnd = now + period;
			this.#served = 0;
		}
		const isShown = this.#echo?.passes(request) === true;
		if (!isShown && (!isRoom || this.#served >= this.#free)) {
			this.#echo ??= new EchoChallenge({ key: this.#random(32), clock: this.#clock });
			exchange.respond(this.#echo.challenge(request));
			return undefined;
		}
		this.#served += 1;
		return isShown ? "shown" : "free";
	}
}
