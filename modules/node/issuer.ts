import { type Block, BlockError, type Body, type Chain, type Signer } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { runInTurns } from "../crypto/crypto.js";
import { StoreError } from "../store/store.js";
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
	#isMaking = false;
	/** What waits for the checkpoint that is being made. */
	readonly #waiting: (() => void)[] = [];

	constructor(options: IssuerOptions) {
		this.#options = options;
	}

	/** The number of what this node, an owner's, takes next. */
	get nextTaking(): number {
		return this.#options.chain.nextTaking(this.#options.identity.id);
	}

	/** `say`: what the block says, asked once it is its turn. Throws a BlockError or a StoreError. */
	issue(say: () => Body): Block {
		const { chain, identity } = this.#options;
		if (chain.needsCheckpoint(identity.id, say())) chain.issueCheckpoint(this.signer);
		return chain.issue({ ...this.signer, body: say() });
	}

	/** As `issue`, over some turns of the loop, after what is being made already. `failed` is called with what it would throw. */
	issueInTurns(say: () => Body, done: (block: Block) => void, failed: (error: unknown) => void): void {
		this.whenFree(() => {
			const { chain, clock, identity } = this.#options;
			const issue = () => {
				runInTurns({ steps: chain.makeBlock(() => this.signer, say), clock, done, failed });
			};
			let isCheckpointFirst = false;
			try {
				isCheckpointFirst = chain.needsCheckpoint(identity.id, say());
			} catch (error) {
				failed(error);
				return;
			}
			// Where another owner's came first, that made room as well; where nothing did, the block meets with the same.
			const after = (error: unknown) => {
				if (error instanceof BlockError || error instanceof StoreError) issue();
				else failed(error);
			};
			if (isCheckpointFirst) this.checkpoint({}, issue, after);
			else issue();
		});
	}

	/**
	 * Issues a checkpoint, over some turns of the loop, after the one that is being made already; then calls `done`, or `failed` with a
	 * BlockError or a StoreError.
	 */
	checkpoint(said: Said, done: () => void, failed: (error: unknown) => void): void {
		this.whenFree(() => {
			const { chain, clock } = this.#options;
			const signer = () => {
				// What the password's record was signed for may have been taken meanwhile.
				if (said.passwordVersion !== undefined && said.passwordVersion !== chain.members.nextPasswordVersion)
					throw new BlockError("checkpoint", "another owner has given the home a new password just now");
				return this.signer;
			};
			this.#isMaking = true;
			runInTurns({
				steps: chain.makeCheckpoint(signer, said),
				clock,
				done: () => this.made(done),
				failed: error => this.made(() => failed(error))
			});
		});
	}

	/** Two tables that are being made would find no room on a board, and a block that comes meanwhile has the first made anew. */
	private whenFree(act: () => void): void {
		if (this.#isMaking) this.#waiting.push(act);
		else act();
	}

	private made(tell: () => void): void {
		this.#isMaking = false;
		try {
			tell();
		} finally {
			// One of them may make the next checkpoint, for which the others wait.
			this.goOn();
		}
	}

	/** What one of them throws keeps none of the others waiting. */
	private goOn(): void {
		const act = this.#isMaking ? undefined : this.#waiting.shift();
		if (act === undefined) return;
		try {
			act();
		} finally {
			this.goOn();
		}
	}

	private get signer(): Signer {
		const { identity, time } = this.#options;
		const { id: author, privateKey, publicKey } = identity;
		return { author, privateKey, publicKey, time: time() };
	}
}
