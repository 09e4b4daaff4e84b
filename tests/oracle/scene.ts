import { Home, opening, row } from "./home.js";
import type { Judgement } from "./judgement.js";
import type { Node } from "./node.js";
import type { Rules } from "./rules.js";
import type { Base, Block, Body, Hash, Id, Right, Row, Statement, Table } from "./words.js";

/** A story broke: what should have come out. */
export class StoryError extends Error {}

export function check(holds: boolean, sentence: string): void {
	if (!holds) throw new StoryError(sentence);
}

/** Who sees to C at the lock L, and D. */
export const unlockC: Right = { who: "C", node: "L", device: 0 };
export const unlockD: Right = { who: "D", node: "L", device: 0 };

export const household: readonly Row[] = [
	row("F", "owner"),
	row("K", "owner"),
	row("Z", "owner"),
	row("C", "member"),
	row("D", "member"),
	{ ...row("L", "member", undefined, [3]), guards: 1 },
	row("M", "member"),
	row("P", "provisional", "C"),
	row("Q", "provisional", "M")
];

/** The rows that every table of an era has: without them none is taken. */
export const ownersRows: readonly Row[] = household.filter(({ rank }) => rank === "owner");

/** A home in which a story is told step by step: F, K, C, D, L and P are honest, Z (an owner), M and Q may be bad. */
export class Scene {
	/** Who wants to see each scene that is set: a comparison takes what was made in it. */
	static onSet: ((scene: Scene) => void) | undefined;
	readonly home: Home;
	readonly rules: Rules;
	#high = 1000;
	#low = 999;

	constructor(
		rules: Rules,
		options: { rows?: readonly Row[]; honest?: readonly Id[]; grants?: readonly Right[] } = {}
	) {
		const { rows = household, honest = ["F", "K", "C", "D", "L", "P"], grants = [unlockC] } = options;
		this.rules = rules;
		const genesis = opening({ hash: this.#high++, era: 0, rows, grants });
		this.home = new Home({ rules, genesis, honest, hash: () => this.#high++ });
		Scene.onSet?.(this);
	}

	/** A hash lower than all before. */
	low(): Hash {
		return this.#low--;
	}

	node(id: Id): Node {
		return this.home.node(id);
	}

	see(id: Id): Judgement {
		return this.node(id).judgement;
	}

	isMember(by: Id, id: Id): boolean {
		return this.see(by).members.has(id);
	}

	rank(by: Id, id: Id): string | undefined {
		return this.see(by).members.get(id)?.rank;
	}

	may(by: Id, right: Right): boolean {
		return this.see(by).grants.some(({ who, node }) => who === right.who && node === right.node);
	}

	meet(...ids: Id[]): void {
		for (const one of ids) for (const other of ids) if (one < other) this.home.meet(one, other);
		for (const one of ids) for (const other of ids) if (one < other) this.home.meet(one, other);
	}

	/** All come to rest, owners' nodes doing what they do by themselves. */
	rest(): void {
		check(this.home.rest() !== undefined, "all come to rest");
		const [first, ...others] = [...this.home.nodes.values()];
		for (const node of others) {
			check(node.base === first?.base, `${node.id} is under the base that rules`);
			const same = [...node.judgement.kept].every(block => first?.judgement.kept.has(block));
			check(
				same && node.judgement.kept.size === first?.judgement.kept.size,
				`${node.id} keeps what all keep`
			);
		}
	}

	/** A block that no honest node made. */
	bad(author: Id, body: Body, more: Partial<Block> = {}): Block {
		const { genesis } = this.home;
		const block: Block = {
			hash: this.#high++,
			opening: genesis.hash,
			number: 0,
			base: genesis.hash,
			author,
			key: `${author}/0`,
			sequence: 0,
			previous: undefined,
			body,
			...more
		};
		this.home.blocks.push(block);
		return block;
	}

	/** The next block of a log. */
	after(before: Block, body: Body, more: Partial<Block> = {}): Block {
		const { base, number, key, author } = before;
		return this.bad(author, body, {
			base,
			number,
			key,
			sequence: before.sequence + 1,
			previous: before.hash,
			...more
		});
	}

	/** A checkpoint that no honest node made. */
	forged(signer: Id, on: Base, table: Partial<Table>, more: Partial<Base> = {}): Base {
		const base: Base = {
			hash: this.#high++,
			era: on.era,
			opening: on.opening,
			number: on.number + 1,
			signer,
			key: `${signer}/0`,
			table: { ...on.table, ...table },
			...more
		};
		this.home.bases.push({ base, opening: this.home.genesis, rotates: [] });
		return base;
	}

	take(id: Id, base: Base, rotates: readonly Block[] = []): boolean {
		const opened = base.number === 0 ? base : this.home.genesis;
		return this.home.take(id, { base, opening: opened, rotates });
	}

	/** The statement of a joiner to a sponsor. */
	statement(sponsor: Id, id: Id, more: Partial<Statement> = {}): Statement {
		const { hash, number } = this.home.genesis;
		const key = `${id}/0`;
		return {
			id,
			key,
			name: id.toLowerCase(),
			types: [1],
			sponsor,
			opening: hash,
			number,
			signed: true,
			...more
		};
	}

	add(sponsor: Id, id: Id, more: Partial<Statement> = {}): Extract<Body, { kind: "add" }> {
		return { kind: "add", statement: this.statement(sponsor, id, more) };
	}

	/** An honest node says what it must be able to say. */
	say(id: Id, wish: Parameters<Node["wish"]>[0]): Block {
		const block = this.node(id).wish(wish);
		if (block === undefined) throw new StoryError(`${id} can say ${wish.kind}`);
		return block;
	}
}
