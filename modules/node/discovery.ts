import type { IdText } from "../chain/chain.js";
import {
	CoapError,
	Code,
	type Endpoint,
	type Layer,
	pathOptions,
	queryOptions,
	type Response
} from "../coap/coap.js";
import { type Address, addressText } from "./address.js";
import { type Announcement, readAnnouncement, wellKnownPath } from "./announcement.js";
import type { Suite } from "./suite.js";

/** Milliseconds that answers to a search are waited for. */
const patience = 2_500;

/** Milliseconds that the answer to a ping is waited for. */
const pingPatience = 1_000;

const everyone = "255.255.255.255";

/** A node that was found. */
export interface Sighting {
	readonly address: Address;
	readonly announcement: Announcement;
}

/** Finds nodes: by asking addresses that were given, or whoever hears a broadcast where none were. */
export class Discovery {
	readonly #endpoint: Endpoint;
	readonly #layer: Layer;
	readonly #port: number;

	/** `port`: where nodes listen for broadcasts. */
	constructor(options: { endpoint: Endpoint; layer: Layer; port: number }) {
		this.#endpoint = options.endpoint;
		this.#layer = options.layer;
		this.#port = options.port;
	}

	/** Whether somebody is there: `alive` is called when there is an answer. */
	ping({ host, port }: Address, alive: () => void): void {
		this.#endpoint.ping({ address: host, port, milliseconds: pingPatience, alive });
	}

	/** The nodes that answer within 2.5 seconds, in the order of their answers. */
	search(
		given: readonly Address[],
		suites: readonly Suite[],
		done: (sightings: readonly Sighting[]) => void
	): void {
		if (given.length === 0) {
			this.#broadcast([], suites, done);
			return;
		}
		const sightings: Sighting[] = [];
		let waiting = given.length;
		const settle = () => {
			waiting -= 1;
			if (waiting === 0) done(sightings);
		};
		for (const address of given) {
			this.#ask(address, response => {
				if (response !== undefined) note(sightings, suites, response);
				settle();
			});
		}
	}

	/** Finds one member by broadcast; calls back once. */
	locate(node: IdText, suites: readonly Suite[], found: (address: Address | undefined) => void): void {
		let waits = true;
		this.#broadcast(
			[`ep=${node}`],
			suites,
			() => {
				if (waits) found(undefined);
			},
			sighting => {
				if (!waits || sighting.announcement.node !== node) return;
				waits = false;
				found(sighting.address);
			}
		);
	}

	#ask(address: Address, done: (response: Response | undefined) => void): void {
		try {
			this.#layer.request({
				address: address.host,
				port: address.port,
				code: Code.Get,
				options: pathOptions(wellKnownPath),
				timeout: patience,
				onResponse: done,
				onFailure: () => done(undefined)
			});
		} catch (error) {
			if (!(error instanceof CoapError)) throw error;
			done(undefined);
		}
	}

	#broadcast(
		query: readonly string[],
		suites: readonly Suite[],
		done: (sightings: readonly Sighting[]) => void,
		each: (sighting: Sighting) => void = () => undefined
	): void {
		const sightings: Sighting[] = [];
		try {
			this.#endpoint.broadcast({
				address: everyone,
				port: this.#port,
				code: Code.Get,
				options: [...pathOptions(wellKnownPath), ...queryOptions(...query)],
				lifetime: patience,
				onResponse: response => {
					const sighting = note(sightings, suites, response);
					if (sighting !== undefined) each(sighting);
				},
				onEnd: () => done(sightings)
			});
		} catch (error) {
			if (!(error instanceof CoapError)) throw error;
			done(sightings);
		}
	}
}

function note(sightings: Sighting[], suites: readonly Suite[], response: Response): Sighting | undefined {
	if (response.code !== Code.Content) return undefined;
	const announcement = readAnnouncement(response.payload, suites);
	if (announcement === undefined) return undefined;
	const sighting = { address: { host: response.address, port: response.port }, announcement };
	if (sightings.some(known => addressText(known.address) === addressText(sighting.address))) return undefined;
	sightings.push(sighting);
	return sighting;
}
