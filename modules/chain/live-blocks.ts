import { hasBit } from "./ancestry.js";
import { Block } from "./block.js";
import type { BlockSet } from "./block-set.js";
import { type Body, Kind } from "./body.js";
import type { Blocks } from "./effect.js";
import type { Profile } from "./profiles.js";

/** The blocks since the checkpoint, for the rules: those in the index less what the checkpoint stands for. */
export class LiveBlocks implements Blocks {
	readonly length: number;
	readonly #set: BlockSet;
	readonly #profileOf: (slot: number) => Profile;
	/** The numbers in the index. */
	readonly #numbers: Uint16Array;

	/** `profileOf`: what the add or rotate in a slot says. `within`: a row of slots, where only those count. */
	constructor(options: {
		blocks: BlockSet;
		profileOf: (slot: number) => Profile;
		within?: Uint8Array;
	}) {
		const { blocks, profileOf, within } = options;
		const { index } = blocks;
		this.#set = blocks;
		this.#profileOf = profileOf;
		this.#numbers = new Uint16Array(index.length);
		let length = 0;
		for (let number = 0; number < index.length; number += 1) {
			if (!blocks.isLive(number)) continue;
			if (within !== undefined && !hasBit(within, index.slot(number))) continue;
			this.#numbers[length] = number;
			length += 1;
		}
		this.length = length;
	}

	/** The number in the index. */
	place(number: number): number {
		if (number < 0 || number >= this.length) throw new RangeError(`no block ${number}`);
		return this.#numbers[number];
	}

	slot(number: number): number {
		return this.#set.index.slot(this.place(number));
	}

	author(number: number): Uint8Array {
		return this.#set.index.author(this.place(number));
	}

	sequence(number: number): number {
		return this.#set.index.sequence(this.place(number));
	}

	kind(number: number): number {
		return this.#set.index.kind(this.place(number));
	}

	subject(number: number): Uint8Array {
		return this.#set.index.subject(this.place(number));
	}

	action(number: number): number {
		return this.#set.index.action(this.place(number));
	}

	isGranted(number: number): boolean {
		return this.#set.index.isGranted(this.place(number));
	}

	device(number: number): Uint8Array | null {
		const device = this.#set.index.device(this.place(number));
		if (device !== undefined) return device;
		const body = this.#body(number);
		return body.kind === Kind.grant ? body.device : null;
	}

	removed(number: number): readonly Uint8Array[] {
		const subject = this.subject(number);
		if (subject.some(byte => byte !== 0)) return [subject.slice()];
		const body = this.#body(number);
		return body.kind === Kind.remove ? body.ids : [];
	}

	hash(number: number): Uint8Array {
		return this.#set.index.hash(this.place(number));
	}

	profile(number: number): Profile {
		return this.#profileOf(this.slot(number));
	}

	restsOn(number: number, ancestor: number): boolean {
		return this.#set.ancestry.has(this.slot(number), this.slot(ancestor));
	}

	#body(number: number): Body {
		return new Block(this.#set.storage.read(this.slot(number))).body;
	}
}
