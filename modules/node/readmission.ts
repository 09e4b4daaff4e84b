import { type AddBody, BlockError, type Chain, sameId } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import { StoreError } from "../store/store.js";
import { isStatedFor } from "./admission.js";
import type { Issuer } from "./issuer.js";
import type { Link } from "./link.js";
import { givenName } from "./targets.js";

/** Milliseconds before one that did not answer is asked again: twice as long each time, up to an hour. */
const firstWait = 5_000;
const longestWait = 3_600_000;

export interface ReadmissionOptions {
	readonly chain: Chain;
	readonly clock: Clock;
	readonly issuer: Issuer;
	/** This node's id. */
	readonly id: Uint8Array;
	readonly link: Pick<Link, "askStatement">;
	/** Calls back once it is known how far this node's own blocks go. */
	readonly beforeSigning: (sign: () => void) => void;
	readonly report: (text: string) => void;
}

/**
 * Brings back whom this node admitted and two checkpoints left out before anybody heard of it: what the joiner signed is
 * good for two bases, so it is asked to sign it for the one that rules. Nobody else of the home would talk to it.
 */
export class Readmission {
	readonly #options: ReadmissionOptions;
	#isAsking = false;
	#isOver = false;
	#again: Cancel | undefined;
	#wait = firstWait;
	/** Under which checkpoint it was asked last. */
	#checkpoint = -1;
	/** How often somebody was asked: each time the next one's turn. */
	#asked = 0;

	constructor(options: ReadmissionOptions) {
		this.#options = options;
	}

	/** To be called where there is somebody: see `Duties.lapsed`. */
	look(lapsed: readonly AddBody[]): void {
		const { chain, link } = this.#options;
		if (this.#isOver) return;
		if (chain.checkpoint !== this.#checkpoint) this.beginAnew();
		this.#checkpoint = chain.checkpoint;
		const add = lapsed[this.#asked % Math.max(1, lapsed.length)];
		if (add === undefined || this.#isAsking || this.#again !== undefined) return;
		this.#asked += 1;
		this.#isAsking = true;
		const number = chain.checkpoint;
		link.askStatement(add, number, signature => {
			this.#isAsking = false;
			if (this.#isOver) return;
			this.askAgain();
			if (signature !== undefined) this.admit({ ...add, number, signature });
		});
	}

	/** For good. */
	stop(): void {
		this.#isOver = true;
		this.#again?.();
	}

	private beginAnew(): void {
		this.#again?.();
		this.#again = undefined;
		this.#wait = firstWait;
	}

	/** Whoever is still out by then. */
	private askAgain(): void {
		const { chain, clock } = this.#options;
		this.#again?.();
		this.#again = clock.after(this.#wait, () => {
			this.#again = undefined;
			this.look(chain.duties.lapsed);
		});
		this.#wait = Math.min(2 * this.#wait, longestWait);
	}

	private admit(add: AddBody): void {
		const { chain, issuer, id, beforeSigning, report } = this.#options;
		if (!isStatedFor(chain, add.sponsor ?? id, add)) return;
		beforeSigning(() => {
			// Meanwhile it may have been removed, or another base may rule.
			const isOut = !this.#isOver && chain.duties.lapsed.some(({ key }) => sameId(key, add.key));
			if (!isOut || chain.checkpoint !== add.number) return;
			try {
				issuer.issue(() => add);
				report(`${givenName(chain, add)} is in the home again, which checkpoint ${add.number} had left out`);
			} catch (error) {
				if (!(error instanceof BlockError || error instanceof StoreError)) throw error;
				report(error.message);
			}
		});
	}
}
