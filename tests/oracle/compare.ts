import { equalBytes } from "../../modules/bytes/bytes.js";
import {
	BlockError,
	Chain,
	type Block as RealBlock,
	type Bundle as RealBundle
} from "../../modules/chain/chain.js";
import { Shelf, tableOf as storedTable } from "../../modules/chain/shelf.js";
import { MemoryStorage } from "../harness/blocks.js";
import { type Bundle, mostNumber } from "./bases.js";
import { window } from "./carried.js";
import { Chance } from "./chance.js";
import { Concrete, keyText, NoForm, nodeOf, numberOf, plainKeyText, realId } from "./concrete.js";
import { limits } from "./limits.js";
import { Node } from "./node.js";
import { type OwnCompared, OwnComparison } from "./own.js";
import { allRules } from "./rules.js";
import {
	difference,
	keptOf,
	modelKept,
	modelStanding,
	modelTableText,
	namesOf,
	standingOf,
	tableText
} from "./standing.js";
import { tableOf } from "./table.js";
import { type Base, type Block, type Body, type Hash, type Id, isTaking, type Key } from "./words.js";

/** Blocks of one author that are staged together: a board holds no more. */
const stagedAtMost = 30;

/** A history of the model: all blocks and bases that were ever made in it. */
export interface History {
	readonly blocks: readonly Block[];
	readonly bases: readonly Base[];
}

interface Pair {
	readonly model: Block;
	readonly real: RealBlock;
	readonly author: Id;
	/** As it was in the history. */
	readonly source: Block;
}

/** Where chain and oracle came to differ. */
export class DifferenceError extends Error {}

/** What was compared. */
export interface Compared {
	events: number;
	blocks: number;
	standings: number;
	tables: number;
	bases: number;
}

/** A history in bytes. */
export class Prepared {
	readonly concrete: Concrete;
	readonly pairs: readonly Pair[];
	/** By the hashes of the history. */
	readonly pairOf: ReadonlyMap<Hash, Pair>;
	readonly bases: readonly Base[];
	readonly abouts = new Map<Base, { readonly near: readonly Pair[]; readonly far: readonly Pair[] }>();
	/** The real keys by the relabelled model's, and the model's by the relabelled model's. */
	readonly names: ReadonlyMap<Key, string>;
	readonly keyTexts: ReadonlyMap<Key, Key>;

	constructor({ blocks, bases }: History) {
		const concrete = new Concrete(blocks, bases);
		this.concrete = concrete;
		this.bases = bases.filter(base => hasForm(() => concrete.base(base)));
		this.pairs = blocks
			.filter(block => hasForm(() => concrete.block(block)))
			.map(block => ({ ...concrete.block(block), author: block.author, source: block }));
		this.pairOf = new Map(this.pairs.map(pair => [pair.source.hash, pair]));
		const keys = new Set<Key>();
		for (const { table } of bases) for (const { key } of table.rows) keys.add(key);
		for (const { body } of blocks) {
			if (body.kind === "rotate") keys.add(body.to);
			if (body.kind === "add") keys.add(body.statement.key);
		}
		this.names = namesOf(keys);
		this.keyTexts = new Map([...keys].map(key => [plainKeyText(keyText(key, 0)), key]));
	}
}

/** A chain and an oracle's node that is no member, both fed the same. */
class Comparison {
	readonly #concrete: Concrete;
	readonly #pairs: readonly Pair[];
	readonly #pairOf: ReadonlyMap<Hash, Pair>;
	readonly #bases: readonly Base[];
	readonly #chance: Chance;
	readonly #abouts: Prepared["abouts"];
	readonly #names: ReadonlyMap<Key, string>;
	readonly #storage = new MemoryStorage();
	/** What came in any order: offered again while something is missing. */
	readonly #heard = new Set<Pair>();
	readonly #taken = new Set<Base>();
	readonly #chain: Chain;
	#node: Node | undefined;
	readonly compared: Compared = { events: 0, blocks: 0, standings: 0, tables: 0, bases: 0 };
	readonly #keyTexts: ReadonlyMap<Key, Key>;

	constructor(prepared: Prepared, chance: Chance) {
		this.#chance = chance;
		this.#concrete = prepared.concrete;
		this.#pairs = prepared.pairs;
		this.#pairOf = prepared.pairOf;
		this.#bases = prepared.bases;
		this.#abouts = prepared.abouts;
		this.#names = prepared.names;
		this.#keyTexts = prepared.keyTexts;
		this.#chain = new Chain({ storage: this.#storage, home: this.#concrete.genesis.hash.slice(0, 8) });
		// The genesis block comes by itself, or with the first base.
		if (chance.is(0.1)) this.#chain.add(this.#concrete.genesis.cose);
	}

	/**
	 * A part of the history, of 10 to 30 blocks, and one to three bases, in any order: block by block, or in parts of logs as an exchange brings
	 * them. What has found no place is offered once more.
	 */
	runShort(): Compared {
		const chance = this.#chance;
		const about = chance.pick(this.#bases);
		const chosen = chance.shuffled([...this.#choose(about)]);
		this.#take(this.#bases.find(({ hash }) => hash === about.opening) ?? about);
		if (about.hash !== about.opening && chance.is(0.8)) this.#take(about);
		const manner = chance.pick(["one by one", "in parts", "in parts", "any order"] as const);
		const parts = manner === "one by one" ? chosen.map(pair => [pair]) : this.#partsOf(chosen);
		const turning = chance.is(0.4) ? chance.below(parts.length + 1) : parts.length;
		const isTurning = turning < parts.length || chance.is(0.05);
		for (const some of [parts.slice(0, turning), parts.slice(turning)]) {
			if (manner === "any order") this.#hearInAnyOrder(some);
			else if (manner === "in parts") for (const part of some) this.#hearPart(part);
			else for (const pair of some.flat()) this.#hearOne(pair);
			if (isTurning && some.length === turning) this.#take(chance.pick(this.#bases));
		}
		if (chance.is(0.3)) this.#compareKept("half way");
		const missing = this.#partsOf(chance.shuffled(this.#missing(chosen)));
		if (manner === "any order") this.#hearInAnyOrder(missing);
		else for (const part of missing) this.#hearPart(part);
		this.#compare("at the end");
		if (chance.is(0.1)) this.#startAgain(this.#storage.copy());
		if (chance.is(0.03)) this.#compareTables();
		return this.compared;
	}

	/**
	 * The oracle hears all at once; the chain a part after the other, and again what it does not keep: the order does not matter. This
	 * costs the oracle one judgement. Of two rivals the first may have made a base fall, to which a node returns when it is shown that.
	 */
	#hearInAnyOrder(parts: readonly Pair[][]): void {
		for (const pair of parts.flat()) this.#heard.add(pair);
		const all = [...this.#heard];
		this.#hearTogether(all, parts);
		for (let round = 0; round < 4 && !this.#isOfOneBase; round += 1) {
			for (const base of [...this.#taken]) this.#take(base);
			this.#hearTogether(all, []);
		}
	}

	get #isOfOneBase(): boolean {
		const { base } = this.#chain;
		return base !== undefined && numberOf(base.hash) === this.#oracle.base.hash;
	}

	#hearTogether(all: readonly Pair[], parts: readonly Pair[][]): void {
		const models = all.map(({ model }) => model);
		let { base } = this.#oracle;
		for (let round = 0; round < 4; round += 1) {
			this.#oracle.hear(models);
			if (this.#oracle.base === base) break;
			({ base } = this.#oracle);
		}
		for (const part of parts) this.#stage(part);
		// Of a log in parts each round may bring one block only; what none brings has to come with its whole log.
		for (let idle = 0; idle < 2 && this.#keepsLess(all); ) {
			const { digest } = this.#chain;
			for (const part of this.#partsOf(this.#missing(all, false), idle > 0)) this.#stage(part);
			idle = equalBytes(digest, this.#chain.digest) ? idle + 1 : 0;
		}
	}

	/** Whether the chain does not keep what the oracle does of these. */
	#keepsLess(pairs: readonly Pair[]): boolean {
		const { kept } = this.#oracle.judgement;
		const chain = this.#chain;
		return pairs.some(({ model, real }) => kept.has(model) !== isLive(chain, real.hash));
	}

	/** Most of one base, each with some of what lies under it; of other bases mostly what may count under this one. */
	#choose(about: Base): Set<Pair> {
		const chance = this.#chance;
		const count = 10 + chance.below(21);
		const chosen = new Set<Pair>();
		const { near, far } = this.#about(about);
		for (let tries = 0; chosen.size < count && tries < 60; tries += 1) {
			const from = chance.is(0.75) ? near : chance.is(0.7) ? far : this.#pairs;
			if (from.length === 0) continue;
			for (let pair: Pair | undefined = chance.pick(from); pair !== undefined && chosen.size < count; ) {
				chosen.add(pair);
				const { previous }: Block = pair.source;
				pair = previous === undefined || chance.is(0.1) ? undefined : this.#pairOf.get(previous);
			}
		}
		return chosen;
	}

	/** The blocks of a base by who may be somebody under it, and those of others that may count there. */
	#about(base: Base): { readonly near: readonly Pair[]; readonly far: readonly Pair[] } {
		const known = this.#abouts.get(base);
		if (known !== undefined) return known;
		const own = this.#pairs.filter(({ source }) => source.base === base.hash);
		const added = own.flatMap(({ source: { body } }) => (body.kind === "add" ? [body.statement.id] : []));
		const people = new Set([...base.table.rows.map(({ id }) => id), ...added]);
		const near = own.filter(({ author }) => people.has(author));
		const far = this.#pairs.filter(
			({ source }) =>
				source.base !== base.hash &&
				source.opening === base.opening &&
				(isTaking(source) || source.body.kind === "rotate")
		);
		const about = { near, far };
		this.#abouts.set(base, about);
		return about;
	}

	/** Each author's own, in one to three parts, or whole. */
	#partsOf(pairs: readonly Pair[], isWhole = false): Pair[][] {
		const chance = this.#chance;
		const parts = new Map<string, Pair[]>();
		for (const pair of pairs) {
			const name = `${pair.author} ${isWhole || chance.is(0.7) ? 0 : chance.below(3)}`;
			const part = parts.get(name);
			if (part === undefined) parts.set(name, [pair]);
			else part.push(pair);
		}
		return chance.shuffled([...parts.values()]);
	}

	/** What is not here, and a few that are: duplicates change nothing. */
	#missing(pairs: readonly Pair[], isKeptAlike = true): Pair[] {
		const { judgement, base } = this.#oracle;
		return pairs.filter(({ model, real }) => {
			const isHere = isKeptAlike ? judgement.kept.has(model) : isLive(this.#chain, real.hash);
			// What is of nobody, or of another base and gives, will not come to be here.
			const mayBe =
				judgement.members.has(model.author) &&
				(model.base === base.hash || isTaking(model) || model.body.kind === "rotate");
			return this.#chance.is(isHere || !mayBe ? 0.05 : 1);
		});
	}

	run(events: number): Compared {
		const [first] = this.#bases;
		if (first === undefined) return this.compared;
		this.#take(first);
		for (let event = 0; event < events; event += 1) {
			this.compared.events += 1;
			const what = this.#chance.next();
			if (what < 0.12) this.#take(this.#chance.pick(this.#bases));
			else if (what < 0.5) this.#hearOne(this.#chance.pick(this.#pairs));
			else this.#hearLog();
			this.#compareKept(`after event ${event}`);
			if (this.#chance.is(0.2)) this.#compare(`after event ${event}`);
		}
		this.#compare("at the end");
		this.#compareTables();
		return this.compared;
	}

	/** All there is, in an order that comes to rest. */
	runAll(): Compared {
		for (const base of this.#bases) this.#take(base);
		for (let round = 0; round < 2; round += 1) {
			for (const pair of this.#chance.shuffled(this.#pairs)) this.#hearOne(pair);
			this.#compareKept(`round ${round}`);
		}
		this.#compare("all");
		this.#compareTables();
		return this.compared;
	}

	#take(base: Base): void {
		this.#taken.add(base);
		const chosen = this.#rotatesFor(base);
		const bundle = this.#concrete.bundle(base, []);
		const model: Bundle = { ...bundle.model, rotates: chosen.map(pair => pair.model) };
		const anchors = [...bundle.real.anchors, ...chosen.map(({ real }) => real.cose)];
		const real: RealBundle = { ...bundle.real, anchors };
		if (this.#node === undefined) {
			this.#node = new Node({
				id: "nobody",
				key: "nobody/0",
				bundle: { ...model, rotates: [] },
				rules: allRules,
				hash: () => 0
			});
			this.#adopt(real);
			this.#node.hear(model.rotates);
		} else {
			if (this.#node.take(model)) this.compared.bases += 1;
			this.#adopt(real);
		}
	}

	/** Owners' rotates to come with a base: of those that cannot be taken one at most, for a chain leaves the others alone after two. */
	#rotatesFor(base: Base): Pair[] {
		const own = this.#concrete.base(base).model.opening;
		const all = this.#pairs.filter(
			({ model }) => model.body.kind === "rotate" && model.opening === own && this.#isOwner(base, model)
		);
		const chosen = this.#chance.shuffled(this.#chance.some(all, this.#chance.pick([0.3, 0.9]))).slice(0, 16);
		const kept = [...(this.#node?.judgement.kept ?? [])].map(({ body }) => body);
		const rows = this.#concrete.bundle(base, []).model.opening.table.rows;
		const keys = new Set([...rows.map(({ key }) => key), ...kept.flatMap(newKeyIn)]);
		let faults = 0;
		return chosen
			.sort((a, b) => a.real.turn - b.real.turn)
			.filter(({ model: { key, body } }) => {
				if (!keys.has(key) || newKeyIn(body).length === 0) return ++faults <= 1;
				for (const to of newKeyIn(body)) keys.add(to);
				return true;
			});
	}

	#isOwner(base: Base, { author }: Block): boolean {
		const opening = this.#concrete.bundle(base, []).model.opening;
		return opening.table.rows.some(({ id, rank }) => id === author && rank === "owner");
	}

	#adopt(bundle: RealBundle): void {
		refusedOr(() => this.#chain.adopt(bundle));
	}

	#hearOne({ model, real }: Pair): void {
		this.#oracle.hear([model]);
		refusedOr(() => this.#chain.add(real.cose));
		// Duplicates change nothing.
		if (this.#chance.is(0.1)) refusedOr(() => this.#chain.add(real.cose));
		this.compared.blocks += 1;
	}

	/** An author's log, or a part of it. */
	#hearLog(): void {
		const { author } = this.#chance.pick(this.#pairs);
		const all = this.#pairs.filter(pair => pair.author === author);
		this.#hearPart(this.#chance.shuffled(this.#chance.some(all, this.#chance.pick([0.5, 1]))));
	}

	/** Blocks of one author. */
	#hearPart(pairs: readonly Pair[]): void {
		const chosen = pairs.slice(0, stagedAtMost);
		this.#oracle.hear(chosen.map(({ model }) => model));
		this.#stage(chosen);
	}

	/** Gives blocks of one author to the chain alone, staged and judged whole. */
	#stage(pairs: readonly Pair[]): void {
		const isRotate = ({ model }: Pair) => model.body.kind === "rotate";
		const rotates = pairs.filter(isRotate).sort((a, b) => a.real.turn - b.real.turn);
		const others = pairs.filter(pair => !isRotate(pair)).sort((a, b) => a.real.sequence - b.real.sequence);
		let isAny = this.#chance.is(0.05);
		for (const { real } of [...rotates, ...others])
			if (refusedOr(() => this.#chain.stage(real.cose)) !== undefined) isAny = true;
		if (isAny) this.#chain.takeStaged();
		this.compared.blocks += pairs.length;
	}

	get #oracle(): Node {
		if (this.#node === undefined) throw new RangeError("no base yet");
		return this.#node;
	}

	#compareKept(when: string): void {
		const { base, judgement } = this.#oracle;
		const { kept, base: own } = modelKept(base, judgement);
		this.#see({ base: own, kept }, keptOf(this.#chain), when);
	}

	#compare(when: string): void {
		const { base, judgement } = this.#oracle;
		this.#see(modelStanding(base, judgement, this.#names), standingOf(this.#chain), when);
		this.compared.standings += 1;
	}

	#see(
		model: Readonly<Record<string, unknown>>,
		real: Readonly<Record<string, unknown>>,
		when: string
	): void {
		const found = difference(real, model);
		if (found !== undefined) throw new DifferenceError(`${when}, ${found}`);
	}

	/** Starts the chain anew, and has each owner make a checkpoint. */
	#compareTables(): void {
		const { base, opening, judgement, before } = this.#oracle;
		for (const { id, rank, frozen, key } of judgement.members.values()) {
			if (rank !== "owner" || frozen) continue;
			const name = this.#keyTexts.get(plainKeyText(key));
			if (name === undefined) continue;
			const storage = this.#storage.copy();
			const chain = this.#startAgain(storage);
			const signer = this.#signerOf(id);
			const table = tableOf({
				base,
				opening,
				judgement,
				rules: allRules,
				signer,
				alsoRemoved: before?.table.removed ?? []
			});
			const isOver = [...table.covered.values()].some(
				count => count > limits.ownerPlaces * (base.number + 1)
			);
			const { privateKey } = nodeOf(name);
			const author = realId(name.slice(0, name.indexOf("/")));
			const made = refusedOr(() => chain.issueCheckpoint({ author, privateKey, time: null }));
			if (isOver || base.number >= mostNumber) {
				if (made !== undefined)
					throw new DifferenceError("the chain makes a checkpoint that covers too much");
				continue;
			}
			if (made === undefined) throw new DifferenceError("the chain makes no checkpoint");
			const shelf = new Shelf(storage, undefined);
			shelf.readAll(() => undefined);
			const says = storedTable(made, shelf.readTables())?.table;
			if (says === undefined) throw new DifferenceError("the checkpoint has no table");
			this.#see(modelTableText(table, this.#names), tableText(says), `the table of ${name}`);
			this.compared.tables += 1;
		}
	}

	/** A chain that starts with what another has stored. */
	#startAgain(storage: MemoryStorage): Chain {
		const { base, judgement } = this.#oracle;
		const chain = new Chain({ storage, home: this.#concrete.genesis.hash.slice(0, 8) });
		chain.load();
		this.#see(modelStanding(base, judgement, this.#names), standingOf(chain), "after another start");
		return chain;
	}

	/** What an owner took, as far as it is kept. */
	#signerOf(id: Id): { id: Id; takings: number; last: Hash | undefined } {
		const { base, judgement } = this.#oracle;
		const covered = base.table.covered.get(id) ?? 0;
		const most = Math.min(covered + window, limits.ownerPlaces * (base.number + 1));
		let takings = covered;
		let last = base.table.last.get(id);
		const own = [...judgement.kept]
			.filter(block => block.author === id)
			.sort((a, b) => a.sequence - b.sequence || a.hash - b.hash);
		for (const block of own) {
			if (!isTaking(block) || block.body.taking <= takings || block.body.taking > most) continue;
			takings = block.body.taking;
			last = block.hash;
		}
		return { id, takings, last };
	}
}

/** The key that a rotate with a proof gives. */
const newKeyIn = (body: Body): Key[] => (body.kind === "rotate" && body.proof ? [body.to] : []);

function isLive(chain: Chain, hash: Uint8Array): boolean {
	const number = chain.find(hash);
	return number >= 0 && chain.isLive(number);
}

function hasForm(make: () => unknown): boolean {
	try {
		make();
		return true;
	} catch (error) {
		if (error instanceof NoForm || error instanceof BlockError) return false;
		throw error;
	}
}

/** A chain refuses what the oracle does not keep; nothing else goes wrong. */
export function refusedOr<Result>(work: () => Result): Result | undefined {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof BlockError)) throw error;
		return undefined;
	}
}

/** Gives a history in a random order to a chain and to an oracle's node. Throws a DifferenceError. */
export function compare(history: Prepared, seed: number, events = 40): Compared {
	const comparison = new Comparison(history, new Chance(seed));
	return history.pairs.length === 0 ? comparison.compared : comparison.run(events);
}

/** As `compare`, of 10 to 30 blocks of the history. */
export function compareShort(history: Prepared, seed: number): Compared {
	const comparison = new Comparison(history, new Chance(seed));
	return history.pairs.length === 0 ? comparison.compared : comparison.runShort();
}

/** As `compare`, for a node of the home that acts by itself. */
export function compareOwn(history: Prepared, seed: number, events = 40): OwnCompared | undefined {
	const chance = new Chance(seed);
	const openings = history.bases.filter(({ hash, opening }) => hash === opening);
	if (history.pairs.length === 0 || openings.length === 0) return undefined;
	const opening = chance.pick(openings);
	const names = opening.table.rows.map(({ id }) => id).filter(id => id !== "F");
	const name = chance.is(0.7) ? "F" : chance.pick(names);
	return new OwnComparison(history, chance, name, opening).run(events);
}

/** As `compare`, all of a short history. */
export function compareWhole(history: Prepared, seed: number): Compared {
	return new Comparison(history, new Chance(seed)).runAll();
}
