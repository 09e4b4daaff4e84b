import { toHex } from "../bytes/bytes.js";
import type { Clock } from "../clock/clock.js";
import { Code } from "./code.js";
import type { Message } from "./message.js";
import { Observation } from "./observation.js";
import { findUint } from "./option.js";
import { OptionNumber } from "./option-table.js";
import { messageKey, type OutgoingTable, peerName } from "./outgoing.js";
import type { Parameters } from "./parameters.js";
import { initialTimeout } from "./retransmission.js";
import type { Observing } from "./server-exchange.js";

export interface ObservationsOptions {
	readonly clock: Clock;
	readonly parameters: Parameters;
	readonly outgoing: OutgoingTable;
	random(count: number): Uint8Array;
	/** Throws SizeError. */
	encode(message: Message): Uint8Array;
	send(address: string, port: number, bytes: Uint8Array): void;
	onError(error: unknown): void;
}

const REGISTER = 0;

/** The observations that others have registered, by peer and token (RFC 7641 section 4.1). */
export class Observations {
	readonly #options: ObservationsOptions;
	readonly #open = new Map<string, Observation>();
	#number = 0;

	constructor(options: ObservationsOptions) {
		this.#options = options;
	}

	get size(): number {
		return this.#open.size;
	}

	/** What a request has to do with observation; undefined when it has no Observe option or is not one to read. */
	asked(message: Message, address: string, port: number): Observing | undefined {
		const { code, options, token } = message;
		const value = findUint(options, OptionNumber.Observe);
		if (value === undefined || (code !== Code.Get && code !== Code.Fetch)) return undefined;
		const key = `${peerName(address, port)} ${toHex(token)}`;
		const open = this.#open;
		const { maxObservations } = this.#options.parameters;
		return {
			get room() {
				return value === REGISTER && (open.size < maxObservations || open.has(key));
			},
			replace: () => open.get(key)?.lost(),
			open: onEnd => this.#observation(key, token.slice(), { address, port }, onEnd),
			nextNumber: () => this.#nextNumber()
		};
	}

	close(): void {
		for (const observation of [...this.#open.values()]) observation.close();
	}

	#observation(
		key: string,
		token: Uint8Array,
		{ address, port }: { readonly address: string; readonly port: number },
		onEnd: () => void
	): Observation {
		const { clock, encode, onError, outgoing, parameters, random, send } = this.#options;
		const peer = peerName(address, port);
		const observation: Observation = new Observation({
			clock,
			token,
			maxRetransmit: parameters.maxRetransmit,
			confirmEvery: parameters.confirmEvery,
			encode,
			send: bytes => send(address, port, bytes),
			newId: () => outgoing.newId(peer),
			firstTimeout: () => initialTimeout(parameters, random),
			nextNumber: () => this.#nextNumber(),
			wait: (id, waiting) => outgoing.add(messageKey(peer, id), waiting),
			release: id => outgoing.remove(messageKey(peer, id)),
			onBegin: () => this.#open.set(key, observation),
			onFinish: () => {
				if (this.#open.get(key) === observation) this.#open.delete(key);
			},
			onEnd: () => {
				try {
					onEnd();
				} catch (error) {
					onError(error);
				}
			}
		});
		return observation;
	}

	/** One count for all observations: 24 bits last longer than the 256 s that a client compares within (section 4.4). */
	#nextNumber(): number {
		this.#number = (this.#number + 1) & 0xffffff;
		return this.#number;
	}
}
