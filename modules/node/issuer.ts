import type { Block, Body, Chain } from "../chain/chain.js";
import type { Identity } from "./identity.js";

export interface IssuerOptions {
	readonly chain: Chain;
	readonly identity: Pick<Identity, "id" | "privateKey" | "publicKey">;
	/** Seconds since 1970, or null when the clock is not set. */
	readonly time: () => number | null;
}

/** Issues this node's blocks. Where the rules ask an owner's node for a checkpoint first, it makes that. */
export class Issuer {
	readonly #options: IssuerOptions;

	constructor(options: IssuerOptions) {
		this.#options = options;
	}

	/** The number of what this node, an owner's, takes next. */
	get nextTaking(): number {
		return this.#options.chain.nextTaking(this.#options.identity.id);
	}

	/** `say`: what the block says, asked once it is its turn. Throws a BlockError or a StoreError. */
	issue(say: () => Body): Block {
		const { chain, identity, time } = this.#options;
		const { id: author, privateKey, publicKey } = identity;
		if (chain.needsCheckpoint(author, say())) this.checkpoint();
		return chain.issue({ author, privateKey, publicKey, time: time(), body: say() });
	}

	/** `passwordVersion`: that of a new password, where there is one. Throws a BlockError or a StoreError. */
	checkpoint(passwordVersion?: number): Block {
		const { chain, identity, time } = this.#options;
		const { id: author, privateKey, publicKey } = identity;
		const said = passwordVersion === undefined ? {} : { passwordVersion };
		return chain.issueCheckpoint({ author, privateKey, publicKey, time: time() }, said);
	}
}
