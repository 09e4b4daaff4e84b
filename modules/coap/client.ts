import { toHex } from "../bytes/bytes.js";
import type { Clock } from "../clock/clock.js";
import { Broadcast, type BroadcastRequest } from "./broadcast.js";
import { ClientExchange, type ResponseSink } from "./client-exchange.js";
import { codeText, isRequest } from "./code.js";
import { BusyError, ExchangeError, OptionError } from "./errors.js";
import type { ClientRequest, PendingRequest } from "./layer.js";
import { type Message, MessageType } from "./message.js";
import { recogniseOptions } from "./option-table.js";
import { messageKey, type OutgoingTable, peerName } from "./outgoing.js";
import { exchangeLifetime, type Parameters } from "./parameters.js";
import { PeerQueue } from "./peer-queue.js";
import { initialTimeout } from "./retransmission.js";

export interface ClientOptions {
	readonly clock: Clock;
	readonly parameters: Parameters;
	readonly outgoing: OutgoingTable;
	random(count: number): Uint8Array;
	/** Throws SizeError. */
	encode(message: Message): Uint8Array;
	send(address: string, port: number, bytes: Uint8Array): void;
	guard(action: () => void): void;
}

/** A response that someone awaits. */
export interface AwaitedResponse {
	/** Whether we understand all that is critical in it; otherwise delivering it makes the request fail. */
	readonly usable: boolean;
	deliver(): void;
}

const EMPTY = new Uint8Array(0);
/** Draws until a token is found that is not in use; more would mean that nearly all of them are. */
const TOKEN_DRAWS = 8;

/** The requests of ours and what they await, by token (RFC 7252 section 5.3). */
export class Client {
	readonly #options: ClientOptions;
	readonly #queue: PeerQueue;
	readonly #sinks = new Map<string, ResponseSink>();

	constructor(options: ClientOptions) {
		this.#options = options;
		this.#queue = new PeerQueue(options.parameters);
	}

	/** Requests under way or queued. */
	get pending(): number {
		return this.#sinks.size;
	}

	request(request: ClientRequest): PendingRequest {
		const { clock, encode, guard, outgoing, parameters, random, send } = this.#options;
		const { address, port } = request;
		const peer = peerName(address, port);
		const { token, key } = this.#newToken();
		const id = outgoing.newId(peer);
		const type = (request.confirmable ?? true) ? MessageType.Confirmable : MessageType.NonConfirmable;
		const bytes = encode(this.#message(request, type, id, token));
		const idKey = messageKey(peer, id);
		const exchange: ClientExchange = new ClientExchange({
			clock,
			request,
			peer,
			queue: this.#queue,
			firstTimeout: initialTimeout(parameters, random),
			timeout: request.timeout ?? exchangeLifetime(parameters),
			maxRetransmit: parameters.maxRetransmit,
			send: () => send(address, port, bytes),
			onObserving: () => outgoing.remove(idKey),
			onEnd: () => {
				this.#sinks.delete(key);
				outgoing.remove(idKey);
			},
			onAnswer: message => {
				// Id and token must both match (section 5.3.2).
				if (this.#sinks.get(toHex(message.token)) !== exchange) return;
				this.#response(exchange, message, address, port).deliver();
			},
			guard
		});
		// What this one may have to wait for is to come to an end.
		outgoing.hurry(peer);
		this.#sinks.set(key, exchange);
		outgoing.add(idKey, exchange);
		try {
			exchange.begin();
		} catch (error) {
			exchange.cancel();
			throw error;
		}
		return exchange;
	}

	broadcast(request: BroadcastRequest): PendingRequest {
		const { clock, encode, guard, outgoing, send } = this.#options;
		const { address, port } = request;
		const { token, key } = this.#newToken();
		const id = outgoing.newId(peerName(address, port));
		const bytes = encode(this.#message(request, MessageType.NonConfirmable, id, token));
		const broadcast = new Broadcast({ clock, request, guard, onEnd: () => this.#sinks.delete(key) });
		this.#sinks.set(key, broadcast);
		send(address, port, bytes);
		return broadcast;
	}

	/** A response in a message of its own; undefined when nobody awaits it (section 5.3.2). */
	accept(message: Message, address: string, port: number): AwaitedResponse | undefined {
		const sink = this.#sinks.get(toHex(message.token));
		if (sink === undefined || !sink.expects(peerName(address, port))) return undefined;
		return this.#response(sink, message, address, port);
	}

	close(): void {
		for (const sink of [...this.#sinks.values()]) sink.cancel();
	}

	#response(sink: ResponseSink, message: Message, address: string, port: number): AwaitedResponse {
		const { code, payload } = message;
		const { options, refused } = recogniseOptions(message.options);
		if (refused === undefined) {
			return { usable: true, deliver: () => sink.deliver({ code, options, payload, address, port }) };
		}
		const peer = peerName(address, port);
		const error = new OptionError(`${peer} answered with option ${refused}, which we do not know`, refused);
		return { usable: false, deliver: () => sink.refuse(error) };
	}

	#message(
		request: ClientRequest | BroadcastRequest,
		type: MessageType,
		id: number,
		token: Uint8Array
	): Message {
		const { code, options = [], payload = EMPTY } = request;
		if (!isRequest(code)) throw new ExchangeError(`${codeText(code)} asks nothing`);
		return { type, code, id, token, options, payload };
	}

	#newToken(): { readonly token: Uint8Array; readonly key: string } {
		const { parameters, random } = this.#options;
		if (this.#sinks.size >= parameters.maxRequests) {
			throw new BusyError(`${this.#sinks.size} requests are under way already`);
		}
		for (let draw = 0; draw < TOKEN_DRAWS; draw += 1) {
			const token = random(parameters.tokenLength);
			const key = toHex(token);
			if (!this.#sinks.has(key)) return { token, key };
		}
		throw new BusyError("no free token was found");
	}
}
