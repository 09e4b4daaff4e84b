import { BlockError, type Chain } from "../chain/chain.js";
import { type Store, StoreError } from "../store/store.js";

/** The name under which the block is kept that shows that this node was removed. */
const removalName = "removal";

/** What a removed node was shown of its removal, kept over restarts: its chain may never show it, since it gets no more. */
export class RemovalNotice {
	readonly #store: Store;
	readonly #chain: Chain;
	readonly #id: Uint8Array;
	readonly #report: (text: string) => void;
	#isKept: boolean;

	/** `id`: this node's. */
	constructor(options: { store: Store; chain: Chain; id: Uint8Array; report: (text: string) => void }) {
		this.#store = options.store;
		this.#chain = options.chain;
		this.#id = options.id;
		this.#report = options.report;
		this.#isKept = this.#load();
	}

	/** Whether the home has removed this node. */
	get isRemoved(): boolean {
		return this.#isKept || this.#chain.members.isRemoved(this.#id);
	}

	/** A peer shows that this node was removed; what proves nothing is ignored. */
	hear(proof: readonly Uint8Array[]): void {
		const [removal] = proof;
		try {
			if (removal === undefined || this.#isKept || !this.#chain.isProofOfRemoval(proof, this.#id)) return;
			this.#isKept = true;
			this.#store.set(removalName, removal);
		} catch (error) {
			if (error instanceof StoreError) this.#report(error.message);
			else if (!(error instanceof BlockError)) throw error;
		}
	}

	/** What is damaged will be shown again. */
	#load(): boolean {
		try {
			return this.#store.get(removalName) !== undefined;
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			return false;
		}
	}
}
