import type { Base } from "./base.js";
import type { Block } from "./block.js";
import { Flag, Role } from "./block-role.js";
import { type GenesisBody, hashLength } from "./body.js";
import { evidenceIn } from "./evidence.js";
import type { Logs } from "./logs.js";
import { type Evidence, Membership } from "./membership.js";
import { nodeIdOf } from "./node-id.js";
import type { Shelf } from "./shelf.js";
import { withShutOut } from "./shut-out.js";

/** What can be seen of a chain: its blocks by number, its base, and what all comes to. */
export class ChainView {
	readonly #logs: Logs;
	readonly #shelf: Shelf;

	constructor(logs: Logs) {
		this.#logs = logs;
		this.#shelf = logs.shelf;
	}

	/** How many blocks there are since the base, with new keys and what was taken beside it. */
	get length(): number {
		return this.#logs.index.length;
	}

	/** Whether blocks that the storage held could not be read and have not come back yet. */
	get isDamaged(): boolean {
		return this.#shelf.isDamaged;
	}

	/** The home's id: the first 8 bytes of the genesis block's hash. Undefined while neither is known. */
	get home(): Uint8Array | undefined {
		return this.#shelf.home;
	}

	/** The era's id: the first 16 bytes of the hash of the block that opened it. Throws a BlockError while there is none. */
	get era(): Uint8Array {
		return this.#logs.era;
	}

	/** What the home was founded with; undefined while the genesis block is not here. */
	get genesis(): GenesisBody | undefined {
		return this.#shelf.genesis?.body;
	}

	/** The genesis block; undefined while it is not here. */
	get genesisBlock(): Block | undefined {
		return this.#shelf.genesis?.block;
	}

	/** The recovery key's id, or null for a home without one. */
	get recovery(): Uint8Array | null {
		const key = this.genesis?.recovery ?? null;
		return key === null ? null : nodeIdOf(key);
	}

	get members(): Membership {
		return this.#logs.membership ?? Membership.none;
	}

	/** The members, with those who are none any more since an owner that admitted them took two new keys at once: for the recovery key. */
	get membersWithShutOut(): Membership {
		return withShutOut(this.#logs, this.members);
	}

	/** Blocks that contradict each other. Looked for each time: only a person asks. */
	get evidence(): readonly Evidence[] {
		return this.#logs.membership === undefined ? [] : evidenceIn(this.#logs.index);
	}

	/** SHA-256 over the base's hash and those of all that is kept since: equal for all who keep the same. */
	get digest(): Uint8Array {
		return this.#shelf.hasBase ? this.#logs.digest(false) : new Uint8Array(hashLength);
	}

	/** As `digest`, but over what is kept of owners: equal for all for whom the same people have authority. */
	get authorityDigest(): Uint8Array {
		return this.#shelf.hasBase ? this.#logs.digest(true) : new Uint8Array(hashLength);
	}

	/** How often the recovery key was used. */
	get eraNumber(): number {
		return this.#shelf.hasBase ? this.#logs.base.era : 0;
	}

	/** The number of the checkpoint that rules; 0 stands for the block that opened the era. */
	get checkpoint(): number {
		return this.#shelf.hasBase ? this.#logs.base.number : 0;
	}

	/** The base that rules; undefined while none is here. */
	get base(): Base | undefined {
		return this.#shelf.hasBase ? this.#logs.base : undefined;
	}

	/** The first 16 bytes of the hash of block `number`; throws a RangeError when there is none. */
	hashAt(number: number): Uint8Array {
		return this.#logs.index.hash(number);
	}

	/** The kind's number of block `number`; 255 stands for every kind from 255. */
	kindAt(number: number): number {
		return this.#logs.index.kind(number);
	}

	/** The author of block `number`: a copy. */
	authorAt(number: number): Uint8Array {
		return this.#logs.index.author(number).slice();
	}

	/** The number of an author's first block, or where it would be; its others follow it. */
	firstOf(author: Uint8Array): number {
		return this.#logs.index.firstOf(author);
	}

	/** Whether there is a block `number`, and it is by this author. */
	isBy(number: number, author: Uint8Array): boolean {
		return this.#logs.index.isBy(number, author);
	}

	/** Whom block `number` is about: a copy of an id, all zero where it is not about one node. */
	subjectAt(number: number): Uint8Array {
		return this.#logs.index.subject(number).slice();
	}

	/** Block `number`, by authors and sequences; throws a RangeError when there is none. */
	blockAt(number: number): Block {
		return this.#shelf.read(this.#logs.index.slot(number));
	}

	/** Whether block `number` is among what peers compare: not one that the base covers, and no own one without a place. */
	isLive(number: number): boolean {
		return this.#logs.index.role(number) !== Role.none;
	}

	/** Whether block `number` is an owner's taking that the base covers: kept until the next one, it is for its author alone. */
	isCoveredOf(number: number, author: Uint8Array): boolean {
		const { index } = this.#logs;
		return index.role(number) === Role.none && index.hasFlag(number, Flag.late) && index.isBy(number, author);
	}

	/** Whether block `number` is an add by which a node is a member. */
	isAdmission(number: number): boolean {
		return this.#logs.index.hasFlag(number, Flag.admits);
	}

	/** The number of the block whose hash begins with `prefix` (4 bytes or more), or -1. */
	find(prefix: Uint8Array): number {
		return this.#logs.index.find(prefix);
	}
}
