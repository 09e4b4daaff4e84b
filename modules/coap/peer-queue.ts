import { BusyError } from "./errors.js";

/** A place in the queue of a peer. */
export interface Turn {
	/** Gives the place, or the turn, back; harmless when given back already. */
	end(): void;
}

interface Waiting {
	start(): void;
}

interface Peer {
	active: number;
	readonly waiting: Waiting[];
}

export interface PeerQueueOptions {
	/** Turns that one peer gives at once (NSTART, RFC 7252 section 4.7). */
	readonly nstart: number;
	/** How many may wait for one peer. */
	readonly maxQueued: number;
}

/** Lets only so many requests to one peer wait for an acknowledgement; the others queue in order. */
export class PeerQueue {
	readonly #nstart: number;
	readonly #maxQueued: number;
	readonly #peers = new Map<string, Peer>();

	constructor(options: PeerQueueOptions) {
		this.#nstart = options.nstart;
		this.#maxQueued = options.maxQueued;
	}

	/** Calls `start` when it is the caller's turn, perhaps before this returns. Throws BusyError when full. */
	enter(name: string, start: () => void): Turn {
		let peer = this.#peers.get(name);
		if (peer === undefined) {
			peer = { active: 0, waiting: [] };
			this.#peers.set(name, peer);
		}
		const queue = peer;
		const entry: Waiting = { start };
		let state: "waiting" | "active" | "ended" = "waiting";
		entry.start = () => {
			state = "active";
			queue.active += 1;
			start();
		};
		if (queue.active < this.#nstart) entry.start();
		else if (queue.waiting.length < this.#maxQueued) queue.waiting.push(entry);
		else throw new BusyError(`${queue.waiting.length} requests wait for ${name} already`);
		return {
			end: () => {
				const before = state;
				state = "ended";
				if (before === "active") this.#next(name, queue);
				else if (before === "waiting") queue.waiting.splice(queue.waiting.indexOf(entry), 1);
			}
		};
	}

	#next(name: string, peer: Peer): void {
		peer.active -= 1;
		const next = peer.waiting.shift();
		if (next !== undefined) next.start();
		else if (peer.active === 0) this.#peers.delete(name);
	}
}
