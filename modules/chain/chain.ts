import { compareBytes, equalBytes, toHex } from "../bytes/bytes.js";
import { Block, type BlockFields, digestOf, hashLength, parentsLimit, signBlock } from "./block.js";
import { BlockIndex, sortHashes } from "./block-index.js";
import { type Body, type GenesisBody, Kind, kindNumber } from "./body.js";
import { BlockError } from "./chain-error.js";
import { Membership } from "./membership.js";
import { idLength } from "./node-id.js";

export * from "./block.js";
export * from "./body.js";
export * from "./chain-error.js";
export { type Member, Membership, membersLimit } from "./membership.js";
export * from "./name.js";
export * from "./node-id.js";

/** Most blocks that a home keeps. */
export const blocksLimit = 256;

/** Where the bytes of blocks are kept: numbered slots, each empty or holding one block. */
export interface BlockStorage {
	/** The numbers of the slots in use, in any order. */
	slots(): readonly number[];
	/** What a slot holds. Throws when it cannot be read whole. */
	read(slot: number): Uint8Array;
	/** Keeps a block, whole or not at all, also when the power is cut. Throws when it cannot. */
	write(slot: number, cose: Uint8Array): void;
}

/** The blocks of one home in their order, and who is a member by them. */
export class Chain {
	readonly #storage: BlockStorage;
	readonly #index: BlockIndex;
	readonly #used = new Set<number>();
	/** Slots that could not be read: the next blocks, which heal the chain, are written over them. */
	readonly #damaged = new Set<number>();
	/** Slots of blocks whose parents could not be read; they count again once those are healed. */
	#orphans: number[] = [];
	readonly #founded: { readonly suite: number; readonly rounds: number } | undefined;
	#home: Uint8Array | undefined;
	#genesis: GenesisBody | undefined;
	#membership = new Membership([]);
	#digest = digestOf([]);

	/**
	 * `home`: the home's id, 8 bytes; without it the first genesis block added says which home this is. `founded`: what
	 * its genesis block has to say, because this node has joined by it.
	 */
	constructor(options: {
		storage: BlockStorage;
		home?: Uint8Array;
		founded?: { readonly suite: number; readonly rounds: number };
		capacity?: number;
	}) {
		this.#founded = options.founded;
		this.#storage = options.storage;
		this.#home = options.home;
		this.#index = new BlockIndex(options.capacity ?? blocksLimit);
	}

	/**
	 * Takes in what the storage holds. Signatures were checked before the blocks were written and are not checked
	 * again. What cannot be read is reported, a sentence each: peers have it too.
	 */
	load(): string[] {
		const faults: string[] = [];
		let waiting: { slot: number; block: Block }[] = [];
		for (const slot of this.#storage.slots()) {
			try {
				const block = new Block(this.#storage.read(slot));
				this.#checkHome(block);
				waiting.push({ slot, block });
			} catch (error) {
				this.#damaged.add(slot);
				faults.push(`block in slot ${slot}: ${error instanceof Error ? error.message : error}`);
			}
		}
		for (let before = -1; before !== waiting.length; ) {
			before = waiting.length;
			waiting = waiting.filter(({ slot, block }) => !this.#place(block, slot));
		}
		for (const { slot, block } of waiting) {
			this.#used.add(slot);
			this.#orphans.push(slot);
			faults.push(`block ${toHex(block.hash.subarray(0, 8))}: the blocks before it are missing`);
		}
		this.#refresh();
		return faults;
	}

	/** How many blocks there are. */
	get length(): number {
		return this.#index.length;
	}

	/** Whether no further block fits. */
	get isFull(): boolean {
		return this.#index.isFull;
	}

	/** The home's id: the first 8 bytes of the genesis block's hash. Undefined while neither is known. */
	get home(): Uint8Array | undefined {
		return this.#home;
	}

	/** What the home was founded with; undefined while the genesis block is not here. */
	get genesis(): GenesisBody | undefined {
		return this.#genesis;
	}

	get members(): Membership {
		return this.#membership;
	}

	/** SHA-256 over all hashes in order: equal for all who have the same blocks. */
	get digest(): Uint8Array {
		return this.#digest;
	}

	/** The hash of block `number` in the order; throws a RangeError when there is none. */
	hashAt(number: number): Uint8Array {
		return this.#index.hash(number);
	}

	/** The kind's number of block `number`; 255 stands for every kind from 255. */
	kindAt(number: number): number {
		return this.#index.kind(number);
	}

	/** Block `number` in the order; throws a RangeError when there is none. */
	blockAt(number: number): Block {
		return new Block(this.#storage.read(this.#index.slot(number)));
	}

	/** The number of the block whose hash begins with `prefix` (4 bytes or more), or -1. */
	find(prefix: Uint8Array): number {
		return this.#index.find(prefix);
	}

	/**
	 * Judges a signed block, stores it, and takes it in. Returns it, or undefined when it is here already.
	 * Throws a BlockError when it is refused, and whatever the storage throws when it cannot be kept.
	 */
	add(cose: Uint8Array): Block | undefined {
		const block = new Block(cose);
		if (this.#index.find(block.hash) >= 0) return undefined;
		this.#checkHome(block);
		const height = this.#heightOf(block);
		if (height === undefined) throw new BlockError("parents", "a parent of the block is not here");
		const key = block.body.kind === Kind.genesis ? block.body.key : this.members.get(block.author)?.key;
		if (key === undefined) throw new BlockError("author", "the block's author is not a member");
		if (block.sequence > this.#index.countOf(block.author)) {
			throw new BlockError("sequence", "blocks of this author are missing before it");
		}
		if (!block.isSignedBy(key)) throw new BlockError("signature", "the block's signature is wrong");
		this.#keep(block);
		return block;
	}

	/** Issues a block by the owner of `privateKey` on top of all that is here, and takes it in. */
	issue(options: { author: Uint8Array; privateKey: Uint8Array; time: number | null; body: Body }): Block {
		if (this.#home === undefined) throw new BlockError("home", "there is no home yet");
		const { author, privateKey, time, body } = options;
		const fields = { home: this.#home, parents: this.#heads(), author, time, body };
		const block = signBlock({ ...fields, sequence: this.#index.countOf(author) }, privateKey);
		this.#keep(block);
		return block;
	}

	/** Stores a judged block, then takes it in. */
	#keep(block: Block): void {
		if (this.#index.isFull) throw new BlockError("full", `the home has its ${this.length} blocks`);
		const slot = this.#freeSlot();
		this.#storage.write(slot, block.cose);
		this.#place(block, slot);
		this.#adopt();
		this.#refresh();
	}

	/** The hashes of the blocks without a child, ascending; of more than 8 the highest. */
	#heads(): Uint8Array[] {
		const heads: Uint8Array[] = [];
		for (let number = this.length - 1; number >= 0 && heads.length < parentsLimit; number -= 1) {
			if (!this.#index.isParent(number)) heads.push(this.#index.hash(number));
		}
		return sortHashes(heads);
	}

	#checkHome(block: Block): void {
		const named = block.body.kind === Kind.genesis ? block.hash.subarray(0, idLength) : block.home;
		if (this.#home === undefined) {
			if (block.body.kind !== Kind.genesis) throw new BlockError("home", "the home is not known yet");
		} else if (!equalBytes(named, this.#home)) {
			throw new BlockError("home", "the block is of another home");
		}
		if (block.body.kind !== Kind.genesis || this.#founded === undefined) return;
		if (block.body.suite !== this.#founded.suite || block.body.rounds !== this.#founded.rounds) {
			throw new BlockError(
				"home",
				"the home was founded with another suite or rounds than it was joined with"
			);
		}
	}

	/** 1 + the highest parent's; 0 for genesis; undefined when a parent is missing. */
	#heightOf(block: BlockFields): number | undefined {
		if (block.body.kind === Kind.genesis) return 0;
		let height = 0;
		for (const parent of block.parents) {
			const number = this.#index.find(parent);
			if (number < 0) return undefined;
			height = Math.max(height, this.#index.height(number) + 1);
		}
		return height;
	}

	/** Puts a judged block into the order; false while a parent of it is missing. */
	#place(block: Block, slot: number): boolean {
		const height = this.#heightOf(block);
		if (height === undefined) return false;
		this.#used.add(slot);
		if (this.#index.find(block.hash) >= 0) return true;
		const { hash, author, sequence } = block;
		this.#index.insert({ hash, height, slot, author, sequence, kind: kindNumber(block.body) });
		if (block.body.kind === Kind.genesis) {
			this.#home = hash.slice(0, idLength);
			this.#genesis = block.body;
			return true;
		}
		for (const parent of block.parents) this.#index.markParent(this.#index.find(parent));
		return true;
	}

	/** Takes in the blocks that waited for one that has just come. */
	#adopt(): void {
		for (let before = -1; before !== this.#orphans.length; ) {
			before = this.#orphans.length;
			this.#orphans = this.#orphans.filter(slot => !this.#place(new Block(this.#storage.read(slot)), slot));
		}
	}

	#freeSlot(): number {
		for (const damaged of this.#damaged) {
			this.#damaged.delete(damaged);
			return damaged;
		}
		let slot = 0;
		while (this.#used.has(slot)) slot += 1;
		return slot;
	}

	#refresh(): void {
		const hashes: Uint8Array[] = [];
		for (let number = 0; number < this.length; number += 1) hashes.push(this.#index.hash(number));
		this.#digest = digestOf(hashes);
		this.#membership = new Membership(this.#membershipBlocks());
	}

	*#membershipBlocks(): Iterable<Block> {
		for (let number = 0; number < this.length; number += 1) {
			const kind = this.#index.kind(number);
			if (kind === Kind.genesis || kind === Kind.add) yield this.blockAt(number);
		}
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

/** Whether `a` and `b` are the same id. */
export function sameId(a: Uint8Array, b: Uint8Array): boolean {
	return compareBytes(a, b) === 0;
}
