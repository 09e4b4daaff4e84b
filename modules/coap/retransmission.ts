import type { Cancel } from "../clock/clock.js";
import type { Services } from "./services.js";

/** Who has a message sent until it is acknowledged. */
export interface Retransmitted {
	/** Sends it, for the first time or again. */
	transmit(): void;
	/** The last wait has passed too. */
	exhausted(): void;
}

/** The initial wait for an acknowledgement: random, so that peers do not stay in step (RFC 7252 section 4.2). */
function initialTimeout({ parameters, random }: Services, isUrgent: boolean): number {
	const { ackTimeout, urgentTimeout, ackRandomFactor } = parameters;
	const [high, low] = random(2);
	const part = ((high << 8) | low) / 0xffff;
	return Math.round((isUrgent ? urgentTimeout : ackTimeout) * (1 + part * (ackRandomFactor - 1)));
}

/**
 * Sends a confirmable message again with doubling waits until it is stopped (RFC 7252 section 4.2). What is urgent has
 * shorter waits that grow by half: where a fifth of all datagrams is lost, a press would else fail once in twenty.
 */
export class Retransmission {
	readonly #services: Services;
	readonly #message: Retransmitted;
	/** Milliseconds before the first repetition, and by how much that grows at each. */
	readonly #first: number;
	readonly #growth: number;
	#timeout: number;
	#sent = 0;
	#lastSent = 0;
	#cancel: Cancel | undefined;

	constructor(services: Services, message: Retransmitted, isUrgent = false) {
		this.#services = services;
		this.#message = message;
		this.#first = initialTimeout(services, isUrgent);
		this.#growth = isUrgent ? services.parameters.urgentGrowth : 2;
		this.#timeout = this.#first;
	}

	start(): void {
		const { clock } = this.#services;
		this.#sent += 1;
		// Armed before sending: a transport within the process may bring the acknowledgement before send returns.
		this.#cancel = clock.after(this.#timeout, () => this.expired());
		this.#timeout *= this.#growth;
		this.#lastSent = clock.now();
		this.#message.transmit();
	}

	/**
	 * The other side was heard, or something else waits for this: if the last sending is longer ago than the first wait,
	 * it is sent once more. So at most one more goes in the time of the first wait, and the back-off goes on as it was.
	 * What `isLost` for sure is sent at once.
	 */
	hurry(isLost: boolean): void {
		const now = this.#services.clock.now();
		if (this.#cancel === undefined || (!isLost && now - this.#lastSent <= this.#first)) return;
		this.#lastSent = now;
		this.#message.transmit();
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}

	private expired(): void {
		this.#cancel = undefined;
		if (this.#sent > this.#services.parameters.maxRetransmit) this.#message.exhausted();
		else this.start();
	}
}
