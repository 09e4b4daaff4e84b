import { equalBytes } from "../bytes/bytes.js";
import { Block, hashLength, parentsLimit, signBlock } from "./block.js";
import { BlockSet } from "./block-set.js";
import type { BlockStorage } from "./block-storage.js";
import { type Body, type GenesisBody, Kind } from "./body.js";
import { BlockError } from "./chain-error.js";
import { type Bundle, Checkpoints } from "./checkpoints.js";
import { Judge } from "./judge.js";
import type { Membership } from "./membership.js";
import { Removals } from "./removals.js";
import { Settled } from "./settled.js";

export * from "./block.js";
export type { BlockStorage } from "./block-storage.js";
export * from "./body.js";
export * from "./chain-error.js";
export type { Bundle } from "./checkpoints.js";
export type { Grant } from "./grants.js";
export { type Evidence, type Member, Membership, membersLimit, sameId } from "./membership.js";
export * from "./name.js";
export * from "./node-id.js";
export * from "./rank.js";
export { independentOf } from "./sponsors.js";
export { tableLimit } from "./table.js";

/** Most blocks that a home keeps since its last checkpoint. */
export const blocksLimit = 256;

/** The number of an action that no device has and no rank. */
const noAction = 253;

/** Who issues a block, and what it says. */
export interface Issue {
	readonly author: Uint8Array;
	readonly privateKey: Uint8Array;
	/** Seconds since 1970, or null without a clock. */
	readonly time: number | null;
	readonly body: Body;
}

/** The blocks of one home in their order, and what they come to. */
export class Chain {
	readonly #set: BlockSet;
	readonly #judge: Judge;
	readonly #storage: BlockStorage;
	readonly #checkpoints: Checkpoints;
	readonly #removals: Removals;
	readonly #founded: { readonly suite: number; readonly rounds: number } | undefined;
	#settledNow: Settled | undefined;

	/**
	 * `home`: the home's id, 8 bytes; without it the first genesis block added says which home this is. `founded`: what
	 * its genesis block has to say, because this node has joined by it.
	 */
	constructor(options: {
		storage: BlockStorage;
		home?: Uint8Array;
		founded?: { readonly suite: number; readonly rounds: number };
		limit?: number;
	}) {
		const { storage, home, limit = blocksLimit } = options;
		this.#founded = options.founded;
		this.#storage = storage;
		this.#set = new BlockSet({ storage, home, limit });
		const members = () => this.members;
		this.#judge = new Judge({ blocks: this.#set, limit, members });
		this.#checkpoints = new Checkpoints({ blocks: this.#set, judge: this.#judge, members });
		this.#removals = new Removals({
			blocks: this.#set,
			judge: this.#judge,
			members,
			checkpoints: this.#checkpoints,
			counts: number => this.countsAt(number)
		});
	}

	/**
	 * Takes in what the storage holds. Signatures were checked before the blocks were written and are not checked
	 * again. What cannot be read is reported, a sentence each: peers have it too.
	 */
	load(): string[] {
		const faults = this.#set.load();
		this.#changed();
		return faults;
	}

	/** How many blocks there are. */
	get length(): number {
		return this.#set.index.length;
	}

	/** Whether blocks that the storage held could not be read, or lack those before them, and have not come back yet. */
	get isDamaged(): boolean {
		return this.#set.isDamaged;
	}

	/** The home's id: the first 8 bytes of the genesis block's hash. Undefined while neither is known. */
	get home(): Uint8Array | undefined {
		return this.#set.home;
	}

	/** What the home was founded with; undefined while the genesis block is not here. */
	get genesis(): GenesisBody | undefined {
		return this.#set.genesis;
	}

	/** The recovery key's id, or null for a home without one. */
	get recovery(): Uint8Array | null {
		return this.#set.recovery;
	}

	get members(): Membership {
		return this.#settled.membership;
	}

	/** SHA-256 over the checkpoint's hash and those of all that counts since: equal for all who have the same. */
	get digest(): Uint8Array {
		return this.#settled.digest;
	}

	/** The number of the checkpoint that rules; 0 stands for the genesis block. */
	get checkpoint(): number {
		return this.#set.base?.number ?? 0;
	}

	/** The hash of the checkpoint that rules, or of the genesis block; undefined while neither is here. */
	get checkpointHash(): Uint8Array | undefined {
		return this.#set.base?.hash;
	}

	/** How many places for blocks are left; the last 32 are for what founders and admins issue. */
	get room(): number {
		return Math.max(0, this.#judge.limit - this.length);
	}

	/** The hash of block `number` in the order; throws a RangeError when there is none. */
	hashAt(number: number): Uint8Array {
		return this.#set.index.hash(number);
	}

	/** The kind's number of block `number`; 255 stands for every kind from 255. */
	kindAt(number: number): number {
		return this.#set.index.kind(number);
	}

	/** The author of block `number`: a copy. */
	authorAt(number: number): Uint8Array {
		return this.#set.index.author(number).slice();
	}

	/** Whom block `number` is about: a copy of an id, all zero where it is not about one node. */
	subjectAt(number: number): Uint8Array {
		return this.#set.index.subject(number).slice();
	}

	/** Block `number` in the order; throws a RangeError when there is none. */
	blockAt(number: number): Block {
		return new Block(this.#storage.read(this.#set.index.slot(number)));
	}

	/** Whether block `number` counts; what is older than the checkpoint does, by its table. */
	countsAt(number: number): boolean {
		return !this.#settled.isVoid(number);
	}

	/** Whether block `number` is one of those since the checkpoint, which peers compare. */
	isLive(number: number): boolean {
		return this.#set.isLive(number);
	}

	/** The number of the block whose hash begins with `prefix` (4 bytes or more), or -1. */
	find(prefix: Uint8Array): number {
		return this.#set.index.find(prefix);
	}

	/** What shows the node `id` that it was removed, in bytes for `isProofOfRemoval`; empty where it was not. */
	proofOfRemoval(id: Uint8Array): readonly Uint8Array[] {
		return this.#removals.proofOf(id);
	}

	/** Whether a peer's proof shows that the node `id` was removed by who stands above it. See `Removals.isProof`. */
	isProofOfRemoval(proof: readonly Uint8Array[], id: Uint8Array): boolean {
		return this.#removals.isProof(proof, id);
	}

	/**
	 * Judges a signed block, stores it, and takes it in. Returns it, or undefined when it is here already.
	 * Throws a BlockError when it is refused, and whatever the storage throws when it cannot be kept.
	 */
	add(cose: Uint8Array): Block | undefined {
		const block = new Block(cose);
		if (this.#set.index.find(block.hash) >= 0) return undefined;
		this.#checkFounded(block);
		this.#judge.check(block);
		this.#keep(block);
		return block;
	}

	/**
	 * Issues a block by the owner of `privateKey` on top of all that is here, and takes it in. Throws a BlockError when
	 * the author has no right to it or there is no room.
	 */
	issue({ author, privateKey, time, body }: Issue): Block {
		const { home } = this.#set;
		if (home === undefined || this.#set.base === undefined)
			throw new BlockError("home", "there is no home yet");
		this.#judge.checkRight(author, body);
		// First, or it might be a block that this one rests on.
		this.#makeRoom([]);
		const parents = this.#judge.parentsFor(author, body);
		const sequence = this.#judge.nextSequence(author, this.#set.rowOver(parents));
		const block = signBlock({ home, parents, author, time, body, sequence }, privateKey);
		this.#keep(block);
		return block;
	}

	/** Throws a BlockError when `author` has no right to issue this, or there is no room for it. */
	checkRight(author: Uint8Array, body: Body): void {
		this.#judge.checkRight(author, body);
	}

	/** The sequence of the author's next block. */
	nextSequence(author: Uint8Array): number {
		return this.#judge.nextSequence(author, undefined);
	}

	/**
	 * Issues a checkpoint over all that is here: from then on its table stands for the blocks before it, which are
	 * dropped. Throws a BlockError when the author is no founder or the table would be too long.
	 */
	issueCheckpoint(issue: Omit<Issue, "body">): Block {
		this.#storage.withReserve(() => this.#bringTogether(issue));
		const block = this.#checkpoints.issue(issue);
		this.#changed();
		return block;
	}

	/**
	 * A checkpoint stands for what it rests on, which is at most 8 blocks and what these rest on: of more branches some
	 * would be forgotten. So its author first issues blocks over them that say nothing: that take back from itself what
	 * nobody has granted.
	 */
	#bringTogether(issue: Omit<Issue, "body">): void {
		const { author } = issue;
		this.#judge.checkRight(author, { kind: Kind.checkpoint, number: 0, hash: new Uint8Array(hashLength) });
		const body: Body = { kind: Kind.grant, id: author, action: noAction, device: null, granted: false };
		for (let open = this.#judge.branches; open > parentsLimit; ) {
			this.issue({ ...issue, body });
			const left = this.#judge.branches;
			if (left >= open) throw new BlockError("checkpoint", "the chain's branches cannot be brought together");
			open = left;
		}
	}

	/** The checkpoint that rules, for a peer that has an older one; undefined where there is none. */
	get bundle(): Bundle | undefined {
		return this.#checkpoints.bundle;
	}

	/**
	 * Takes over a checkpoint of a higher number than the one that rules here. Returns it, or undefined when this one
	 * is no newer. Throws a BlockError when it is not by a founder, when the table is not what the blocks that are here
	 * come to, or when it forgets a removal.
	 */
	adopt(bundle: Bundle): Block | undefined {
		const block = this.#checkpoints.adopt(bundle, anchor => this.#checkFounded(anchor));
		if (block !== undefined) this.#changed();
		return block;
	}

	/** The blocks that cannot be placed: once a peer has the same chain, their author issues them anew. */
	get waiting(): readonly Block[] {
		return this.#set.waiting;
	}

	dropWaiting(): void {
		this.#set.dropWaiting();
	}

	/** Stores a judged block, then takes it in. */
	#keep(block: Block): void {
		this.#makeRoom(block.parents);
		const settled = this.#settledNow;
		this.#changed();
		if (this.#set.keep(block) && settled?.append(block)) this.#settledNow = settled;
	}

	/** In a full home: drops a block without effect that nothing rests on, nor what is to come. */
	#makeRoom(parents: readonly Uint8Array[]): void {
		if (this.length < this.#judge.limit) return;
		const isWanted = (number: number) => parents.some(parent => equalBytes(parent, this.hashAt(number)));
		const number = this.#set.heads.find(head => this.#settled.isVoid(head) && !isWanted(head));
		if (number === undefined) {
			throw new BlockError("full", `the home has its ${this.#judge.limit} blocks: a checkpoint makes room`);
		}
		this.#set.drop(number);
		this.#changed();
	}

	#checkFounded({ body }: Block): void {
		if (body.kind !== Kind.genesis || this.#founded === undefined) return;
		if (body.suite !== this.#founded.suite || body.rounds !== this.#founded.rounds) {
			throw new BlockError(
				"home",
				"the home was founded with another suite or rounds than it was joined with"
			);
		}
	}

	#changed(): void {
		this.#settledNow = undefined;
	}

	get #settled(): Settled {
		this.#settledNow ??= new Settled(this.#set);
		return this.#settledNow;
	}
}

/** The genesis block of a new home. `message`: the SHA-256 of the genesis message, 32 bytes. */
export function signGenesis(options: {
	message: Uint8Array;
	author: Uint8Array;
	privateKey: Uint8Array;
	time: number | null;
	body: GenesisBody;
}): Block {
	if (options.message.length !== hashLength) throw new RangeError(`a message hash has ${hashLength} bytes`);
	const { message, author, privateKey, time, body } = options;
	return signBlock(
		{ home: new Uint8Array(0), parents: [message], author, sequence: 0, time, body },
		privateKey
	);
}
