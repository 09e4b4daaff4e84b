import type { Cancel, Clock } from "../clock/clock.js";
import { codeClass } from "./code.js";
import { type CoapError, ResetError, TimeoutError } from "./errors.js";
import type { ClientRequest, PendingRequest, Response } from "./layer.js";
import type { Message } from "./message.js";
import { NotificationOrder } from "./notification-order.js";
import { findOption } from "./option.js";
import { OptionNumber } from "./option-table.js";
import type { Outgoing } from "./outgoing.js";
import type { PeerQueue, Turn } from "./peer-queue.js";
import { Retransmission } from "./retransmission.js";

/** Takes the responses that carry a token of ours. */
export interface ResponseSink {
	/** Whether a response from this peer is for it (RFC 7252 section 5.3.2). */
	expects(peer: string): boolean;
	deliver(response: Response): void;
	/** A response came that must be rejected. */
	refuse(error: CoapError): void;
	/** Ends it without a word. */
	cancel(): void;
}

export interface ClientExchangeOptions {
	readonly clock: Clock;
	readonly request: ClientRequest;
	readonly peer: string;
	readonly queue: PeerQueue;
	/** First wait for an acknowledgement, and overall limit: milliseconds. */
	readonly firstTimeout: number;
	readonly timeout: number;
	readonly maxRetransmit: number;
	send(): void;
	/** From now on only notifications come. */
	onObserving(): void;
	/** Takes it out of the tables. */
	onEnd(): void;
	/** Takes a response apart that came in an acknowledgement. */
	onAnswer(message: Message): void;
	/** Runs a callback of the application, which may throw. */
	guard(action: () => void): void;
}

/** A request of ours until its response, its failure or its cancellation (RFC 7252 sections 4.2, 4.3, 5.2). */
export class ClientExchange implements ResponseSink, Outgoing, PendingRequest {
	readonly #options: ClientExchangeOptions;
	readonly #retransmission: Retransmission;
	#overall: Cancel | undefined;
	#turn: Turn | undefined;
	/** Puts the notifications in order, once the answer has begun an observation. */
	#order: NotificationOrder | undefined;
	#ended = false;

	constructor(options: ClientExchangeOptions) {
		this.#options = options;
		this.#retransmission = new Retransmission({
			clock: options.clock,
			timeout: options.firstTimeout,
			maxRetransmit: options.maxRetransmit,
			send: options.send,
			onExhausted: () => this.#fail(new TimeoutError(`${options.peer} does not answer`))
		});
	}

	/** Answered, or ended without. */
	get #settled(): boolean {
		return this.#ended || this.#order !== undefined;
	}

	get #confirmable(): boolean {
		return this.#options.request.confirmable ?? true;
	}

	/** Throws BusyError when too many requests wait for this peer. */
	begin(): void {
		const { clock, peer, queue, send, timeout } = this.#options;
		if (this.#confirmable) {
			const turn = queue.enter(peer, () => this.#retransmission.start());
			// Within one process the response may have come before this line.
			if (this.#settled) turn.end();
			else this.#turn = turn;
		} else {
			send();
		}
		if (this.#settled) return;
		this.#overall = clock.after(timeout, () => {
			this.#fail(new TimeoutError(`no answer from ${peer} within ${timeout} ms`));
		});
	}

	expects(peer: string): boolean {
		return peer === this.#options.peer;
	}

	/** The response will come in a message of its own; the next request may go (RFC 7252 section 4.7). */
	acknowledged(): void {
		this.#retransmission.stop();
		this.#turn?.end();
	}

	answered(message: Message): void {
		if (this.#confirmable) this.#options.onAnswer(message);
	}

	hurry(): void {
		this.#retransmission.hurry();
	}

	reset(): void {
		this.#fail(new ResetError(`${this.#options.peer} rejected the request`));
	}

	deliver(response: Response): void {
		const { clock, guard, onObserving, request } = this.#options;
		if (this.#ended || request.accepts?.(response) === false) return;
		const observed =
			request.onNotification !== undefined &&
			codeClass(response.code) === 2 &&
			findOption(response.options, OptionNumber.Observe) !== undefined;
		if (this.#order !== undefined) {
			this.#notified(response, observed, this.#order);
		} else if (observed) {
			this.#order = new NotificationOrder(clock);
			this.#order.accepts(response.options);
			this.#settle();
			onObserving();
			guard(() => request.onResponse(response));
		} else if (this.#end()) {
			guard(() => request.onResponse(response));
		}
	}

	refuse(error: CoapError): void {
		this.#fail(error);
	}

	cancel(): void {
		this.#end();
	}

	#notified(response: Response, observed: boolean, order: NotificationOrder): void {
		const { guard, request } = this.#options;
		if (!observed) this.#end();
		else if (request.accepts === undefined && !order.accepts(response.options)) return;
		guard(() => request.onNotification?.(response));
	}

	#fail(error: CoapError): void {
		const { guard, request } = this.#options;
		if (this.#end()) guard(() => request.onFailure(error));
	}

	#end(): boolean {
		if (this.#ended) return false;
		this.#ended = true;
		this.#options.onEnd();
		this.#settle();
		return true;
	}

	/** Nothing is repeated or waited for any more, and the next request may go. */
	#settle(): void {
		this.#retransmission.stop();
		this.#overall?.();
		this.#turn?.end();
	}
}
