import type { IdText } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import type { BlockExchange } from "./block-exchange.js";
import type { Peers } from "./peers.js";

/** Milliseconds between two looks at a peer's chain when nothing happens, on average. */
const lookInterval = 60_000;
/** Milliseconds before a peer that did not answer is asked again; doubled each time, up to the look's interval. */
const firstRetry = 2_000;
/** Least milliseconds between two looks that strangers cause. */
const hintInterval = 5_000;

/** Keeps this node's chain the same as its peers', also when some are away and datagrams are lost. */
export class CatchingUp {
	readonly #clock: Clock;
	readonly #random: (count: number) => Uint8Array;
	readonly #peers: Peers;
	readonly #exchange: BlockExchange;
	readonly #onSame: (peer: IdText) => void;
	/** The waits of the peers that did not answer. */
	readonly #retries = new Map<IdText, { wait: number; cancel: Cancel }>();
	#look: Cancel | undefined;
	#isPaused = false;
	#lastHint = Number.NEGATIVE_INFINITY;

	constructor(options: {
		clock: Clock;
		random: (count: number) => Uint8Array;
		peers: Peers;
		exchange: BlockExchange;
		/** This node and a peer have the same blocks. */
		onSame: (peer: IdText) => void;
	}) {
		this.#onSame = options.onSame;
		this.#clock = options.clock;
		this.#random = options.random;
		this.#peers = options.peers;
		this.#exchange = options.exchange;
	}

	/** Begins with every peer, and looks again from time to time. */
	start(): void {
		this.withAll();
		this.#schedule();
	}

	stop(): void {
		this.#look?.();
		for (const { cancel } of this.#retries.values()) cancel();
		this.#retries.clear();
	}

	/** There is something new: makes the chain the same with every peer. */
	withAll(): void {
		for (const id of this.#peers.all) this.with(id);
	}

	/** The network is gone: asks nobody, so that nothing is under way to nowhere when it comes back. */
	pause(): void {
		this.#isPaused = true;
		this.stop();
	}

	/** The network is there again: begins anew with every peer. */
	again(): void {
		this.#isPaused = false;
		this.stop();
		this.start();
	}

	/** Makes the chain the same with one peer, however often it takes. */
	with(id: IdText): void {
		if (this.#isPaused) return;
		const waiting = this.#retries.get(id);
		waiting?.cancel();
		this.#exchange.start(id, outcome => {
			if (!outcome.same) {
				this.#retry(id, waiting?.wait ?? firstRetry);
				return;
			}
			this.#retries.delete(id);
			this.#onSame(id);
		});
	}

	/** Someone came whom this node does not know, perhaps a new member: asks one peer, and not at everyone's bidding. */
	hint(): void {
		if (this.#clock.now() - this.#lastHint < hintInterval) return;
		this.#lastHint = this.#clock.now();
		this.#any();
	}

	#retry(id: IdText, wait: number): void {
		if (this.#isPaused) return;
		this.#retries.get(id)?.cancel();
		const cancel = this.#clock.after(wait, () => this.with(id));
		this.#retries.set(id, { wait: Math.min(2 * wait, lookInterval), cancel });
	}

	/** With one peer at random; the jitter keeps a home from doing it all at once. */
	#schedule(): void {
		const [jitter = 0] = this.#random(1);
		this.#look = this.#clock.after(lookInterval / 2 + (lookInterval * jitter) / 256, () => {
			// First the next look: an error in this one must not be the end of them.
			this.#schedule();
			this.#any();
		});
	}

	#any(): void {
		const all = this.#peers.all;
		const [chosen = 0] = this.#random(1);
		const peer = all[chosen % Math.max(1, all.length)];
		if (peer !== undefined) this.with(peer);
	}
}
