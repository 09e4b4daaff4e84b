import type { Bundle } from "./bases.js";
import { judge } from "./judge.js";
import { Node } from "./node.js";
import type { Rules } from "./rules.js";
import { tableOf } from "./table.js";
import { type Base, type Block, type Hash, type Id, isOf, type Right, type Row } from "./words.js";

/** A row as a founder's table would have it. */
export const row = (id: Id, rank: Row["rank"], sponsor?: Id, types: readonly number[] = [1]): Row => ({
	id,
	key: `${id}/0`,
	turn: 0,
	frozen: false,
	rank,
	sponsor,
	name: id.toLowerCase(),
	types,
	guards: 0
});

/** Opens an era: by the paper, whatever was before. */
export function opening(options: {
	hash: Hash;
	era: number;
	rows: readonly Row[];
	removed?: readonly Id[];
	grants?: readonly Right[];
}): Base {
	const { hash, era, rows, removed = [], grants = [] } = options;
	const table = {
		rows,
		removed,
		covered: new Map<Id, number>(),
		last: new Map<Id, number>(),
		grants,
		demands: [],
		password: 1
	};
	return { hash, era, opening: hash, number: 0, signer: "paper", key: "paper", table };
}

/** All nodes of one home, and all that was ever said in it. */
export class Home {
	readonly rules: Rules;
	readonly genesis: Base;
	readonly nodes = new Map<Id, Node>();
	/** Every block and base that anyone made. */
	readonly blocks: Block[] = [];
	readonly bases: Bundle[] = [];
	/** Every honest block with what its author's node knew when it made it. */
	readonly acts = new Map<Hash, { readonly block: Block; readonly knew: ReadonlySet<Hash> }>();
	/** The newest key that each took, though its node may have lost it. */
	readonly newestKeys = new Map<Id, string>();
	/** What the maker of each honest base knew. */
	readonly #behind = new Map<Hash, ReadonlySet<Hash>>();
	readonly #knows = new Map<Id, Set<Hash>>();
	readonly hash: () => Hash;
	readonly #lost = new Set<Hash>();

	constructor(options: { rules: Rules; genesis: Base; honest: readonly Id[]; hash: () => Hash }) {
		this.rules = options.rules;
		this.genesis = options.genesis;
		this.hash = options.hash;
		const bundle = { base: options.genesis, opening: options.genesis, rotates: [] };
		this.bases.push(bundle);
		for (const id of options.honest) this.join(id, bundle);
	}

	join(id: Id, bundle: Bundle): Node {
		this.#knows.set(id, new Set());
		const node = new Node({
			id,
			key: `${id}/0`,
			bundle,
			rules: this.rules,
			hash: this.hash,
			onBlock: block => {
				this.blocks.push(block);
				const known = this.#knows.get(id) ?? new Set();
				if (block.key !== (this.newestKeys.get(id) ?? block.key)) this.#lost.add(block.hash);
				if (isOf(block, "rotate")) this.newestKeys.set(id, block.body.to);
				this.acts.set(block.hash, { block, knew: new Set(known) });
				known.add(block.hash);
			},
			onBase: base => {
				this.bases.push({ ...node.bundle, base });
				this.#behind.set(base.hash, new Set(this.#knows.get(id)));
			}
		});
		this.nodes.set(id, node);
		return node;
	}

	node(id: Id): Node {
		const node = this.nodes.get(id);
		if (node === undefined) throw new RangeError(`no honest node ${id}`);
		return node;
	}

	hear(id: Id, blocks: Iterable<Block>): void {
		const node = this.node(id);
		node.hear(blocks);
		this.#learn(node);
	}

	take(id: Id, bundle: Bundle): boolean {
		const node = this.node(id);
		const taken = node.take(bundle);
		if (taken) this.#learn(node);
		return taken;
	}

	/** A backup of a node, and what it knew by then. */
	backup(id: Id): () => void {
		const node = this.node(id);
		const backup = node.backup();
		const known = new Set(this.#knows.get(id));
		return () => {
			if (backup.bundle.opening.hash !== node.opening.hash) return;
			node.restore(backup);
			this.#knows.set(id, new Set(known));
		};
	}

	/** Whether its author had a newer key when it signed, which its node had lost. */
	isUnderLostKey({ hash }: Block): boolean {
		return this.#lost.has(hash);
	}

	/** Whether some node has it still, or had it when it made a base: what only a lost node knew was never said. */
	isKnown(hash: Hash): boolean {
		return [...this.#knows.values()].some(known => known.has(hash));
	}

	#learn(node: Node): void {
		const known = this.#knows.get(node.id);
		if (known === undefined) return;
		for (const block of node.judgement.kept) known.add(block.hash);
		for (const hash of this.#behind.get(node.base.hash) ?? []) known.add(hash);
	}

	meet(one: Id, other: Id): void {
		const [a, b] = [this.node(one), this.node(other)];
		const [bundleA, bundleB] = [a.bundle, b.bundle];
		this.take(one, bundleB);
		this.take(other, bundleA);
		const [fromA, fromB] = [a.offerTo(other), b.offerTo(one)];
		this.#hearLogs(one, fromB);
		this.#hearLogs(other, fromA);
	}

	/** Logs go author by author. */
	#hearLogs(id: Id, blocks: readonly Block[]): void {
		for (const author of new Set(blocks.map(block => block.author)))
			this.hear(
				id,
				blocks.filter(block => block.author === author)
			);
	}

	/** All meet until nothing changes any more; tells after how many rounds, or undefined if they never come to rest. */
	rest(most = 30): number | undefined {
		const ids = [...this.nodes.keys()];
		for (let round = 0; round < most; round++) {
			const before = this.#state();
			for (const [at, one] of ids.entries()) {
				for (const other of ids.slice(at + 1)) this.meet(one, other);
				this.node(one).cover();
				this.#learn(this.node(one));
			}
			if (this.#state() === before) return round;
		}
		return undefined;
	}

	#state(): string {
		return [...this.nodes.values()]
			.map(({ base, offer }) => `${base.hash}:${offer.map(({ hash }) => hash).sort((a, b) => a - b)}`)
			.join(";");
	}

	/** An honest checkpoint's table by who has all blocks of this list. */
	tableOver(base: Base, blocks: readonly Block[]): Base["table"] {
		const judgement = judge(base, this.genesis, blocks, this.rules);
		return tableOf({ base, opening: this.genesis, judgement, rules: this.rules });
	}
}
