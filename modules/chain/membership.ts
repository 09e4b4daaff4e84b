import type { Block } from "./block.js";
import { Kind } from "./body.js";
import { type IdText, idText, nodeIdOf } from "./node-id.js";

/** Most members of a home. */
export const membersLimit = 64;

/** A node whose block is on the chain. */
export interface Member {
	readonly id: Uint8Array;
	readonly idText: IdText;
	readonly name: string;
	/** The device type's number. */
	readonly type: number;
	/** Current public key, compressed: 33 bytes. */
	readonly key: Uint8Array;
	readonly isFounder: boolean;
}

/**
 * Who is in the home, by the blocks in their order. Every rule is one function with its sentence above it.
 */
export class Membership {
	readonly #members = new Map<IdText, Member>();

	constructor(blocksInOrder: Iterable<Block>) {
		for (const block of blocksInOrder) {
			if (block.body.kind === Kind.genesis) this.#found(block);
			else if (block.body.kind === Kind.add) this.#add(block);
		}
	}

	/** All members, the founder first, then in the order of their blocks. */
	get all(): readonly Member[] {
		return [...this.#members.values()];
	}

	get size(): number {
		return this.#members.size;
	}

	get(id: Uint8Array | IdText): Member | undefined {
		return this.#members.get(typeof id === "string" ? id : idText(id));
	}

	/** Members of that name: several after two sponsors admitted the same name apart from each other. */
	named(name: string): readonly Member[] {
		return this.all.filter(member => member.name === name);
	}

	/** The name to show and to ask for: NAME~ID where two members share a name. */
	label(member: Member): string {
		return this.named(member.name).length > 1 ? `${member.name}~${member.idText}` : member.name;
	}

	/** The founder is the first member. */
	#found(block: Block): void {
		if (block.body.kind !== Kind.genesis) return;
		this.#admit(block.body.key, block.body.name, block.body.type, true);
	}

	/** An add counts when its author is a member before it; of several adds of one id the first in order names it. */
	#add(block: Block): void {
		if (block.body.kind !== Kind.add) return;
		if (!this.#members.has(idText(block.author))) return;
		this.#admit(block.body.key, block.body.name, block.body.type, false);
	}

	#admit(key: Uint8Array, name: string, type: number, isFounder: boolean): void {
		const id = nodeIdOf(key);
		const text = idText(id);
		if (this.#members.has(text)) return;
		this.#members.set(text, { id, idText: text, name, type, key, isFounder });
	}
}
