import type { IdText } from "../chain/chain.js";
import { type Clock, Recent } from "../clock/clock.js";
import type { Address } from "./address.js";
import type { Peers } from "./peers.js";

/** Milliseconds before the same peer is searched for again: all nodes of a home hear each search. */
const interval = 60_000;
/** Least milliseconds between any two searches of this node. */
const pause = 1_000;

export interface PeerSearchOptions {
	readonly clock: Clock;
	readonly peers: Pick<Peers, "addressOf">;
	/** Asks everyone for a peer; calls back once, with undefined when nobody says that it is that. */
	readonly locate: (peer: IdText, found: (address: Address | undefined) => void) => void;
	/** Somebody at another address than the one known here says that it is the peer, which anyone can say. */
	readonly onFound: (peer: IdText, address: Address) => void;
}

/**
 * Searches for peers that do not answer where they were last: a network may give other addresses to all nodes of a home at
 * once, and then none would hear of another again.
 */
export class PeerSearch {
	readonly #options: PeerSearchOptions;
	/** Who was searched for of late. */
	readonly #sought: Recent<true>;
	#next = Number.NEGATIVE_INFINITY;

	constructor(options: PeerSearchOptions) {
		this.#options = options;
		this.#sought = new Recent(options.clock, interval);
	}

	/** A peer did not answer at the address that is known here. */
	missed(peer: IdText): void {
		const { clock, peers, locate, onFound } = this.#options;
		const now = clock.now();
		if (now < this.#next || this.#sought.get(peer) !== undefined) return;
		// Without one it is searched for whenever it is asked for something.
		if (peers.addressOf(peer) === undefined) return;
		this.#next = now + pause;
		this.#sought.set(peer, true);
		locate(peer, found => {
			const known = peers.addressOf(peer);
			if (found !== undefined && (found.host !== known?.host || found.port !== known.port))
				onFound(peer, found);
		});
	}
}
