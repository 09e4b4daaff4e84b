import type { Cancel } from "../clock/clock.js";
import type { Services } from "./services.js";

/** What it takes of the endpoint. */
type Timing = Pick<Services, "clock" | "parameters" | "random">;

/** Who has a message sent until it is acknowledged. */
export interface Retransmitted {
	/** Sends it, for the first time or again. */
	transmit(): void;
	/** A wait has passed without an acknowledgement, and it was sent again. */
	silent?(): void;
	/** The last wait has passed too. */
	exhausted(): void;
}

/** The initial wait for an acknowledgement: random, so that peers do not stay in step (RFC 7252 section 4.2). */
function initialTimeout({ parameters, random }: Timing, isUrgent: boolean): number {
	const { ackTimeout, urgentTimeout, ackRandomFactor } = parameters;
	const [high, low] = random(2);
	const part = ((high << 8) | low) / 0xffff;
	return Math.round((isUrgent ? urgentTimeout : ackTimeout) * (1 + part * (ackRandomFactor - 1)));
}

/**
 * Sends a confirmable message again with doubling waits until it is stopped (RFC 7252 section 4.2). What is urgent has
 * shorter waits that grow by a fifth: where a fifth of all datagrams is lost, a press would else fail, and what waits for it.
 */
export class Retransmission {
	readonly #services: Timing;
	readonly #message: Retransmitted;
	readonly #isUrgent: boolean;
	/** Milliseconds before the first repetition, and before the next one; 0 before anything was sent. */
	#first = 0;
	#timeout = 0;
	#sent = 0;
	#lastSent = 0;
	/** Whether it was sent, and an acknowledgement is waited for. */
	#isWaiting = false;
	#cancel: Cancel | undefined;

	constructor(services: Timing, message: Retransmitted, isUrgent = false) {
		this.#services = services;
		this.#message = message;
		this.#isUrgent = isUrgent;
	}

	/** Sends first, since somebody waits for that, and then sets the timer. */
	start(): void {
		this.#sent += 1;
		this.#isWaiting = true;
		this.#lastSent = this.#services.clock.now();
		try {
			this.#message.transmit();
		} finally {
			// A transport within the process may bring the acknowledgement before this line.
			if (this.#isWaiting) this.wait();
		}
	}

	/**
	 * The other side was heard, or something else waits for this: if the last sending is longer ago than the first wait,
	 * it is sent once more. So at most one more goes in the time of the first wait, and the back-off goes on as it was.
	 * What `isLost` for sure is sent at once.
	 */
	hurry(isLost: boolean): void {
		const now = this.#services.clock.now();
		if (!this.#isWaiting || (!isLost && now - this.#lastSent <= this.#first)) return;
		this.#lastSent = now;
		this.#message.transmit();
	}

	stop(): void {
		this.#isWaiting = false;
		this.#cancel?.();
		this.#cancel = undefined;
	}

	private wait(): void {
		const { clock, parameters } = this.#services;
		if (this.#first === 0) {
			this.#first = initialTimeout(this.#services, this.#isUrgent);
			this.#timeout = this.#first;
		}
		this.#cancel = clock.after(this.#timeout, () => this.expired());
		this.#timeout *= this.#isUrgent ? parameters.urgentGrowth : 2;
	}

	private expired(): void {
		this.#isWaiting = false;
		this.#cancel = undefined;
		const { maxRetransmit, urgentRetransmit } = this.#services.parameters;
		if (this.#sent > (this.#isUrgent ? urgentRetransmit : maxRetransmit)) {
			this.#message.exhausted();
			return;
		}
		this.start();
		this.#message.silent?.();
	}
}
