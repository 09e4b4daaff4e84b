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

/** Least and most milliseconds before news is passed on: more may come, and not all are to speak at once. */
const spreadWait = Object.freeze({ least: 20, most: 150 } as const);
/**
 * How far on the ring of the members' ids those are to whom news is passed on. Every distance below 64 is a sum of few
 * of these, so that all hear of it within seven hops, without anyone telling all.
 */
const distances = Object.freeze([1, 3, 9, 27] as const);

/** Keeps this node's chain the same as its peers', also when some are away and datagrams are lost. */
export class CatchingUp {
	readonly #clock: Clock;
	readonly #random: (count: number) => Uint8Array;
	readonly #peers: Peers;
	readonly #exchange: BlockExchange;
	readonly #onSame: (peer: IdText) => void;
	readonly #self: IdText;
	/** Ends the waits of the peers that did not answer. */
	readonly #retries = new Map<IdText, Cancel>();
	#look: Cancel | undefined;
	#isPaused = false;
	#lastHint = Number.NEGATIVE_INFINITY;
	/** News is about to be passed on. */
	#spreading: Cancel | undefined;

	constructor(options: {
		clock: Clock;
		random: (count: number) => Uint8Array;
		peers: Peers;
		exchange: BlockExchange;
		/** This node's own id. */
		self: IdText;
		/** This node and a peer have the same blocks. */
		onSame: (peer: IdText) => void;
	}) {
		this.#onSame = options.onSame;
		this.#self = options.self;
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
		this.#spreading?.();
		this.#spreading = undefined;
		for (const cancel of this.#retries.values()) cancel();
		this.#retries.clear();
	}

	/** There is something new: makes the chain the same with every peer. */
	withAll(): void {
		for (const id of this.#peers.all) this.with(id);
	}

	/** There is news from a peer: makes the chain the same with a few others, who do likewise if it is news to them. */
	spread(): void {
		if (this.#isPaused || this.#spreading !== undefined) return;
		const { least, most } = spreadWait;
		const [jitter = 0] = this.#random(1);
		this.#spreading = this.#clock.after(least + ((most - least) * jitter) / 256, () => {
			this.#spreading = undefined;
			for (const id of this.#neighbours()) this.with(id);
		});
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

	/** Makes the chain the same with one peer, however often it takes; soon again, should it be away. */
	with(id: IdText): void {
		this.#try(id, firstRetry);
	}

	/** `wait`: milliseconds until the next try, should this one fail. */
	#try(id: IdText, wait: number): void {
		if (this.#isPaused) return;
		this.#retries.get(id)?.();
		this.#exchange.start(id, outcome => {
			if (!outcome.same) {
				this.#retry(id, wait);
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
		this.#retries.get(id)?.();
		const cancel = this.#clock.after(wait, () => this.#try(id, Math.min(2 * wait, lookInterval)));
		this.#retries.set(id, cancel);
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

	#neighbours(): Set<IdText> {
		const ring = [...this.#peers.all, this.#self].sort();
		const place = ring.indexOf(this.#self);
		const neighbours = distances.map(distance => ring[(place + distance) % ring.length] ?? this.#self);
		return new Set(neighbours.filter(id => id !== this.#self));
	}

	#any(): void {
		const all = this.#peers.all;
		const [chosen = 0] = this.#random(1);
		const peer = all[chosen % Math.max(1, all.length)];
		if (peer !== undefined) this.with(peer);
	}
}
