import type { Cancel, TurnOwner } from "../clock/clock.js";
import { codeClass } from "./code.js";
import { BusyError, CoapError, OptionError, ResetError, TimeoutError } from "./errors.js";
import type { ClientRequest, PendingRequest, Response } from "./layer.js";
import type { Message } from "./message.js";
import { NotificationOrder } from "./notification-order.js";
import { findOption } from "./option.js";
import { OptionNumber, recogniseOptions } from "./option-table.js";
import { messageKey, type Outgoing, peerName, tokenKey } from "./outgoing.js";
import { exchangeLifetime } from "./parameters.js";
import type { PeerQueue, Waiting } from "./peer-queue.js";
import { Retransmission, type Retransmitted } from "./retransmission.js";
import type { Services } from "./services.js";

/** What a message answers, or why it must be rejected. */
export type Outcome = Response | OptionError;

/** Takes the responses that carry a token of ours. */
export interface ResponseSink {
	/** Who is asked, where one of its requests may give way to another's: not what a person waits for, nor an observation. */
	readonly yieldsFor: string | undefined;
	/** Whether it takes one of the places of requests: what has been answered, and is observed since, does not. */
	readonly isWaiting: boolean;
	/** Whether a response from this peer is for it (RFC 7252 section 5.3.2). */
	expects(peer: string): boolean;
	deliver(outcome: Outcome): void;
	/** Ends it without a word. */
	cancel(): void;
	/** Another peer's request needs its place. */
	giveWay(): void;
}

/** Where exchanges are listed, and what they share. */
export interface ClientExchanges {
	readonly services: Services;
	readonly queue: PeerQueue;
	/** Takes one out of the list. */
	remove(token: string): void;
}

export interface ClientExchangeOptions {
	readonly list: ClientExchanges;
	readonly request: ClientRequest;
	/** Its address and port as a key. */
	readonly peer: string;
	readonly confirmable: boolean;
	/** The token as a key, and the message. */
	readonly token: string;
	readonly id: number;
	readonly bytes: Uint8Array;
}

/** Takes a response apart. */
export function outcomeOf(message: Message, address: string, port: number): Outcome {
	const { code, payload } = message;
	const { options, refused } = recogniseOptions(message.options);
	if (refused === undefined) return { code, options, payload, address, port };
	const peer = peerName(address, port);
	return new OptionError(`${peer} answered with option ${refused}, which we do not know`, refused);
}

/** A request of ours until its response, its failure or its cancellation (RFC 7252 sections 4.2, 4.3, 5.2). */
export class ClientExchange implements ResponseSink, Outgoing, PendingRequest, Retransmitted, Waiting {
	readonly #list: ClientExchanges;
	readonly #request: ClientRequest;
	readonly #token: string;
	readonly #peer: string;
	/** What is urgent waits for nothing but what is urgent too: NSTART is 1 for each (RFC 7252 section 4.7). */
	readonly #queueName: string;
	/** What an acknowledgement of it is known by. */
	readonly #key: string;
	readonly #bytes: Uint8Array;
	/** In whose turn it was asked: its answer is work for the same owner. */
	readonly #owner: TurnOwner | undefined;
	/** Of a confirmable request. */
	readonly #retransmission: Retransmission | undefined;
	#overall: Cancel | undefined;
	/** Puts the notifications in order, once the answer has begun an observation. */
	#order: NotificationOrder | undefined;
	#ended = false;

	constructor({ list, request, peer, confirmable, token, id, bytes }: ClientExchangeOptions) {
		this.#list = list;
		this.#request = request;
		this.#token = token;
		this.#peer = peer;
		const { isUrgent = false } = request;
		this.#queueName = isUrgent ? `${peer} urgent` : peer;
		this.#key = messageKey(peer, id);
		this.#bytes = bytes;
		this.#owner = list.services.clock.owner;
		this.#retransmission = confirmable ? new Retransmission(list.services, this, isUrgent) : undefined;
	}

	get yieldsFor(): string | undefined {
		const { isUrgent, peer, address } = this.#request;
		return isUrgent === true || !this.isWaiting ? undefined : (peer ?? address);
	}

	get isWaiting(): boolean {
		return this.#order === undefined;
	}

	giveWay(): void {
		this.fail(new BusyError(`another's request needs the place of one to ${this.#peer}`));
	}

	/** Throws BusyError when too many requests wait for this peer. */
	begin(): void {
		const { queue, services } = this.#list;
		services.outgoing.add(this.#key, this);
		if (this.#retransmission === undefined) this.transmit();
		else queue.enter(this.#queueName, this);
		// Within one process the response may have come before this line.
		if (this.#ended || this.#order !== undefined) return;
		const timeout = this.#request.timeout ?? exchangeLifetime(services.parameters);
		this.#overall = services.clock.after(timeout, () => this.timedOut(timeout));
	}

	start(): void {
		this.#retransmission?.start();
	}

	transmit(): void {
		const { address, port } = this.#request;
		this.#list.services.send(address, port, this.#bytes);
	}

	silent(): void {
		this.#list.services.guard(() => this.#request.onSilent?.(), this.#owner);
	}

	exhausted(): void {
		this.fail(new TimeoutError(`${this.#peer} does not answer`));
	}

	expects(peer: string): boolean {
		return peer === this.#peer;
	}

	/** The response will come in a message of its own; the next request may go (RFC 7252 section 4.7). */
	acknowledged(): void {
		this.#retransmission?.stop();
		this.#list.queue.leave(this.#queueName, this);
	}

	answered(message: Message): void {
		// Id and token must both match (section 5.3.2).
		if (this.#retransmission === undefined || tokenKey(message.token) !== this.#token) return;
		const { address, port } = this.#request;
		this.deliver(outcomeOf(message, address, port));
	}

	hurry(isLost: boolean): void {
		this.#retransmission?.hurry(isLost);
	}

	reset(): void {
		this.fail(new ResetError(`${this.#peer} rejected the request`));
	}

	deliver(outcome: Outcome): void {
		if (outcome instanceof CoapError) {
			this.fail(outcome);
			return;
		}
		const request = this.#request;
		if (this.#ended || request.accepts?.(outcome) === false) return;
		const { clock, guard, outgoing } = this.#list.services;
		const observed =
			request.onNotification !== undefined &&
			codeClass(outcome.code) === 2 &&
			findOption(outcome.options, OptionNumber.Observe) !== undefined;
		if (this.#order !== undefined) {
			this.notified(outcome, observed, this.#order);
			return;
		}
		if (observed) {
			this.#order = new NotificationOrder(clock);
			this.#order.accepts(outcome.options);
			// From now on only notifications come.
			this.settle();
			outgoing.remove(this.#key);
		} else {
			this.cancel();
		}
		guard(() => request.onResponse(outcome), this.#owner);
	}

	cancel(): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#list.remove(this.#token);
		this.#list.services.outgoing.remove(this.#key);
		this.settle();
	}

	private notified(response: Response, observed: boolean, order: NotificationOrder): void {
		const request = this.#request;
		if (!observed) this.cancel();
		else if (request.accepts === undefined && !order.accepts(response.options)) return;
		this.#list.services.guard(() => request.onNotification?.(response));
	}

	private timedOut(timeout: number): void {
		this.fail(new TimeoutError(`no answer from ${this.#peer} within ${timeout} ms`));
	}

	private fail(error: CoapError): void {
		if (this.#ended) return;
		this.cancel();
		this.#list.services.guard(() => this.#request.onFailure(error), this.#owner);
	}

	/** Nothing is repeated or waited for any more, and the next request may go. */
	private settle(): void {
		this.#retransmission?.stop();
		this.#overall?.();
		this.#list.queue.leave(this.#queueName, this);
	}
}
