import { equalBytes } from "../bytes/bytes.js";
import type { Steps } from "../crypto/crypto.js";
import type { Base, BasePlace } from "./base.js";
import { Block } from "./block.js";
import type { BlockStorage, TablePlace } from "./block-storage.js";
import { type GenesisBody, Kind, type OpeningBody, type OwnerKey } from "./body.js";
import { BlockError, overtaken } from "./chain-error.js";
import { homeIdOf, nodeIdOf } from "./node-id.js";
import { SlotSet } from "./slot-set.js";
import { type Cover, genesisTable, hashOfTable, partsOfTable, type Table } from "./table.js";
import { decodeTable, readTable } from "./table-reader.js";

/** Most slots of the storage: two bytes name one. */
const slotsLimit = 0xffff;
const tablePlaces: readonly TablePlace[] = Object.freeze([0, 1, 2] as const);

/** A block and where it is stored. */
export interface Stored {
	readonly slot: number;
	readonly block: Block;
}

/** A base and the place of its table; undefined where that follows from the genesis block. */
export interface ShelvedBase extends Base {
	readonly which: TablePlace | undefined;
}

/** The base before the one that rules. Of its table only what is asked all the time: a board has no room for two. */
export interface SpareBase extends BasePlace {
	readonly slot: number;
	readonly which: TablePlace | undefined;
	readonly covers: readonly Cover[];
}

/** A table that is stored, and its hash. */
export interface StoredTable {
	readonly which: TablePlace;
	readonly hash: Uint8Array;
	readonly table: Table;
}

/** The place for the next table, taken for one that is written there. */
export interface TableDraft {
	readonly which: TablePlace;
	/** Which of all that were begun it is. */
	readonly count: number;
}

/** A base that is stored and does not rule yet, and the opening of its era. */
export interface StoredBase {
	readonly base: ShelvedBase;
	readonly opening: Stored | undefined;
	readonly draft: TableDraft;
}

/**
 * The storage of a chain: which slots are in use, the genesis block and the era's opening, and the bases: the one that
 * rules, and the one before, which rules again where the other falls.
 */
export class Shelf {
	readonly storage: BlockStorage;
	#home: Uint8Array | undefined;
	#genesis: (Stored & { readonly body: GenesisBody }) | undefined;
	#opening: (Stored & { readonly body: OpeningBody }) | undefined;
	#owners: readonly OwnerKey[] = [];
	#base: ShelvedBase | undefined;
	#spare: SpareBase | undefined;
	/** How often a table was begun: each time in the place for the next one, of which there is one. */
	#begun = 0;
	/** Whether a place may have a table of no use any more. */
	#hasIdleTables = false;
	readonly #used = new SlotSet();
	/** Slots that hold what cannot be read. */
	readonly #damaged = new Set<number>();

	constructor(storage: BlockStorage, home: Uint8Array | undefined) {
		this.storage = storage;
		this.#home = home;
	}

	/** The home's id; undefined while neither it nor the genesis block is known. */
	get home(): Uint8Array | undefined {
		return this.#home;
	}

	get genesis(): (Stored & { readonly body: GenesisBody }) | undefined {
		return this.#genesis;
	}

	/** The opening of the era; undefined in the first one. */
	get opening(): (Stored & { readonly body: OpeningBody }) | undefined {
		return this.#opening;
	}

	/** The owners of the era with the keys with which they began it, their ids ascending. */
	get owners(): readonly OwnerKey[] {
		return this.#owners;
	}

	get hasBase(): boolean {
		return this.#base !== undefined;
	}

	/** Throws a BlockError while there is none. */
	get base(): ShelvedBase {
		if (this.#base === undefined) throw new BlockError("home", "the home's genesis block is not here");
		return this.#base;
	}

	/** The base before the one that rules; undefined where there is none, or not of this era. */
	get spare(): SpareBase | undefined {
		return this.#spare;
	}

	/** Whether something that the storage held cannot be read and has not come back yet, or there is no base. */
	get isDamaged(): boolean {
		return this.#damaged.size > 0 || (this.#base === undefined && this.#used.size > 0);
	}

	/** Whether there is damage of which a slot may be a part: then what has no place stays. */
	get hasDamage(): boolean {
		return this.#damaged.size > 0;
	}

	read(slot: number): Block {
		return new Block(this.storage.read(slot));
	}

	/** Reads all blocks, one after the other: `visit` is shown those of no bases. Returns those of bases, and what cannot be read. */
	readAll(visit: (stored: Stored) => void): { bases: Stored[]; faults: string[] } {
		const faults: string[] = [];
		this.#used.clear();
		this.#damaged.clear();
		this.#base = undefined;
		this.#spare = undefined;
		this.#hasIdleTables = false;
		this.#genesis = undefined;
		this.#opening = undefined;
		this.#owners = [];
		const bases: Stored[] = [];
		for (const slot of this.storage.slots()) {
			this.#used.add(slot);
			try {
				const block = this.read(slot);
				const { kind } = block.body;
				if (kind === Kind.genesis) this.setGenesis({ slot, block });
				const isBase = kind === Kind.genesis || kind === Kind.checkpoint || kind === Kind.opening;
				if (isBase) bases.push({ slot, block });
				else visit({ slot, block });
			} catch (error) {
				faults.push(`block in slot ${slot}: ${messageOf(error)}`);
				this.#damaged.add(slot);
			}
		}
		return { bases, faults };
	}

	setGenesis({ slot, block }: Stored): void {
		const { body } = block;
		if (body.kind !== Kind.genesis) return;
		this.#genesis = { slot, block, body };
		this.#home = homeIdOf(block.hash);
		if (this.#opening === undefined) this.#owners = [{ id: nodeIdOf(body.key), key: body.key, turn: 0 }];
	}

	/** The opening of the era to come; undefined for the first. */
	setOpening(opening: Stored | undefined): void {
		const body = opening?.block.body;
		this.#opening = opening !== undefined && body?.kind === Kind.opening ? { ...opening, body } : undefined;
		if (this.#opening !== undefined) this.#owners = this.#opening.body.owners;
		else if (this.#genesis !== undefined) this.setGenesis(this.#genesis);
	}

	/** The base that rules and the one before, as they were found at a start. */
	setBases(base: ShelvedBase, spare: ShelvedBase | undefined): void {
		this.#base = base;
		this.#spare = spare && spareOf(spare);
		this.#hasIdleTables = true;
	}

	/** Takes the place for the next table, from whoever has it. What is written there is no base before `store`. */
	begin(): TableDraft {
		const which = tablePlaces.find(other => this.isIdle(other)) ?? 0;
		this.#begun += 1;
		this.#hasIdleTables = false;
		return { which, count: this.#begun };
	}

	/** Whether a table's place was taken for no other since. */
	holds({ count }: TableDraft): boolean {
		return count === this.#begun;
	}

	/** Keeps a part of a table: see `writeTable`. Throws a BlockError where its place was taken for another. */
	writePart(draft: TableDraft, part: number, bytes: Uint8Array): void {
		if (!this.holds(draft)) throw overtaken();
		this.storage.withReserve(() => this.storage.writePart(draft.which, part, bytes));
	}

	/** Gives back a table's place: what is there is of no use. */
	giveUp(draft: TableDraft): void {
		if (this.holds(draft)) this.#hasIdleTables = true;
	}

	/**
	 * Stores a base that is to rule, in this order, so that a cut leaves the old one or the new one: its table, where neither the ruling one
	 * nor the one before has its own, what shows it, its block. `table`: its bytes, or where it was written. `opening`: of its
	 * era, or undefined for the first.
	 */
	store(options: {
		place: BasePlace;
		block: Block;
		says: Table;
		table: Uint8Array | TableDraft;
		genesis: Block;
		opening: Block | undefined;
	}): StoredBase {
		const { place, block, says, table, genesis, opening } = options;
		const draft = table instanceof Uint8Array ? this.begin() : table;
		let slot = -1;
		let openingAt = this.#opening?.slot ?? -1;
		const write = () => {
			if (table instanceof Uint8Array) this.storage.writeTable(draft.which, table);
			if (this.#genesis === undefined) this.setGenesis({ slot: this.write(genesis), block: genesis });
			if (this.isNewEra(place) && opening !== undefined && opening !== block) openingAt = this.write(opening);
			slot = this.write(block);
		};
		try {
			this.storage.withReserve(write);
		} catch (error) {
			this.giveUp(draft);
			throw error;
		}
		const openedBy = opening && { slot: opening === block ? slot : openingAt, block: opening };
		return { base: { ...place, slot, table: says, which: draft.which }, opening: openedBy, draft };
	}

	/** Has a stored base rule. */
	rule({ base, opening }: StoredBase): void {
		const old = this.#base;
		const isNewEra = this.isNewEra(base);
		const leaving = [this.#spare, ...(isNewEra ? [old] : [])];
		const oldOpening = this.#opening?.slot;
		this.#base = base;
		this.#spare = isNewEra ? this.genesisBefore(base) : old && spareOf(old);
		this.#hasIdleTables = true;
		if (isNewEra) {
			this.setOpening(opening);
			if (oldOpening !== undefined) this.release(oldOpening);
		}
		for (const one of leaving) if (one !== undefined && one.slot !== oldOpening) this.releaseBase(one);
	}

	/** In the first era the genesis block is a base that everybody has: the one before for who came later. */
	private genesisBefore({ era, number }: BasePlace): SpareBase | undefined {
		const genesis = this.#genesis;
		if (era > 0 || number === 0 || genesis === undefined) return undefined;
		const { slot, block, body } = genesis;
		const { hash, author } = block;
		const { covers } = genesisTable(author, body);
		const place = { hash, era: 0, opening: hash, number: 0, author, key: undefined };
		return { ...place, slot, which: undefined, covers };
	}

	/** Lets go a stored base that is not to rule after all. */
	discard({ base, opening, draft }: StoredBase): void {
		this.giveUp(draft);
		this.releaseBase(base);
		if (opening !== undefined && opening.slot !== base.slot && opening.slot !== this.#opening?.slot)
			this.release(opening.slot);
	}

	private isNewEra({ opening }: BasePlace): boolean {
		return this.#base === undefined || !equalBytes(this.#base.opening, opening);
	}

	/** The table of the base before, with pauses; undefined where it cannot be read. */
	*readSpare(): Steps<Table | undefined> {
		if (this.#spare === undefined) return undefined;
		const { which } = this.#spare;
		if (which === undefined)
			return this.#genesis && genesisTable(this.#genesis.block.author, this.#genesis.body);
		const bytes = this.tableIn(which);
		if (bytes === undefined) return undefined;
		try {
			return yield* readTable(bytes);
		} catch (error) {
			if (!(error instanceof BlockError)) throw error;
			return undefined;
		}
	}

	/** The base before rules again. `table`: its own, see `readSpare`. */
	fallBack(table: Table): void {
		if (this.#spare === undefined || this.#base === undefined) return;
		const { covers: _, ...place } = this.#spare;
		this.#spare = spareOf(this.#base);
		this.#base = { ...place, table };
	}

	/** Deletes the tables of bases that neither rule nor did so before; not one that is stored and does not rule yet. */
	deleteIdleTables(): void {
		if (!this.#hasIdleTables) return;
		this.#hasIdleTables = false;
		try {
			for (const which of tablePlaces) if (this.isIdle(which)) this.storage.deleteTable(which);
		} catch {
			// A flash that refuses: it stays until the next one is stored there.
		}
	}

	private isIdle(which: TablePlace): boolean {
		return this.#base?.which !== which && this.#spare?.which !== which;
	}

	/** Stores a block and says where. */
	write(block: Block): number {
		const slot = this.allot();
		try {
			this.put(slot, block);
		} catch (error) {
			this.#used.delete(slot);
			throw error;
		}
		return slot;
	}

	/** A slot for a block that is to be stored, or given back, later. */
	allot(): number {
		for (const damaged of this.#damaged) {
			if (!this.#lent.has(damaged)) {
				this.#lent.add(damaged);
				return damaged;
			}
		}
		const slot = this.#used.lowestFree;
		if (slot >= slotsLimit) throw new BlockError("full", "there is no room for another block");
		this.#used.add(slot);
		return slot;
	}

	put(slot: number, block: Block): void {
		this.storage.write(slot, block.cose);
		this.#lent.delete(slot);
		this.#damaged.delete(slot);
		this.#used.add(slot);
	}

	/** Gives back a slot into which nothing was put. */
	giveBack(slot: number): void {
		this.#lent.delete(slot);
		if (!this.#damaged.has(slot)) this.#used.delete(slot);
	}

	release(slot: number): void {
		try {
			this.storage.delete(slot);
		} catch {
			// A flash that refuses: the block stays where it is, and is dropped at the next start.
			return;
		}
		this.#used.delete(slot);
	}

	/** The bytes of a base's table; undefined where it is the genesis block, or they cannot be read. */
	tableBytesOf({ which }: ShelvedBase): Uint8Array | undefined {
		return which === undefined ? undefined : this.tableIn(which);
	}

	/** The tables that are here whole. */
	readTables(): StoredTable[] {
		const tables: StoredTable[] = [];
		for (const which of tablePlaces) {
			const bytes = this.tableIn(which);
			if (bytes === undefined) continue;
			try {
				const table = decodeTable(bytes);
				tables.push({ which, hash: hashOfTable(partsOfTable(bytes, table)), table });
			} catch (error) {
				if (!(error instanceof BlockError)) throw error;
			}
		}
		return tables;
	}

	/** Whether a block is a base here, or the era's opening, or the genesis block. */
	hasBaseOf(hash: Uint8Array): boolean {
		const bases = [this.#genesis?.block.hash, this.#opening?.block.hash, this.#base?.hash, this.#spare?.hash];
		return bases.some(other => other !== undefined && equalBytes(other, hash));
	}

	readonly #lent = new Set<number>();

	private releaseBase({ slot }: ShelvedBase | SpareBase): void {
		if (slot !== this.#genesis?.slot && slot !== this.#opening?.slot) this.release(slot);
	}

	private tableIn(which: TablePlace): Uint8Array | undefined {
		try {
			return this.storage.readTable(which);
		} catch {
			return undefined;
		}
	}
}

/** The table of a base's block, and where it stands; undefined where it is not among those that are here whole. */
export function tableOf(
	{ author, body }: Block,
	tables: readonly StoredTable[]
): { table: Table; which: TablePlace | undefined } | undefined {
	if (body.kind === Kind.genesis) return { table: genesisTable(author, body), which: undefined };
	if (body.kind !== Kind.checkpoint && body.kind !== Kind.opening) return undefined;
	const found = tables.find(({ hash }) => equalBytes(hash, body.hash));
	return found && { table: found.table, which: found.which };
}

function spareOf({ table, ...place }: ShelvedBase): SpareBase {
	return { ...place, covers: table.covers };
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
