import { BytesError, encodeUtf8 } from "../bytes/bytes.js";
import { Code } from "./code.js";
import type { Handler, ServerRequest } from "./layer.js";
import { type Message, MessageType } from "./message.js";
import { Observations } from "./observations.js";
import { stringValues } from "./option.js";
import { OptionNumber, recogniseOptions } from "./option-table.js";
import { peerName } from "./outgoing.js";
import { exchangeLifetime, nonLifetime } from "./parameters.js";
import { ServerExchange, type ServerExchanges } from "./server-exchange.js";
import type { Services } from "./services.js";

/** The requests of others that are being handled (RFC 7252 section 5.2). */
export class Server implements ServerExchanges {
	readonly services: Services;
	readonly observations: Observations;
	readonly #exchanges = new Set<ServerExchange>();
	#handler: Handler | undefined;

	constructor(services: Services) {
		this.services = services;
		this.observations = new Observations(services);
	}

	/** Requests being handled, and answers that wait for their acknowledgement. */
	get pending(): number {
		return this.#exchanges.size;
	}

	get serves(): boolean {
		return this.#handler !== undefined;
	}

	setHandler(handler: Handler): void {
		this.#handler = handler;
	}

	/** A request that is no duplicate; `key` is the one for its duplicates. */
	receive(message: Message, address: string, port: number, key: string): void {
		const handler = this.#handler;
		if (handler === undefined) return;
		const exchange = this.open(message, address, port, key);
		if (exchange === undefined) return;
		this.services.clock.runFor(exchange, () => {
			const request = this.request(message, address, port);
			if (typeof request !== "string") handler(request, exchange);
			else if (message.type !== MessageType.Confirmable) exchange.drop();
			else exchange.respond({ code: Code.BadOption, payload: encodeUtf8(request) });
		});
		exchange.handled();
		this.makeRoom(exchange);
	}

	/** Requests of those whom a security layer has verified. */
	get #verified(): number {
		let count = 0;
		for (const { asker } of this.#exchanges) if (asker !== undefined) count += 1;
		return count;
	}

	/**
	 * Strangers take no more than their part, and of each other only: first of what has its answer, and waits for its
	 * acknowledgement.
	 */
	private makeRoom(newest: ServerExchange): void {
		const { maxExchanges, maxUnverified } = this.services.parameters;
		if (newest.open && newest.asker !== undefined && this.#verified > maxExchanges) newest.giveWay();
		const { size } = this.#exchanges;
		// Mostly it has been answered by now, and nothing is left.
		if (size <= maxUnverified) return;
		let excess = Math.max(size - this.#verified - maxUnverified, size - maxExchanges);
		for (const isOpen of [false, true]) {
			for (const exchange of this.#exchanges) {
				if (excess <= 0) return;
				if (exchange.asker !== undefined || exchange.open !== isOpen) continue;
				excess -= 1;
				exchange.giveWay();
			}
		}
	}

	close(): void {
		for (const exchange of this.#exchanges) exchange.close();
		this.#exchanges.clear();
		this.observations.close();
	}

	/**
	 * Who was verified makes room for others of that kind: whoever has the most, with what only waits for an
	 * acknowledgement, else with the newest where it is his own turn to ask, or the oldest: so nobody has more handled,
	 * however fast he asks. Where all have one, the newest is handled all the same, since what is answered at once needs no
	 * place, and gives way after that.
	 */
	verified(exchange: ServerExchange): void {
		this.services.remembered.favour(exchange.key);
		const { maxExchanges } = this.services.parameters;
		if (this.#exchanges.size <= maxExchanges || this.#verified <= maxExchanges) return;
		const counts = new Map<string, number>();
		let most = 0;
		for (const { asker } of this.#exchanges) {
			if (asker === undefined) continue;
			const count = (counts.get(asker) ?? 0) + 1;
			counts.set(asker, count);
			most = Math.max(most, count);
		}
		const all = [...this.#exchanges].filter(({ asker }) => asker !== undefined && counts.get(asker) === most);
		const over = all.find(({ open }) => !open);
		if (over === undefined && most === 1) return;
		(over ?? (all.includes(exchange) ? exchange : all[0]))?.giveWay();
	}

	remove(exchange: ServerExchange): void {
		this.#exchanges.delete(exchange);
		this.services.remembered.pin(exchange.key, false);
	}

	private open(message: Message, address: string, port: number, key: string): ServerExchange | undefined {
		const { parameters, remembered } = this.services;
		const confirmable = message.type === MessageType.Confirmable;
		const lifetime = confirmable ? exchangeLifetime(parameters) : nonLifetime(parameters);
		if (!remembered.remember(key, lifetime)) return undefined;
		// Forgetting a request while it is handled would act on its repetition.
		remembered.pin(key, true);
		const exchange = new ServerExchange({ list: this, message, address, port, key });
		this.#exchanges.add(exchange);
		return exchange;
	}

	/** What the handler gets, or why the request's options must be refused (section 5.4.1). */
	private request(message: Message, address: string, port: number): ServerRequest | string {
		const { options, refused } = recogniseOptions(message.options);
		if (refused !== undefined) return `option ${refused}`;
		try {
			const path = stringValues(options, OptionNumber.UriPath);
			const query = stringValues(options, OptionNumber.UriQuery);
			const { code, payload } = message;
			return {
				code,
				options,
				path,
				query,
				payload,
				address,
				port,
				peer: peerName(address, port),
				confirmable: message.type === MessageType.Confirmable,
				secured: false
			};
		} catch (error) {
			if (error instanceof BytesError) return "path or query is not UTF-8";
			throw error;
		}
	}
}
