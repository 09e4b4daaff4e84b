import { type Block, BlockError, type Body, type Chain, type Draft } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { runInTurns } from "../crypto/crypto.js";
import type { Identity } from "./identity.js";

export interface IssuerOptions {
	readonly chain: Chain;
	readonly clock: Clock;
	readonly identity: Pick<Identity, "id" | "privateKey" | "publicKey">;
	/** Seconds since 1970, or null when the clock is not set. */
	readonly time: () => number | null;
}

/** What a checkpoint says besides what the blocks come to. */
export interface Said {
	readonly passwordVersion?: number;
}

/** Issues this node's blocks. Where the rules ask an owner's node for a checkpoint first, it makes that. */
export class Issuer {
	readonly #options: IssuerOptions;
	/** While what it was made for is done. */
	#draft: { readonly draft: Draft; readonly passwordVersion: number | undefined } | undefined;

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

	/**
	 * Calls `act`, at once or later: before that, works out over some turns of the loop the table of the checkpoint that a block
	 * will need first, or that `act` is to make. `say`: what the block will say, as for `issue`.
	 */
	inTurns(say: (() => Body) | Said, act: () => void): void {
		const { chain, identity } = this.#options;
		const said = typeof say === "function" ? {} : say;
		if (typeof say === "function" && !this.#needsCheckpoint(say)) {
			act();
			return;
		}
		const { clock } = this.#options;
		const steps = chain.draftCheckpoint(identity.id, said);
		const done = (draft: Draft) => {
			this.#draft = { draft, passwordVersion: said.passwordVersion };
			try {
				act();
			} finally {
				this.#draft = undefined;
			}
		};
		const failed = (error: unknown) => {
			// `act` meets with the same, and knows whom to tell.
			if (error instanceof BlockError) act();
			else throw error;
		};
		runInTurns({ steps, clock, done, failed });
	}

	#needsCheckpoint(say: () => Body): boolean {
		const { chain, identity } = this.#options;
		try {
			return chain.needsCheckpoint(identity.id, say());
		} catch (error) {
			if (!(error instanceof BlockError)) throw error;
			return false;
		}
	}

	/** `passwordVersion`: that of a new password, where there is one. Throws a BlockError or a StoreError. */
	checkpoint(passwordVersion?: number): Block {
		const { chain, identity, time } = this.#options;
		const { id: author, privateKey, publicKey } = identity;
		const said = passwordVersion === undefined ? {} : { passwordVersion };
		const draft = this.#draft?.passwordVersion === passwordVersion ? this.#draft?.draft : undefined;
		return chain.issueCheckpoint({ author, privateKey, publicKey, time: time() }, said, draft);
	}
}
