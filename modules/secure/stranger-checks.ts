import type { Clock } from "../clock/clock.js";
import { Code, type Exchange, type ServerRequest } from "../coap/coap.js";
import type { StrangerGate } from "../node/node.js";

/** Least milliseconds between two checks of a signature that strangers cause: one takes a board 270 ms. */
export const checkInterval = 1_000;
/** Most strangers that wait: the last one's turn comes before it gives up. */
const waitingLimit = 6;

export interface StrangerChecksOptions {
	readonly clock: Clock;
	readonly gate: StrangerGate;
}

/**
 * Checks of signatures that strangers cause, one in a second. Who comes meanwhile must show that it receives where it
 * says it is, and waits for its turn, one request for an address: who asks without end keeps nobody else out.
 */
export class StrangerChecks {
	readonly #options: StrangerChecksOptions;
	#next = Number.NEGATIVE_INFINITY;
	/** By address, without the port, of which a stranger has many; the first to come first. */
	readonly #waiting = new Map<string, () => void>();

	constructor(options: StrangerChecksOptions) {
		this.#options = options;
	}

	/** Calls `check` now or in its turn; or answers by itself: with a challenge, or 5.03 where there is no place. */
	enter(request: ServerRequest, exchange: Exchange, check: () => void): void {
		const { clock, gate } = this.#options;
		const waiting = this.#waiting;
		const isFree = waiting.size === 0 && clock.now() >= this.#next;
		if (gate.admits(request, exchange, isFree) === undefined) return;
		if (isFree) {
			this.#next = clock.now() + checkInterval;
			check();
		} else if (waiting.has(request.address) || waiting.size >= waitingLimit) {
			exchange.respond({ code: Code.ServiceUnavailable });
		} else {
			const { owner } = clock;
			waiting.set(request.address, () => clock.resumeFor(owner, check));
			if (waiting.size === 1) this.schedule();
		}
	}

	private schedule(): void {
		const { clock } = this.#options;
		// Nobody's work: the others' turns come also when one of them has gone.
		clock.resumeFor(undefined, () => clock.after(this.#next - clock.now(), () => this.turn()));
	}

	private turn(): void {
		for (const [address, check] of this.#waiting) {
			this.#waiting.delete(address);
			this.#next = this.#options.clock.now() + checkInterval;
			if (this.#waiting.size > 0) this.schedule();
			check();
			return;
		}
	}
}
