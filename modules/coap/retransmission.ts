import type { Cancel, Clock } from "../clock/clock.js";

export interface RetransmissionOptions {
	readonly clock: Clock;
	/** Milliseconds before the first repetition; doubled at each. */
	readonly timeout: number;
	readonly maxRetransmit: number;
	send(): void;
	/** The last wait has passed too. */
	onExhausted(): void;
}

/** The initial wait for an acknowledgement: random, so that peers do not stay in step (RFC 7252 section 4.2). */
export function initialTimeout(
	parameters: { readonly ackTimeout: number; readonly ackRandomFactor: number },
	random: (count: number) => Uint8Array
): number {
	const [high, low] = random(2);
	const part = ((high << 8) | low) / 0xffff;
	return Math.round(parameters.ackTimeout * (1 + part * (parameters.ackRandomFactor - 1)));
}

/** Sends a confirmable message again with doubling waits until it is stopped (RFC 7252 section 4.2). */
export class Retransmission {
	readonly #options: RetransmissionOptions;
	#timeout: number;
	#sent = 0;
	#lastSent = 0;
	#cancel: Cancel | undefined;

	constructor(options: RetransmissionOptions) {
		this.#options = options;
		this.#timeout = options.timeout;
	}

	start(): void {
		const { clock, maxRetransmit, onExhausted } = this.#options;
		this.#sent += 1;
		// Armed before sending: a transport within the process may bring the acknowledgement before send returns.
		this.#cancel = clock.after(this.#timeout, () => {
			this.#cancel = undefined;
			if (this.#sent > maxRetransmit) onExhausted();
			else this.start();
		});
		this.#timeout *= 2;
		this.#lastSent = clock.now();
		this.#options.send();
	}

	/**
	 * The other side was heard, or something else waits for this: if the last sending is longer ago than the first wait,
	 * it is sent once more. So at most one more goes in the time of the first wait, and the back-off goes on as it was.
	 */
	hurry(): void {
		const { clock, timeout, send } = this.#options;
		if (this.#cancel === undefined || clock.now() - this.#lastSent <= timeout) return;
		this.#lastSent = clock.now();
		send();
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}
}
