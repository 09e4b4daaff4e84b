import { toHex } from "../bytes/bytes.js";
import type { IdText } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import { Code, type Exchange } from "../coap/coap.js";
import type { Responder } from "../edhoc/edhoc.js";
import { type Address, addressText } from "../node/node.js";
import { Rank } from "./curve-work.js";
import { patience } from "./initiation.js";

/** Most runs at once with strangers, and with the addresses of members. */
const strangersLimit = 3;
const membersLimit = 4;
/** Milliseconds for which it is counted how often somebody began a run, and of how many of them at most. */
const countedTime = 60_000;
const countedLimit = 16;

export interface RunOptions {
	readonly address: Address;
	/** Whether its sender has shown that it receives there. */
	readonly isShown: boolean;
	/** Who was seen there, where that is a member. */
	readonly member: IdText | undefined;
	/** Of message_1. */
	readonly exchange: Exchange;
}

/** A run of EDHOC that somebody has begun with this node, until it has proven who it is. */
export class ResponderRun {
	readonly options: RunOptions;
	readonly place: string;
	/** When this node made its part of the keys, or earlier, in milliseconds. */
	readonly made: number;
	/** Once it is this run's turn to be computed: a board has no memory for those of all that wait. */
	responder: Responder | undefined;
	/** The identifier that this node has chosen, in hexadecimal: nobody else gets it while message_2 is being made. */
	chosen: string | undefined;
	/** The same, once message_2 is made. */
	id: string | undefined;
	/** Gives up what is being computed for it. */
	work: Cancel = () => undefined;
	/** The message that is being looked at. */
	#pending: Exchange | undefined;
	readonly #timer: Cancel;
	readonly #leave: () => void;
	#isOver = false;

	constructor(options: RunOptions, clock: Clock, leave: (run: ResponderRun) => void) {
		this.options = options;
		this.#pending = options.exchange;
		this.place = addressText(options.address);
		this.made = clock.now();
		this.#leave = () => leave(this);
		this.#timer = clock.after(patience, () => this.end());
	}

	/** By address, once it is shown; a spoofed one must not take a member's place. */
	get isMember(): boolean {
		return this.options.isShown && this.options.member !== undefined;
	}

	/** How urgent work for it is: what is begun is to come to an end first. */
	get rank(): number {
		if (this.isMember) return Rank.member;
		return this.id === undefined ? Rank.stranger : Rank.begun;
	}

	/** Takes message_3 in; false while another message is being looked at. */
	take(exchange: Exchange): boolean {
		if (this.#pending !== undefined) return false;
		this.#pending = exchange;
		return true;
	}

	/** What was looked at has been: message_2 is made. */
	answered(): void {
		this.id = this.chosen;
		this.#pending = undefined;
	}

	/** It is completed, or has failed: its last message is answered by the caller. */
	complete(): void {
		this.#pending = undefined;
		this.end();
	}

	/** Ends it where it stands: its time is over, or another needs its place. */
	end(): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#timer();
		this.#leave();
		this.work();
		this.responder?.close();
		this.#pending?.respond({ code: Code.ServiceUnavailable });
		this.#pending = undefined;
	}
}

/**
 * The runs of others, of which none is proven yet: one for an address, one of a member, a few for strangers and a few for members, so that
 * no crowd of strangers takes a member's place. A stranger's oldest gives way to a new one, those first that have not shown
 * where they come from; and these take only each other's places. Among members who began most often within a minute gives way, or
 * has no place: bad ones that begin without end keep nobody else from coming to an end.
 */
export class ResponderRuns {
	readonly #clock: Clock;
	/** The oldest first. */
	readonly #runs: ResponderRun[] = [];
	/** How often each member began a run since `#countedFrom`, wherever it was: a port is soon changed. */
	readonly #counts = new Map<IdText, number>();
	#countedFrom = Number.NEGATIVE_INFINITY;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Whether a request from there that has not shown where it comes from would find a place. */
	hasRoomFor(address: Address): boolean {
		const place = addressText(address);
		const own = this.#runs.find(run => run.place === place);
		if (own !== undefined) return !own.options.isShown;
		const strangers = this.#runs.filter(run => !run.isMember);
		return strangers.length < strangersLimit || strangers.some(run => !run.options.isShown);
	}

	/** Begins one, which takes the place of another where there is none left; undefined where there is none for it. */
	begin(options: RunOptions): ResponderRun | undefined {
		const place = addressText(options.address);
		const member = options.isShown ? options.member : undefined;
		const isMember = member !== undefined;
		const count = isMember ? this.count(member) : 0;
		const isOwn = (run: ResponderRun) =>
			run.place === place || (isMember && run.isMember && run.options.member === member);
		for (const run of this.#runs.filter(isOwn)) run.end();
		const others = this.#runs.filter(run => run.isMember === isMember);
		if (others.length >= (isMember ? membersLimit : strangersLimit)) {
			const last = isMember ? this.mostOf(others) : (others.find(run => !run.options.isShown) ?? others[0]);
			if (last === undefined || (isMember && this.countOf(last) < count)) return undefined;
			last.end();
		}
		const run = new ResponderRun(options, this.#clock, over => this.remove(over));
		this.#runs.push(run);
		return run;
	}

	/** Counts one more of a member's. */
	private count(member: IdText): number {
		const counts = this.#counts;
		const now = this.#clock.now();
		if (now - this.#countedFrom >= countedTime) {
			counts.clear();
			this.#countedFrom = now;
		}
		const count = (counts.get(member) ?? 0) + 1;
		counts.set(member, count);
		if (counts.size > countedLimit) {
			const [least] = [...counts].reduce((a, b) => (b[1] < a[1] ? b : a));
			counts.delete(least);
		}
		return count;
	}

	private countOf({ options: { member } }: ResponderRun): number {
		return member === undefined ? 0 : (this.#counts.get(member) ?? 0);
	}

	/** Of several which began as often, the oldest. */
	private mostOf(runs: readonly ResponderRun[]): ResponderRun | undefined {
		let most: ResponderRun | undefined;
		for (const run of runs) if (most === undefined || this.countOf(run) > this.countOf(most)) most = run;
		return most;
	}

	/** The run that a message_3 is for: known by the identifier, and where it was begun from. */
	find(id: Uint8Array, address: Address): ResponderRun | undefined {
		const [text, place] = [toHex(id), addressText(address)];
		return this.#runs.find(run => run.id === text && run.place === place);
	}

	/** Whether one of them goes by this identifier. */
	uses(id: Uint8Array): boolean {
		const text = toHex(id);
		return this.#runs.some(run => run.chosen === text);
	}

	private remove(run: ResponderRun): void {
		const place = this.#runs.indexOf(run);
		if (place >= 0) this.#runs.splice(place, 1);
	}
}
