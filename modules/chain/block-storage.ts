/** Where a table is kept. */
export type TablePlace = 0 | 1 | 2;

/** Where the bytes of blocks are kept: numbered slots, each empty or holding one block; and tables of bases. */
export interface BlockStorage {
	/** The numbers of the slots in use, in any order. */
	slots(): readonly number[];
	/** What a slot holds. Throws when it cannot be read whole. */
	read(slot: number): Uint8Array;
	/** Keeps a block, whole or not at all, also when the power is cut. Throws when it cannot. */
	write(slot: number, cose: Uint8Array): void;
	/** Empties a slot. Throws when it cannot. */
	delete(slot: number): void;
	/** One of three tables, or undefined. May be what a cut left of it; throws when it cannot be read. */
	readTable(which: TablePlace): Uint8Array | undefined;
	/** Keeps a table of at most 9216 bytes; a cut may leave a part of it. Throws when it cannot. */
	writeTable(which: TablePlace, table: Uint8Array): void;
	/** Bytes of each of a table's parts but the last. */
	readonly partLength: number;
	/** Keeps one part of a table after the other, the last with fewer bytes: what is not whole is none. Throws when it cannot. */
	writePart(which: TablePlace, part: number, bytes: Uint8Array): void;
	/** Forgets a table; harmless where there is none. Throws when it cannot. */
	deleteTable(which: TablePlace): void;
	/** Has `work` use the room that is kept for a checkpoint, where else there is none any more. */
	withReserve(work: () => void): void;
}
