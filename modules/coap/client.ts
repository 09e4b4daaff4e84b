import { Broadcast, type BroadcastRequest } from "./broadcast.js";
import {
	ClientExchange,
	type ClientExchanges,
	type Outcome,
	outcomeOf,
	type ResponseSink
} from "./client-exchange.js";
import { codeText, isRequest } from "./code.js";
import { BusyError, ExchangeError } from "./errors.js";
import type { ClientRequest, PendingRequest } from "./layer.js";
import { type Message, MessageType } from "./message.js";
import { peerName, tokenKey } from "./outgoing.js";
import { PeerQueue } from "./peer-queue.js";
import type { Services } from "./services.js";

/** A response, and who awaits it. */
export interface AwaitedResponse {
	readonly sink: ResponseSink;
	readonly outcome: Outcome;
}

/** What says whose place a request takes. */
type AskedFor = Pick<ClientRequest, "peer" | "address" | "isUrgent">;

const EMPTY = new Uint8Array(0);
/** Draws until a token is found that is not in use; more would mean that nearly all of them are. */
const TOKEN_DRAWS = 8;
/** Places that what is urgent has besides: peers that answer nothing must not keep a person from the others. */
const URGENT_PLACES = 4;

/** The requests of ours and what they await, by token (RFC 7252 section 5.3). */
export class Client implements ClientExchanges {
	readonly services: Services;
	readonly queue: PeerQueue;
	readonly #sinks = new Map<string, ResponseSink>();

	constructor(services: Services) {
		this.services = services;
		this.queue = new PeerQueue(services.parameters);
	}

	/** Requests under way or queued. */
	get pending(): number {
		return this.#sinks.size;
	}

	request(request: ClientRequest): PendingRequest {
		const { encode, outgoing } = this.services;
		const peer = peerName(request.address, request.port);
		this.makeRoom(request);
		const { drawn, token } = this.newToken();
		const id = outgoing.newId(peer);
		const confirmable = request.confirmable ?? true;
		const type = confirmable ? MessageType.Confirmable : MessageType.NonConfirmable;
		const bytes = encode(this.message(request, type, id, drawn));
		const exchange = new ClientExchange({ list: this, request, peer, confirmable, token, id, bytes });
		// What this one may have to wait for is to come to an end.
		outgoing.hurry(peer);
		this.#sinks.set(token, exchange);
		try {
			exchange.begin();
		} catch (error) {
			exchange.cancel();
			throw error;
		}
		return exchange;
	}

	broadcast(request: BroadcastRequest): PendingRequest {
		const { encode, outgoing, send } = this.services;
		const { address, port } = request;
		this.makeRoom(request);
		const { drawn, token } = this.newToken();
		const id = outgoing.newId(peerName(address, port));
		const bytes = encode(this.message(request, MessageType.NonConfirmable, id, drawn));
		const broadcast = new Broadcast({ list: this, request, token });
		this.#sinks.set(token, broadcast);
		send(address, port, bytes);
		return broadcast;
	}

	/** A response in a message of its own; undefined when nobody awaits it (section 5.3.2). */
	accept(message: Message, address: string, port: number): AwaitedResponse | undefined {
		const sink = this.#sinks.get(tokenKey(message.token));
		if (sink === undefined || !sink.expects(peerName(address, port))) return undefined;
		return { sink, outcome: outcomeOf(message, address, port) };
	}

	remove(token: string): void {
		this.#sinks.delete(token);
	}

	close(): void {
		for (const sink of [...this.#sinks.values()]) sink.cancel();
	}

	private message(
		request: ClientRequest | BroadcastRequest,
		type: MessageType,
		id: number,
		token: Uint8Array
	): Message {
		const { code, options = [], payload = EMPTY } = request;
		if (!isRequest(code)) throw new ExchangeError(`${codeText(code)} asks nothing`);
		return { type, code, id, token, options, payload };
	}

	/**
	 * Where there is no place left, who is asked for the most gives up its oldest for one who is asked for less: who leaves
	 * all that it is asked without an answer keeps nobody else from being asked. Throws BusyError where none gives way.
	 */
	private makeRoom({ peer, address, isUrgent = false }: AskedFor): void {
		const places = this.services.parameters.maxRequests + (isUrgent ? URGENT_PLACES : 0);
		if (this.#sinks.size < places) return;
		const waiting = [...this.#sinks.values()].filter(({ isWaiting }) => isWaiting);
		if (waiting.length < places) return;
		const counts = new Map<string, number>();
		for (const { yieldsFor: whom } of waiting)
			if (whom !== undefined) counts.set(whom, (counts.get(whom) ?? 0) + 1);
		const most = Math.max(0, ...counts.values());
		const own = counts.get(peer ?? address) ?? 0;
		const oldest = waiting.find(({ yieldsFor: whom }) => whom !== undefined && counts.get(whom) === most);
		if (oldest === undefined || most <= own + 1)
			throw new BusyError(`${waiting.length} requests are under way already`);
		oldest.giveWay();
	}

	/** One that is not in use, and its key. */
	private newToken(): { readonly drawn: Uint8Array; readonly token: string } {
		const { parameters, random } = this.services;
		for (let draw = 0; draw < TOKEN_DRAWS; draw += 1) {
			const drawn = random(parameters.tokenLength);
			const token = tokenKey(drawn);
			if (!this.#sinks.has(token)) return { drawn, token };
		}
		throw new BusyError("no free token was found");
	}
}
