import type { Clock, TurnOwner } from "../clock/clock.js";
import type { BroadcastRequest } from "./broadcast.js";
import { Client } from "./client.js";
import { Code, isRequest } from "./code.js";
import { Deduplication } from "./deduplication.js";
import { CoapError, MessageError, SizeError } from "./errors.js";
import type { ClientRequest, Handler, Layer, PendingRequest } from "./layer.js";
import { decodeMessage, encodeMessage, type Message, MessageType } from "./message.js";
import { messageKey, OutgoingTable, peerName, receivedKey } from "./outgoing.js";
import {
	defaultParameters,
	exchangeLifetime,
	MAX_DATAGRAM_BYTES,
	nonLifetime,
	type Parameters
} from "./parameters.js";
import { PendingPing, type Ping } from "./ping.js";
import { Server } from "./server.js";
import type { Services } from "./services.js";

/** What carries datagrams. */
export interface Transport {
	/** May throw when the host refuses: the datagram then counts as lost. `bytes` are not changed afterwards. */
	send(address: string, port: number, bytes: Uint8Array): void;
}

export interface EndpointOptions {
	readonly transport: Transport;
	readonly clock: Clock;
	/** Unpredictable bytes, for tokens, the first message id and back-off. */
	random(count: number): Uint8Array;
	/** Hears what handlers and callbacks throw. */
	onError?(error: unknown): void;
	/** Those that differ from RFC 7252 and our defaults. */
	readonly parameters?: Partial<Parameters>;
}

const EMPTY = new Uint8Array(0);

/** A CoAP endpoint over datagrams: RFC 7252's message layer, and requests with their responses. */
export class Endpoint implements Layer {
	readonly #transport: Transport;
	readonly #services: Services;
	readonly #onError: (error: unknown) => void;
	readonly #client: Client;
	readonly #server: Server;
	#closed = false;

	/** Throws CoapError for parameters that contradict each other. */
	constructor(options: EndpointOptions) {
		const { clock, transport } = options;
		const parameters = { ...defaultParameters, ...options.parameters };
		checkParameters(parameters);
		this.#transport = transport;
		const { maxRemembered: maxEntries, maxRememberedBytes: maxBytes } = parameters;
		const [high, low] = options.random(2);
		this.#services = {
			clock,
			parameters,
			outgoing: new OutgoingTable((high << 8) | low),
			remembered: new Deduplication({ clock, maxEntries, maxBytes }),
			random: count => options.random(count),
			encode: encodeDatagram,
			send: (address, port, bytes) => this.send(address, port, bytes),
			guard: (action, owner) => this.guard(action, owner),
			report: error => this.report(error)
		};
		this.#onError = error => options.onError?.(error);
		this.#client = new Client(this.#services);
		this.#server = new Server(this.#services);
	}

	/** Exchanges that still wait for something, ours and others'. */
	get pending(): number {
		return this.#client.pending + this.#server.pending;
	}

	/** Observations that others have registered. */
	get observations(): number {
		return this.#server.observations.size;
	}

	/**
	 * Sends a request (RFC 7252 sections 4.2, 4.3 and 5.2). Throws SizeError when it exceeds a datagram, BusyError
	 * when too many are under way or wait for this peer, ExchangeError when the code is no method.
	 */
	request(request: ClientRequest): PendingRequest {
		return this.#client.request(request);
	}

	/** Sends a request to whoever hears it; answers come from any address. Throws as `request` does. */
	broadcast(request: BroadcastRequest): PendingRequest {
		return this.#client.broadcast(request);
	}

	/**
	 * Sends a ping, once (RFC 7252 section 4.3). `alive` is called when the other side answers within so many
	 * milliseconds: 4 bytes each way tell whether there is any use in asking more.
	 */
	ping(ping: Ping): void {
		const { address, port } = ping;
		const { outgoing } = this.#services;
		const peer = peerName(address, port);
		const id = outgoing.newId(peer);
		const key = messageKey(peer, id);
		outgoing.add(key, new PendingPing(this.#services, ping, key));
		this.sendEmpty(MessageType.Confirmable, id, address, port);
	}

	/** The network is there again: what went nowhere meanwhile, and still waits for an answer, is sent again now. */
	reconnected(): void {
		this.#services.outgoing.lost();
	}

	/** Without a handler, confirmable requests are answered with a Reset. */
	setHandler(handler: Handler): void {
		this.#server.setHandler(handler);
	}

	/**
	 * Takes a datagram from the transport, whatever is in it; never throws. Requests and responses hold views into
	 * `bytes`, so the owner does not use that buffer again.
	 */
	receive(bytes: Uint8Array, address: string, port: number): void {
		if (this.#closed) return;
		this.guard(() => {
			let message: Message;
			try {
				message = decodeMessage(bytes);
			} catch (error) {
				if (!(error instanceof MessageError)) throw error;
				if (error.type === MessageType.Confirmable && error.id !== undefined) {
					this.sendEmpty(MessageType.Reset, error.id, address, port);
				}
				return;
			}
			if (message.type === MessageType.Confirmable || message.type === MessageType.NonConfirmable) {
				this.receiveNew(message, address, port);
			} else {
				this.receiveAnswer(message, address, port);
			}
			const { outgoing } = this.#services;
			if (outgoing.size > 0) outgoing.hurry(peerName(address, port));
		});
	}

	/** Ends every exchange without calling its callbacks; datagrams are ignored from then on. */
	close(): void {
		this.#closed = true;
		this.#client.close();
		this.#server.close();
		this.#services.remembered.clear();
	}

	/** An Acknowledgement or a Reset; one that nobody waits for is ignored (section 4.2). */
	private receiveAnswer(message: Message, address: string, port: number): void {
		const outgoing = this.#services.outgoing.find(messageKey(peerName(address, port), message.id));
		if (outgoing === undefined) return;
		if (message.type === MessageType.Reset) outgoing.reset();
		else if (message.code === Code.Empty) outgoing.acknowledged();
		else outgoing.answered(message);
	}

	private receiveNew(message: Message, address: string, port: number): void {
		const key = receivedKey(peerName(address, port), message);
		const known = this.#services.remembered.find(key);
		if (known !== undefined) {
			// Only a confirmable message asks for its answer again (sections 4.2 and 4.3).
			if (message.type === MessageType.Confirmable && known.reply !== undefined) {
				this.send(address, port, known.reply);
			}
		} else if (isRequest(message.code)) {
			if (this.#server.serves) this.#server.receive(message, address, port, key);
			else this.reject(message, address, port);
		} else if (message.code === Code.Empty) {
			// A ping (section 4.3).
			this.reject(message, address, port);
		} else {
			this.receiveResponse(message, address, port, key);
		}
	}

	private receiveResponse(message: Message, address: string, port: number, key: string): void {
		const { parameters, remembered } = this.#services;
		const awaited = this.#client.accept(message, address, port);
		if (awaited === undefined || awaited.outcome instanceof CoapError) {
			this.reject(message, address, port);
		} else if (message.type === MessageType.Confirmable) {
			const bytes = encodeDatagram(emptyMessage(MessageType.Acknowledgement, message.id));
			remembered.remember(key, exchangeLifetime(parameters), bytes);
			this.send(address, port, bytes);
		} else {
			remembered.remember(key, nonLifetime(parameters));
		}
		awaited?.sink.deliver(awaited.outcome);
	}

	/** Of what must be rejected, only a confirmable message gets an answer (section 4.2). */
	private reject(message: Message, address: string, port: number): void {
		if (message.type === MessageType.Confirmable)
			this.sendEmpty(MessageType.Reset, message.id, address, port);
	}

	private sendEmpty(type: MessageType, id: number, address: string, port: number): void {
		this.send(address, port, encodeDatagram(emptyMessage(type, id)));
	}

	private send(address: string, port: number, bytes: Uint8Array): void {
		if (this.#closed) return;
		try {
			this.#transport.send(address, port, bytes);
		} catch {
			// The host refuses: as if lost on the way. Retransmission is what there is against that.
		}
	}

	private guard(action: () => void, owner?: TurnOwner): void {
		try {
			this.#services.clock.resumeFor(owner, action);
		} catch (error) {
			this.report(error);
		}
	}

	private report(error: unknown): void {
		try {
			this.#onError(error);
		} catch {
			// Whoever is told of errors must not end the node by one of its own.
		}
	}
}

function checkParameters({ maxExchanges, maxRemembered, tokenLength }: Parameters): void {
	if (!(tokenLength >= 1 && tokenLength <= 8)) throw new CoapError(`tokens of ${tokenLength} bytes`);
	// Those being handled are never forgotten, so that nothing is acted on twice.
	if (maxRemembered <= maxExchanges) throw new CoapError("maxRemembered must be above maxExchanges");
}

function emptyMessage(type: MessageType, id: number): Message {
	return { type, code: Code.Empty, id, token: EMPTY, options: [], payload: EMPTY };
}

function encodeDatagram(message: Message): Uint8Array {
	const bytes = encodeMessage(message);
	if (bytes.length > MAX_DATAGRAM_BYTES) {
		throw new SizeError(`a message of ${bytes.length} bytes exceeds the ${MAX_DATAGRAM_BYTES} of a datagram`);
	}
	return bytes;
}
