import type { Cancel, Clock } from "../clock/clock.js";
import { Code, codeClass, codeText, isResponse } from "./code.js";
import type { Deduplication } from "./deduplication.js";
import { ExchangeError } from "./errors.js";
import { type Exchange, type Notifier, type Reply, replyOptions } from "./layer.js";
import { type Message, MessageType } from "./message.js";
import type { Observation } from "./observation.js";
import { uintOption } from "./option.js";
import { OptionNumber } from "./option-table.js";
import { messageKey, type OutgoingTable, peerName } from "./outgoing.js";
import type { Parameters } from "./parameters.js";
import { initialTimeout, Retransmission } from "./retransmission.js";

/** A request with an Observe option, to the table of observations. */
export interface Observing {
	/** It asks to register, and there is room. */
	readonly room: boolean;
	/** Ends the observation under the token of this request: it was asked for anew, or cancelled (RFC 7641 section 4.1). */
	replace(): void;
	open(onEnd: () => void): Observation;
	/** The value of the next Observe option. */
	nextNumber(): number;
}

/** What all exchanges of an endpoint share. */
export interface ExchangeServices {
	readonly clock: Clock;
	readonly parameters: Parameters;
	readonly outgoing: OutgoingTable;
	readonly remembered: Deduplication;
	random(count: number): Uint8Array;
	/** Throws SizeError. */
	encode(message: Message): Uint8Array;
	send(address: string, port: number, bytes: Uint8Array): void;
	/** An exchange is over: its place is free. */
	onEnd(exchange: ServerExchange): void;
}

export interface ServerExchangeOptions {
	readonly services: ExchangeServices;
	readonly message: Message;
	readonly address: string;
	readonly port: number;
	/** Under what the request is remembered, so that its duplicates get the same answer. */
	readonly key: string;
	/** After this many milliseconds nobody waits for the answer any more. */
	readonly lifetime: number;
	/** Present when the request has to do with observation. */
	readonly observing: Observing | undefined;
}

const EMPTY = new Uint8Array(0);

/**
 * A request of someone else's until it is answered: in the acknowledgement when the handler is quick, in a
 * confirmable message of its own when it is not (RFC 7252 sections 5.2.1 to 5.2.3).
 */
export class ServerExchange implements Exchange {
	readonly #options: ServerExchangeOptions;
	#state: "open" | "answered" | "expired" = "open";
	#acknowledged = false;
	#timer: Cancel | undefined;
	#observation: Observation | undefined;
	#separate: { readonly id: number; readonly retransmission: Retransmission } | undefined;

	constructor(options: ServerExchangeOptions) {
		this.#options = options;
	}

	/** Under what its request is remembered. */
	get key(): string {
		return this.#options.key;
	}

	/** Whether it has been neither answered nor dropped. */
	get open(): boolean {
		return this.#state === "open";
	}

	/** The handler has returned: what it has not answered by now takes longer. */
	handled(): void {
		if (this.#state !== "open") return;
		const { lifetime, message, services } = this.#options;
		const { clock, parameters } = services;
		if (message.type === MessageType.Confirmable) {
			this.#timer = clock.after(parameters.acknowledgeDelay, () => this.#acknowledge());
		} else {
			this.#timer = clock.after(lifetime, () => this.#expire());
		}
	}

	get observable(): boolean {
		return this.#state === "open" && (this.#options.observing?.room ?? false);
	}

	observe(reply: Reply, onEnd: () => void): Notifier {
		const { observing } = this.#options;
		if (observing === undefined || !this.observable) throw new ExchangeError("this request observes nothing");
		if (codeClass(reply.code) !== 2)
			throw new ExchangeError(`${codeText(reply.code)} is no state to observe`);
		const number = uintOption(OptionNumber.Observe, observing.nextNumber());
		const observation = observing.open(onEnd);
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
		const { token, type } = this.#options.message;
		const content = { code, token, options: replyOptions(reply), payload };
		if (type === MessageType.NonConfirmable) this.#respondOnce(content);
		else if (this.#acknowledged) this.#respondSeparately(content);
		else this.#respondInAcknowledgement(content);
	}

	drop(): void {
		if (this.#state !== "open") return;
		this.#finish();
		this.#options.services.onEnd(this);
	}

	/** Ends whatever it does, without a word; what the handler still answers goes nowhere. */
	close(): void {
		this.#finish();
		this.#state = "expired";
		this.#endSeparate();
	}

	#acknowledge(): void {
		const { lifetime, message, services } = this.#options;
		const { clock, encode, parameters } = services;
		this.#acknowledged = true;
		const remaining = Math.max(0, lifetime - parameters.acknowledgeDelay);
		this.#timer = clock.after(remaining, () => this.#expire());
		const bytes = encode({
			type: MessageType.Acknowledgement,
			code: Code.Empty,
			id: message.id,
			token: EMPTY,
			options: [],
			payload: EMPTY
		});
		this.#remember(bytes);
		this.#send(bytes);
	}

	#respondInAcknowledgement(content: Omit<Message, "type" | "id">): void {
		const { message, services } = this.#options;
		const bytes = services.encode({ ...content, type: MessageType.Acknowledgement, id: message.id });
		this.#observed(content.code);
		this.#finish();
		this.#remember(bytes);
		services.onEnd(this);
		this.#send(bytes);
	}

	#respondOnce(content: Omit<Message, "type" | "id">): void {
		const { services } = this.#options;
		const id = services.outgoing.newId(this.#peer);
		const bytes = services.encode({ ...content, type: MessageType.NonConfirmable, id });
		this.#observed(content.code);
		this.#finish();
		services.onEnd(this);
		this.#send(bytes);
	}

	#respondSeparately(content: Omit<Message, "type" | "id">): void {
		const { clock, encode, outgoing, parameters, random } = this.#options.services;
		const id = outgoing.newId(this.#peer);
		const bytes = encode({ ...content, type: MessageType.Confirmable, id });
		const end = () => this.#endSeparate();
		const lost = () => {
			this.#endSeparate();
			this.#observation?.lost();
		};
		const retransmission = new Retransmission({
			clock,
			timeout: initialTimeout(parameters, random),
			maxRetransmit: parameters.maxRetransmit,
			send: () => this.#send(bytes),
			onExhausted: lost
		});
		this.#observed(content.code);
		this.#finish();
		this.#separate = { id, retransmission };
		// An acknowledgement of a response carries nothing: one with an answer is not for us.
		outgoing.add(messageKey(this.#peer, id), { acknowledged: end, reset: lost, answered: () => undefined });
		retransmission.start();
	}

	get #peer(): string {
		const { address, port } = this.#options;
		return peerName(address, port);
	}

	#send(bytes: Uint8Array): void {
		const { address, port, services } = this.#options;
		services.send(address, port, bytes);
	}

	#remember(reply: Uint8Array): void {
		const { key, services } = this.#options;
		services.remembered.setReply(key, reply);
	}

	/** The answer is about to go: from now on it is what the observer knows. */
	#observed(code: number): void {
		if (codeClass(code) === 2) this.#options.observing?.replace();
		this.#observation?.begin();
	}

	#endSeparate(): void {
		if (this.#separate === undefined) return;
		const { id, retransmission } = this.#separate;
		const { services } = this.#options;
		this.#separate = undefined;
		retransmission.stop();
		services.outgoing.remove(messageKey(this.#peer, id));
		services.onEnd(this);
	}

	#expire(): void {
		this.#finish();
		this.#state = "expired";
		this.#options.services.onEnd(this);
	}

	#finish(): void {
		this.#state = "answered";
		this.#timer?.();
		this.#timer = undefined;
	}
}
