import type { IdText } from "../chain/chain.js";
import { type Cancel, type Clock, Recent } from "../clock/clock.js";

/** Milliseconds after a delivery in which the next one is waited for, or the word that it was all. */
const pause = 3_000;
/** Milliseconds in which an owner that brings nothing new is waited for once: what it had to say somebody else may have said a moment before. */
const idleness = 60_000;

interface Teller {
	/** Deliveries that are being taken in, or wait for that. */
	deliveries: number;
	/** Until when the next one is waited for. */
	until: number;
	/** Ends the wait for the next one. */
	cancel: Cancel | undefined;
}

/**
 * Owners that bring something, in one delivery or in several, until their chain and this node's are the same: what comes next
 * may be a removal.
 */
export class Tellers {
	readonly #clock: Clock;
	readonly #onEnd: () => void;
	readonly #tellers = new Map<IdText, Teller>();
	/** Those that have been waited for although they brought nothing new. */
	readonly #idle: Recent<true>;

	/** `onEnd`: one has nothing to bring any more. */
	constructor(clock: Clock, onEnd: () => void) {
		this.#clock = clock;
		this.#onEnd = onEnd;
		this.#idle = new Recent(clock, idleness);
	}

	/** Whether one of certain owners is among them. */
	has(isMeant: (peer: IdText) => boolean): boolean {
		return [...this.#tellers.keys()].some(isMeant);
	}

	/** A delivery of an owner's has come. */
	begins(peer: IdText): void {
		const teller = this.#tellers.get(peer) ?? { deliveries: 0, until: 0, cancel: undefined };
		teller.cancel?.();
		teller.deliveries += 1;
		this.#tellers.set(peer, teller);
	}

	/**
	 * It has been taken in, or refused for now. `isNews`: there was something in it that was taken, or may be; else it keeps nobody waiting
	 * for long, or who has nothing to say, or hands on what is refused, could keep a door shut.
	 */
	delivered(peer: IdText, isNews = true): void {
		const teller = this.#tellers.get(peer);
		if (teller === undefined) return;
		teller.deliveries -= 1;
		const now = this.#clock.now();
		const isFirst = this.#idle.get(peer) === undefined;
		if (isNews || isFirst) teller.until = now + pause;
		if (!isNews && isFirst) this.#idle.set(peer, true);
		if (teller.deliveries > 0) return;
		if (teller.until > now) teller.cancel = this.#clock.after(teller.until - now, () => this.ends(peer));
		else this.ends(peer);
	}

	/** An owner has the same as this node now; not what it had before what it brings, which may have been held back. */
	ends(peer: IdText): void {
		const teller = this.#tellers.get(peer);
		if (teller === undefined || teller.deliveries > 0) return;
		teller.cancel?.();
		this.#tellers.delete(peer);
		this.#onEnd();
	}
}
