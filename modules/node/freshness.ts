import { toHex } from "../bytes/bytes.js";
import { type Chain, type IdText, independentOf, Rank } from "../chain/chain.js";
import type { Cancel, Clock, TurnOwner } from "../clock/clock.js";
import type { BlockExchange } from "./block-exchange.js";
import type { Peers } from "./peers.js";
import { tellAll } from "./tell-all.js";

/** Milliseconds for which a comparison of the chain with a member's is good enough to judge by. */
const age = 3_600_000;
/** Milliseconds that somebody who waits at a door is kept waiting for a comparison. */
const patience = 2_000;
/** The same where an owner is telling what this node lacks: by then no command acts any more. */
const ownersPatience = 10_000;
/** The same where this node waits to sign: whoever joins waits for that no longer than 10 seconds, and the owner may have died as it told. */
const signersPatience = 5_000;
/** Most members that are asked at once. */
const askedLimit = 4;
/** Most comparisons that are remembered. */
const comparedLimit = 8;

export interface FreshnessOptions {
	readonly clock: Clock;
	readonly chain: Chain;
	readonly peers: Peers;
	readonly exchange: Pick<BlockExchange, "start" | "whenCaughtUp" | "learnsFrom">;
	/** Whether a peer is there, before more is asked of it than that: four that are away would fill a board. */
	readonly knock: (peer: IdText, done: (isThere: boolean) => void) => void;
	/** This node's own id. */
	readonly self: IdText;
}

/** What was found out before judging. */
export type Finding =
	/** The chain was the same as another member's within the hour, or is now. */
	| "fresh"
	/** The home has nobody else to ask. */
	| "alone"
	/** Nobody answered in time. */
	| "silent"
	/** What an owner had to tell did not come in the time in which a command can act. */
	| "late";

/** Somebody who is kept waiting. */
interface Wait {
	/** Whose word counts. */
	readonly counts: Counts;
	readonly judge: (finding: Finding) => void;
	readonly owner: TurnOwner | undefined;
	/** Whether the word of one of them was had; then only what is being delivered is waited for. */
	isFresh: boolean;
	/** Ends its patience. */
	cancel: Cancel;
}

const nothing: Cancel = () => undefined;

/** Whether the word of a member about the chain is one to judge by. */
type Counts = (id: IdText) => boolean;

/**
 * Whether this node's chain is recent enough to judge by what somebody may do here. After a start, and after an hour
 * without a comparison, it is compared first, with an owner, or a member that has not come in with the asker: who
 * was removed or lost a grant meanwhile would not tell, nor would its friends. What is being delivered just then is
 * taken in first.
 */
export class Freshness {
	readonly #options: FreshnessOptions;
	/** The members with whom the chain was the same last, and when; the latest last. */
	readonly #compared = new Map<IdText, number>();
	readonly #waits = new Set<Wait>();
	/** Who is being compared with, once for all who wait: those may come and go faster than an exchange ends. */
	readonly #asked = new Set<IdText>();
	/** Whether the end of what is being delivered is waited for, once for all likewise. */
	#isCatchingUp = false;

	constructor(options: FreshnessOptions) {
		this.#options = options;
	}

	/** What owners said was the same as with a member just now: nobody's other blocks keep anyone waiting. */
	compared(peer: IdText): void {
		this.#compared.delete(peer);
		this.#compared.set(peer, this.#options.clock.now());
		const [oldest] = this.#compared.keys();
		if (this.#compared.size > comparedLimit && oldest !== undefined) this.#compared.delete(oldest);
		this.settle();
	}

	/**
	 * Compares where that is due, and calls `judge` once: at once when it is not, and within 2 seconds when it is, or
	 * when blocks are on their way; within 10, and so too late to act, where an owner is telling what this node lacks, which may
	 * be that the asker was removed. `asker`: whose own word does not count, nor that of whom it admitted; this node's own
	 * id where anyone's does. What is returned ends the wait without a judgement.
	 */
	before(asker: IdText, judge: (finding: Finding) => void): Cancel {
		const { clock } = this.#options;
		const counts = this.countsFor(asker);
		const isFresh = this.isFresh(counts);
		// In a large home it takes a board long to look for them.
		const others = isFresh ? [] : this.others(asker);
		if (!isFresh && others.length === 0) {
			judge("alone");
			return nothing;
		}
		// It may be called in the turn of somebody else's answer, and is still work for who asked.
		const wait: Wait = { counts, judge, owner: clock.owner, isFresh, cancel: nothing };
		this.#waits.add(wait);
		this.settle();
		if (!this.#waits.has(wait)) return nothing;
		const isTold = this.isTold;
		const longest = asker === this.#options.self ? signersPatience : ownersPatience;
		wait.cancel = clock.after(isTold ? longest : patience, () => this.lapse(wait, isTold, longest));
		for (const peer of others) this.ask(peer);
		return () => {
			this.#waits.delete(wait);
			wait.cancel();
		};
	}

	/** Whether a member had the same of owners within the hour, or there is nobody to ask. */
	get isInTouch(): boolean {
		const counts = this.countsFor(this.#options.self);
		return this.isFresh(counts) || this.others(this.#options.self).length === 0;
	}

	private ask(peer: IdText): void {
		if (this.#asked.has(peer)) return;
		this.#asked.add(peer);
		this.#options.knock(peer, isThere => {
			if (isThere) this.#options.exchange.start(peer, ({ same }) => this.answered(peer, same));
			else this.answered(peer, false);
		});
	}

	private answered(peer: IdText, isSame: boolean): void {
		this.#asked.delete(peer);
		if (isSame) this.compared(peer);
	}

	/** Ends the wait of those who have had somebody's word, once nothing is being delivered: now or later. */
	private settle(): void {
		for (const wait of this.#waits) wait.isFresh ||= this.isFresh(wait.counts);
		if (this.#isCatchingUp || ![...this.#waits].some(wait => wait.isFresh)) return;
		this.#isCatchingUp = true;
		this.#options.exchange.whenCaughtUp(() => {
			this.#isCatchingUp = false;
			const ready = [...this.#waits].filter(wait => wait.isFresh);
			tellAll(
				ready.map(wait => () => this.end(wait, "fresh")),
				undefined
			);
		});
	}

	/** Whether an owner is telling what this node lacks. */
	private get isTold(): boolean {
		return this.#options.exchange.learnsFrom(peer => this.isOwner(peer));
	}

	/**
	 * It waits on where an owner is telling, also when that is cut off then. Nobody else can keep somebody waiting for so long:
	 * members' word might never come to an end.
	 */
	private lapse(wait: Wait, isLast: boolean, longest: number): void {
		const left = longest - patience;
		if (isLast) this.end(wait, "late");
		else if (!this.isTold) this.end(wait, "silent");
		else wait.cancel = this.#options.clock.after(left, () => this.end(wait, "late"));
	}

	private end(wait: Wait, finding: Finding): void {
		if (!this.#waits.delete(wait)) return;
		wait.cancel();
		this.#options.clock.resumeFor(wait.owner, () => wait.judge(finding));
	}

	private isFresh(counts: Counts): boolean {
		const now = this.#options.clock.now();
		const recent: IdText[] = [];
		for (const [peer, at] of this.#compared) if (now - at < age) recent.push(peer);
		// Owners first: to find out who else counts takes a board long in a large home.
		return recent.some(peer => this.isOwner(peer) && counts(peer)) || recent.some(counts);
	}

	private isOwner(id: IdText): boolean {
		return this.#options.chain.members.get(id)?.isOwner === true;
	}

	private countsFor(asker: IdText): Counts {
		const { chain, self } = this.#options;
		let independent: ReadonlySet<IdText> | undefined;
		return id => {
			const member = chain.members.get(id);
			if (member === undefined || id === asker || id === self) return false;
			if (asker === self || member.isOwner) return true;
			independent ??= independentOf(chain.members, asker);
			return independent.has(id);
		};
	}

	/**
	 * Whom to ask, a few of those whose word counts: owners first, where it is not for this node's own sake, and those seen last
	 * before those whose address is not known. One after the other is looked at: in a large home all at once fill a board.
	 */
	private others(asker: IdText): readonly IdText[] {
		const { chain, peers, self } = this.#options;
		const { roster } = chain.members;
		const independent = asker === self ? undefined : independentOf(chain.members, asker);
		const counts = (id: IdText) => independent?.has(id) ?? chain.members.get(id) !== undefined;
		const others: IdText[] = [];
		const take = (ids: Iterable<IdText>) => {
			for (const id of ids) {
				if (others.length === askedLimit) return;
				if (id !== self && !others.includes(id) && counts(id)) others.push(id);
			}
		};
		const seen = [...peers.all].reverse();
		if (independent !== undefined) {
			const owners: IdText[] = [];
			for (let number = 0; number < roster.size; number += 1) {
				if (roster.rankAt(number) === Rank.owner) owners.push(toHex(roster.idAt(number)));
			}
			take(seen.filter(peer => owners.includes(peer)));
			take(owners);
		}
		take(seen);
		for (let number = 0; number < roster.size && others.length < askedLimit; number += 1) {
			take([toHex(roster.idAt(number))]);
		}
		return others;
	}
}
