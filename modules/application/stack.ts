import type { Clock } from "../clock/clock.js";
import { Blockwise, Endpoint, Resources, type Transport } from "../coap/coap.js";
import { Discovery, defaultPort } from "../node/node.js";
import { OscoreLayer } from "../oscore/oscore.js";
import { ContextSeat } from "./context-seat.js";
import type { Guard } from "./guard.js";
import type { Limits } from "./limits.js";

/**
 * Milliseconds before the first repetition: half of RFC 7252's default, which is for networks of any kind (section
 * 4.8.1 lets an application choose); a home's has one hop, and a person waits.
 */
const ackTimeout = 1_000;
/** Milliseconds that a datagram may be under way, at most: RFC 7252's 100 s are for networks of any kind too. */
const maxLatency = 5_000;

/** Bytes of the largest block of a body. */
const largestBlock = 1024;

export interface StackOptions {
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly limits: Limits;
	readonly transport: Transport;
	/** Told of an error that came out of a request. */
	readonly guard: Guard;
}

/** What lies between the socket and a node: CoAP, sealed by what sits in the seat, in blocks where it is long. */
export class Stack {
	readonly #endpoint: Endpoint;
	readonly seats = new ContextSeat();
	readonly layer: Blockwise;
	readonly resources: Resources;
	readonly discovery: Discovery;

	constructor({ clock, random, limits, transport, guard }: StackOptions) {
		const onError = (error: unknown) => guard.caught("a request", error);
		const parameters = { ackTimeout, maxLatency, ...limits.coap };
		const endpoint = new Endpoint({ transport, clock, random, onError, parameters });
		const sealing = new OscoreLayer({ layer: endpoint, clock, contexts: this.seats });
		this.#endpoint = endpoint;
		// In the clear nobody has more to say then than a datagram takes.
		const { maxBody = largestBlock } = limits.bodies;
		const maxOpenBody = () => (this.seats.isTaken ? largestBlock : maxBody);
		this.layer = new Blockwise({ layer: sealing, clock, random, ...limits.bodies, maxOpenBody });
		this.resources = new Resources(this.layer);
		this.discovery = new Discovery({ endpoint, layer: this.layer, clock, port: defaultPort });
	}

	/** The network is there, for the first time or again. */
	online(): void {
		this.#endpoint.reconnected();
	}

	/** A datagram came. */
	receive(bytes: Uint8Array, address: string, port: number): void {
		this.#endpoint.receive(bytes, address, port);
	}
}
