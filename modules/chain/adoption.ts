import { equalBytes } from "../bytes/bytes.js";
import { runAtOnce, type Steps } from "../crypto/crypto.js";
import { cannotFollow } from "./alarm.js";
import { type BasePlace, compareBases } from "./base.js";
import type { Bases } from "./bases.js";
import type { Block } from "./block.js";
import { Kind } from "./body.js";
import type { Offer } from "./bundle.js";
import { BlockError } from "./chain-error.js";
import type { Logs } from "./logs.js";
import type { Shelf } from "./shelf.js";

/** A base that was taken over. */
export interface Adopted {
	readonly block: Block;
	/** Whether it is of the era that ruled before. */
	readonly isSameEra: boolean;
	/** Whether its table, as far as can be told here, cannot follow from the base before. */
	readonly isStrange: boolean;
}

/** Judges the bases that others bring. */
export class Adoption {
	readonly #shelf: Shelf;
	readonly #logs: Logs;
	readonly #bases: Bases;
	readonly #checkGenesis: (genesis: Block) => void;
	readonly #hear: (rotates: readonly Block[]) => BlockError | undefined;
	readonly #fall: () => Steps<boolean>;
	readonly #checkShare: (offer: Offer) => void;

	/**
	 * `checkGenesis` throws a BlockError for the genesis block of a home that this node has not joined. `hear` takes in rotates of
	 * this era that came with a base, and returns what is wrong with one that no honest node sends. `fall` has the base before rule, where the
	 * ruling one has fallen by them. `checkShare` throws a BlockError where somebody brings one checkpoint after the other: each is written
	 * to the flash.
	 */
	constructor(options: {
		logs: Logs;
		bases: Bases;
		checkGenesis: (genesis: Block) => void;
		hear: (rotates: readonly Block[]) => BlockError | undefined;
		fall: () => Steps<boolean>;
		checkShare: (offer: Offer) => void;
	}) {
		this.#shelf = options.logs.shelf;
		this.#logs = options.logs;
		this.#bases = options.bases;
		this.#checkGenesis = options.checkGenesis;
		this.#hear = options.hear;
		this.#fall = options.fall;
		this.#checkShare = options.checkShare;
	}

	/**
	 * Judges a base that stands above the one that rules, and makes it the one; undefined when it does not. With a pause before each
	 * check of a signature, and between other things that take a board long. The rotates of this era that come with it are heard in
	 * any case. Throws a BlockError when it is not by an owner of its era, or, opening one, by the recovery key, when its
	 * table is none, or when it does not rule and comes with a false rotate.
	 */
	*adopt(offer: Offer): Steps<Adopted | undefined> {
		yield* this.check(offer);
		yield;
		const { genesis, opening, block } = offer;
		if (this.#shelf.genesis === undefined) this.#checkGenesis(genesis);
		const isSameEra = this.isThisEra(offer);
		const lie = isSameEra ? this.#hear(offer.rotates) : undefined;
		if (isSameEra) yield* this.#fall();
		const base = this.#bases.now;
		const place = this.placeAbove(offer);
		if (place === undefined) {
			if (lie !== undefined) throw lie;
			return undefined;
		}
		// An opening is the paper's.
		if (block.body.kind === Kind.checkpoint) this.#checkShare(offer);
		const says = yield* offer.readTable();
		const isStrange = isSameEra && cannotFollow({ logs: this.#logs, block, says });
		yield;
		// Where another comes in a pause, all is asked anew.
		if (this.#bases.now !== base) return yield* this.adopt(offer);
		const stored = this.#shelf.store({ place, block, says, table: offer.table, genesis, opening });
		yield;
		if (!this.#bases.mayRule(stored, base)) {
			this.#shelf.discard(stored);
			return yield* this.adopt(offer);
		}
		this.#bases.rule(() => this.#shelf.rule(stored));
		if (!isSameEra) this.#hear(offer.rotates);
		return { block, isSameEra, isStrange };
	}

	/** Checks the signatures on which `adopt` judges, and reads the table: the offer and its blocks know then what came of it. */
	private *check(offer: Offer): Steps<void> {
		yield* offer.anchor(this.#shelf);
		const { block } = offer;
		const isThisEra = this.isThisEra(offer);
		if (this.#shelf.hasBase && !isThisEra && offer.isOfLowerEra(this.#shelf.base)) return;
		const keys = yield* isThisEra ? this.#bases.keysWith(offer.rotates) : offer.keys();
		const isHere = this.#shelf.hasBase && equalBytes(this.#shelf.base.hash, block.hash);
		const chain = isHere || block.body.kind !== Kind.checkpoint ? undefined : keys.chainOf(block.author);
		if (chain !== undefined && (yield* chain.verify(block)) === undefined) return;
		const isLower =
			isThisEra && block.body.kind === Kind.checkpoint && block.body.number < this.#shelf.base.number;
		if (isHere || isLower) return;
		try {
			yield* offer.readTable();
		} catch (error) {
			// The rotates that come with it are heard first: then `adopt` meets with the same.
			if (!(error instanceof BlockError)) throw error;
		}
	}

	private isThisEra({ era }: Offer): boolean {
		return this.#shelf.hasBase && equalBytes(this.#shelf.base.opening, era);
	}

	/** Where an offer stands, if that is above the base that rules. */
	private placeAbove(offer: Offer): BasePlace | undefined {
		const isThisEra = this.isThisEra(offer);
		if (this.#shelf.hasBase) {
			if (equalBytes(this.#shelf.base.hash, offer.block.hash)) return undefined;
			// What the recovery key has replaced is worth no signatures.
			if (!isThisEra && offer.isOfLowerEra(this.#shelf.base)) return undefined;
		}
		const { place, standing } = offer.placeBy(isThisEra ? this.#logs : runAtOnce(offer.keys()));
		if (!this.#shelf.hasBase) return place;
		const { base } = this.#shelf;
		const order = compareBases({ ...place, standing }, { ...base, standing: this.#bases.standing(base) });
		return order > 0 ? place : undefined;
	}
}
