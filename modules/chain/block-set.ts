import { equalBytes, toHex } from "../bytes/bytes.js";
import { Ancestry, clearBit, hasBit, setBit } from "./ancestry.js";
import { type Base, genesisTable, isAnchor, isCarried, isCovered, recoveryIdOf } from "./base.js";
import { Block } from "./block.js";
import { BlockIndex } from "./block-index.js";
import { type BlockStorage, type TablePlace, tablePlaces } from "./block-storage.js";
import { type GenesisBody, Kind } from "./body.js";
import { BlockError } from "./chain-error.js";
import { idLength } from "./node-id.js";
import { Profiles } from "./profiles.js";
import { decodeTable, hashOfTable, partsOfTable, type Table } from "./table.js";

/** Places beyond the limit, for what is kept from before a checkpoint and for the checkpoint itself. */
const spare = 16;
const nothing = new Uint8Array(0);

/** A slot and what it holds. */
interface Stored {
	readonly slot: number;
	readonly block: Block;
}

/** The blocks that are here, in their order, and what they rest on. What they bring about is not its concern. */
export class BlockSet {
	readonly storage: BlockStorage;
	readonly index: BlockIndex;
	readonly ancestry: Ancestry;
	readonly profiles: Profiles;
	readonly #capacity: number;
	/** A row of the slots in use. */
	#used: Uint8Array;
	/** Slots that could not be read: the next blocks, which heal the chain, are written over them. */
	readonly #damaged = new Set<number>();
	/** Slots of blocks that are not placed yet, because one before them is missing. */
	#waiting: number[] = [];
	/** Slots of blocks that count although they do not rest on the checkpoint, as far as is known. */
	#carried: number[] = [];
	#home: Uint8Array | undefined;
	#genesis: GenesisBody | undefined;
	#base: Base | undefined;
	/** Where the table of the checkpoint that rules is. */
	#tablePlace: TablePlace | undefined;

	/** `limit`: most blocks that are kept. */
	constructor(options: { storage: BlockStorage; home: Uint8Array | undefined; limit: number }) {
		this.storage = options.storage;
		this.#home = options.home;
		this.#capacity = options.limit + spare;
		this.index = new BlockIndex(this.#capacity);
		this.ancestry = new Ancestry(this.#capacity);
		this.#used = this.ancestry.rowOver([]);
		this.profiles = new Profiles(options.storage);
	}

	/** The home's id: the first 8 bytes of the genesis block's hash. Undefined while neither is known. */
	get home(): Uint8Array | undefined {
		return this.#home;
	}

	get genesis(): GenesisBody | undefined {
		return this.#genesis;
	}

	/** Undefined while there is neither a genesis block nor a checkpoint. */
	get base(): Base | undefined {
		return this.#base;
	}

	/** The recovery key's id, or null. */
	get recovery(): Uint8Array | null {
		return recoveryIdOf(this.#genesis);
	}

	/** Whether something that the storage holds could not be read, or lacks what it rests on, and has not come back. */
	get isDamaged(): boolean {
		return this.#damaged.size > 0 || this.#waiting.length > 0;
	}

	/**
	 * The blocks that cannot be placed. When a peer has the same blocks otherwise, they lost their effect by a checkpoint
	 * (or nobody has what they rest on), and their author issues them anew. In the order in which each author issued them.
	 */
	get waiting(): Block[] {
		return this.#waiting.map(slot => this.#read(slot)).sort((a, b) => a.sequence - b.sequence);
	}

	/** Takes in what the storage holds; what cannot be read is reported, a sentence each. */
	load(): string[] {
		this.index.clear();
		this.profiles.clear();
		this.#used = this.ancestry.rowOver([]);
		this.#damaged.clear();
		[this.#waiting, this.#carried] = [[], []];
		[this.#genesis, this.#base, this.#tablePlace] = [undefined, undefined, undefined];
		const faults: string[] = [];
		const checkpoints: Stored[] = [];
		let genesis: Stored | undefined;
		// Where no checkpoint can be, a block has its place as soon as those before it have.
		const isPlain = !tablePlaces.some(which => this.#hasTable(which));
		for (const slot of this.storage.slots()) {
			try {
				const block = this.#read(slot);
				if (slot >= this.#capacity || !this.isOfHome(block)) throw new RangeError("it is of another home");
				setBit(this.#used, slot);
				if (block.body.kind === Kind.genesis) {
					genesis = { slot, block };
					if (isPlain) this.#found(genesis);
				} else if (block.body.kind === Kind.checkpoint) checkpoints.push({ slot, block });
				else if (!isPlain || !this.#placeOverParents({ slot, block })) this.#waiting.push(slot);
			} catch (error) {
				if (slot < this.#capacity) this.#damaged.add(slot);
				faults.push(`block in slot ${slot}: ${messageOf(error)}`);
			}
		}
		this.#chooseBase(checkpoints, faults);
		if (genesis !== undefined && !isPlain) this.#found(genesis);
		this.#settle();
		// After a checkpoint, what waits was left out by it: no fault of the flash where all of it can be read.
		const isLeftOut = (this.base?.number ?? 0) > 0 && this.#damaged.size === 0;
		for (const slot of isLeftOut ? [] : this.#waiting) {
			const { hash } = this.#read(slot);
			faults.push(`block ${toHex(hash.subarray(0, 8))}: the blocks before it are missing`);
		}
		return faults;
	}

	isOfHome(block: Block): boolean {
		const named = block.body.kind === Kind.genesis ? block.hash.subarray(0, idLength) : block.home;
		return this.#home === undefined || equalBytes(named, this.#home);
	}

	/** The row of a block over these parents, or undefined when one is missing. */
	rowOver(parents: readonly Uint8Array[]): Uint8Array | undefined {
		const slots: number[] = [];
		for (const parent of parents) {
			const number = this.index.find(parent);
			if (number < 0) return undefined;
			slots.push(this.index.slot(number));
		}
		return this.ancestry.rowOver(slots);
	}

	/** Whether what has this row rests on the checkpoint, or on the genesis block while there is none. */
	restsOnBase(row: Uint8Array): boolean {
		return this.#base !== undefined && hasBit(row, this.#base.slot);
	}

	/** Whether block `number` is one of those since the checkpoint. */
	isLive(number: number): boolean {
		return !this.index.isAnchor(number) && this.index.slot(number) !== this.#base?.slot;
	}

	/** Numbers of the blocks that nothing rests on, the highest first. */
	get heads(): number[] {
		const { index, ancestry } = this;
		const covered = ancestry.rowOver([]);
		for (let number = index.length - 1; number >= 0; number -= 1) ancestry.addTo(covered, index.slot(number));
		const heads: number[] = [];
		for (let number = index.length - 1; number >= 0; number -= 1) {
			if (!hasBit(covered, index.slot(number)) && !index.isAnchor(number)) heads.push(number);
		}
		return heads;
	}

	/**
	 * The row of a block that counts although it does not rest on the checkpoint: of what it rested on, its author's
	 * earlier blocks of that kind are left.
	 */
	carriedRow(block: Block): Uint8Array {
		return this.ancestry.rowOver(this.#carriedBefore(block));
	}

	/** 1 + the highest parent's. */
	heightOver(parents: readonly Uint8Array[]): number {
		return 1 + Math.max(...parents.map(parent => this.index.height(this.index.find(parent))));
	}

	/**
	 * Stores a judged block and takes it in, and then those that waited for it. Returns whether it is the only one that
	 * came, and nothing else has another place now.
	 */
	keep(block: Block): boolean {
		const slot = this.write(block);
		if (block.body.kind === Kind.genesis) this.#found({ slot, block });
		else if (!this.#placeOverParents({ slot, block })) this.#waiting.push(slot);
		else if (this.#waiting.length === 0 && this.#carried.every(carried => this.ancestry.has(slot, carried))) {
			return true;
		}
		const before = this.#carried.length;
		this.#settle();
		// One that is carried may have another before it; and what seemed to be from before the checkpoint was not, when its
		// parents come after it.
		const isWrong = this.#carried.some(carried => this.rowOver(this.#read(carried).parents) !== undefined);
		if (isWrong || this.#carried.length !== before) this.load();
		return false;
	}

	/** Stores a block without taking it in, for the next `load`. Returns its slot. */
	write(block: Block): number {
		const slot = this.#freeSlot();
		this.storage.write(slot, block.cose);
		this.profiles.forget(slot);
		this.#damaged.delete(slot);
		setBit(this.#used, slot);
		return slot;
	}

	/** Drops a block that nothing rests on. */
	drop(number: number): void {
		const slot = this.index.slot(number);
		this.storage.delete(slot);
		this.index.remove(number);
		this.ancestry.forget(slot);
		clearBit(this.#used, slot);
		this.#carried = this.#carried.filter(carried => carried !== slot);
	}

	/** Drops the blocks that cannot be placed. */
	dropWaiting(): void {
		for (const slot of this.#waiting.splice(0)) this.#release(slot);
	}

	/** The place for the table of a next checkpoint: not the one of the checkpoint that rules, whatever its number. */
	get freeTablePlace(): TablePlace {
		return this.#tablePlace === 0 ? 1 : 0;
	}

	/** The bytes of the ruling checkpoint's table; undefined for the genesis block, or where it is gone. */
	get tableBytes(): Uint8Array | undefined {
		return this.#tablePlace === undefined ? undefined : this.storage.readTable(this.#tablePlace);
	}

	/** Whether there is a table, be it damaged, in a place. */
	#hasTable(which: TablePlace): boolean {
		try {
			return this.storage.readTable(which) !== undefined;
		} catch {
			return true;
		}
	}

	/** Slots of the blocks that are carried and that its author issued before this one. */
	#carriedBefore({ author, sequence }: Block): number[] {
		return this.#carried.filter(slot => {
			const other = this.#read(slot);
			return equalBytes(other.author, author) && other.sequence < sequence;
		});
	}

	#read(slot: number): Block {
		return new Block(this.storage.read(slot));
	}

	/** The checkpoint of the highest number whose table is whole rules; the others are of no use any more. */
	#chooseBase(checkpoints: readonly Stored[], faults: string[]): void {
		for (const { slot, block } of [...checkpoints].sort((a, b) => numberOf(b.block) - numberOf(a.block))) {
			try {
				if (this.#base === undefined) this.#rebase({ slot, block });
			} catch (error) {
				faults.push(`the table of checkpoint ${numberOf(block)}: ${messageOf(error)}`);
			}
			if (this.#base?.slot !== slot) this.#release(slot);
		}
	}

	#rebase({ slot, block }: Stored): void {
		if (block.body.kind !== Kind.checkpoint) return;
		const { number, hash } = block.body;
		const table = this.#findTable(hash);
		this.#home ??= block.home;
		this.#base = { slot, hash: block.hash, number, table };
		this.#insert({ slot, block }, { height: table.height, row: nothing, isAnchor: false });
	}

	/** The table of that hash. Throws where it is in neither place. */
	#findTable(hash: Uint8Array): Table {
		let fault: unknown = new RangeError("it is not here");
		for (const which of tablePlaces) {
			try {
				const bytes = this.storage.readTable(which);
				if (bytes === undefined) continue;
				const table = decodeTable(bytes);
				if (equalBytes(hashOfTable(partsOfTable(bytes, table)), hash)) {
					this.#tablePlace = which;
					return table;
				}
				fault = new RangeError("it is another");
			} catch (error) {
				fault = error;
			}
		}
		throw fault;
	}

	#found({ slot, block }: Stored): void {
		const { body, hash, author } = block;
		if (body.kind !== Kind.genesis) return;
		this.#home = hash.slice(0, idLength);
		this.#genesis = body;
		this.#base ??= { slot, hash, number: 0, table: genesisTable({ author, body }) };
		this.#insert({ slot, block }, { height: 0, row: nothing, isAnchor: this.#base.number > 0 });
	}

	/** Places what can be placed. */
	#settle(): void {
		this.#eachWaiting(stored => this.#placeOverParents(stored));
		if (this.#base === undefined || this.#base.number === 0) return;
		// What still waits is from before the checkpoint, or rests on what is, or on what is damaged.
		this.#eachWaiting(stored => this.#placeCovered(stored));
		for (let before = -1; before !== this.#carried.length; ) {
			before = this.#carried.length;
			this.#carryFirst();
			this.#eachWaiting(stored => this.#placeOverParents(stored));
		}
	}

	/** Places those of the blocks to be carried that rest on no other one that waits: what rests on them has its place then. */
	#carryFirst(): void {
		const { base, recovery } = this;
		if (base === undefined) return;
		const carried = this.#waiting.filter(slot => {
			const block = this.#read(slot);
			return isCarried(block) && isCovered(base.table, recovery, block.author, block.sequence) === false;
		});
		const first = carried.length < 2 ? carried : this.#lowest(carried);
		const stored = first.map(slot => ({ slot, block: this.#read(slot) }));
		for (const { slot, block } of stored.sort((a, b) => a.block.sequence - b.block.sequence)) {
			const before = this.#carriedBefore(block);
			// Higher than those, since the last of several new keys counts.
			const height = base.table.height + before.length;
			this.#insert({ slot, block }, { height, row: this.ancestry.rowOver(before), isAnchor: false });
			this.#carried.push(slot);
		}
		this.#waiting = this.#waiting.filter(slot => !first.includes(slot));
	}

	/** Those of some waiting blocks that rest on no other of them, also not by way of others that wait. */
	#lowest(some: readonly number[]): number[] {
		const slots = new Map(this.#waiting.map(slot => [toHex(this.#read(slot).hash), slot]));
		const above = new Set<number>();
		for (let before = -1; before !== above.size; ) {
			before = above.size;
			for (const slot of this.#waiting) {
				if (above.has(slot)) continue;
				const below = this.#read(slot).parents.map(parent => slots.get(toHex(parent)) ?? -1);
				if (below.some(other => above.has(other) || some.includes(other))) above.add(slot);
			}
		}
		return some.filter(slot => !above.has(slot));
	}

	/** Has `place` try all that wait, until it can place no more. */
	#eachWaiting(place: (stored: Stored) => boolean): void {
		for (let before = -1; before !== this.#waiting.length; ) {
			before = this.#waiting.length;
			this.#waiting = this.#waiting.filter(slot => !place({ slot, block: this.#read(slot) }));
		}
	}

	/** False while a parent is missing. */
	#placeOverParents({ slot, block }: Stored): boolean {
		const row = this.rowOver(block.parents);
		if (row === undefined || !this.restsOnBase(row)) return false;
		const height = this.heightOver(block.parents);
		if (this.index.has(block.hash, height)) this.#release(slot);
		else this.#insert({ slot, block }, { height, row, isAnchor: false });
		return true;
	}

	/** Finds a place for what the checkpoint covers, or drops it. */
	#placeCovered({ slot, block }: Stored): boolean {
		if (this.#base === undefined) return false;
		const { table } = this.#base;
		const { author, sequence } = block;
		const covered = isCovered(table, this.recovery, author, sequence);
		if (this.index.find(block.hash) >= 0) {
			this.#release(slot);
		} else if (covered !== false && isAnchor(table, this.recovery, block)) {
			this.#insert({ slot, block }, { height: Math.min(1, table.height), row: nothing, isAnchor: true });
		} else if (covered === true) {
			this.#release(slot);
		} else {
			return false;
		}
		return true;
	}

	#insert(
		{ slot, block }: Stored,
		{ height, row, isAnchor }: { height: number; row: Uint8Array; isAnchor: boolean }
	): void {
		this.index.insert(block, { height, slot, isAnchor });
		this.ancestry.set(slot, row);
	}

	#release(slot: number): void {
		try {
			this.storage.delete(slot);
		} catch {
			// A flash that refuses: the block stays where it is, and is dropped at the next start.
			return;
		}
		clearBit(this.#used, slot);
	}

	#freeSlot(): number {
		for (const damaged of this.#damaged) return damaged;
		let slot = 0;
		while (hasBit(this.#used, slot)) slot += 1;
		if (slot >= this.#capacity) throw new BlockError("full", "there is no room for another block");
		return slot;
	}
}

function numberOf({ body }: Block): number {
	return body.kind === Kind.checkpoint ? body.number : 0;
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
