import { decodeUtf8, encodeUtf8, Records } from "../bytes/bytes.js";
import { Block } from "./block.js";
import type { BlockStorage } from "./block-storage.js";
import { Kind } from "./body.js";
import { nameLimit } from "./name.js";
import { keyLength } from "./roster.js";

/** What an add says of the node that it is about. A rotate says the key alone. */
export interface Profile {
	readonly name: string;
	/** The device type's number. */
	readonly type: number;
	/** Compressed public key: 33 bytes. */
	readonly key: Uint8Array;
}

/** A kept profile: slot, type, key, length of the name, name. */
const typeAt = 2;
const keyAt = typeAt + 1;
const nameAt = keyAt + keyLength;
const recordLength = nameAt + 1 + nameLimit;

/**
 * What adds and rotates say, by the slots of these blocks. What members go by is kept, in one buffer, so that the flash
 * is asked for it once: at most one add and one rotate a member.
 */
export class Profiles {
	readonly #storage: BlockStorage;
	#kept = new Records(recordLength);

	constructor(storage: BlockStorage) {
		this.#storage = storage;
	}

	/** What the block in a slot says, to look at once: it is not kept for that. */
	look(slot: number): Profile {
		return profileIn(this.#kept, slot) ?? this.#read(slot);
	}

	/** Keeps what a block says that was just stored, so that it need not be read. */
	note(slot: number, profile: Profile): void {
		this.forget(slot);
		this.#kept.add(recordOf(slot, profile));
	}

	/** Another block may come into the slot. */
	forget(slot: number): void {
		const number = this.#kept.find(placeOf(slot));
		if (number >= 0) this.#kept.remove(number);
	}

	clear(): void {
		this.#kept = new Records(recordLength);
	}

	/** Has `settle` ask for what members go by now, and forgets what it does not ask for. */
	renew<Result>(settle: (profileOf: (slot: number) => Profile) => Result): Result {
		const kept = new Records(recordLength);
		const result = settle(slot => {
			const known = profileIn(kept, slot);
			if (known !== undefined) return known;
			const profile = this.look(slot);
			kept.add(recordOf(slot, profile));
			return profile;
		});
		this.#kept = kept;
		return result;
	}

	#read(slot: number): Profile {
		const { body } = new Block(this.#storage.read(slot));
		if (body.kind === Kind.add) return { name: body.name, type: body.type, key: body.key };
		if (body.kind === Kind.rotate) return { name: "", type: 0, key: body.key };
		throw new RangeError(`the block in slot ${slot} names no key`);
	}
}

function placeOf(slot: number): Uint8Array {
	return Uint8Array.of(slot >> 8, slot & 255);
}

function recordOf(slot: number, { name, type, key }: Profile): Uint8Array {
	const record = new Uint8Array(recordLength);
	const text = encodeUtf8(name);
	record.set(placeOf(slot));
	record[typeAt] = type;
	record.set(key, keyAt);
	record[nameAt] = text.length;
	record.set(text, nameAt + 1);
	return record;
}

function profileIn(kept: Records, slot: number): Profile | undefined {
	const number = kept.find(placeOf(slot));
	if (number < 0) return undefined;
	const record = kept.at(number);
	const end = nameAt + 1 + (record[nameAt] ?? 0);
	return {
		name: decodeUtf8(record.subarray(nameAt + 1, end)),
		type: record[typeAt] ?? 0,
		key: record.slice(keyAt, nameAt)
	};
}
