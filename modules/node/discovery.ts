import { toHex } from "../bytes/bytes.js";
import { type IdText, sameId } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import {
	type BroadcastRequest,
	CoapError,
	Code,
	type Endpoint,
	type Layer,
	type Option,
	type PendingRequest,
	pathOptions,
	queryOptions,
	type Response
} from "../coap/coap.js";
import { echoOf } from "../oscore/oscore.js";
import { type Address, addressText } from "./address.js";
import { type Announcement, readAnnouncement, wellKnownPath } from "./announcement.js";
import type { Suite } from "./suite.js";

/** Milliseconds that answers to a search are waited for. */
const patience = 2_500;

/** Milliseconds for which others may still answer when a node that invites has: nodes that do answer at once. */
const grace = 400;

/** Most nodes of which a challenge is repeated in a search: those of a full home. */
const challengersLimit = 64;

/**
 * Most of those who answered a broadcast with a challenge that are asked again at once, and where one node is looked for:
 * whoever answers in others' names must not take all places that a node has for requests.
 */
const challengersAtOnce = 8;
const sameNodeAtOnce = 2;

/** Milliseconds that the answer to a ping is waited for. */
const pingPatience = 1_000;

const everyone = "255.255.255.255";

/**
 * Most of what a search keeps, since anyone can answer under any name: of each home some nodes, and some homes. Of the one
 * home that is looked for, more.
 */
const searchLimits = Object.freeze({ homes: 8, nodes: 4, nodesOfWanted: 16 } as const);

/** A node that was found. */
export interface Sighting {
	readonly address: Address;
	readonly announcement: Announcement;
}

export interface SearchRequest {
	/** Where to ask; where it is empty, whoever hears a broadcast is asked as well. */
	readonly given: readonly Address[];
	/** Where members were once, the latest first: they may be elsewhere by now, or gone. */
	readonly known?: readonly Address[];
	readonly suites: readonly Suite[];
	/** The only home that is looked for, 8 bytes. */
	readonly home?: Uint8Array | undefined;
}

export interface DiscoveryOptions {
	readonly endpoint: Endpoint;
	readonly layer: Layer;
	readonly clock: Clock;
	/** Where nodes listen for broadcasts. */
	readonly port: number;
}

/** Finds nodes: by asking addresses that were given, or whoever hears a broadcast where none were. */
export class Discovery {
	readonly #options: DiscoveryOptions;

	constructor(options: DiscoveryOptions) {
		this.#options = options;
	}

	/** Whether somebody is there: `alive` is called when there is an answer, `silent` when there is none within a second. */
	ping({ host, port }: Address, alive: () => void, silent: () => void = () => undefined): void {
		this.#options.endpoint.ping({ address: host, port, milliseconds: pingPatience, alive, silent });
	}

	/**
	 * The nodes that answer within 2.5 seconds, in the order of their answers; once one that invites has answered, the
	 * others have 0.4 seconds more.
	 */
	search(
		{ given, known = [], suites, home }: SearchRequest,
		done: (sightings: readonly Sighting[]) => void
	): void {
		const { clock, layer } = this.#options;
		const search = new Search({ clock, layer, port: this.#options.port, suites, home, done });
		if (given.length === 0) this.broadcast(search);
		search.askEach([...given, ...known]);
		search.settle();
	}

	/** Finds one member by broadcast, and at the addresses that were given; calls back once. */
	locate(
		node: IdText,
		where: Pick<SearchRequest, "suites" | "given">,
		found: (address: Address | undefined) => void
	): void {
		this.locateAll(node, where, 1, ([address]) => found(address));
	}

	/** The same of all who say that they are it, `most` of them at most. */
	locateAll(
		node: IdText,
		{ suites, given }: Pick<SearchRequest, "suites" | "given">,
		most: number,
		found: (addresses: readonly Address[]) => void
	): void {
		const { clock, layer } = this.#options;
		const done = (sightings: readonly Sighting[]) => found(sightings.map(({ address }) => address));
		const search = new Search({ clock, layer, port: this.#options.port, suites, node, most, done });
		this.broadcast(search);
		search.askEach(given);
		search.settle();
	}

	private broadcast(search: Search): void {
		try {
			search.pending = this.#options.endpoint.broadcast(search);
			search.asked += 1;
		} catch (error) {
			if (!(error instanceof CoapError)) throw error;
		}
	}
}

interface SearchOptions {
	readonly clock: Clock;
	readonly layer: Layer;
	readonly port: number;
	readonly suites: readonly Suite[];
	/** The only home that is looked for. */
	readonly home?: Uint8Array | undefined;
	/** The only one that is looked for: `most` answers end the search. */
	readonly node?: IdText;
	readonly most?: number;
	/** Called once. */
	readonly done: (sightings: readonly Sighting[]) => void;
}

/** What has answered so far. It is its own broadcast, since several wait at once on a board. */
class Search implements BroadcastRequest {
	readonly #options: SearchOptions;
	readonly #sightings: Sighting[] = [];
	/** The broadcast, given up when the search ends before it. */
	pending: PendingRequest | undefined;
	#grace: Cancel | undefined;
	/** How many of those that were asked may still answer, all that hear a broadcast as one; and one while it begins. */
	asked = 1;
	/** Those that wanted a challenge repeated. */
	readonly #challengers = new Set<string>();
	/** How many of those that answered a broadcast so may still answer. */
	#open = 0;
	#isOver = false;

	constructor(options: SearchOptions) {
		this.#options = options;
	}

	get address(): string {
		return everyone;
	}

	get port(): number {
		return this.#options.port;
	}

	get code(): number {
		return Code.Get;
	}

	get options(): readonly Option[] {
		const { node } = this.#options;
		return [...pathOptions(wellKnownPath), ...(node === undefined ? [] : queryOptions(`ep=${node}`))];
	}

	get lifetime(): number {
		return patience;
	}

	onResponse(response: Response): void {
		this.heardOpenly(response);
	}

	onEnd(): void {
		this.settle();
	}

	askEach(addresses: readonly Address[]): void {
		for (const address of addresses) {
			this.asked += 1;
			this.ask(address, () => this.settle());
		}
	}

	/** Asks one; `echo`: the challenge that it wants repeated. `settled` once nothing is to come from it any more. */
	private ask({ host, port }: Address, settled: () => void, echo?: Option): void {
		const { options } = this;
		try {
			this.#options.layer.request({
				address: host,
				port,
				code: Code.Get,
				options: echo === undefined ? options : [...options, echo],
				timeout: patience,
				onResponse: response => {
					if (echo !== undefined || !this.challenged(response, settled)) {
						this.heard(response);
						settled();
					}
				},
				onFailure: settled
			});
		} catch (error) {
			if (!(error instanceof CoapError)) throw error;
			settled();
		}
	}

	/** Whether a node wants it shown first that this one is where it says (RFC 9175 section 2.3): asks it once more then. */
	private challenged(response: Response, settled: () => void): boolean {
		const echo = echoOf(response);
		if (echo === undefined) return false;
		const address = { host: response.address, port: response.port };
		const text = addressText(address);
		// Once each: whoever answers in others' names must not have these asked without end.
		if (this.#isOver || this.#challengers.has(text) || this.#challengers.size === challengersLimit) settled();
		else {
			this.#challengers.add(text);
			this.ask(address, settled, echo);
		}
		return true;
	}

	/** An answer to a broadcast. */
	private heardOpenly(response: Response): void {
		const most = this.#options.node === undefined ? challengersAtOnce : sameNodeAtOnce;
		if (echoOf(response) === undefined) this.heard(response);
		else if (this.#open < most) {
			this.#open += 1;
			this.challenged(response, () => {
				this.#open -= 1;
			});
		}
	}

	private heard(response: Response): void {
		const { clock, suites, home, node, most = 1 } = this.#options;
		const sighting = readSighting(response, suites);
		if (sighting === undefined || this.#isOver) return;
		const { address, announcement } = sighting;
		if (node !== undefined && announcement.node !== node) return;
		if (home !== undefined && !sameId(announcement.home, home)) return;
		if (this.#sightings.some(known => addressText(known.address) === addressText(address))) return;
		if (!this.hasRoom(toHex(announcement.home))) return;
		this.#sightings.push(sighting);
		if (node !== undefined) {
			if (this.#sightings.length >= most) this.end();
		} else if (announcement.isInviting) this.#grace ??= clock.after(grace, () => this.end());
	}

	private hasRoom(home: string): boolean {
		const { homes, nodes, nodesOfWanted } = searchLimits;
		const heard = this.#sightings.map(({ announcement }) => toHex(announcement.home));
		const ofHome = heard.filter(other => other === home).length;
		if (ofHome === 0) return new Set(heard).size < homes;
		return ofHome < (this.#options.home === undefined ? nodes : nodesOfWanted);
	}

	private end(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#grace?.();
		this.pending?.cancel();
		this.#options.done(this.#sightings);
	}

	settle(): void {
		this.asked -= 1;
		if (this.asked === 0) this.end();
	}
}

function readSighting(response: Response, suites: readonly Suite[]): Sighting | undefined {
	if (response.code !== Code.Content) return undefined;
	const announcement = readAnnouncement(response.payload, suites);
	return announcement && { address: { host: response.address, port: response.port }, announcement };
}
