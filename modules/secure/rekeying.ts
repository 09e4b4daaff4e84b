import type { IdText } from "../chain/chain.js";
import { type Cancel, type Clock, Recent } from "../clock/clock.js";

/**
 * Milliseconds after which the keys with a peer are agreed on anew, and after which whatever is going on: so that a stolen flash
 * tells no more than two days, where neither node is off or started anew meanwhile.
 */
const age = 24 * 3_600_000;
const limit = 2 * age;
/** Milliseconds between two looks, and of quiet with a peer before it is bothered. */
const interval = 600_000;
const quiet = 60_000;

/** A new handshake with each peer once a day, when nothing is going on with it, or a day later, begun by the one with the lower id. */
export class Rekeying {
	readonly #clock: Clock;
	readonly #self: IdText;
	readonly #peers: () => readonly IdText[];
	readonly #rekey: (peer: IdText) => void;
	/** When the last handshake with each peer was, or when this node was started. */
	readonly #since = new Map<IdText, number>();
	/** Those who have asked for something just now. */
	readonly #busy: Recent<true>;
	#timer: Cancel;

	constructor(options: {
		clock: Clock;
		self: IdText;
		peers: () => readonly IdText[];
		rekey: (peer: IdText) => void;
	}) {
		this.#clock = options.clock;
		this.#busy = new Recent(options.clock, quiet);
		this.#self = options.self;
		this.#peers = options.peers;
		this.#rekey = options.rekey;
		this.#timer = this.schedule();
	}

	/** A handshake with the peer has been completed. */
	done(peer: IdText): void {
		this.#since.set(peer, this.#clock.now());
	}

	/** The peer has just asked for something. */
	busy(peer: IdText): void {
		this.#busy.set(peer, true);
	}

	stop(): void {
		this.#timer();
	}

	private schedule(): Cancel {
		return this.#clock.after(interval, () => {
			this.look();
			this.#timer = this.schedule();
		});
	}

	/** One at a look: handshakes are costly. Whose keys are the oldest is first; one that is away comes after the others then. */
	private look(): void {
		const now = this.#clock.now();
		let oldest = now - age;
		let next: IdText | undefined;
		const peers = new Set(this.#peers());
		for (const peer of this.#since.keys()) if (!peers.has(peer)) this.#since.delete(peer);
		for (const peer of peers) {
			const since = this.#since.get(peer);
			if (since === undefined) this.#since.set(peer, now);
			if (since === undefined || since > oldest || this.#self > peer) continue;
			if (since > now - limit && this.#busy.get(peer) !== undefined) continue;
			oldest = since;
			next = peer;
		}
		if (next === undefined) return;
		// Where that comes to nothing, who asks all the time is there, and is tried again at the next look; who is away comes after the others.
		const isThere = this.#busy.get(next) !== undefined;
		this.#since.set(next, now - (isThere ? limit : age));
		this.#rekey(next);
	}
}
