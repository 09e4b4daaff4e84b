import type { Ancestry } from "./ancestry.js";
import { hasBit } from "./ancestry.js";
import { Block } from "./block.js";
import type { BlockIndex } from "./block-index.js";
import type { BlockStorage } from "./block-storage.js";
import { type Body, Kind } from "./body.js";
import type { Blocks, Profile } from "./effect.js";

/** The blocks since the checkpoint, for the rules: those in the index less what the checkpoint stands for. */
export class LiveBlocks implements Blocks {
	readonly #index: BlockIndex;
	readonly #ancestry: Ancestry;
	readonly #storage: BlockStorage;
	readonly #profiles: Map<number, Profile>;
	/** The numbers in the index. */
	readonly #numbers: readonly number[];

	/**
	 * `base`: the slot of the checkpoint, or of the genesis block. `within`: a row of slots, where only those count.
	 * `profiles`: what adds say, by their slots; filled as it is asked for.
	 */
	constructor(options: {
		index: BlockIndex;
		ancestry: Ancestry;
		storage: BlockStorage;
		profiles: Map<number, Profile>;
		base: number;
		within?: Uint8Array;
	}) {
		const { index, base, within } = options;
		this.#index = index;
		this.#ancestry = options.ancestry;
		this.#storage = options.storage;
		this.#profiles = options.profiles;
		const numbers: number[] = [];
		for (let number = 0; number < index.length; number += 1) {
			const slot = index.slot(number);
			if (index.isAnchor(number) || slot === base) continue;
			if (within === undefined || hasBit(within, slot)) numbers.push(number);
		}
		this.#numbers = numbers;
	}

	get length(): number {
		return this.#numbers.length;
	}

	/** The number in the index. */
	place(number: number): number {
		const place = this.#numbers[number];
		if (place === undefined) throw new RangeError(`no block ${number}`);
		return place;
	}

	slot(number: number): number {
		return this.#index.slot(this.place(number));
	}

	author(number: number): Uint8Array {
		return this.#index.author(this.place(number));
	}

	sequence(number: number): number {
		return this.#index.sequence(this.place(number));
	}

	kind(number: number): number {
		return this.#index.kind(this.place(number));
	}

	subject(number: number): Uint8Array {
		return this.#index.subject(this.place(number));
	}

	hash(number: number): Uint8Array {
		return this.#index.hash(this.place(number));
	}

	body(number: number): Body {
		return new Block(this.#storage.read(this.slot(number))).body;
	}

	profile(number: number): Profile {
		const slot = this.slot(number);
		let profile = this.#profiles.get(slot);
		if (profile === undefined) {
			const body = this.body(number);
			if (body.kind !== Kind.add) throw new RangeError(`block ${number} adds nobody`);
			const { name, type, key } = body;
			profile = { name, type, key };
			this.#profiles.set(slot, profile);
		}
		return profile;
	}

	restsOn(number: number, ancestor: number): boolean {
		return this.#ancestry.has(this.slot(number), this.slot(ancestor));
	}
}
