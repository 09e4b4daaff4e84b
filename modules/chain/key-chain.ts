import { equalBytes } from "../bytes/bytes.js";
import { runAtOnce, type Steps } from "../crypto/crypto.js";
import type { Block } from "./block.js";
import type { BlockIndex } from "./block-index.js";
import { Role } from "./block-role.js";
import { Kind } from "./body.js";
import { BlockError } from "./chain-error.js";
import type { Contents, Ending } from "./contents.js";

/** Most new keys of an owner in an era. */
export const ownerRotatesLimit = 5;
/** Most new keys of another in a base. */
export const memberRotatesLimit = 1;

/** The key with which an author begins: in the era's opening, in the base, or in its statement. */
export interface FirstKey {
	readonly key: Uint8Array;
	readonly turn: number;
}

/**
 * The keys of one author, one after the other. A rotate counts if the key in force signed it and its turn is that key's + 1;
 * two rotates of one key freeze its author.
 */
export class KeyChain {
	readonly #index: BlockIndex;
	readonly #contents: Contents;
	readonly #firstTurn: number;
	/** The first key, then the new one of each rotate without a rival. */
	readonly #keys: Uint8Array[];
	/** The numbers of the rotates: `rotates[i]` ended the key of place `i`. */
	readonly rotates: readonly number[];
	/** The two rotates of the last key with the lowest hashes; empty where it has none or one. */
	readonly rivals: readonly number[];

	constructor(options: {
		index: BlockIndex;
		contents: Contents;
		author: Uint8Array;
		first: FirstKey;
		/** How many rotates in a row are looked at. */
		most: number;
	}) {
		const { index, contents, first } = options;
		this.#index = index;
		this.#contents = contents;
		this.#firstTurn = first.turn;
		this.#keys = [first.key];
		const rotates: number[] = [];
		let rivals: number[] = [];
		while (rotates.length < options.most && rivals.length === 0) {
			const found = this.rotatesOf(options.author, first.turn + rotates.length + 1);
			if (found.length === 0) break;
			if (found.length > 1) rivals = found.slice(0, 2);
			else {
				rotates.push(found[0]);
				this.#keys.push(this.newKey(found[0]));
			}
		}
		this.rotates = rotates;
		this.rivals = rivals;
	}

	/** The key in force; of a frozen author the last that was. */
	get key(): Uint8Array {
		return this.#keys[this.#keys.length - 1];
	}

	get turn(): number {
		return this.#firstTurn + this.rotates.length;
	}

	get isFrozen(): boolean {
		return this.rivals.length > 0;
	}

	/** The keys of a turn: none, one, or two where rivals claim to be it. */
	keysAt(turn: number): readonly Uint8Array[] {
		const place = turn - this.#firstTurn;
		if (place >= 0 && place < this.#keys.length) return [this.#keys[place]];
		return place === this.#keys.length ? this.rivals.map(number => this.newKey(number)) : [];
	}

	/** What ended a key: undefined where nothing did, "none" for a key that is neither here nor a rival's. */
	endingOf(key: Uint8Array): Ending | undefined | "none" {
		for (let place = 0; place < this.#keys.length; place += 1) {
			if (!equalBytes(this.#keys[place], key)) continue;
			if (place >= this.rotates.length) return undefined;
			return this.#contents.ending(this.#index.slot(this.rotates[place]));
		}
		return this.rivals.some(number => equalBytes(this.newKey(number), key)) ? undefined : "none";
	}

	/** The key that signed a block, or the one before it where it is a rotate; undefined where it is none of these. */
	signerOf(block: Block): Uint8Array | undefined {
		return runAtOnce(this.verify(block));
	}

	/** As `signerOf`, with a pause before each check that was not made before. */
	*verify(block: Block): Steps<Uint8Array | undefined> {
		for (const key of this.keysFor(block)) if (yield* block.verify(key)) return key;
		return undefined;
	}

	private keysFor({ body, turn }: Block): readonly Uint8Array[] {
		return this.keysAt(body.kind === Kind.rotate ? turn - 1 : turn);
	}

	/**
	 * The key that signed a block, as `signerOf`. Throws a BlockError: "signature", which only who lies sends, where it is the first
	 * key of all that did not sign, of which the id is the hash. A later one may have rivals that are not here: then "key".
	 */
	checkSigner(block: Block, what: string): Uint8Array {
		const signer = this.signerOf(block);
		if (signer !== undefined) return signer;
		if (this.keysFor(block).length === 0)
			throw new BlockError("key", "its author's key of that turn is not here");
		const turn = block.body.kind === Kind.rotate ? block.turn - 1 : block.turn;
		throw new BlockError(turn === 0 ? "signature" : "key", `the ${what}'s signature is wrong`);
	}

	/** Whether the key that signed a block is of this chain: it has not come from a rotate that others displaced. */
	has(number: number): boolean {
		const slot = this.#index.slot(number);
		const place = this.placeOf(number);
		if (place >= 0) return this.#contents.isSignedWith(slot, this.#keys[place]) !== false;
		return this.keysAt(this.#index.turn(number)).some(
			key => this.#contents.isSignedWith(slot, key) !== false
		);
	}

	/** The place of a block's key among those without rivals, or -1 for the new key of a rival. */
	placeOf(number: number): number {
		const place = this.#index.turn(number) - this.#firstTurn;
		return place >= 0 && place < this.#keys.length ? place : -1;
	}

	/** The rotate that ended the key of a block, or -1. */
	endOf(number: number): number {
		const place = this.placeOf(number);
		return place >= 0 && place < this.rotates.length ? this.rotates[place] : -1;
	}

	/** Rotates stay, two of one key as the proof that they are rivals. */
	keep(): void {
		for (const number of this.rotates) this.#index.setRole(number, Role.rotate);
		for (const number of this.rivals) this.#index.setRole(number, Role.rotate);
	}

	/** The rotates of the last key to a turn, the lowest hash first. */
	private rotatesOf(author: Uint8Array, turn: number): number[] {
		const index = this.#index;
		const numbers: number[] = [];
		for (
			let number = index.nextOf(Kind.rotate, index.firstOf(author));
			number >= 0 && index.isBy(number, author);
			number = index.nextOf(Kind.rotate, number + 1)
		) {
			if (index.turn(number) !== turn) continue;
			if (this.#contents.isSignedWith(index.slot(number), this.key) === true) numbers.push(number);
		}
		return numbers.sort((a, b) => index.compareHashes(a, b));
	}

	private newKey(number: number): Uint8Array {
		return this.#contents.ending(this.#index.slot(number)).key;
	}
}
