import { BusyError } from "./errors.js";

/** Who waits for a turn. */
export interface Waiting {
	/** It has come. */
	start(): void;
}

export interface PeerQueueOptions {
	/** Turns that one peer gives at once (NSTART, RFC 7252 section 4.7). */
	readonly nstart: number;
	/** How many may wait for one peer. */
	readonly maxQueued: number;
}

/** Lets only so many requests to one peer wait for an acknowledgement; the others queue in order. */
export class PeerQueue {
	readonly #options: PeerQueueOptions;
	/** By peer: the first NSTART have their turn. */
	readonly #peers = new Map<string, Waiting[]>();

	constructor(options: PeerQueueOptions) {
		this.#options = options;
	}

	/** Starts it when it is its turn, perhaps before this returns. Throws BusyError when full. */
	enter(name: string, waiting: Waiting): void {
		const { maxQueued, nstart } = this.#options;
		const queue = this.#peers.get(name) ?? [];
		if (queue.length >= nstart + maxQueued)
			throw new BusyError(`${maxQueued} requests wait for ${name} already`);
		queue.push(waiting);
		this.#peers.set(name, queue);
		if (queue.length <= nstart) waiting.start();
	}

	/** Gives the place, or the turn, back; harmless for one that has none. */
	leave(name: string, waiting: Waiting): void {
		const { nstart } = this.#options;
		const queue = this.#peers.get(name) ?? [];
		const place = queue.indexOf(waiting);
		if (place < 0) return;
		queue.splice(place, 1);
		if (queue.length === 0) this.#peers.delete(name);
		else if (place < nstart && queue.length >= nstart) queue[nstart - 1].start();
	}
}
