import { compareBytes } from "../../modules/bytes/bytes.js";
import {
	adminAction,
	type Block,
	type BlockStorage,
	type Body,
	Chain,
	founderAction,
	Kind,
	rotateProof,
	signGenesis
} from "../../modules/chain/chain.js";
import { sha256, signEs256 } from "../../modules/crypto/crypto.js";
import { equal, hex } from "./assert.js";
import { addBody, MemoryStorage, type TestNode, testNode } from "./blocks.js";
import { standing } from "./standing.js";

/** The person who acts, and the paper with the recovery key. */
export const paper = testNode("recovery key");

/** A home's chain as it is told in a story: who does what, on which copy of it. Names are those of the nodes. */
export class Story {
	readonly genesis: Block;
	readonly home: Uint8Array;
	readonly #nodes = new Map<string, TestNode>();
	readonly #storages = new Map<Chain, MemoryStorage>();
	readonly #time: number | null = null;

	constructor() {
		const founder = this.node("lamp");
		this.genesis = signGenesis({
			message: sha256(new Uint8Array(1)),
			author: founder.id,
			privateKey: founder.privateKey,
			time: null,
			body: {
				kind: Kind.genesis,
				name: "lamp",
				type: 0,
				key: founder.key,
				suite: 1,
				rounds: 1000,
				recovery: paper.key
			}
		});
		this.home = this.genesis.hash.slice(0, 8);
	}

	node(name: string): TestNode {
		const node = this.#nodes.get(name) ?? (name === "paper" ? paper : testNode(name));
		this.#nodes.set(name, node);
		return node;
	}

	/** A copy of the chain that has nothing but genesis. */
	chain(storage: BlockStorage = new MemoryStorage()): Chain {
		const chain = new Chain({ storage, home: this.home });
		if (storage instanceof MemoryStorage) this.#storages.set(chain, storage);
		chain.add(this.genesis.cose);
		return chain;
	}

	/** A copy with these members, each admitted by the founder. */
	withMembers(...names: string[]): Chain {
		const chain = this.chain();
		for (const name of names) this.add(chain, "lamp", name);
		return chain;
	}

	/** Another copy with the same blocks. */
	copy(chain: Chain): Chain {
		const copy = this.chain();
		this.merge(copy, chain);
		return copy;
	}

	/** Gives `to` what `from` has, as two peers do when they meet. */
	merge(to: Chain, from: Chain): void {
		if (from.checkpoint > to.checkpoint && from.bundle !== undefined) to.adopt(from.bundle);
		for (let number = 0; number < from.length; number += 1) {
			if (from.isLive(number)) to.add(from.blockAt(number).cose);
		}
	}

	/** Both ways, and sees that they come to the same. */
	meet(a: Chain, b: Chain): void {
		this.merge(a, b);
		this.merge(b, a);
		equal(hex(a.digest), hex(b.digest), "digests after meeting");
		equal(this.members(a), this.members(b), "members after meeting");
	}

	/** Issues a block by `author`. */
	issue(chain: Chain, author: string, body: Body): Block {
		const { id, privateKey } = this.node(author);
		return chain.issue({ author: id, privateKey, time: this.#time, body });
	}

	add(chain: Chain, author: string, name: string): Block {
		return this.issue(chain, author, addBody(this.node(name), name));
	}

	remove(chain: Chain, author: string, ...names: string[]): Block {
		const ids = names.map(name => this.node(name).id).sort(compareBytes);
		return this.issue(chain, author, { kind: Kind.remove, ids });
	}

	admin(chain: Chain, author: string, name: string, granted = true): Block {
		return this.grant(chain, author, name, adminAction, null, granted);
	}

	/** With the paper key. The add shows the key of the new founder, also when a checkpoint covers the first one. */
	founder(chain: Chain, name: string, granted = true): Block {
		if (granted) this.add(chain, name, name);
		return this.grant(chain, "paper", name, founderAction, null, granted);
	}

	grant(
		chain: Chain,
		author: string,
		name: string,
		action: number,
		device: string | null,
		granted = true
	): Block {
		const { id } = this.node(name);
		const on = device === null ? null : this.node(device).id;
		return this.issue(chain, author, { kind: Kind.grant, id, action, device: on, granted });
	}

	/** The rotate of a node to a key called `key`; the node signs with it from then on, where `keeps` does not say no. */
	rotate(chain: Chain, name: string, key: string, keeps = true): Block {
		const { id } = this.node(name);
		const next = testNode(key);
		const sequence = chain.nextSequence(id);
		const proof = signEs256(next.privateKey, rotateProof({ home: this.home, id, sequence, key: next.key }));
		const block = this.issue(chain, name, { kind: Kind.rotate, key: next.key, proof });
		if (keeps) this.#nodes.set(name, { ...next, id });
		return block;
	}

	/** From now on `name` signs with the key called `key`. */
	signsWith(name: string, key: string): void {
		this.#nodes.set(name, { ...testNode(key), id: this.node(name).id });
	}

	checkpoint(chain: Chain, author = "lamp"): Block {
		const { id, privateKey } = this.node(author);
		return chain.issueCheckpoint({ author: id, privateKey, time: this.#time });
	}

	/** The names in alphabetical order; and sees that a start would come to the same. */
	members(chain: Chain): string[] {
		const storage = this.#storages.get(chain);
		if (storage !== undefined) {
			const again = new Chain({ storage: storage.copy(), home: this.home });
			again.load();
			equal(standing(again), standing(chain), "after another start");
			equal(hex(again.digest), hex(chain.digest), "the digest after another start");
		}
		return chain.members.all.map(member => chain.members.label(member)).sort();
	}

	counts(chain: Chain, block: Block): boolean {
		const number = chain.find(block.hash);
		return number >= 0 && chain.countsAt(number);
	}

	may(chain: Chain, name: string, action: number, device: string): boolean {
		const member = chain.members.get(this.node(name).id);
		return member !== undefined && chain.members.may(member, action, this.node(device).id);
	}
}
