import { equalBytes, fromHex, toHex } from "../bytes/bytes.js";
import type { Chain, IdText, Member } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { Code } from "../coap/coap.js";
import { StoreError } from "../store/store.js";
import { type BlockIntake, ownFault, type Taken } from "./block-intake.js";
import { compareBasePlaces, coveredOf, differingAuthors, prefixesBy, summaryOf } from "./chain-summary.js";
import { IntakeOrder } from "./intake-order.js";
import type { Answer, Link } from "./link.js";
import {
	type BlocksQuery,
	batchLimit,
	type Delivery,
	isBundle,
	MessageError,
	type Notation,
	type PeerPlace,
	placesLimit,
	type Summary
} from "./notation.js";
import type { Peers } from "./peers.js";
import { Prefixes } from "./prefixes.js";
import { tellAll } from "./tell-all.js";

/** Where a node takes block requests. */
export const blocksPath = "/blocks";

/** Most rounds with one peer before it is left alone: enough for the largest chain, both ways. */
const roundsLimit = 64;
/**
 * Most addresses in a question, those seen last: many questions may be on their way at once, and each is kept until it is
 * answered. The answer has them all.
 */
const toldLimit = 8;
/** Milliseconds for each request: no longer, since what is asked of a peer that is away holds up what comes after. */
const timeout = 8_000;
/** Why a delivery is not taken. */
const busy = "others' blocks were being taken in";
/** Milliseconds for which a peer that lied is not asked. */
const penalty = 600_000;

export interface BlockExchangeOptions {
	readonly chain: Chain;
	readonly peers: Peers;
	readonly link: Link;
	readonly notation: Notation;
	readonly clock: Clock;
	readonly intake: BlockIntake;
	/** This node's own id, so that its address is not told to itself. */
	readonly self: IdText;
	readonly report: (text: string) => void;
	/** A peer has the same of owners as this node, whatever else differs. */
	readonly onSameAuthority: (peer: IdText) => void;
}

/** How an exchange with a peer ended: both have the same blocks, or why not. */
export type Outcome = { readonly same: true } | { readonly same: false; readonly reason: string };

/** An exchange under way. */
interface Run {
	readonly peer: IdText;
	readonly waiting: ((outcome: Outcome) => void)[];
	/** Hashes of blocks that were refused, here or there: they are not tried again this time. */
	readonly refused: Set<string>;
	round: number;
	/** Whether the peer has what this node lacks, and is sending it. */
	isLearning: boolean;
	/** What was done with the bases, where they differ: each is shown to the other once. */
	readonly shown: { theirs: boolean; ours: boolean };
}

/**
 * The paper's block request, both ways: each side gets what it lacks, whoever asked. Digests are compared, then the base
 * and what there is of each author, then the hashes of those who differ; so what two halves of a home added apart from
 * each other comes together. Of two bases the one that rules by what can be seen goes first; where who has the other does
 * not take it, because it knows of a key that was given up, the other one is shown.
 */
export class BlockExchange {
	readonly #options: BlockExchangeOptions;
	readonly #runs = new Map<IdText, Run>();
	/** What waits until nothing is being delivered. */
	#afterwards: (() => void)[] = [];
	/** When those who lied may be asked again. */
	readonly #liars = new Map<IdText, number>();
	readonly #order: IntakeOrder;

	constructor(options: BlockExchangeOptions) {
		this.#options = options;
		this.#order = new IntakeOrder(options);
		options.link.serve(blocksPath, {
			[Code.Fetch]: (from, payload, answer) => this.#fetched(from, payload, answer),
			[Code.Post]: (from, payload, answer) => this.#posted(from, payload, answer)
		});
	}

	/** Whether an exchange with a peer is under way. */
	isRunning(peer: IdText): boolean {
		return this.#runs.has(peer);
	}

	/** Calls `act` once no peer is known to be sending what this node lacks: now or later. */
	whenCaughtUp(act: () => void): void {
		if (!this.#isLearning) act();
		else this.#afterwards.push(act);
	}

	get #isLearning(): boolean {
		return this.#options.intake.isBusy || [...this.#runs.values()].some(run => run.isLearning);
	}

	/** Something has been taken in, or an exchange is over. */
	#caughtUp(): void {
		if (this.#afterwards.length === 0) return;
		this.#options.clock.after(0, () => {
			if (this.#isLearning) return;
			tellAll(this.#afterwards.splice(0), undefined);
		});
	}

	/** Makes this node's blocks and a peer's the same; one exchange a peer at a time. */
	start(peer: IdText, done: (outcome: Outcome) => void = () => undefined): void {
		const running = this.#runs.get(peer);
		if (running !== undefined) {
			running.waiting.push(done);
			return;
		}
		if (this.#isLiar(peer)) {
			done({ same: false, reason: "it sent what is false" });
			return;
		}
		const run: Run = {
			peer,
			waiting: [done],
			refused: new Set(),
			round: 0,
			isLearning: false,
			shown: { theirs: false, ours: false }
		};
		this.#runs.set(peer, run);
		this.#compare(run);
	}

	/** Once, whatever those who wait for it throw. */
	#end(run: Run, outcome: Outcome): void {
		if (this.#runs.get(run.peer) !== run) return;
		this.#runs.delete(run.peer);
		this.#caughtUp();
		tellAll(run.waiting, outcome);
	}

	#fail(run: Run, reason: string): void {
		this.#end(run, { same: false, reason });
	}

	/** Asks for the peer's digest, and goes on with what differs. */
	#compare(run: Run): void {
		const { chain, notation } = this.#options;
		run.round += 1;
		if (run.round > roundsLimit) {
			this.#fail(run, "it never comes to an end");
			return;
		}
		const query = { digest: chain.digest, peers: this.#places(run.peer, toldLimit) };
		this.#fetch(run, query, payload => {
			const { digest, authority, summary, covered, peers } = notation.comparison.read(payload);
			this.#hear(run.peer, peers);
			if (equalBytes(authority, chain.authorityDigest)) this.#options.onSameAuthority(run.peer);
			if (equalBytes(digest, chain.digest)) {
				const lost = this.#lacking(run, covered);
				if (lost.count > 0) {
					this.#want(run, lost);
					return;
				}
				this.#order.leaves(run.peer);
				this.#end(run, { same: true });
			} else if (summary === undefined) this.#compare(run);
			else this.#settle(run, summary);
		});
	}

	#settle(run: Run, theirs: Summary): void {
		const { chain } = this.#options;
		const ours = summaryOf(chain);
		const order = compareBasePlaces(theirs.base, ours.base);
		if (order === 0) {
			this.#askHashes(run, differingAuthors(ours, theirs));
			return;
		}
		const { shown } = run;
		if ((order > 0 || shown.ours) && !shown.theirs) this.#fetchBase(run);
		else if (!shown.ours && chain.base !== undefined) this.#offerBase(run);
		else this.#fail(run, "neither takes the other's checkpoint");
	}

	/** Asks for the base, or the genesis block where that is it. */
	#fetchBase(run: Run): void {
		const { notation, intake } = this.#options;
		run.isLearning = true;
		run.shown.theirs = true;
		this.#fetch(run, { checkpoint: true }, payload => {
			const delivery = notation.delivery.read(payload);
			if (isBundle(delivery)) intake.adopt(run.peer, delivery, taken => this.#proceed(run, taken));
			else if (delivery.length === 0) this.#fail(run, "it does not send its base");
			else intake.take(run.peer, delivery, taken => this.#proceed(run, taken));
		});
	}

	#offerBase(run: Run): void {
		run.shown.ours = true;
		const base = this.#base();
		if (base === undefined) this.#fail(run, "the base here is damaged");
		else this.#deliver(run, base);
	}

	/** The base as it is sent; undefined where it cannot be read. */
	#base(): Delivery | undefined {
		const { bundle, base, anchors } = this.#options.chain;
		if (bundle !== undefined) return bundle;
		return base?.number === 0 && base.era === 0 ? anchors.map(({ cose }) => cose) : undefined;
	}

	#askHashes(run: Run, authors: readonly Uint8Array[]): void {
		const { notation } = this.#options;
		if (authors.length === 0) {
			// What is without effect may have been dropped on one side: nothing to send.
			this.#fail(run, "the blocks are the same, but not what they come to");
			return;
		}
		this.#fetch(run, { authors }, payload => {
			const theirs = notation.hashes.read(payload);
			const lacking = this.#lacking(run, theirs);
			if (lacking.count > 0) this.#want(run, lacking);
			else this.#offer(run, authors, theirs);
		});
	}

	/** What of a peer's is not here, and was not refused. */
	#lacking(run: Run, theirs: Prefixes): Prefixes {
		const { chain } = this.#options;
		return theirs.filter(prefix => chain.find(prefix) < 0 && !run.refused.has(toHex(prefix)));
	}

	/** Fetches what is lacking, a batch after the other. */
	#want(run: Run, lacking: Prefixes): void {
		const { chain, notation, intake } = this.#options;
		run.isLearning = true;
		// What others bring meanwhile may be the same.
		const isRanked = chain.members.get(run.peer)?.isOwner === true;
		if (!this.#order.enters(run.peer, isRanked, () => this.#compare(run), true)) return;
		const want = lacking.first(batchLimit);
		const rest = lacking.after(want.length);
		this.#fetch(run, { want }, payload => {
			const delivery = notation.delivery.read(payload);
			if (isBundle(delivery)) throw new MessageError("a checkpoint was not asked for");
			intake.take(run.peer, delivery, taken => {
				for (const prefix of want) if (chain.find(prefix) < 0) run.refused.add(toHex(prefix));
				if (rest.count > 0 && taken.lie === undefined && taken.refusal === undefined) this.#want(run, rest);
				else this.#proceed(run, taken);
			});
		});
	}

	/** Sends the first of what the peer lacks. */
	#offer(run: Run, authors: readonly Uint8Array[], theirs: Prefixes): void {
		const { chain } = this.#options;
		const isLacking = (prefix: Uint8Array) => !theirs.has(prefix) && !run.refused.has(toHex(prefix));
		const lacking = prefixesBy(chain, authors).filter(isLacking).first(batchLimit);
		const blocks: Uint8Array[] = [];
		for (const prefix of lacking) {
			run.refused.add(toHex(prefix));
			blocks.push(chain.blockAt(chain.find(prefix)).cose);
		}
		if (blocks.length === 0) this.#fail(run, "one side refuses what the other has");
		else this.#deliver(run, blocks, lacking);
	}

	/** `offered`: the beginnings of the blocks' hashes. */
	#deliver(run: Run, delivery: Delivery, offered: readonly Uint8Array[] = []): void {
		const { notation } = this.#options;
		const onReply = (payload: Uint8Array) => {
			notation.taken.read(payload);
			this.#compare(run);
		};
		this.#request(run, Code.Post, notation.delivery.write(delivery), onReply, () => {
			for (const prefix of offered) run.refused.delete(toHex(prefix));
			this.#compare(run);
		});
	}

	#proceed(run: Run, { count, lie, refusal }: Taken): void {
		// Who goes on to announce what it does not bring is not waited for.
		if (count === 0) {
			run.isLearning = false;
			this.#caughtUp();
		}
		if (lie !== undefined) {
			this.#accuse(run.peer, lie);
			this.#fail(run, lie);
			return;
		}
		if (refusal !== undefined) {
			this.#options.report(`a block from ${this.#name(run.peer)} was refused: ${refusal}`);
			// Who does not take the other's base may have to be shown why.
			const isOursDue = run.shown.theirs && !run.shown.ours;
			if (count === 0 && run.refused.size === 0 && !isOursDue) {
				this.#fail(run, refusal);
				return;
			}
		}
		this.#compare(run);
	}

	#fetch(run: Run, query: BlocksQuery, onReply: (payload: Uint8Array) => void): void {
		this.#request(run, Code.Fetch, this.#options.notation.blocksQuery.write(query), onReply);
	}

	/** `onBusy`: the peer cannot take it now, but soon. */
	#request(
		run: Run,
		code: number,
		payload: Uint8Array,
		onReply: (payload: Uint8Array) => void,
		onBusy?: () => void
	): void {
		this.#options.link.request({
			peer: run.peer,
			code,
			path: blocksPath,
			payload,
			timeout,
			onReply: reply => {
				try {
					onReply(reply);
				} catch (error) {
					this.#fail(run, faultOf(error) ?? ownFault);
					if (faultOf(error) === undefined) throw error;
				}
			},
			onFailure: error => {
				if (error.code === Code.ServiceUnavailable && onBusy !== undefined) onBusy();
				else this.#fail(run, error.message);
			}
		});
	}

	#fetched({ idText: from, id, isOwner }: Member, payload: Uint8Array, answer: Answer): void {
		const { chain, notation } = this.#options;
		const query = notation.blocksQuery.read(payload);
		if ("want" in query) answer.reply(notation.delivery.write(this.#blocks(query.want)));
		else if ("authors" in query) answer.reply(notation.hashes.write(prefixesBy(chain, query.authors)));
		else if ("checkpoint" in query) answer.reply(notation.delivery.write(this.#base() ?? []));
		else {
			this.#hear(from, query.peers);
			const { digest, authorityDigest: authority } = chain;
			const isSame = equalBytes(query.digest, digest);
			if (isSame) this.#order.leaves(from);
			const summary = isSame ? undefined : summaryOf(chain);
			const covered = isOwner ? coveredOf(chain, id.slice()) : Prefixes.of([]);
			const peers = this.#places(from);
			answer.reply(notation.comparison.write({ digest, authority, summary, covered, peers }));
		}
	}

	#blocks(want: readonly Uint8Array[]): Uint8Array[] {
		const { chain } = this.#options;
		const blocks: Uint8Array[] = [];
		for (const prefix of want) {
			const number = chain.find(prefix);
			if (number >= 0) blocks.push(chain.blockAt(number).cose);
		}
		return blocks;
	}

	#posted({ idText: from, isOwner }: Member, payload: Uint8Array, answer: Answer): void {
		const { notation, intake, report } = this.#options;
		if (this.#isLiar(from)) {
			answer.reply(notation.taken.write(0));
			return;
		}
		// What is refused is not kept: its sender compares again, and offers what is still lacking.
		const again = () => answer.refuse(Code.ServiceUnavailable, busy);
		if (!this.#order.enters(from, isOwner, again)) return;
		const delivery = notation.delivery.read(payload);
		const settle = ({ count, lie, refusal }: Taken) => {
			this.#caughtUp();
			if (lie !== undefined) this.#accuse(from, lie);
			else if (refusal !== undefined) report(`a block from ${this.#name(from)} was refused: ${refusal}`);
			answer.reply(notation.taken.write(count));
		};
		if (isBundle(delivery)) intake.adopt(from, delivery, settle);
		else intake.take(from, delivery, settle);
	}

	/** No more is taken from a peer that sent what no honest one has, for a while; a person can see which it is. */
	#accuse(peer: IdText, lie: string): void {
		const { clock, report } = this.#options;
		this.#liars.set(peer, clock.now() + penalty);
		report(
			`${this.#name(peer)} sent what is false and is left alone for ${penalty / 60_000} minutes: ${lie}`
		);
	}

	#isLiar(peer: IdText): boolean {
		return (this.#liars.get(peer) ?? 0) > this.#options.clock.now();
	}

	#name(peer: IdText): string {
		return this.#options.chain.members.directory.labelOf(peer);
	}

	/** Where the others are, for a peer that may not have met them: those seen last, `most` of them. */
	#places(asker: IdText, most = placesLimit): PeerPlace[] {
		const { peers, chain, self } = this.#options;
		const { roster } = chain.members;
		const [own, theirs] = [fromHex(self), fromHex(asker)];
		const places: PeerPlace[] = [];
		for (const place of peers.places()) {
			if (places.length >= most) break;
			const { id } = place;
			if (roster.has(id) && !equalBytes(id, own) && !equalBytes(id, theirs)) places.push(place);
		}
		return places;
	}

	/** Notes where members are that this node has not met; what it has seen itself it believes more. */
	#hear(teller: IdText, places: readonly PeerPlace[]): void {
		const { peers, chain, self, report } = this.#options;
		const isWanted = ({ id }: PeerPlace) => chain.members.get(id) !== undefined && toHex(id) !== self;
		try {
			peers.hear(teller, places.filter(isWanted));
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
	}
}

/** What went wrong with what a peer sent, or with keeping it; undefined for a fault of ours. */
function faultOf(error: unknown): string | undefined {
	return error instanceof MessageError || error instanceof StoreError ? error.message : undefined;
}
