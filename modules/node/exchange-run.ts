import { equalBytes, Records } from "../bytes/bytes.js";
import { type IdText, prefixLength } from "../chain/chain.js";
import { Code } from "../coap/coap.js";
import { StoreError } from "../store/store.js";
import type { BlockExchangeOptions } from "./block-exchange.js";
import { ownFault, type Taken } from "./block-intake.js";
import { compareBasePlaces, differingAuthors, prefixesBy, summaryOf } from "./chain-summary.js";
import type { Hearsay } from "./hearsay.js";
import type { IntakeOrder } from "./intake-order.js";
import {
	type BlocksQuery,
	batchLimit,
	type Delivery,
	isBundle,
	MessageError,
	type Summary
} from "./notation.js";
import type { Prefixes } from "./prefixes.js";
import { tellAll } from "./tell-all.js";

/** Where a node takes block requests. */
export const blocksPath = "/blocks";

/** Most rounds with one peer before it is left alone: enough for the largest chain, both ways. */
const roundsLimit = 64;
/** Most blocks of one exchange that either side may refuse, or not bring: as many hashes as come in one message. */
const refusedLimit = 512;
/** Most hashes of what a peer has that are kept until it has brought that, 16 bytes each; it is asked for the next ones then. */
const aheadLimit = 128;
/** Why an exchange is given up that goes on and on. */
const endless = "it never comes to an end";
/**
 * Most addresses in a question, those seen last: many questions may be on their way at once, and each is kept until it is
 * answered. The answer has them all.
 */
const toldLimit = 8;
/** Milliseconds that one peer's answers are waited for, all together, unless it takes in what it is sent. */
const longestWait = 40_000;
/** Milliseconds for each request: no longer, since what is asked of a peer that is away holds up what comes after. */
const timeout = 8_000;

/** How an exchange with a peer ended: both have the same blocks, or why not. */
export type Outcome = { readonly same: true } | { readonly same: false; readonly reason: string };

/** What all runs of a node share. */
export interface ExchangeHome {
	readonly options: BlockExchangeOptions;
	readonly order: IntakeOrder;
	readonly hearsay: Hearsay;
	/** Of what members bring without end a person sees a line now and then. */
	reportRefusal(text: string): void;
	/** The base as it is sent; undefined where it cannot be read. */
	base(): Delivery | undefined;
	/** Something has been taken in. */
	caughtUp(): void;
	/** Gives up the run that holds most, where all of them together hold too much. */
	spare(): void;
	ended(run: ExchangeRun): void;
	/** A peer sent what no honest one has. */
	accuse(peer: IdText, lie: string): void;
	nameOf(peer: IdText): string;
}

/** An exchange under way: this node asks a peer, until both have the same. */
export class ExchangeRun {
	readonly peer: IdText;
	/** Whether the peer has what this node lacks, and is sending it. */
	isLearning = false;
	readonly #home: ExchangeHome;
	readonly #waiting: ((outcome: Outcome) => void)[] = [];
	/** Blocks that were refused, here or there, by the beginnings of their hashes: they are not tried again this time. */
	readonly #refused = new Records(prefixLength);
	#round = 0;
	/** Milliseconds that its answers were waited for. */
	#waited = 0;
	/** Blocks that were offered, but for those that the peer had no time for: a peer could else say of one block in turn that it has it, and that it has not. */
	#offered = 0;
	/** Whether it once brought nothing of what it had announced: it may have made a checkpoint of that meanwhile. */
	#hasBroughtNothing = false;
	#isOver = false;
	/** What was done with the bases, where they differ: each is shown to the other once. */
	readonly #shown = { theirs: false, ours: false };

	constructor(home: ExchangeHome, peer: IdText) {
		this.#home = home;
		this.peer = peer;
	}

	/** How many blocks were refused, here or there: 16 bytes are kept of each. */
	get refused(): number {
		return this.#refused.count;
	}

	/** There is no room for what it holds. */
	giveUp(): void {
		this.fail("too much of what it has is refused");
	}

	/** `done` once, when it is over. */
	wait(done: (outcome: Outcome) => void): void {
		this.#waiting.push(done);
	}

	begin(): void {
		this.attempt(() => this.compare());
	}

	/** Takes a step: whatever it throws, the run is over then, and another one may begin. */
	private attempt(step: () => void): void {
		if (this.#isOver) return;
		try {
			step();
		} catch (error) {
			this.fail(faultOf(error) ?? ownFault);
			if (faultOf(error) === undefined) throw error;
		}
	}

	/** Once, whatever those who wait for it throw. */
	private end(outcome: Outcome): void {
		if (this.#isOver) return;
		this.#isOver = true;
		this.#home.ended(this);
		tellAll(this.#waiting, outcome);
	}

	private fail(reason: string): void {
		this.end({ same: false, reason });
	}

	/** Asks for the peer's digest, and goes on with what differs. */
	private compare(): void {
		const { options, hearsay } = this.#home;
		const { chain, notation } = options;
		if (this.#isOver) return;
		this.#round += 1;
		if (this.#round > roundsLimit || this.#refused.count > refusedLimit) {
			this.fail(endless);
			return;
		}
		const query = { digest: chain.digest, peers: hearsay.placesFor(this.peer, toldLimit) };
		this.fetch(query, payload => {
			const { digest, authority, summary, covered, peers } = notation.comparison.read(payload);
			hearsay.hear(this.peer, peers);
			if (equalBytes(authority, chain.authorityDigest)) options.onSameAuthority(this.peer);
			if (equalBytes(digest, chain.digest)) {
				const lost = this.lacking(covered);
				if (lost.count > 0) {
					this.want(lost);
					return;
				}
				this.#home.order.leaves(this.peer);
				this.end({ same: true });
			} else if (summary === undefined) this.compare();
			else this.settle(summary);
		});
	}

	private settle(theirs: Summary): void {
		const { chain } = this.#home.options;
		const ours = summaryOf(chain);
		const order = compareBasePlaces(theirs.base, ours.base);
		if (order === 0) {
			this.askHashes(differingAuthors(ours, theirs));
			return;
		}
		const shown = this.#shown;
		if ((order > 0 || shown.ours) && !shown.theirs) this.fetchBase();
		else if (!shown.ours && chain.base !== undefined) this.offerBase();
		else this.fail("neither takes the other's checkpoint");
	}

	/** Asks for the base, or the genesis block where that is it. */
	private fetchBase(): void {
		const { notation, intake } = this.#home.options;
		// It would wait here for its turn, as large as it is.
		if (intake.isBusy) {
			intake.whenFree(() => this.attempt(() => this.fetchBase()));
			return;
		}
		this.isLearning = true;
		this.#shown.theirs = true;
		this.fetch({ checkpoint: true }, payload => {
			const delivery = notation.delivery.read(payload);
			if (isBundle(delivery))
				intake.adopt(this.peer, delivery, taken => this.attempt(() => this.proceed(taken)));
			else if (delivery.length === 0) this.fail("it does not send its base");
			else intake.take(this.peer, delivery, taken => this.attempt(() => this.proceed(taken)));
		});
	}

	private offerBase(): void {
		this.#shown.ours = true;
		const base = this.#home.base();
		if (base === undefined) this.fail("the base here is damaged");
		else this.deliver(base);
	}

	private askHashes(authors: readonly Uint8Array[]): void {
		const { notation } = this.#home.options;
		if (authors.length === 0) {
			// What is without effect may have been dropped on one side: nothing to send.
			this.fail("the blocks are the same, but not what they come to");
			return;
		}
		this.fetch({ authors }, payload => {
			const theirs = notation.hashes.read(payload);
			this.settleOffered(theirs);
			const lacking = this.lacking(theirs);
			if (lacking.count > 0) this.want(lacking);
			else this.offer(authors, theirs);
		});
	}

	/** What was offered and is there by now needs no remembering. */
	private settleOffered(theirs: Prefixes): void {
		const { chain } = this.#home.options;
		const refused = this.#refused;
		for (let number = refused.count - 1; number >= 0; number -= 1) {
			const prefix = refused.at(number);
			if (chain.find(prefix) >= 0 && theirs.has(prefix)) refused.remove(number);
		}
	}

	/** What of a peer's is not here, and was not refused: the first of it. A peer may announce without end what it does not bring. */
	private lacking(theirs: Prefixes): Prefixes {
		const { chain } = this.#home.options;
		const isLacking = (prefix: Uint8Array) => chain.find(prefix) < 0 && this.#refused.find(prefix) < 0;
		return theirs.firstOf(isLacking, aheadLimit);
	}

	/** Fetches what is lacking, a batch after the other. */
	private want(lacking: Prefixes): void {
		const { chain, notation, intake } = this.#home.options;
		if (this.#refused.count > refusedLimit) {
			this.fail(endless);
			return;
		}
		this.isLearning = true;
		// What others bring meanwhile may be the same.
		const isRanked = chain.members.get(this.peer)?.isOwner === true;
		const again = () => this.attempt(() => this.compare());
		if (!this.#home.order.enters(this.peer, isRanked, again, true)) return;
		const want = lacking.first(batchLimit);
		const rest = lacking.after(want.length);
		this.fetch({ want }, payload => {
			const delivery = notation.delivery.read(payload);
			if (isBundle(delivery)) throw new MessageError("a checkpoint was not asked for");
			if (delivery.length === 0) {
				if (this.#hasBroughtNothing) this.fail("it does not bring what it announces");
				else {
					this.#hasBroughtNothing = true;
					this.compare();
				}
				return;
			}
			const settle = (taken: Taken) => {
				for (const prefix of want) if (chain.find(prefix) < 0) this.#refused.add(prefix);
				this.#home.spare();
				if (this.#isOver) return;
				if (rest.count > 0 && taken.lie === undefined && taken.refusal === undefined) this.want(rest);
				else this.proceed(taken);
			};
			intake.take(this.peer, delivery, taken => this.attempt(() => settle(taken)));
		});
	}

	/** Sends the first of what the peer lacks. */
	private offer(authors: readonly Uint8Array[], theirs: Prefixes): void {
		const { chain } = this.#home.options;
		const isLacking = (prefix: Uint8Array) => !theirs.has(prefix) && this.#refused.find(prefix) < 0;
		const lacking = prefixesBy(chain, authors).firstOf(isLacking, batchLimit).first(batchLimit);
		const blocks: Uint8Array[] = [];
		for (const prefix of lacking) {
			this.#refused.add(prefix);
			blocks.push(chain.blockAt(chain.find(prefix)).cose);
		}
		this.#offered += blocks.length;
		this.#home.spare();
		if (this.#isOver) return;
		if (this.#offered > chain.length) this.fail(endless);
		else if (blocks.length === 0) this.fail("one side refuses what the other has");
		else this.deliver(blocks, lacking);
	}

	/** `offered`: the beginnings of the blocks' hashes. */
	private deliver(delivery: Delivery, offered: readonly Uint8Array[] = []): void {
		const { notation } = this.#home.options;
		const waited = this.#waited;
		const onReply = (payload: Uint8Array) => {
			// To check what is new takes a board long.
			if (notation.taken.read(payload) > 0) this.#waited = waited;
			this.compare();
		};
		this.request(Code.Post, notation.delivery.write(delivery), onReply, () => {
			for (const prefix of offered) this.#refused.remove(this.#refused.find(prefix));
			this.#offered -= offered.length;
			this.compare();
		});
	}

	private proceed({ count, lie, refusal }: Taken): void {
		// Who goes on to announce what it does not bring is not waited for.
		if (count === 0) {
			this.isLearning = false;
			this.#home.caughtUp();
		}
		if (lie !== undefined) {
			this.#home.accuse(this.peer, lie);
			this.fail(lie);
			return;
		}
		if (refusal !== undefined) {
			this.#home.reportRefusal(`a block from ${this.#home.nameOf(this.peer)} was refused: ${refusal}`);
			// Who does not take the other's base may have to be shown why.
			const isOursDue = this.#shown.theirs && !this.#shown.ours;
			if (count === 0 && this.#refused.count === 0 && !isOursDue) {
				this.fail(refusal);
				return;
			}
		}
		this.compare();
	}

	private fetch(query: BlocksQuery, onReply: (payload: Uint8Array) => void): void {
		this.request(Code.Fetch, this.#home.options.notation.blocksQuery.write(query), onReply);
	}

	/** `onBusy`: the peer cannot take it now, but soon. */
	private request(
		code: number,
		payload: Uint8Array,
		onReply: (payload: Uint8Array) => void,
		onBusy?: () => void
	): void {
		const { clock, link } = this.#home.options;
		if (this.#waited > longestWait) {
			this.fail("its answers take too long");
			return;
		}
		const began = clock.now();
		link.request({
			peer: this.peer,
			code,
			path: blocksPath,
			payload,
			timeout,
			onReply: reply => {
				this.#waited += clock.now() - began;
				this.attempt(() => onReply(reply));
			},
			onFailure: error => {
				this.#waited += clock.now() - began;
				if (error.code === Code.ServiceUnavailable && onBusy !== undefined) this.attempt(onBusy);
				else this.fail(error.message);
			}
		});
	}
}

/** What went wrong with what a peer sent, or with keeping it; undefined for a fault of ours. */
function faultOf(error: unknown): string | undefined {
	return error instanceof MessageError || error instanceof StoreError ? error.message : undefined;
}
