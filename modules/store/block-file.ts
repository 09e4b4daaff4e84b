import { type Store, valueLimit } from "./store.js";
import { isFull, StoreError } from "./store-error.js";

const blockPrefix = "b";
const tableNames = Object.freeze(["ta", "tb", "tc"] as const);
/** Most parts of a table of 9216 bytes. */
const partsLimit = 10;
const nothing = new Uint8Array(0);

/** What helps when there is no room for more, by what the flash has said; empty where that is not why it refuses. */
export function roomHint(fault: string): string {
	return isFull(fault) ? "; a checkpoint makes room" : "";
}

/**
 * The chain's blocks in the store (what the chain calls its BlockStorage), a value each: "b0", "b1", ...; and the
 * tables of three checkpoints, in parts: "ta0", "ta1", ..., "tb0", ... and "tc0", ...
 */
export class BlockFile {
	readonly #store: Store;

	constructor(store: Store) {
		this.#store = store;
	}

	slots(): number[] {
		const slots: number[] = [];
		for (const name of this.#store.names()) {
			if (/^b(0|[1-9][0-9]{0,4})$/.test(name)) slots.push(Number(name.slice(blockPrefix.length)));
		}
		return slots.sort((a, b) => a - b);
	}

	/** Throws a StoreError when the slot is empty or damaged. */
	read(slot: number): Uint8Array {
		const cose = this.#store.get(blockPrefix + slot);
		if (cose === undefined) throw new StoreError(`"${blockPrefix}${slot}" is missing`);
		return cose;
	}

	/** Throws a StoreError that says what to do when the flash takes no more. */
	write(slot: number, cose: Uint8Array): void {
		try {
			this.#store.set(blockPrefix + slot, cose);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			throw new StoreError(error.message + roomHint(error.message));
		}
	}

	delete(slot: number): void {
		this.#store.delete(blockPrefix + slot);
	}

	/**
	 * The bytes of one of the three tables; undefined where there is none. Each part is read twice, so that never all of them are in memory
	 * beside the whole. Throws a StoreError when it is damaged.
	 */
	readTable(which: 0 | 1 | 2): Uint8Array | undefined {
		let length = 0;
		let count = 0;
		for (let part = this.readPart(which, 0); part !== undefined; part = this.readPart(which, count)) {
			count += 1;
			length += part.length;
			if (part.length < valueLimit) break;
		}
		if (count === 0) return undefined;
		const table = new Uint8Array(length);
		for (let part = 0; part < count; part += 1) {
			table.set(this.readPart(which, part) ?? nothing, part * valueLimit);
		}
		return table;
	}

	private readPart(which: 0 | 1 | 2, part: number): Uint8Array | undefined {
		return this.#store.get(tableNames[which] + part);
	}

	/** Not whole when the power is cut meanwhile: who reads it checks its hash. */
	writeTable(which: 0 | 1 | 2, table: Uint8Array): void {
		for (let part = 0; part * valueLimit <= table.length; part += 1) {
			this.writePart(which, part, table.subarray(part * valueLimit, (part + 1) * valueLimit));
		}
	}

	/** Bytes of each of a table's parts but the last. */
	get partLength(): number {
		return valueLimit;
	}

	/** A part that is not full ends the table. */
	writePart(which: 0 | 1 | 2, part: number, bytes: Uint8Array): void {
		this.#store.set(tableNames[which] + part, bytes);
	}

	/** Forgets a table, its first part last. Throws a StoreError. */
	deleteTable(which: 0 | 1 | 2): void {
		for (let part = partsLimit - 1; part >= 0; part -= 1) {
			const name = tableNames[which] + part;
			if (this.isHere(name)) this.#store.delete(name);
		}
	}

	/** Has `work` use the room that is kept for a checkpoint. */
	withReserve(work: () => void): void {
		this.#store.withReserve(work);
	}

	/** Forgets every block and table: for a node that never became a member of the home that they are of. */
	clear(): void {
		for (const slot of this.slots()) this.delete(slot);
		for (const name of this.#store.names()) {
			if (/^t[abc][0-9]$/.test(name)) this.#store.delete(name);
		}
	}

	/** Whether there is a value, whole or damaged. */
	private isHere(name: string): boolean {
		try {
			return this.#store.get(name) !== undefined;
		} catch {
			return true;
		}
	}
}
