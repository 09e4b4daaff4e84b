import type { Clock } from "../clock/clock.js";
import { Code, type Exchange, type ServerRequest } from "../coap/coap.js";
import { EchoChallenge } from "../oscore/oscore.js";

/** Milliseconds over which strangers' requests are counted. */
const period = 10_000;
/** Requests in a period that are served without further ado. */
const freeRequests = 4;
/** Most costly runs at once. */
const runsLimit = 2;

/**
 * Keeps strangers from having this node compute for them without end: a few requests are free, more must show by an
 * Echo challenge (RFC 9175) that they come from where they say, and no more than two runs go on at once.
 */
export class StrangerGate {
	readonly #clock: Clock;
	readonly #echo: EchoChallenge;
	#periodEnd = 0;
	#served = 0;
	#running = 0;

	constructor(options: { clock: Clock; random: (count: number) => Uint8Array }) {
		this.#clock = options.clock;
		this.#echo = new EchoChallenge({ key: options.random(32), clock: options.clock });
	}

	/** Whether the request may be worked on; otherwise it has been answered. */
	admits(request: ServerRequest, exchange: Exchange): boolean {
		const now = this.#clock.now();
		if (now >= this.#periodEnd) {
			this.#periodEnd = now + period;
			this.#served = 0;
		}
		if (this.#served >= freeRequests && !this.#echo.passes(request)) {
			exchange.respond(this.#echo.challenge(request));
			return false;
		}
		if (this.#running >= runsLimit) {
			exchange.respond({ code: Code.ServiceUnavailable });
			return false;
		}
		this.#served += 1;
		return true;
	}

	/** A run has begun; what is returned ends it, once. */
	begin(): () => void {
		this.#running += 1;
		let isOver = false;
		return () => {
			if (isOver) return;
			isOver = true;
			this.#running -= 1;
		};
	}
}
