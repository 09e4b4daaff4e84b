import {
	Block,
	BlockError,
	type BlockFault,
	type Bundle,
	type Chain,
	type IdText,
	Offer
} from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { runInTurns } from "../crypto/crypto.js";
import { StoreError } from "../store/store.js";

/** Most blocks that wait, in RAM, for one that they rest on. */
const waitingLimit = 8;

export interface IntakeOptions {
	readonly chain: Chain;
	readonly clock: Clock;
	/** A block came that was not here, or a base. None is held on to: decoded they take much of a board's memory. */
	readonly onBlock: (block: Block, from: IdText) => void;
	readonly report: (text: string) => void;
}

/** Why a block may be tried again after those that come with it. */
const waits: readonly BlockFault[] = Object.freeze(["previous", "author"]);
/** What no honest peer sends, whatever it knows. */
const lies: readonly BlockFault[] = Object.freeze(["malformed", "signature", "proof"]);

/** Why what came well could not be taken in all the same. */
export const ownFault = "an error of this node's own";

/** What came of a delivery. */
export interface Taken {
	/** How many blocks were new. */
	readonly count: number;
	/** What no honest peer sends: a block that is none, or that is not signed by who it says. */
	readonly lie: string | undefined;
	/** Why the first of those that were refused was. */
	readonly refusal: string | undefined;
}

/** Takes in what peers send: one signature is checked in a turn of the loop. */
export class BlockIntake {
	readonly #options: IntakeOptions;
	/** Deliveries that are being taken in. */
	#running = 0;
	/** What waits for the end of them. */
	#next: (() => void)[] = [];
	/** Blocks whose author, or whose block before, has not come yet. */
	#waiting: Uint8Array[] = [];

	constructor(options: IntakeOptions) {
		this.#options = options;
	}

	/** Whether a delivery is being taken in: another one would most likely be of the same blocks, and cost as much memory. */
	get isBusy(): boolean {
		return this.#running > 0;
	}

	/** Calls `act` once nothing is being taken in: now or later. */
	whenFree(act: () => void): void {
		const { clock } = this.#options;
		const { owner } = clock;
		if (this.isBusy) this.#next.push(() => clock.resumeFor(owner, act));
		else act();
	}

	/** Takes in blocks up to the first that is a lie. `done` once. */
	take(from: IdText, blocks: readonly Uint8Array[], done: (taken: Taken) => void): void {
		const { chain, clock, onBlock } = this.#options;
		const queue = [...blocks];
		/** How many of those in the queue are of this delivery: what waited for one of its blocks stands behind them. */
		let left = blocks.length;
		let count = 0;
		let refusal: string | undefined;
		let isOver = false;
		/** The first of the queue, while its signatures are being checked. */
		let block: Block | undefined;
		const end = (lie: string | undefined) => {
			isOver = true;
			this.leave();
			done({ count, lie, refusal });
		};
		const takeNext = () => {
			const [cose] = queue;
			if (cose === undefined) {
				end(undefined);
				return;
			}
			try {
				block ??= new Block(cose);
				if (chain.prepare(block)) {
					clock.after(0, next);
					return;
				}
				queue.shift();
				left -= 1;
				const added = chain.add(block);
				block = undefined;
				if (added !== undefined) {
					count += 1;
					onBlock(added, from);
					queue.push(...this.#waiting.splice(0));
				}
			} catch (error) {
				block = undefined;
				if (queue[0] === cose) {
					queue.shift();
					left -= 1;
				}
				// What waited may be another's, and its faults are not to be laid to who sends what is true.
				const isDelivered = left >= 0;
				const text = messageOf(error);
				if (isDelivered && isLie(error)) {
					end(text);
					return;
				}
				if (isDelivered) refusal ??= text;
				if (error instanceof BlockError && waits.includes(error.reason)) this.wait(cose);
			}
			clock.after(0, next);
		};
		const next = () => {
			try {
				takeNext();
			} catch (error) {
				// A fault of ours ends this delivery, not the intake, and whoever waits for it hears so.
				if (!isOver) {
					refusal = ownFault;
					end(undefined);
				}
				throw error;
			}
		};
		this.#running += 1;
		next();
	}

	/** Takes over a base, once nothing else is being taken in: a board has no room for several and all that comes with them. `done` once. */
	adopt(from: IdText, bundle: Bundle, done: (taken: Taken) => void): void {
		if (this.isBusy) {
			this.whenFree(() => this.adopt(from, bundle, done));
			return;
		}
		const { chain, clock, onBlock } = this.#options;
		const end = (taken: Taken) => {
			this.leave();
			done(taken);
		};
		const refused = (error: unknown) => {
			const isForeseen = error instanceof BlockError || error instanceof StoreError;
			const refusal = isForeseen ? error.message : ownFault;
			end({ count: 0, lie: isLie(error) ? refusal : undefined, refusal });
			if (!isForeseen) throw error;
		};
		this.#running += 1;
		try {
			// By who brings it, or what a thief has given this node would keep out what all others have.
			const offer = new Offer(bundle, `base ${from}`);
			const judged = (block: Block | undefined) => {
				try {
					if (block !== undefined) onBlock(block, from);
				} finally {
					end({ count: block === undefined ? 0 : 1, lie: undefined, refusal: undefined });
				}
			};
			runInTurns({ steps: chain.judgeBase(offer), clock, done: judged, failed: refused });
		} catch (error) {
			refused(error);
		}
	}

	/** A delivery is over. */
	private leave(): void {
		this.#running -= 1;
		for (const act of this.isBusy ? [] : this.#next.splice(0)) this.#options.clock.after(0, act);
	}

	private wait(cose: Uint8Array): void {
		this.#waiting.push(cose);
		if (this.#waiting.length > waitingLimit) this.#waiting.shift();
	}
}

function isLie(error: unknown): boolean {
	if (!(error instanceof BlockError)) return false;
	return lies.includes(error.reason);
}

/** What went wrong with what a peer sent, or with keeping it; anything else is a fault of ours and is thrown on. */
function messageOf(error: unknown): string {
	if (error instanceof BlockError || error instanceof StoreError) return error.message;
	throw error;
}
