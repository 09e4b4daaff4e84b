import {
	adminAction,
	type Block,
	BlockError,
	type Body,
	Chain,
	compareInOrder,
	founderAction,
	Kind,
	kindNumber,
	rotateProof,
	signBlock,
	signGenesis
} from "../../modules/chain/chain.js";
import { sha256, signEs256 } from "../../modules/crypto/crypto.js";
import { hex } from "./assert.js";
import { MemoryStorage, type TestNode, testNode } from "./blocks.js";

/**
 * One thing that somebody does, in numbers from 0 that any generator can choose: each is taken modulo what there is to
 * choose from, so that every list of acts is a home's history.
 */
export interface Act {
	/** Who: 0 the founder, 1 to 6 others, 7 the recovery key. */
	readonly author: number;
	/** What: see `bodyOf`. */
	readonly deed: number;
	/** To whom: 0 to 6. */
	readonly target: number;
	/** How much of the home's history the author has seen, or says that it has. */
	readonly seen: number;
	/** Another block that it rests on. */
	readonly beside: number;
}

/** What acts come to, in the order in which they were done. */
export interface Graph {
	/** Genesis first; each after what it rests on. */
	readonly blocks: readonly Block[];
	/** For each block, the indices of those that it rests on. */
	readonly ancestors: readonly ReadonlySet<number>[];
	/** Indices of the blocks by authors who stuck to the protocol. */
	readonly honest: ReadonlySet<number>;
}

/** How the people of a history behave. */
export interface Manners {
	/** Who keeps to the protocol: sees what it saw before, and never signs two blocks with one sequence. */
	readonly isHonest: (author: number) => boolean;
	/** What an honest author does instead of a deed; undefined for nothing at all. Without it, the deed. */
	readonly insteadOf?: (act: Act, author: number, target: number) => number | undefined;
	/** For which acts the author, honest or not, has seen everything that there is. Without it, as the acts say. */
	readonly seesAll?: (act: Act) => boolean;
}

export const peopleCount = 7;
export const recoveryNumber = 7;

/** Keys of the people of all histories, and blocks that were signed before: signing is slow where nothing is compiled. */
export class Scribe {
	readonly people: readonly TestNode[] = Array.from({ length: peopleCount + 1 }, (_, number) =>
		testNode(`person ${number}`)
	);
	readonly #keys = new Map<string, TestNode>();
	readonly #blocks = new Map<string, Block>();
	#genesis: Block | undefined;

	get genesis(): Block {
		const founder = this.person(0);
		this.#genesis ??= signGenesis({
			message: sha256(new Uint8Array(0)),
			author: founder.id,
			privateKey: founder.privateKey,
			time: null,
			body: {
				kind: Kind.genesis,
				name: "person 0",
				type: 0,
				key: founder.key,
				suite: 1,
				rounds: 1000,
				recovery: this.person(recoveryNumber).key
			}
		});
		return this.#genesis;
	}

	person(number: number): TestNode {
		const person = this.people[number];
		if (person === undefined) throw new RangeError(`nobody has number ${number}`);
		return person;
	}

	/** A later key of somebody. */
	key(name: string): TestNode {
		const known = this.#keys.get(name) ?? testNode(name);
		this.#keys.set(name, known);
		return known;
	}

	sign(fields: Parameters<typeof signBlock>[0], privateKey: Uint8Array): Block {
		const { parents, author, sequence, body } = fields;
		const said = body.kind === Kind.rotate ? hex(body.key) : JSON.stringify(body, written);
		const name = [...parents.map(hex), hex(author), sequence, kindNumber(body), said].join();
		const block = this.#blocks.get(name) ?? signBlock(fields, privateKey);
		this.#blocks.set(name, block);
		return block;
	}
}

/** Every history begins with a home: the founder adds 1, 2, 5 and 6, and makes 1 an admin. */
const beginning: readonly Act[] = Object.freeze([
	...[1, 2, 5, 6].map((target, seen) => ({ author: 0, deed: 0, target, seen, beside: seen })),
	{ author: 0, deed: 7, target: 1, seen: 4, beside: 1 }
]);

/** Has people do what the acts say, and returns the blocks; what no node would take in is left out. */
export function grow(scribe: Scribe, acts: readonly Act[], manners: Manners): Graph {
	const growth = new Growth(scribe, manners);
	for (const act of [...beginning, ...acts]) growth.do(act);
	return growth;
}

class Growth implements Graph {
	readonly blocks: Block[];
	readonly ancestors: ReadonlySet<number>[] = [new Set()];
	readonly honest = new Set<number>([0]);
	readonly #scribe: Scribe;
	readonly #manners: Manners;
	readonly #heights = [0];
	/** How many blocks each honest author has seen. */
	readonly #seen = new Map<number, number>();
	/** Takes in every block at once: what it refuses is no part of the history. */
	readonly #judge = new Chain({ storage: new MemoryStorage() });

	constructor(scribe: Scribe, manners: Manners) {
		this.#scribe = scribe;
		this.#manners = manners;
		this.blocks = [scribe.genesis];
		this.#judge.add(scribe.genesis.cose);
	}

	do(act: Act): void {
		const author = act.author % (peopleCount + 1);
		const target = act.target % peopleCount;
		const isHonest = this.#manners.isHonest(author);
		const { insteadOf } = this.#manners;
		const deed = isHonest && insteadOf !== undefined ? insteadOf(act, author, target) : act.deed;
		if (deed === undefined) return;
		const seen = this.#manners.seesAll?.(act) === true ? this.blocks.length - 1 : undefined;
		const parents =
			isHonest || seen !== undefined ? this.#headsOf(author, seen ?? act.seen) : this.#chosen(author, act);
		if (parents === undefined) return;
		const row = this.#rowOver(parents);
		const { id } = this.#scribe.person(author);
		const sequence = this.#nextSequence(row, id);
		const key = this.#keyOf(author, row);
		const body = this.#bodyOf({ ...act, deed }, author, target, sequence);
		const block = this.#scribe.sign(
			{
				home: this.#scribe.genesis.hash.slice(0, 8),
				parents: parents.map(index => this.#block(index).hash).sort(compareHashes),
				author: id,
				sequence,
				time: null,
				body
			},
			key.privateKey
		);
		this.#take(block, row, isHonest, author);
	}

	#take(block: Block, row: ReadonlySet<number>, isHonest: boolean, author: number): void {
		try {
			if (this.#judge.add(block.cose) === undefined) return;
		} catch (error) {
			if (!(error instanceof BlockError)) throw error;
			return;
		}
		this.#heights.push(1 + Math.max(...[...row].map(index => this.#heights[index] ?? 0)));
		this.ancestors.push(row);
		this.blocks.push(block);
		if (!isHonest) return;
		this.honest.add(this.blocks.length - 1);
		this.#seen.set(author, this.blocks.length);
	}

	/** One more than the highest of the author's among the ancestors. */
	#nextSequence(row: ReadonlySet<number>, id: Uint8Array): number {
		let next = 0;
		for (const index of row) {
			const block = this.#block(index);
			if (sameAuthor(block, id)) next = Math.max(next, block.sequence + 1);
		}
		return next;
	}

	/** What an honest author builds on: all that nothing rests on yet of what it has seen, never less than before. */
	#headsOf(author: number, seen: number): number[] | undefined {
		const before = this.#seen.get(author) ?? 0;
		const count = Math.max(before, (seen % this.blocks.length) + 1);
		const view = Array.from({ length: count }, (_, index) => index);
		if (!this.#isAdmitted(author, new Set(view))) return undefined;
		const covered = new Set(view.flatMap(index => [...(this.ancestors[index] ?? [])]));
		const heads = view.filter(index => !covered.has(index));
		// More than eight at once are what `Chain.issue` is for.
		return heads.length <= 8 ? heads : undefined;
	}

	/** What somebody who does as it likes says that it builds on: anything. */
	#chosen(author: number, { seen, beside }: Act): number[] | undefined {
		const chosen = new Set([seen % this.blocks.length, beside % this.blocks.length]);
		if (!this.#isAdmitted(author, this.#rowOver([...chosen]))) {
			const add = this.#addsOf(author)[beside % Math.max(1, this.#addsOf(author).length)];
			if (add === undefined) return undefined;
			chosen.add(add);
		}
		return [...chosen];
	}

	#isAdmitted(author: number, within: ReadonlySet<number>): boolean {
		if (author === 0 || author === recoveryNumber) return true;
		return this.#addsOf(author).some(index => within.has(index));
	}

	#addsOf(number: number): number[] {
		const { key } = this.#scribe.person(number);
		return [...this.blocks.keys()].filter(index => {
			const { body } = this.#block(index);
			return body.kind === Kind.add && hex(body.key) === hex(key);
		});
	}

	#rowOver(parents: readonly number[]): Set<number> {
		return new Set(parents.flatMap(index => [index, ...(this.ancestors[index] ?? [])]));
	}

	/** The author's key as the blocks in `row` have it. */
	#keyOf(author: number, row: ReadonlySet<number>): TestNode {
		const { id } = this.#scribe.person(author);
		const inOrder = [...row].sort((a, b) =>
			compareInOrder(this.#heights[a] ?? 0, this.#block(a).hash, this.#heights[b] ?? 0, this.#block(b).hash)
		);
		let key = this.#scribe.person(author);
		for (const index of inOrder) {
			const { body, author: by } = this.#block(index);
			if (body.kind !== Kind.rotate || hex(by) !== hex(id)) continue;
			key = this.#scribe.key(nameOf(body.key, author, this.#scribe));
		}
		return key;
	}

	#bodyOf({ deed, beside }: Act, author: number, target: number, sequence: number): Body {
		const { id, key } = this.#scribe.person(target);
		const grant = (action: number, device: Uint8Array | null, granted: boolean): Body => ({
			kind: Kind.grant,
			id,
			action,
			device,
			granted
		});
		switch (deed % deedCount) {
			case 0:
			case 1:
			case 2:
				return { kind: Kind.add, name: `person ${target}`, type: target % 4, key };
			case 3:
				return { kind: Kind.add, name: `other ${beside % 3}`, type: 0, key };
			case 4:
				return { kind: Kind.remove, ids: [id] };
			case 5: {
				const other = this.#scribe.person(beside % peopleCount).id;
				const ids = hex(other) === hex(id) ? [id] : [id, other].sort(compareHashes);
				return { kind: Kind.remove, ids };
			}
			case 6: {
				const made = this.#scribe.key(`key ${beside % 2} of ${author}`);
				const home = this.#scribe.genesis.hash.slice(0, 8);
				const said = rotateProof({ home, id: this.#scribe.person(author).id, sequence, key: made.key });
				return { kind: Kind.rotate, key: made.key, proof: signEs256(made.privateKey, said) };
			}
			case 7:
				return grant(adminAction, null, beside % 4 !== 0);
			case 8:
				return grant(founderAction, null, beside % 4 !== 0);
			case 9:
				return grant(beside % 3, beside % 2 === 0 ? null : id, target % 2 === 0);
			default:
				return { kind: undefined, number: 9, value: beside };
		}
	}

	#block(index: number): Block {
		const block = this.blocks[index];
		if (block === undefined) throw new RangeError(`no block ${index}`);
		return block;
	}
}

/** How many deeds there are: see `#bodyOf`. */
export const deedCount = 11;

/** Gives a new chain blocks in this order, again and again until it takes no more, as peers do. */
export function deliver(blocks: readonly Block[]): Chain {
	const chain = new Chain({ storage: new MemoryStorage() });
	for (let before = -1; before !== chain.length; ) {
		before = chain.length;
		for (const block of blocks) {
			try {
				chain.add(block.cose);
			} catch (error) {
				if (!(error instanceof BlockError)) throw error;
			}
		}
	}
	return chain;
}

function nameOf(key: Uint8Array, author: number, scribe: Scribe): string {
	const names = [0, 1].map(number => `key ${number} of ${author}`);
	return names.find(name => hex(scribe.key(name).key) === hex(key)) ?? "";
}

function sameAuthor(block: Block | undefined, id: Uint8Array): boolean {
	return block !== undefined && hex(block.author) === hex(id);
}

function compareHashes(a: Uint8Array, b: Uint8Array): number {
	return hex(a) < hex(b) ? -1 : 1;
}

function written(_name: string, value: unknown): unknown {
	return value instanceof Uint8Array ? hex(value) : value;
}
