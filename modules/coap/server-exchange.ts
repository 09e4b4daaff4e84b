import type { Cancel, TurnOwner } from "../clock/clock.js";
import { Code, codeClass, codeText, isResponse } from "./code.js";
import { ExchangeError } from "./errors.js";
import { type Exchange, type Notifier, type Reply, replyOptions } from "./layer.js";
import { type Message, MessageType } from "./message.js";
import type { Observation } from "./observation.js";
import { type Observations, observedBy } from "./observations.js";
import { uintOption } from "./option.js";
import { OptionNumber } from "./option-table.js";
import { messageKey, type Outgoing, peerName, tokenKey } from "./outgoing.js";
import { Retransmission, type Retransmitted } from "./retransmission.js";
import type { Services } from "./services.js";

/** Where exchanges are listed, and what they share. */
export interface ServerExchanges {
	readonly services: Services;
	readonly observations: Observations;
	/** Who asks has been verified. */
	verified(exchange: ServerExchange): void;
	/** One is over: its place is free. */
	remove(exchange: ServerExchange): void;
}

export interface ServerExchangeOptions {
	readonly list: ServerExchanges;
	readonly message: Message;
	readonly address: string;
	readonly port: number;
	/** Under what the request is remembered, so that its duplicates get the same answer. */
	readonly key: string;
}

const EMPTY = new Uint8Array(0);

/**
 * A request of someone else's until it is answered: in the acknowledgement when the handler is quick, in a
 * confirmable message of its own when it is not (RFC 7252 sections 5.2.1 to 5.2.3).
 */
export class ServerExchange implements Exchange, Outgoing, Retransmitted, TurnOwner {
	/** Under what its request is remembered. */
	readonly key: string;
	readonly #list: ServerExchanges;
	readonly #address: string;
	readonly #port: number;
	readonly #type: MessageType;
	readonly #id: number;
	readonly #token: Uint8Array;
	/** The value of the Observe option of a request to read. */
	readonly #observe: number | undefined;
	#state: "open" | "answered" | "expired" = "open";
	/** How an answer goes that the handler did not give: by the layer that has verified who asks. */
	#above: Pick<Exchange, "respond"> | undefined;
	#asker: string | undefined;
	/** The request was acknowledged without an answer. */
	#promised = false;
	#timer: Cancel | undefined;
	#observation: Observation | undefined;
	/** The answer in a message of its own, until it is acknowledged. */
	#answer: { readonly key: string; readonly bytes: Uint8Array } | undefined;
	#retransmission: Retransmission | undefined;

	constructor({ list, message, address, port, key }: ServerExchangeOptions) {
		this.key = key;
		this.#list = list;
		this.#address = address;
		this.#port = port;
		this.#type = message.type;
		this.#id = message.id;
		this.#token = message.token;
		this.#observe = observedBy(message);
	}

	/** Whether it has been neither answered nor dropped. */
	get open(): boolean {
		return this.#state === "open";
	}

	/** Who asks, once a security layer has verified that. */
	get asker(): string | undefined {
		return this.#asker;
	}

	verified(peer: string, above: Pick<Exchange, "respond">): boolean {
		this.#asker = peer;
		this.#above = above;
		this.#list.verified(this);
		return this.open;
	}

	/** The handler has returned: what it has not answered by now takes longer. */
	handled(): void {
		if (this.#state !== "open") return;
		const { clock, parameters } = this.#list.services;
		this.#timer =
			this.#type === MessageType.Confirmable
				? clock.after(parameters.acknowledgeDelay, () => this.promise())
				: clock.after(parameters.handlingLimit, () => this.expire());
	}

	/** Work for this request has thrown: 5.00, no more, unless it was answered; it may be a stranger's. */
	failed(error: unknown): void {
		this.#list.services.report(error);
		this.answerInstead(Code.InternalServerError);
	}

	/** Another request needs its place: 5.03, once, to who waits for an answer. */
	giveWay(): void {
		if (this.#type === MessageType.Confirmable) this.answerInstead(Code.ServiceUnavailable);
		this.close();
		this.#list.remove(this);
	}

	get observable(): boolean {
		return (
			this.#state === "open" &&
			this.#observe !== undefined &&
			this.#list.observations.admits(this.#observe, this.observationKey, this.#asker ?? this.peer)
		);
	}

	observe(reply: Reply, onEnd: () => void): Notifier {
		if (!this.observable) throw new ExchangeError("this request observes nothing");
		if (codeClass(reply.code) !== 2)
			throw new ExchangeError(`${codeText(reply.code)} is no state to observe`);
		const { observations } = this.#list;
		const number = uintOption(OptionNumber.Observe, observations.nextNumber());
		const observation = observations.open({
			key: this.observationKey,
			owner: this.#asker ?? this.peer,
			address: this.#address,
			port: this.#port,
			token: this.#token.slice(),
			onEnd
		});
		this.#observation = observation;
		try {
			this.respond({ ...reply, options: [...(reply.options ?? []), number] });
		} catch (error) {
			this.#observation = undefined;
			throw error;
		}
		return observation;
	}

	respond(reply: Reply): void {
		if (this.#state === "expired") return;
		if (this.#state === "answered") throw new ExchangeError("this request has been answered or dropped");
		const { code, payload = EMPTY } = reply;
		if (!isResponse(code)) throw new ExchangeError(`${codeText(code)} answers nothing`);
		const { encode, outgoing, remembered } = this.#list.services;
		const confirmable = this.#type === MessageType.Confirmable;
		const piggybacked = confirmable && !this.#promised;
		const type = piggybacked ? MessageType.Acknowledgement : this.#type;
		const id = piggybacked ? this.#id : outgoing.newId(this.peer);
		const bytes = encode({ type, code, id, token: this.#token, options: replyOptions(reply), payload });
		// The answer is about to go: from now on it is what the observer knows.
		if (this.#observe !== undefined && codeClass(code) === 2)
			this.#list.observations.replace(this.observationKey);
		this.#observation?.begin();
		this.finish();
		if (confirmable && !piggybacked) {
			this.respondSeparately(id, bytes);
			return;
		}
		if (piggybacked) remembered.setReply(this.key, bytes);
		this.#list.remove(this);
		this.send(bytes);
	}

	drop(): void {
		if (this.#state !== "open") return;
		this.finish();
		this.#list.remove(this);
	}

	/** Ends whatever it does, without a word; what the handler still answers goes nowhere. */
	close(): void {
		this.finish();
		this.#state = "expired";
		this.acknowledged();
	}

	/** The answer in a message of its own has arrived. */
	acknowledged(): void {
		if (this.#answer === undefined) return;
		this.#list.services.outgoing.remove(this.#answer.key);
		this.#answer = undefined;
		this.#retransmission?.stop();
		this.#list.remove(this);
	}

	/** An acknowledgement of a response carries nothing: one with an answer is not for us. */
	answered(): void {}

	reset(): void {
		this.acknowledged();
		this.#observation?.lost();
	}

	transmit(): void {
		if (this.#answer !== undefined) this.send(this.#answer.bytes);
	}

	exhausted(): void {
		this.reset();
	}

	private get peer(): string {
		return peerName(this.#address, this.#port);
	}

	private get observationKey(): string {
		return `${this.peer} ${tokenKey(this.#token)}`;
	}

	/** Acknowledges the request; the answer will come in a message of its own. */
	private promise(): void {
		const { clock, encode, parameters, remembered } = this.#list.services;
		this.#promised = true;
		const remaining = Math.max(0, parameters.handlingLimit - parameters.acknowledgeDelay);
		this.#timer = clock.after(remaining, () => this.answerInstead(Code.ServiceUnavailable));
		const bytes = encode({
			type: MessageType.Acknowledgement,
			code: Code.Empty,
			id: this.#id,
			token: EMPTY,
			options: [],
			payload: EMPTY
		});
		remembered.setReply(this.key, bytes);
		this.send(bytes);
	}

	/** Ends it in place of the handler, whose own answer then goes nowhere. */
	private answerInstead(code: number): void {
		if (this.#state !== "open") return;
		try {
			(this.#above ?? this).respond({ code });
		} catch {
			// Not even that can be said: it ends without a word.
		}
		this.drop();
		this.#state = "expired";
	}

	private respondSeparately(id: number, bytes: Uint8Array): void {
		const { services } = this.#list;
		this.#answer = { key: messageKey(this.peer, id), bytes };
		this.#retransmission = new Retransmission(services, this);
		services.outgoing.add(this.#answer.key, this);
		this.#retransmission.start();
	}

	private send(bytes: Uint8Array): void {
		this.#list.services.send(this.#address, this.#port, bytes);
	}

	private expire(): void {
		this.finish();
		this.#state = "expired";
		this.#list.remove(this);
	}

	private finish(): void {
		this.#state = "answered";
		this.#timer?.();
		this.#timer = undefined;
	}
}
