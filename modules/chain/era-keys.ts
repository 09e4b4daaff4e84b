import { equalBytes } from "../bytes/bytes.js";
import type { Steps } from "../crypto/crypto.js";
import type { Block } from "./block.js";
import { BlockIndex } from "./block-index.js";
import { Kind, type OwnerKey } from "./body.js";
import { Contents } from "./contents.js";
import { KeyChain, ownerRotatesLimit } from "./key-chain.js";

/** Most rotates that are passed over, before the others are left alone: each may cost a signature. */
const faultsLimit = 2;

/** The owners of an era and the keys that they took since it was opened, as far as blocks show them that come from elsewhere. */
export class EraKeys {
	readonly #owners: readonly OwnerKey[];
	readonly #index = new BlockIndex();
	readonly #contents = new Contents();
	#faults = 0;

	/** `owners`: as the era's opening, or the genesis block, has them. */
	constructor(owners: readonly OwnerKey[]) {
		this.#owners = owners;
	}

	/** Takes in a rotate whose signatures were checked before. `signer`: the key that it ended. */
	know(rotate: Block, signer: Uint8Array): void {
		const slot = this.#index.length;
		this.#index.insert(rotate, slot);
		this.#contents.note(slot, rotate, signer);
	}

	/** Takes in new keys of owners, in any order; what does not fit is passed over. A pause before each check of a signature. */
	*take(rotates: Iterable<Block>): Steps<void> {
		for (const rotate of [...rotates].sort((a, b) => a.turn - b.turn)) yield* this.#take(rotate);
	}

	isOwner(id: Uint8Array): boolean {
		return this.#owners.some(owner => equalBytes(owner.id, id));
	}

	/** The keys of an owner; undefined for who is none. */
	chainOf(id: Uint8Array): KeyChain | undefined {
		const first = this.#owners.find(owner => equalBytes(owner.id, id));
		if (first === undefined) return undefined;
		return new KeyChain({
			index: this.#index,
			contents: this.#contents,
			author: id,
			first,
			most: ownerRotatesLimit
		});
	}

	*#take(rotate: Block): Steps<void> {
		const { body, hash, author } = rotate;
		if (body.kind !== Kind.rotate || this.#index.find(hash) >= 0) return;
		const chain = this.chainOf(author);
		if (chain === undefined || this.#faults === faultsLimit) return;
		const signer = yield* chain.verify(rotate);
		if (signer === undefined || !(yield* rotate.verifySecond())) this.#faults += 1;
		else this.know(rotate, signer);
	}
}
