import { equalBytes } from "../bytes/bytes.js";
import { type Block, isKeyProven } from "./block.js";
import { BlockIndex } from "./block-index.js";
import { Kind, type OwnerKey } from "./body.js";
import { Contents } from "./contents.js";
import { KeyChain, ownerRotatesLimit } from "./key-chain.js";

/** Most rotates that are passed over, before the others are left alone: each may cost a signature, all in one turn of the loop. */
const faultsLimit = 2;

/** The owners of an era and the keys that they took since it was opened, as far as blocks show them that come from elsewhere. */
export class EraKeys {
	readonly #owners: readonly OwnerKey[];
	readonly #index = new BlockIndex();
	readonly #contents = new Contents();
	readonly #rotates: Block[] = [];
	#faults = 0;

	/** `owners`: as the era's opening, or the genesis block, has them. `rotates`: in any order; what does not fit is passed over. */
	constructor(owners: readonly OwnerKey[], rotates: Iterable<Block>) {
		this.#owners = owners;
		for (const rotate of [...rotates].sort((a, b) => a.turn - b.turn)) this.#add(rotate);
	}

	isOwner(id: Uint8Array): boolean {
		return this.#owners.some(owner => equalBytes(owner.id, id));
	}

	/** The rotates that show the owners' keys. */
	get rotates(): readonly Block[] {
		return this.#rotates;
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

	#add(rotate: Block): void {
		const { body, hash, author } = rotate;
		if (body.kind !== Kind.rotate || this.#index.find(hash) >= 0) return;
		const chain = this.chainOf(author);
		if (chain === undefined || this.#faults === faultsLimit) return;
		const signer = chain.signerOf(rotate);
		if (signer === undefined || !isKeyProven(rotate, body)) {
			this.#faults += 1;
			return;
		}
		const slot = this.#rotates.length;
		this.#index.insert(rotate, slot);
		this.#contents.note(slot, rotate, signer);
		this.#rotates.push(rotate);
	}
}
