import { concat } from "../bytes/bytes.js";
import { BlockError, type Chain } from "../chain/chain.js";
import { type Store, StoreError } from "../store/store.js";

/** The name under which the block is kept that shows that this node was removed. */
const removalName = "removal";

/** Why a removed node does nothing on the chain any more: its own copy may not show that it has no right to it. */
export const removedText = "this node was removed from the home";

/** Bytes of the era's number before what is kept. */
const eraLength = 4;

/**
 * What a removed node was shown of its removal, kept over restarts: its chain may never show it, since it gets no more. Only
 * the recovery key overrules it: who has that makes this node a member of a new era.
 */
export class RemovalNotice {
	readonly #store: Store;
	readonly #chain: Chain;
	readonly #id: Uint8Array;
	readonly #report: (text: string) => void;
	/** The era of this node's chain when it was shown; undefined where nothing was. */
	#era: number | undefined;

	/** `id`: this node's. */
	constructor(options: { store: Store; chain: Chain; id: Uint8Array; report: (text: string) => void }) {
		this.#store = options.store;
		this.#chain = options.chain;
		this.#id = options.id;
		this.#report = options.report;
		this.#era = this.#load();
	}

	/** Whether the home has removed this node. */
	get isRemoved(): boolean {
		const { members, eraNumber } = this.#chain;
		if (members.isRemoved(this.#id)) return true;
		if (this.#era === undefined) return false;
		return eraNumber <= this.#era || members.get(this.#id) === undefined;
	}

	/** A peer shows that this node was removed; what proves nothing is ignored. */
	hear(proof: readonly Uint8Array[]): void {
		const [removal] = proof;
		try {
			if (removal === undefined || this.isRemoved || !this.#chain.isProofOfRemoval(proof, this.#id)) return;
			const { eraNumber } = this.#chain;
			this.#era = eraNumber;
			const head = new Uint8Array(eraLength);
			new DataView(head.buffer).setUint32(0, eraNumber);
			this.#store.set(removalName, concat(head, removal));
		} catch (error) {
			if (error instanceof StoreError) this.#report(error.message);
			else if (!(error instanceof BlockError)) throw error;
		}
	}

	/** What is damaged will be shown again. */
	#load(): number | undefined {
		try {
			const kept = this.#store.get(removalName);
			if (kept === undefined || kept.length < eraLength) return undefined;
			return new DataView(kept.buffer, kept.byteOffset).getUint32(0);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			return undefined;
		}
	}
}
