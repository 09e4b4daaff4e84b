import {
	decodeMessage,
	Endpoint,
	encodeMessage,
	type Message,
	type Parameters
} from "../../../modules/coap/coap.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** A datagram on its way. */
export interface Datagram {
	readonly from: string;
	readonly to: string;
	readonly bytes: Uint8Array;
	/** Counts all datagrams of the network from 0. */
	readonly index: number;
	readonly at: number;
}

/** When copies of a datagram arrive, in milliseconds from now: none when lost, two when doubled. */
export type Fate = (datagram: Datagram) => readonly number[];

export const PORT = 5683;
export const DELAY = 10;

/** Datagrams between addresses, with the losses, copies and delays that a test asks for. */
export class Network {
	readonly clock = new VirtualClock();
	readonly sent: Datagram[] = [];
	fate: Fate = () => [DELAY];
	readonly errors: unknown[] = [];
	readonly #receivers = new Map<string, (bytes: Uint8Array, from: string) => void>();

	attach(address: string, receive: (bytes: Uint8Array, from: string) => void): void {
		this.#receivers.set(address, receive);
	}

	/** To one address, or to all others when it is `*`. */
	send(from: string, to: string, bytes: Uint8Array): void {
		const datagram = { from, to, bytes, index: this.sent.length, at: this.clock.now() };
		this.sent.push(datagram);
		for (const delay of this.fate(datagram)) {
			this.clock.after(delay, () => {
				const targets = to === "*" ? [...this.#receivers.keys()].filter(name => name !== from) : [to];
				for (const name of targets) this.#receivers.get(name)?.(bytes.slice(), from);
			});
		}
	}

	endpoint(address: string, parameters: Partial<Parameters> = {}): Endpoint {
		const endpoint = new Endpoint({
			clock: this.clock,
			random: counter(address.length * 37),
			transport: { send: (to, _port, bytes) => this.send(address, to, bytes) },
			onError: error => this.errors.push(error),
			parameters
		});
		this.attach(address, (bytes, from) => endpoint.receive(bytes, from, PORT));
		return endpoint;
	}

	/** A peer that the test speaks for. */
	peer(address: string): Peer {
		return new Peer(this, address);
	}

	/** Messages sent so far by an address. */
	from(address: string): Message[] {
		return this.sent.filter(({ from }) => from === address).map(({ bytes }) => decodeMessage(bytes));
	}
}

/** What it received, and a way to send. */
export class Peer {
	readonly inbox: Message[] = [];
	readonly #network: Network;
	readonly #address: string;

	constructor(network: Network, address: string) {
		this.#network = network;
		this.#address = address;
		network.attach(address, received => this.inbox.push(decodeMessage(received)));
	}

	get last(): Message {
		const message = this.inbox[this.inbox.length - 1];
		if (message === undefined) throw new Error(`${this.#address} received nothing`);
		return message;
	}

	send(to: string, message: Partial<Message>): void {
		this.#network.send(this.#address, to, encodeMessage({ ...blank, ...message }));
	}

	/** Sends and lets the answer arrive. */
	ask(to: string, message: Partial<Message>): Message | undefined {
		const before = this.inbox.length;
		this.send(to, message);
		this.#network.clock.advance(2 * DELAY);
		return this.inbox[before];
	}
}

export const empty = new Uint8Array(0);
const blank: Message = { type: 0, code: 0, id: 0, token: empty, options: [], payload: empty };

/** Bytes that differ from call to call, the same in every run. */
export function counter(seed: number): (count: number) => Uint8Array {
	let state = seed >>> 0;
	return count =>
		Uint8Array.from({ length: count }, () => {
			state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
			return state >>> 24;
		});
}

/** Loses, doubles and delays by chance, the same in every run. */
export function rough(seed: number, loss: number, double: number, jitter: number): Fate {
	const random = counter(seed);
	const chance = () => (random(1)[0] ?? 0) / 256;
	return () => {
		if (chance() < loss) return [];
		const first = DELAY + Math.floor(chance() * jitter);
		return chance() < double ? [first, DELAY + Math.floor(chance() * jitter)] : [first];
	};
}

/** A body whose every byte tells where it stands. */
export function body(length: number): Uint8Array {
	return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
}
