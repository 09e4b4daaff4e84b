import { compareBytes } from "../../modules/bytes/bytes.js";
import {
	type Block,
	BlockError,
	type BlockStorage,
	type Body,
	Chain,
	Kind,
	type Rank,
	rotateProof,
	signBlock,
	signGenesis
} from "../../modules/chain/chain.js";
import { sha256, signEs256 } from "../../modules/crypto/crypto.js";
import { equal, hex, ok } from "./assert.js";
import { addBody, MemoryStorage, type TestNode, testNode } from "./blocks.js";

/** The paper with the recovery key. */
export const paper = testNode("recovery key");

/** A home's chain as it is told in a story: who does what, on which copy of it. Names are those of the nodes. */
export class Story {
	readonly genesis: Block;
	readonly home: Uint8Array;
	readonly #nodes = new Map<string, TestNode>();
	readonly #storages = new Map<Chain, MemoryStorage>();
	readonly #selves = new Map<Chain, Uint8Array>();

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
				types: Uint8Array.of(0),
				key: founder.key,
				suite: 1,
				rounds: 1000,
				recovery: paper.key
			}
		});
		this.home = this.genesis.hash.slice(0, 8);
	}

	node(name: string): TestNode {
		const node = this.#nodes.get(name) ?? testNode(name);
		this.#nodes.set(name, node);
		return node;
	}

	/** A copy of the chain that has nothing but genesis. `self`: whose node it is on. */
	chain(storage: BlockStorage = new MemoryStorage(), self?: string): Chain {
		const own = self === undefined ? {} : { self: this.node(self).id };
		const chain = new Chain({ storage, home: this.home, ...own });
		if (storage instanceof MemoryStorage) this.#storages.set(chain, storage);
		if (self !== undefined) this.#selves.set(chain, this.node(self).id);
		chain.add(this.genesis.cose);
		return chain;
	}

	/** A copy with these members, each admitted by the founder. */
	withMembers(...names: string[]): Chain {
		const chain = this.chain();
		for (const name of names) this.add(chain, "lamp", name);
		return chain;
	}

	/** A home with these owners beside the lamp, by the recovery key, and these members. */
	withOwners(owners: readonly string[], members: readonly string[] = []): Chain {
		const chain = this.withMembers(...owners, ...members);
		this.recover(chain, ["lamp", ...owners], members);
		return chain;
	}

	/** Another copy with the same blocks. */
	copy(chain: Chain, self?: string): Chain {
		const copy = this.chain(new MemoryStorage(), self);
		this.merge(copy, chain);
		return copy;
	}

	/** Gives `to` what `from` has, as two peers do when they meet: returns how many blocks were refused. */
	merge(to: Chain, from: Chain): number {
		if (from.bundle !== undefined) to.adopt(from.bundle);
		let refused = 0;
		for (let number = 0; number < from.length; number += 1) {
			if (!from.isLive(number)) continue;
			try {
				to.add(from.blockAt(number).cose);
			} catch (error) {
				if (!(error instanceof BlockError)) throw error;
				refused += 1;
			}
		}
		return refused;
	}

	/** Both ways, and sees that they come to the same. */
	meet(a: Chain, b: Chain): void {
		for (let round = 0; round < 3 && hex(a.digest) !== hex(b.digest); round += 1) {
			this.merge(a, b);
			this.merge(b, a);
		}
		equal(hex(a.digest), hex(b.digest), "digests after meeting");
		equal(this.members(a), this.members(b), "members after meeting");
	}

	/** Issues a block by `author`. */
	issue(chain: Chain, author: string, body: Body): Block {
		const { id, privateKey } = this.node(author);
		return chain.issue({ author: id, privateKey, time: null, body });
	}

	/** A block by `author` with whatever it says, which no honest node would issue. */
	forge(
		author: string,
		fields: Partial<Parameters<typeof signBlock>[0]> & { body: Body; sequence: number }
	): Block {
		const { id, privateKey } = this.node(author);
		const { genesis } = this;
		const era = genesis.hash.slice(0, 16);
		const plain = { era, previous: genesis.hash.slice(0, 16), author: id, turn: 0, time: null };
		return signBlock({ ...plain, ...fields }, privateKey);
	}

	/** The add of a node by `author`. */
	addBody(
		chain: Chain,
		author: string,
		name: string,
		said: { name?: string; types?: Uint8Array } = {}
	): Body {
		const { era, checkpoint: number } = chain;
		const sponsor = this.node(author).id;
		return addBody(era, this.node(name), said.name ?? name, { number, sponsor, ...said });
	}

	add(chain: Chain, author: string, name: string): Block {
		return this.issue(chain, author, this.addBody(chain, author, name));
	}

	/** An owner confirms whom an add brought that has no row yet: by an add with the same statement. */
	confirmNew(chain: Chain, owner: string, { author, body }: Block): Block {
		ok(body.kind === Kind.add);
		return this.issue(chain, owner, { ...body, sponsor: body.sponsor ?? author });
	}

	/** What an owner takes has the next number. */
	#taking(chain: Chain, author: string): number {
		return chain.nextTaking(this.node(author).id);
	}

	remove(chain: Chain, author: string, ...names: string[]): Block {
		return this.issue(chain, author, this.removeBody(this.#taking(chain, author), ...names));
	}

	removeBody(taking: number, ...names: string[]): Body {
		const ids = names.map(name => this.node(name).id).sort(compareBytes);
		return { kind: Kind.remove, taking, ids };
	}

	confirm(chain: Chain, author: string, name: string, guards = 255): Block {
		return this.issue(chain, author, { kind: Kind.confirm, id: this.node(name).id, guards });
	}

	describe(chain: Chain, name: string, said: { name: string; types: Uint8Array }): Block {
		return this.issue(chain, name, { kind: Kind.describe, ...said });
	}

	grantBody(name: string, action: number, node: string | null): Body {
		const on = node === null ? null : this.node(node).id;
		const { id } = this.node(name);
		return { kind: Kind.grant, id, action, node: on, device: null, limits: null, counted: null };
	}

	grant(chain: Chain, author: string, name: string, action: number, node: string | null): Block {
		return this.issue(chain, author, this.grantBody(name, action, node));
	}

	withdraw(chain: Chain, author: string, name: string, action: number, node: string | null): Block {
		const taking = this.#taking(chain, author);
		const on = node === null ? null : this.node(node).id;
		const { id } = this.node(name);
		return this.issue(chain, author, { kind: Kind.withdraw, taking, id, action, node: on, device: null });
	}

	demand(
		chain: Chain,
		author: string,
		name: string,
		said: { asksTwo: boolean; autoLock: number | null }
	): Block {
		const taking = this.#taking(chain, author);
		return this.issue(chain, author, {
			kind: Kind.demand,
			taking,
			node: this.node(name).id,
			device: 0,
			...said
		});
	}

	waive(chain: Chain, author: string, name: string): Block {
		return this.issue(chain, author, {
			kind: Kind.waive,
			node: this.node(name).id,
			device: 0,
			asksTwo: true,
			autoLock: true
		});
	}

	/** The rotate of a node to a key called `key`; the node signs with it from then on, where `keeps` does not say no. */
	rotate(chain: Chain, name: string, key: string, keeps = true): Block {
		const block = this.issue(chain, name, this.rotateBody(chain, name, key));
		if (keeps) this.signsWith(name, key);
		return block;
	}

	rotateBody(chain: Chain, name: string, key: string): Body {
		const { id: author } = this.node(name);
		const next = testNode(key);
		const { base, number, lastTaking, turn } = chain.endOf(author);
		const proof = signEs256(next.privateKey, rotateProof({ era: chain.era, author, turn, key: next.key }));
		return { kind: Kind.rotate, key: next.key, proof, base, number, lastTaking };
	}

	/** From now on `name` signs with the key called `key`. */
	signsWith(name: string, key: string): void {
		this.#nodes.set(name, { ...testNode(key), id: this.node(name).id });
	}

	/** `passwordVersion`: that of a new password, where there is one. */
	checkpoint(chain: Chain, author = "lamp", passwordVersion?: number): Block {
		const { id, privateKey } = this.node(author);
		const said = passwordVersion === undefined ? {} : { passwordVersion };
		return chain.issueCheckpoint({ author: id, privateKey, time: null }, said);
	}

	/** With the recovery key: a new era with these owners and members; everybody else is out. */
	recover(chain: Chain, owners: readonly string[], members: readonly string[] = []): Block {
		const idsOf = (names: readonly string[]) => names.map(name => this.node(name).id);
		const succession = { owners: idsOf(owners), members: idsOf(members) };
		return chain.issueOpening(succession, { privateKey: paper.privateKey, time: null });
	}

	/** The names in alphabetical order; and sees that a start would come to the same. */
	members(chain: Chain): string[] {
		const storage = this.#storages.get(chain);
		if (storage !== undefined) {
			const self = this.#selves.get(chain);
			const again = new Chain({ storage: storage.copy(), home: this.home, ...(self && { self }) });
			again.load();
			equal(this.standing(again), this.standing(chain), "after another start");
			equal(hex(again.digest), hex(chain.digest), "the digest after another start");
		}
		return chain.members.all.map(member => chain.members.label(member)).sort();
	}

	/** All that a chain comes to. */
	standing(chain: Chain): unknown {
		const { members } = chain;
		return {
			members: members.all.map(member => ({
				id: member.idText,
				name: member.name,
				types: hex(member.types),
				key: hex(member.key),
				rank: member.rank,
				isFrozen: member.isFrozen,
				turn: member.turn,
				guards: member.guards,
				sponsor: member.sponsor === null ? null : hex(member.sponsor),
				grants: member.grants
			})),
			policies: members.policies,
			evidence: chain.evidence
		};
	}

	rank(chain: Chain, name: string): Rank | undefined {
		return chain.members.get(this.node(name).id)?.rank;
	}

	may(chain: Chain, name: string, action: number, node: string): boolean {
		const member = chain.members.get(this.node(name).id);
		return member !== undefined && chain.members.may(member, action, this.node(node).id);
	}

	/** Why a chain refuses a block; undefined where it takes it. */
	refusal(chain: Chain, block: Block): string | undefined {
		try {
			chain.add(block.cose);
			return undefined;
		} catch (error) {
			if (!(error instanceof BlockError)) throw error;
			return error.reason;
		}
	}
}
