import { type Block, isKeyProven } from "./block.js";
import { founderAction, type GenesisBody, Kind, type RotateBody } from "./body.js";
import type { Member } from "./membership.js";
import { type IdText, idText, nodeIdOf } from "./node-id.js";

/**
 * Who the founders are and under which keys, followed from the genesis block over the blocks that come with a
 * checkpoint: so a node that has nothing else can judge it.
 */
export class Founders {
	readonly #keys = new Map<IdText, Uint8Array>();
	/** Keys that adds name. A key shows by its hash whose it is, whoever signed the block. */
	readonly #added = new Map<IdText, Uint8Array>();
	#genesis: GenesisBody | undefined;

	/** What is known here already. */
	constructor({ genesis, members }: { genesis: GenesisBody | undefined; members: readonly Member[] }) {
		this.#genesis = genesis;
		for (const { isFounder, isFrozen, idText, key } of members) {
			if (isFounder && !isFrozen) this.#keys.set(idText, key);
		}
	}

	/** The key of a founder, or of the recovery key's id. */
	keyOf(id: Uint8Array): Uint8Array | undefined {
		return this.#keys.get(idText(id)) ?? this.#recoveryKey(id);
	}

	isFounder(id: Uint8Array): boolean {
		return this.#keys.has(idText(id));
	}

	/** Takes in one of the blocks, in the order of `orderOfAnchor`; what is not signed as it should be says nothing. */
	follow(block: Block): void {
		const { body, author } = block;
		if (body.kind === Kind.genesis) {
			if (!block.isSignedBy(body.key)) return;
			this.#genesis = body;
			this.#keys.set(idText(author), body.key);
		} else if (body.kind === Kind.add) {
			this.#added.set(idText(nodeIdOf(body.key)), body.key);
		} else if (body.kind === Kind.rotate) {
			this.#rotate(block, body);
		} else {
			const key = this.#recoveryKey(author);
			if (key !== undefined && block.isSignedBy(key)) this.#obey(body);
		}
	}

	#rotate(block: Block, body: RotateBody): void {
		const text = idText(block.author);
		const before = this.#keys.get(text);
		if (before !== undefined && block.isSignedBy(before) && isKeyProven(block, body)) {
			this.#keys.set(text, body.key);
		}
	}

	/** What the recovery key says of founders. */
	#obey(body: Block["body"]): void {
		if (body.kind === Kind.remove) {
			for (const id of body.ids) this.#keys.delete(idText(id));
		} else if (body.kind === Kind.grant && body.action === founderAction) {
			const text = idText(body.id);
			const key = this.#added.get(text);
			if (!body.granted) this.#keys.delete(text);
			else if (key !== undefined && !this.#keys.has(text)) this.#keys.set(text, key);
		}
	}

	#recoveryKey(id: Uint8Array): Uint8Array | undefined {
		const recovery = this.#genesis?.recovery ?? undefined;
		return recovery !== undefined && idText(nodeIdOf(recovery)) === idText(id) ? recovery : undefined;
	}
}

/** Where a block stands among those that come with a checkpoint: genesis, adds, the recovery key's, new keys. */
export function orderOfAnchor({ body }: Block): number {
	switch (body.kind) {
		case Kind.genesis:
			return 0;
		case Kind.add:
			return 1;
		case Kind.rotate:
			return 3;
		default:
			return 2;
	}
}
