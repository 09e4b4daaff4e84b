import { compareBases } from "./bases.js";
import { judge } from "./judge.js";
import type { Judgement } from "./judgement.js";
import type { Rules } from "./rules.js";
import { household, Scene } from "./scene.js";
import { membersHistories, ownersHistories, type ShortHistory } from "./short.js";
import { type Base, type Block, type Id, isOf, overlaps } from "./words.js";

/** What exhaustive trying found. */
export interface Tried {
	histories: number;
	/** Orders of delivery that do not come to the same before their last block. */
	orders: number;
	found: string[];
}

/** Whom nobody honest speaks for. */
type Bad = "M" | "Z";

/** What is kept of a set of blocks, and what is wrong with that. */
interface Kept {
	readonly blocks: ReadonlySet<Block>;
	readonly fault: string | undefined;
}

/** Every history of two honest owners and one bad member of `length` blocks, in every order of delivery. */
export function tryMembers(length: number, rules: Rules, until: () => boolean = () => false): Tried {
	const scene = new Scene(rules, { honest: [] });
	return tryAll(scene, membersHistories(scene, length), "M", until);
}

/** Every history of one honest owner, one bad owner and the paper of `length` blocks, in every order of delivery. */
export function tryBadOwner(length: number, rules: Rules, until: () => boolean = () => false): Tried {
	const scene = new Scene(rules, { honest: [] });
	return tryAll(scene, ownersHistories(scene, length), "Z", until);
}

function tryAll(scene: Scene, histories: Iterable<ShortHistory>, bad: Bad, until: () => boolean): Tried {
	const tried: Tried = { histories: 0, orders: 0, found: [] };
	const keeper = new Keeper(scene, bad);
	for (const history of histories) {
		if (until() || tried.found.length > 0) return tried;
		tried.histories++;
		new Delivery(scene, keeper, history, tried).tryOrders();
	}
	return tried;
}

/** Says of a set of blocks what is kept of it: each set is judged once, for sets of a few blocks are part of very many histories. */
class Keeper {
	readonly #scene: Scene;
	readonly #bad: Bad;
	readonly #known = new Map<string, Kept>();

	constructor(scene: Scene, bad: Bad) {
		this.#scene = scene;
		this.#bad = bad;
	}

	/** `isWhole`: of all blocks of a history, so that no other asks for it. */
	keep(base: Base, blocks: readonly Block[], isWhole: boolean): Kept {
		const name = `${base.hash}:${blocks.map(({ hash }) => hash).join()}`;
		const known = this.#known.get(name);
		if (known !== undefined) return known;
		const judgement = judge(base, base, blocks, this.#scene.rules);
		const fault = faultIn(judgement, blocks, base, this.#bad);
		const kept = { blocks: judgement.kept, fault };
		if (!isWhole) this.#known.set(name, kept);
		return kept;
	}
}

/** One history, in every order: what counts of those who heard is which opening rules and which blocks are kept under it. */
class Delivery {
	readonly #scene: Scene;
	readonly #keeper: Keeper;
	readonly #blocks: readonly Block[];
	readonly #openings: readonly Base[];
	readonly #tried: Tried;
	readonly #seen = new Set<number>();
	/** What was judged in this history, by base and set. */
	readonly #keptOf = new Map<number, number>();
	#whole = -1;

	constructor(scene: Scene, keeper: Keeper, { blocks, openings }: ShortHistory, tried: Tried) {
		this.#scene = scene;
		this.#keeper = keeper;
		this.#blocks = blocks;
		this.#openings = openings;
		this.#tried = tried;
	}

	get #length(): number {
		return this.#blocks.length + this.#openings.length;
	}

	/** All orders have to end alike, with all offered again until nothing changes. */
	tryOrders(): void {
		this.#whole = this.#settle(0);
		if (this.#whole < 0) this.#found("never comes to rest");
		this.#deliver((1 << this.#length) - 1, 0);
	}

	/** `state`: the blocks that are kept, a bit each; above them which opening rules, 0 for genesis. */
	#deliver(left: number, state: number): void {
		const name = (state << 8) | left;
		if (this.#seen.has(name)) return;
		this.#seen.add(name);
		if (left === 0) {
			this.#tried.orders++;
			if (this.#settle(state) !== this.#whole) this.#found("diverges");
			return;
		}
		for (let at = 0; at < this.#length; at++)
			if ((left & (1 << at)) !== 0) this.#deliver(left & ~(1 << at), this.#hear(state, at));
	}

	#settle(state: number): number {
		let now = state;
		for (let round = 0; round < 8; round++) {
			const before = now;
			for (let at = 0; at < this.#length; at++) now = this.#hear(now, at);
			if (now === before) return now;
		}
		return -1;
	}

	#hear(state: number, at: number): number {
		const ruling = state >> 8;
		const kept = state & 0xff;
		if (at < this.#blocks.length) return (ruling << 8) | this.#keep(ruling, kept | (1 << at));
		const number = at - this.#blocks.length + 1;
		const [a, b] = [this.#base(number), this.#base(ruling)];
		const rules = compareBases(
			{ base: a, standing: "good" },
			{ base: b, standing: "good" },
			this.#scene.rules
		);
		return rules > 0 ? number << 8 : state;
	}

	#base(ruling: number): Base {
		return this.#openings[ruling - 1] ?? this.#scene.home.genesis;
	}

	#keep(ruling: number, set: number): number {
		const name = (ruling << 8) | set;
		const known = this.#keptOf.get(name);
		if (known !== undefined) return known;
		const blocks = this.#blocks.filter((_, at) => (set & (1 << at)) !== 0);
		const kept = this.#keeper.keep(this.#base(ruling), blocks, blocks.length === this.#blocks.length);
		if (kept.fault !== undefined) this.#found(kept.fault);
		const keptSet = this.#blocks.reduce(
			(all, block, at) => (kept.blocks.has(block) ? all | (1 << at) : all),
			0
		);
		this.#keptOf.set(name, keptSet);
		return keptSet;
	}

	#found(fault: string): void {
		const said = this.#blocks.map(
			({ author, sequence, key, body }) => `${author}${sequence} (${key}) ${JSON.stringify(body)}`
		);
		this.#tried.found.push(
			`${fault}: ${[...said, ...this.#openings.map(({ hash }) => `opening ${hash}`)].join("; ")}`
		);
	}
}

/** What breaks a promise in a set of blocks of honest owners and one bad author, under one base. */
function faultIn(
	judgement: Judgement,
	delivered: readonly Block[],
	base: Base,
	bad: Bad
): string | undefined {
	const { members, removed } = judgement;
	const honest = delivered.filter(({ author, opening }) => author !== bad && opening === base.hash);
	for (const block of honest) {
		if (
			isOf(block, "remove") &&
			isReadable(block, honest, judgement) &&
			block.body.targets.some(id => members.has(id))
		)
			return "a lost removal";
		if (isOverridden(block, judgement)) return "an overridden withdrawal";
	}
	const c = members.get("C");
	const mayBeOut = bad === "Z" && base.era === 0 && removed.has("C");
	if (c === undefined ? !mayBeOut : c.name !== "c" || c.key !== "C/0")
		return "another's name or key, or its place";
	const owners = base.table.rows.filter(({ rank }) => rank === "owner").map(({ id }) => id);
	if (!owners.every(id => members.get(id)?.rank === "owner")) return "an owner lost";
	if (base.era > 0 && members.has("Z")) return "the paper did not rule";
	if (bad === "M" && !household.every(({ id }) => members.has(id) || removed.has(id) || id === "Q"))
		return "somebody is out whom nobody removed";
	return undefined;
}

/** Before the rotate that brings its key a block cannot be read; beside it the old key's count for nothing. */
function isReadable(block: Block, honest: readonly Block[], { kept }: Judgement): boolean {
	const hasRotate = honest.some(other => isOf(other, "rotate") && other.author === block.author);
	return block.key.endsWith("/0") ? kept.has(block) || !hasRotate : hasRotate;
}

/** Only who withdrew it gives it again, in the same log. */
function isOverridden(block: Block, { kept, grants }: Judgement): boolean {
	if (!isOf(block, "withdraw") || !kept.has(block)) return false;
	const isMine = ({ author, sequence }: { author: Id; sequence: number }): boolean =>
		author === block.author && sequence > block.sequence;
	const isKnowing = [...kept].some(other => isOf(other, "grant") && isMine(other));
	return !isKnowing && grants.some(grant => overlaps(grant, block.body.right));
}
