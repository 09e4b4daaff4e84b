import type { Store } from "./store.js";
import { StoreError } from "./store-error.js";

const prefix = "b";

/** The chain's blocks in the store (what the chain calls its BlockStorage), a value each: "b0", "b1", ... */
export class BlockFile {
	readonly #store: Store;

	constructor(store: Store) {
		this.#store = store;
	}

	slots(): number[] {
		const slots: number[] = [];
		for (const name of this.#store.names()) {
			if (/^b(0|[1-9][0-9]{0,4})$/.test(name)) slots.push(Number(name.slice(prefix.length)));
		}
		return slots.sort((a, b) => a - b);
	}

	/** Throws a StoreError when the slot is empty or damaged. */
	read(slot: number): Uint8Array {
		const cose = this.#store.get(prefix + slot);
		if (cose === undefined) throw new StoreError(`"${prefix}${slot}" is missing`);
		return cose;
	}

	write(slot: number, cose: Uint8Array): void {
		this.#store.set(prefix + slot, cose);
	}

	/** Forgets every block: for a node that never became a member of the home that they are of. */
	clear(): void {
		for (const slot of this.slots()) this.#store.delete(prefix + slot);
	}
}
