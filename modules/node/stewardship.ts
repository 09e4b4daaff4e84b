import { BytesError, compareBytes, equalBytes, fromBase32 } from "../bytes/bytes.js";
import {
	adminAction,
	type Block,
	BlockError,
	type Body,
	type Chain,
	founderAction,
	Kind,
	type Member,
	nodeIdOf,
	rotateProof
} from "../chain/chain.js";
import { derivePublicKey, isPrivateKey, sha256, signEs256 } from "../crypto/crypto.js";
import { type Store, StoreError } from "../store/store.js";
import { type Identity, randomPrivateKey, saveIdentity, takeNextKey } from "./identity.js";

export interface StewardshipOptions {
	readonly chain: Chain;
	readonly identity: Identity;
	readonly store: Store;
	readonly random: (count: number) => Uint8Array;
	/** Seconds since 1970, or null when the clock is not set. */
	readonly time: () => number | null;
	/** Calls back once it is known how far this node's own blocks go. */
	readonly beforeSigning: (sign: () => void) => void;
	/** This node has issued something. */
	readonly onIssued: (blocks: readonly Block[]) => void;
	readonly report: (text: string) => void;
}

/** Told once: nothing when it was done, else why not. */
export type Done = (fault?: string) => void;

/** What a person has this node say on the chain: who leaves, who may do what, new keys, checkpoints. */
export class Stewardship {
	readonly #options: StewardshipOptions;

	constructor(options: StewardshipOptions) {
		this.#options = options;
	}

	/** Why this node may not issue something, or undefined. */
	faultOf(body: Body): string | undefined {
		try {
			this.#options.chain.checkRight(this.#options.identity.id, body);
			return undefined;
		} catch (error) {
			if (!(error instanceof BlockError)) throw error;
			return error.message;
		}
	}

	remove(members: readonly Member[], done: Done): void {
		const ids = members.map(member => member.id).sort(compareBytes);
		this.#sign([{ kind: Kind.remove, ids }], done);
	}

	/** `device`: null for all devices. */
	grant({ id }: Member, action: number, device: Uint8Array | null, granted: boolean, done: Done): void {
		this.#sign([{ kind: Kind.grant, id, action, device, granted }], done);
	}

	admin({ id }: Member, granted: boolean, done: Done): void {
		this.#sign([{ kind: Kind.grant, id, action: adminAction, device: null, granted }], done);
	}

	checkpoint(done: Done): void {
		const { chain, identity, time } = this.#options;
		this.#try(done, () => {
			const { id: author, privateKey } = identity;
			return [chain.issueCheckpoint({ author, privateKey, time: time() })];
		});
	}

	/** Gives this node a new key, of entropy alone. It is kept before its block is issued, so that a cut loses neither. */
	rotate(done: Done): void {
		const { chain, identity, store, random, time } = this.#options;
		this.#try(done, () => {
			const { id, home, privateKey } = identity;
			identity.nextKey = randomPrivateKey(random);
			saveIdentity(store, identity);
			const key = derivePublicKey(identity.nextKey);
			const sequence = chain.nextSequence(id);
			const proof = signEs256(identity.nextKey, rotateProof({ home, id, sequence, key }));
			const body: Body = { kind: Kind.rotate, key, proof };
			const block = chain.issue({ author: id, privateKey, time: time(), body });
			takeNextKey(store, identity);
			return [block];
		});
	}

	/** A cut came between a rotate block and the key that it names: by the chain it is known which key is this node's. */
	settleKey(): void {
		const { chain, identity, store, report } = this.#options;
		const { nextKey } = identity;
		const member = chain.members.get(identity.id);
		if (nextKey === undefined || member === undefined) return;
		if (!equalBytes(member.key, derivePublicKey(nextKey))) return;
		try {
			takeNextKey(store, identity);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
	}

	/**
	 * With the recovery key, as it was written down: makes `successor` a founder and removes `removed`, if any. The
	 * founder's add is issued again by this node, so that its key can be shown to newcomers for good.
	 */
	recover(written: string, successor: Member, removed: readonly Member[], done: Done): void {
		const { chain, identity, time } = this.#options;
		const key = recoveryKeyOf(written);
		if (key === undefined) {
			done("that is not a recovery key: look for a slip of the pen");
			return;
		}
		const author = nodeIdOf(derivePublicKey(key));
		if (chain.recovery === null || !equalBytes(author, chain.recovery)) {
			key.fill(0);
			done("that is the recovery key of another home");
			return;
		}
		this.#try(
			fault => {
				key.fill(0);
				done(fault);
			},
			() => {
				const blocks: Block[] = [];
				const issue = (by: { author: Uint8Array; privateKey: Uint8Array }, body: Body) =>
					blocks.push(chain.issue({ ...by, time: time(), body }));
				const byPaper = { author, privateKey: key };
				const { id, name, type, isFounder } = successor;
				if (!isFounder) {
					issue(
						{ author: identity.id, privateKey: identity.privateKey },
						{ kind: Kind.add, name, type, key: successor.key }
					);
					issue(byPaper, { kind: Kind.grant, id, action: founderAction, device: null, granted: true });
				}
				const ids = removed.map(member => member.id).sort(compareBytes);
				if (ids.length > 0) issue(byPaper, { kind: Kind.remove, ids });
				return blocks;
			}
		);
	}

	/** Issues anew what this node had issued and a checkpoint left without effect: this node's chain is a peer's. */
	reissue(): void {
		this.#try(
			() => undefined,
			() => this.#reissued()
		);
	}

	/** Before anything else that this node says: of two grants the last in order wins, and that is to be the later one. */
	#reissued(): Block[] {
		const { chain, identity, report, time } = this.#options;
		const { id: author, privateKey } = identity;
		const blocks: Block[] = [];
		try {
			for (const { body, author: by } of chain.waiting) {
				if (!equalBytes(by, author) || !this.#isStillMeant(body)) continue;
				blocks.push(chain.issue({ author, privateKey, time: time(), body }));
			}
		} catch (error) {
			if (!(error instanceof BlockError)) throw error;
			report(`what a checkpoint left out was not issued again: ${error.message}`);
		}
		chain.dropWaiting();
		return blocks;
	}

	#isStillMeant(body: Body): boolean {
		const { members } = this.#options.chain;
		if (body.kind === Kind.grant) return members.get(body.id) !== undefined;
		if (body.kind !== Kind.add) return false;
		const id = nodeIdOf(body.key);
		return members.get(id) === undefined && !members.isRemoved(id);
	}

	#sign(bodies: readonly Body[], done: Done): void {
		const { chain, identity, time } = this.#options;
		this.#try(done, () => {
			const { id: author, privateKey } = identity;
			return bodies.map(body => chain.issue({ author, privateKey, time: time(), body }));
		});
	}

	/** Issues; what the chain or the flash refuses is told in words. */
	#try(done: Done, issue: () => Block[]): void {
		const { beforeSigning, onIssued } = this.#options;
		beforeSigning(() => {
			const { chain } = this.#options;
			let blocks: Block[];
			try {
				// Without a checkpoint, what waits lacks a block that is damaged, and may yet be whole.
				const owed = chain.checkpoint > 0 && chain.waiting.length > 0 ? this.#reissued() : [];
				blocks = [...owed, ...issue()];
			} catch (error) {
				if (!(error instanceof BlockError || error instanceof StoreError)) throw error;
				done(error.message);
				return;
			}
			if (blocks.length > 0) onIssued(blocks);
			done();
		});
	}
}

/** The private key out of what a person wrote down; undefined where its check does not fit. */
function recoveryKeyOf(written: string): Uint8Array | undefined {
	let bytes: Uint8Array;
	try {
		bytes = fromBase32(written);
	} catch (error) {
		if (!(error instanceof BytesError)) throw error;
		return undefined;
	}
	const key = bytes.slice(0, 32);
	const check = bytes.subarray(32);
	const isWhole = bytes.length === 34 && equalBytes(check, sha256(key).subarray(0, 2));
	return isWhole && isPrivateKey(key) ? key : undefined;
}
