import { Block } from "./block.js";
import type { BlockStorage } from "./block-storage.js";
import { Kind } from "./body.js";

/** What an add says of the node that it is about. A rotate says the key alone. */
export interface Profile {
	readonly name: string;
	/** The device type's number. */
	readonly type: number;
	/** Compressed public key: 33 bytes. */
	readonly key: Uint8Array;
}

/**
 * What adds and rotates say, by the slots of these blocks. What members go by is kept, so that the flash is asked for it
 * once: at most one add and one rotate a member.
 */
export class Profiles {
	readonly #storage: BlockStorage;
	#kept = new Map<number, Profile>();

	constructor(storage: BlockStorage) {
		this.#storage = storage;
	}

	/** What the block in a slot says, to look at once: it is not kept for that. */
	look(slot: number): Profile {
		return this.#read(slot, this.#kept);
	}

	/** Keeps what a block says that was just stored, so that it need not be read. */
	note(slot: number, { name, type, key }: Profile): void {
		this.#kept.set(slot, { name, type, key });
	}

	/** Another block may come into the slot. */
	forget(slot: number): void {
		this.#kept.delete(slot);
	}

	clear(): void {
		this.#kept.clear();
	}

	/** Has `settle` ask for what members go by now, and forgets what it does not ask for. */
	renew<Result>(settle: (profileOf: (slot: number) => Profile) => Result): Result {
		const kept = new Map<number, Profile>();
		const result = settle(slot => {
			const profile = kept.get(slot) ?? this.#read(slot, this.#kept);
			kept.set(slot, profile);
			return profile;
		});
		this.#kept = kept;
		return result;
	}

	#read(slot: number, kept: ReadonlyMap<number, Profile>): Profile {
		const known = kept.get(slot);
		if (known !== undefined) return known;
		const { body } = new Block(this.#storage.read(slot));
		if (body.kind === Kind.add) return { name: body.name, type: body.type, key: body.key };
		if (body.kind === Kind.rotate) return { name: "", type: 0, key: body.key };
		throw new RangeError(`the block in slot ${slot} names no key`);
	}
}
