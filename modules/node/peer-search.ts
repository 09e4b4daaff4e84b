import type { IdText } from "../chain/chain.js";
import { type Clock, Recent } from "../clock/clock.js";
import type { Address } from "./address.js";
import type { Peers } from "./peers.js";

/**
 * Milliseconds before the same peer is searched for again, doubled each time whoever says that it is that, until it has shown
 * that it is elsewhere, or was not searched for for twice the longest.
 */
const firstInterval = 2_000;
const longestInterval = 60_000;
/** Milliseconds between two searches of this node, on average: all nodes of a home hear each, perhaps of all others at once. */
const pause = 500;

export interface PeerSearchOptions {
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly peers: Pick<Peers, "addressOf">;
	/** Asks everyone for a peer; calls back once, with undefined when nobody says that it is that. */
	readonly locate: (peer: IdText, found: (address: Address | undefined) => void) => void;
	/** Somebody at another address than the one known here says that it is the peer, which anyone can say. */
	readonly onFound: (peer: IdText, address: Address) => void;
}

/** When a peer that was known to be there was searched for, and for how long it is not to be again. */
interface Turn {
	readonly at: number;
	readonly interval: number;
	readonly known: Address;
}

/**
 * Searches for peers that do not answer where they were last: a network may give other addresses to all nodes of a home at
 * once, and then none would hear of another again.
 */
export class PeerSearch {
	readonly #options: PeerSearchOptions;
	readonly #turns: Recent<Turn>;
	/** Who is to be searched for, the latest last, who goes first: somebody may be waiting for it. */
	readonly #due = new Set<IdText>();
	#isPausing = false;

	constructor(options: PeerSearchOptions) {
		this.#options = options;
		this.#turns = new Recent(options.clock, 2 * longestInterval);
	}

	/** A peer did not answer at the address that is known here, or does not answer for long. */
	missed(peer: IdText): void {
		// Without an address it is searched for whenever it is asked for something.
		const known = this.#options.peers.addressOf(peer);
		if (known === undefined || this.#due.has(peer)) return;
		const turn = this.turnOf(peer, known);
		if (turn !== undefined && this.#options.clock.now() - turn.at < turn.interval) return;
		this.#due.add(peer);
		if (!this.#isPausing) this.search();
	}

	private search(): void {
		const { clock, random, locate, peers, onFound } = this.#options;
		const peer = [...this.#due].at(-1);
		this.#isPausing = peer !== undefined;
		if (peer === undefined) return;
		this.#due.delete(peer);
		const [jitter = 0] = random(1);
		clock.after(pause * (0.5 + jitter / 256), () => this.search());
		const known = peers.addressOf(peer);
		if (known === undefined) return;
		const last = this.turnOf(peer, known)?.interval ?? firstInterval / 2;
		this.#turns.set(peer, { at: clock.now(), interval: Math.min(2 * last, longestInterval), known });
		locate(peer, found => {
			if (found !== undefined && !isSame(found, peers.addressOf(peer))) onFound(peer, found);
		});
	}

	private turnOf(peer: IdText, known: Address): Turn | undefined {
		const turn = this.#turns.get(peer);
		return turn !== undefined && isSame(turn.known, known) ? turn : undefined;
	}
}

function isSame(one: Address, other: Address | undefined): boolean {
	return one.host === other?.host && one.port === other.port;
}
