import { concat, equalBytes } from "../bytes/bytes.js";
import { Block, BlockError, type Chain, idLength, Kind, sameId } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { runInTurns, type Steps } from "../crypto/crypto.js";
import { type Store, StoreError } from "../store/store.js";

/** The name under which it is kept who was shown to be removed: this node or its sponsor. */
const removalName = "removal";

/** Why a removed node does nothing on the chain any more: its own copy may not show that it has no right to it. */
export const removedText = "this node was removed from the home";

/** Bytes of the era's number before the id that is kept. */
const eraLength = 4;

/** Of whom this node was shown that it was removed, and in which era of its own chain. */
interface Shown {
	readonly era: number;
	/** This node's id, or its sponsor's. */
	readonly who: Uint8Array;
}

/**
 * Why this node is out of the home, as it was shown: it was removed, or who admitted it was, before an owner confirmed it.
 * Kept over restarts, since its own chain may never show it: it gets no more. Only the recovery key overrules the first: who has
 * that makes this node a member of a new era. The second may be too little of the truth, shown by somebody who keeps an owner's
 * confirmation back: what the chain shows later overrules it.
 */
export class RemovalNotice {
	readonly #store: Store;
	readonly #chain: Chain;
	readonly #id: Uint8Array;
	readonly #clock: Clock;
	readonly #report: (text: string) => void;
	#isJudging = false;
	#shown: Shown | undefined;
	/** Who admitted this node, while no owner has confirmed it. */
	#sponsor: Uint8Array | undefined;

	/** `id`: this node's. */
	constructor(options: {
		store: Store;
		chain: Chain;
		id: Uint8Array;
		clock: Clock;
		report: (text: string) => void;
	}) {
		this.#store = options.store;
		this.#chain = options.chain;
		this.#id = options.id;
		this.#clock = options.clock;
		this.#report = options.report;
		this.#shown = this.load();
		this.look();
	}

	/** Whether the home has removed this node. */
	get isRemoved(): boolean {
		const { members, eraNumber } = this.#chain;
		if (members.isRemoved(this.#id)) return true;
		if (this.#shown === undefined || !sameId(this.#shown.who, this.#id)) return false;
		return eraNumber <= this.#shown.era || members.get(this.#id) === undefined;
	}

	/** The removed sponsor with which this node is out of the home; undefined where it was removed itself, or is in. */
	get goneSponsor(): Uint8Array | undefined {
		if (this.#shown === undefined || this.isRemoved) return undefined;
		const { era, who } = this.#shown;
		const { members, eraNumber } = this.#chain;
		const member = members.get(this.#id);
		if (member === undefined) return who;
		const { isProvisional, sponsor } = member;
		return isProvisional && eraNumber <= era && sponsor !== null && sameId(sponsor, who) ? who : undefined;
	}

	/** To be told after each change of the chain. */
	look(): void {
		const { members } = this.#chain;
		const member = members.get(this.#id);
		if (member !== undefined) {
			const { isProvisional, sponsor } = member;
			const isSame = sponsor !== null && this.#sponsor !== undefined && sameId(sponsor, this.#sponsor);
			if (!isProvisional) this.#sponsor = undefined;
			else if (!isSame) this.#sponsor = sponsor?.slice();
			if (this.#shown !== undefined && !this.isRemoved && this.goneSponsor === undefined) this.forget();
		} else if (this.#sponsor !== undefined && members.isRemoved(this.#sponsor))
			this.note(this.#sponsor, this.#chain.eraNumber);
	}

	/**
	 * A peer shows that this node or its sponsor was removed; what proves nothing is ignored, and so is what comes while another
	 * proof is judged. `judged` is called later, whatever came of it.
	 */
	hear(proof: readonly Uint8Array[], judged: () => void): void {
		if (this.isRemoved || this.#isJudging) return;
		this.#isJudging = true;
		// While it is judged the recovery key may open another, in which it says nothing.
		const era = this.#chain.eraNumber;
		const end = (who?: Uint8Array) => {
			this.#isJudging = false;
			if (who !== undefined) this.note(who, era);
			judged();
		};
		const failed = (error: unknown) => {
			end();
			if (!(error instanceof BlockError)) throw error;
		};
		runInTurns({ steps: this.judge(proof), clock: this.#clock, done: end, failed });
	}

	/** Who of the two was removed. */
	private *judge(proof: readonly Uint8Array[]): Steps<Uint8Array | undefined> {
		if (yield* this.#chain.judgeRemoval(proof, this.#id)) return this.#id;
		const sponsor = this.#sponsor;
		const [removal] = proof;
		if (removal === undefined || sponsor === undefined || this.goneSponsor !== undefined) return undefined;
		// Of another era than this node's it says nothing: there this node may be a member by the recovery key.
		const { era, body } = new Block(removal);
		if (body.kind === Kind.opening || !equalBytes(era, this.#chain.era)) return undefined;
		return (yield* this.#chain.judgeRemoval(proof, sponsor)) ? sponsor : undefined;
	}

	private note(who: Uint8Array, era: number): void {
		const shown = this.#shown;
		if (shown?.era === era && sameId(shown.who, who)) return;
		this.#shown = { era, who: who.slice() };
		const head = new Uint8Array(eraLength);
		new DataView(head.buffer).setUint32(0, era);
		this.write(() => this.#store.set(removalName, concat(head, who)));
	}

	/** It is in: what was kept must not come back when its chain is damaged. */
	private forget(): void {
		this.#shown = undefined;
		this.write(() => this.#store.delete(removalName));
	}

	private write(write: () => void): void {
		try {
			write();
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#report(error.message);
		}
	}

	/** What is damaged will be shown again. */
	private load(): Shown | undefined {
		try {
			const kept = this.#store.get(removalName);
			if (kept?.length !== eraLength + idLength) return undefined;
			const era = new DataView(kept.buffer, kept.byteOffset).getUint32(0);
			return { era, who: kept.slice(eraLength) };
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			return undefined;
		}
	}
}
