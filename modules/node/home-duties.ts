import { equalBytes, toHex } from "../bytes/bytes.js";
import { type AddBody, BlockError, type Chain, Kind } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import { StoreError } from "../store/store.js";
import type { Issuer } from "./issuer.js";
import { permissionText } from "./permission-text.js";

/** Milliseconds after a change before it is looked at what there is to do: changes come many at a time. */
const lookDelay = 1_000;
/** Most milliseconds, at random, before an owner's node covers something: so not all owners' nodes do it at once. */
const coverDelay = 10_000;
/** Least milliseconds between two checkpoints that a node makes by itself. */
const coverInterval = 60_000;
/** The same where it is only to make room. */
const tidyInterval = 3_600_000;

export interface HomeDutiesOptions {
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly chain: Chain;
	readonly issuer: Issuer;
	/** This node's id. */
	readonly id: Uint8Array;
	/** Calls back once it is known how far this node's own blocks go. */
	readonly beforeSigning: (sign: () => void) => void;
	/** Whether anybody of the home was heard of late: alone a node makes no checkpoint by itself, which others might have to take back. */
	readonly isInTouch: () => boolean;
	/** There is somebody whom this node admitted and who would have to sign again: see `Duties.lapsed`. */
	readonly onLapsed: (lapsed: readonly AddBody[]) => void;
	readonly report: (text: string) => void;
}

/** What was to be said is not to be said any more. */
class NotDueError extends Error {
	override readonly name = "NotDueError";
}

/**
 * What a node does for the home by itself: it says again what a new base left out, and an owner's node makes a checkpoint
 * where one would cover what the base does not, or where room is scarce, or an hour after owners have admitted somebody. Then it is the first owner's turn; another
 * owner's node waits an hour more.
 */
export class HomeDuties {
	readonly #options: HomeDutiesOptions;
	#look: Cancel | undefined;
	#cover: Cancel | undefined;
	#tidy: Cancel | undefined;
	#settle: Cancel | undefined;
	/** When this node made its last checkpoint by itself. */
	#lastMade = Number.NEGATIVE_INFINITY;
	#isRunning = false;
	/** The hashes of what was told to be gone. */
	readonly #told = new Set<string>();

	constructor(options: HomeDutiesOptions) {
		this.#options = options;
	}

	start(): void {
		this.#isRunning = true;
		this.changed();
	}

	stop(): void {
		this.#isRunning = false;
		for (const cancel of [this.#look, this.#cover, this.#tidy, this.#settle]) cancel?.();
		this.#look = undefined;
		this.#cover = undefined;
		this.#tidy = undefined;
		this.#settle = undefined;
	}

	/** Something on the chain is other than before. */
	changed(): void {
		if (!this.#isRunning || this.#look !== undefined) return;
		this.#look = this.#options.clock.after(lookDelay, () => {
			this.#look = undefined;
			this.see();
		});
	}

	private see(): void {
		const { chain, clock, isInTouch, onLapsed } = this.#options;
		const { covers, tidies, settles, again, lapsed } = chain.duties;
		if (again.length > 0) this.say();
		else if (lapsed.length > 0) onLapsed(lapsed);
		this.tellGone();
		if (!(covers || tidies || settles) || !isInTouch()) return;
		if (covers && this.#cover === undefined) {
			const wait = Math.max(this.delay(), this.#lastMade + coverInterval - clock.now());
			this.#cover = clock.after(wait, () => {
				this.#cover = undefined;
				this.makeCheckpoint("it covers what owners took back", () => chain.duties.covers);
			});
		}
		const isFirst = chain.firstOwner !== undefined && equalBytes(chain.firstOwner, this.#options.id);
		const turn = isFirst ? 0 : tidyInterval;
		if (tidies && this.#tidy === undefined) {
			const wait = Math.max(turn + this.delay(), this.#lastMade + tidyInterval - clock.now());
			this.#tidy = clock.after(wait, () => {
				this.#tidy = undefined;
				this.makeCheckpoint("it makes room", () => chain.duties.tidies);
			});
		}
		if (!settles || this.#settle !== undefined) return;
		// Mostly several join one after the other.
		this.#settle = clock.after(tidyInterval + turn, () => {
			this.#settle = undefined;
			this.makeCheckpoint("it keeps whom owners admitted", () => chain.duties.settles);
		});
	}

	/** What only a person gives again, told once. */
	private tellGone(): void {
		const { chain, report } = this.#options;
		for (const { body, hash } of chain.notReissued) {
			const name = toHex(hash);
			if (this.#told.has(name) || body.kind !== Kind.grant) continue;
			this.#told.add(name);
			report(`gone with the base before; to be given again: grant ${permissionText(body, chain.members)}`);
		}
	}

	private delay(): number {
		const [chance = 0] = this.#options.random(1);
		return (coverDelay * chance) / 256;
	}

	private makeCheckpoint(why: string, isDue: () => boolean): void {
		const { chain, clock, issuer, beforeSigning, isInTouch, report } = this.#options;
		// It is looked at again when somebody is heard.
		if (!isDue() || !isInTouch()) return;
		beforeSigning(() => {
			if (!this.#isRunning || !isDue()) return;
			this.#lastMade = clock.now();
			const made = () => report(`made checkpoint ${chain.checkpoint}: ${why}`);
			issuer.checkpoint({}, made, error => this.tell(error));
		});
	}

	private say(): void {
		const { chain, issuer, beforeSigning } = this.#options;
		// Asked anew each time: meanwhile another turn of this node's may have said it, or another base may rule.
		const say = () => {
			const [first] = this.#isRunning ? chain.duties.again : [];
			if (first === undefined) throw new NotDueError();
			return first;
		};
		const nothing = () => undefined;
		beforeSigning(() => issuer.issueInTurns(say, nothing, error => this.tell(error)));
	}

	/** What cannot be done now is due again after the next change. */
	private tell(error: unknown): void {
		if (error instanceof NotDueError) return;
		if (!(error instanceof BlockError || error instanceof StoreError)) throw error;
		this.#options.report(error.message);
	}
}
