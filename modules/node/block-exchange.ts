import { equalBytes } from "../bytes/bytes.js";
import type { Chain, IdText, Member } from "../chain/chain.js";
import { type Clock, Recent } from "../clock/clock.js";
import { Code } from "../coap/coap.js";
import type { Address } from "./address.js";
import type { BlockIntake, Taken } from "./block-intake.js";
import { coveredOf, prefixesBy, summaryOf } from "./chain-summary.js";
import { blocksPath, type ExchangeHome, ExchangeRun, type Outcome } from "./exchange-run.js";
import { Hearsay } from "./hearsay.js";
import { IntakeOrder } from "./intake-order.js";
import type { Answer, Link } from "./link.js";
import { type Delivery, isBundle, type Notation } from "./notation.js";
import type { Peers } from "./peers.js";
import { Prefixes } from "./prefixes.js";
import { tellAll } from "./tell-all.js";
import { Tellers } from "./tellers.js";
import { throttled } from "./throttled.js";

export { blocksPath, type Outcome } from "./exchange-run.js";

/** Why a delivery is not taken. */
const busy = "others' blocks were being taken in";
/** Most blocks that all exchanges under way may refuse, or not be brought, together: of each 16 bytes are kept. */
const heldLimit = 640;
/** Milliseconds for which a peer that lied is not asked. */
const penalty = 600_000;

export interface BlockExchangeOptions {
	readonly chain: Chain;
	readonly peers: Peers;
	readonly link: Pick<Link, "request" | "serve">;
	readonly notation: Notation;
	readonly clock: Clock;
	readonly intake: BlockIntake;
	/** This node's own id. */
	readonly self: IdText;
	/** As of HearsayOptions. */
	readonly onSelf: (address: Address) => void;
	readonly report: (text: string) => void;
	/** A peer has the same of owners as this node, whatever else differs. */
	readonly onSameAuthority: (peer: IdText) => void;
}

/**
 * The paper's block request, both ways: each side gets what it lacks, whoever asked. Digests are compared, then the base
 * and what there is of each author, then the hashes of those who differ; so what two halves of a home added apart from
 * each other comes together. Of two bases the one that rules by what can be seen goes first; where who has the other does
 * not take it, because it knows of a key that was given up, the other one is shown.
 */
export class BlockExchange implements ExchangeHome {
	readonly options: BlockExchangeOptions;
	readonly order: IntakeOrder;
	readonly hearsay: Hearsay;
	readonly #runs = new Map<IdText, ExchangeRun>();
	readonly #tellers: Tellers;
	/** What waits until nothing is being delivered. */
	#afterwards: (() => void)[] = [];
	/** Those who lied, until they may be asked again. */
	readonly #liars: Recent<true>;
	/** Of what members bring without end a person sees a line now and then. */
	readonly reportRefusal: (text: string) => void;

	constructor(options: BlockExchangeOptions) {
		this.options = options;
		this.reportRefusal = throttled(options.clock, options.report);
		this.order = new IntakeOrder(options);
		this.#tellers = new Tellers(options.clock, () => this.caughtUp());
		this.#liars = new Recent(options.clock, penalty);
		this.hearsay = new Hearsay(options);
		options.link.serve(blocksPath, {
			[Code.Fetch]: (from, payload, answer) => this.fetched(from, payload, answer),
			[Code.Post]: (from, payload, answer) => this.posted(from, payload, answer)
		});
	}

	/** Calls `act` once no peer is known to be sending what this node lacks: now or later. */
	whenCaughtUp(act: () => void): void {
		if (!this.isLearning) act();
		else this.#afterwards.push(act);
	}

	private get isLearning(): boolean {
		return this.options.intake.isBusy || this.learnsFrom(() => true);
	}

	/** Whether one of certain peers has what this node lacks, and is sending it: asked for that, or by itself where it is an owner. */
	learnsFrom(isMeant: (peer: IdText) => boolean): boolean {
		if (this.#tellers.has(isMeant)) return true;
		return [...this.#runs.values()].some(({ isLearning, peer }) => isLearning && isMeant(peer));
	}

	/** Something has been taken in, or an exchange is over. */
	caughtUp(): void {
		if (this.#afterwards.length === 0) return;
		this.options.clock.after(0, () => {
			if (this.isLearning) return;
			tellAll(this.#afterwards.splice(0), undefined);
		});
	}

	/** Makes this node's blocks and a peer's the same; one exchange a peer at a time. */
	start(peer: IdText, done: (outcome: Outcome) => void = () => undefined): void {
		const running = this.#runs.get(peer);
		if (running !== undefined) {
			running.wait(done);
			return;
		}
		if (this.isLiar(peer)) {
			done({ same: false, reason: "it sent what is false" });
			return;
		}
		const run = new ExchangeRun(this, peer);
		run.wait(done);
		this.#runs.set(peer, run);
		run.begin();
	}

	/** Bad members' exchanges must not take a board's memory: the one that holds most is given up. Of an honest peer little is refused. */
	spare(): void {
		const runs = [...this.#runs.values()].sort((left, right) => right.refused - left.refused);
		const held = runs.reduce((sum, { refused }) => sum + refused, 0);
		if (held > heldLimit) runs[0]?.giveUp();
	}

	ended({ peer }: ExchangeRun): void {
		this.#runs.delete(peer);
		this.caughtUp();
	}

	/** The base as it is sent; undefined where it cannot be read. */
	base(): Delivery | undefined {
		const { bundle, base, anchors } = this.options.chain;
		if (bundle !== undefined) return bundle;
		return base?.number === 0 && base.era === 0 ? anchors.map(({ cose }) => cose) : undefined;
	}

	private fetched({ idText: from, id, isOwner }: Member, payload: Uint8Array, answer: Answer): void {
		const { chain, notation } = this.options;
		const query = notation.blocksQuery.read(payload);
		if ("want" in query) answer.reply(notation.delivery.write(this.blocks(query.want)));
		else if ("authors" in query) answer.reply(notation.hashes.write(prefixesBy(chain, query.authors)));
		else if ("checkpoint" in query) answer.reply(notation.delivery.write(this.base() ?? []));
		else {
			this.hearsay.hear(from, query.peers);
			const { digest, authorityDigest: authority } = chain;
			const isSame = equalBytes(query.digest, digest);
			if (isSame) {
				this.order.leaves(from);
				this.#tellers.ends(from);
			}
			const summary = isSame ? undefined : summaryOf(chain);
			const covered = isOwner ? coveredOf(chain, id.slice()) : Prefixes.of([]);
			const peers = this.hearsay.placesFor(from);
			answer.reply(notation.comparison.write({ digest, authority, summary, covered, peers }));
		}
	}

	private blocks(want: readonly Uint8Array[]): Uint8Array[] {
		const { chain } = this.options;
		const blocks: Uint8Array[] = [];
		for (const prefix of want) {
			const number = chain.find(prefix);
			if (number >= 0) blocks.push(chain.blockAt(number).cose);
		}
		return blocks;
	}

	private posted({ idText: from, isOwner }: Member, payload: Uint8Array, answer: Answer): void {
		const { notation, intake } = this.options;
		if (this.isLiar(from)) {
			answer.reply(notation.taken.write(0));
			return;
		}
		if (isOwner) this.#tellers.begins(from);
		// What is refused is not kept: its sender compares again, and offers what is still lacking.
		const again = () => {
			this.#tellers.delivered(from);
			answer.refuse(Code.ServiceUnavailable, busy);
		};
		if (!this.order.enters(from, isOwner, again)) return;
		let delivery: Delivery;
		try {
			delivery = notation.delivery.read(payload);
		} catch (error) {
			this.#tellers.delivered(from, false);
			throw error;
		}
		const settle = ({ count, lie, refusal }: Taken) => {
			this.#tellers.delivered(from, count > 0);
			this.caughtUp();
			if (lie !== undefined) this.accuse(from, lie);
			else if (refusal !== undefined)
				this.reportRefusal(`a block from ${this.nameOf(from)} was refused: ${refusal}`);
			answer.reply(notation.taken.write(count));
		};
		if (isBundle(delivery)) intake.adopt(from, delivery, settle);
		else intake.take(from, delivery, settle);
	}

	/** No more is taken from a peer that sent what no honest one has, for a while; a person can see which it is. */
	accuse(peer: IdText, lie: string): void {
		this.#liars.set(peer, true);
		this.options.report(
			`${this.nameOf(peer)} sent what is false and is left alone for ${penalty / 60_000} minutes: ${lie}`
		);
	}

	private isLiar(peer: IdText): boolean {
		return this.#liars.get(peer) !== undefined;
	}

	nameOf(peer: IdText): string {
		return this.options.chain.members.directory.labelOf(peer);
	}
}
