import { compareBytes, Records, toHex } from "../../modules/bytes/bytes.js";
import {
	absentFlag,
	Kind,
	noType,
	type Policy,
	Rank,
	type Block as RealBlock,
	type Body as RealBody,
	type Bundle as RealBundle,
	rotateProof,
	signBlock,
	signGenesis,
	statementBytes,
	tagLength
} from "../../modules/chain/chain.js";

import { Roster } from "../../modules/chain/roster.js";
import { hashOfTable, partsOfTable, type Table as RealTable } from "../../modules/chain/table.js";
import { encodeTable } from "../../modules/chain/table-format.js";
import { decodeTable } from "../../modules/chain/table-reader.js";
import { signEs256 } from "../../modules/crypto/crypto.js";
import { type TestNode, testNode } from "../harness/blocks.js";
import type { Bundle } from "./bases.js";
import { idOf } from "./judge.js";
import { isOwner } from "./places.js";
import type { Base, Block, Body, Hash, Id, Key, Right, Row, Statement, Table } from "./words.js";

/** What every permission of the model is for. */
export const action = 5;
/** Seconds that stand for the one policy of the model that says a number. */
const autoLock = 60;
const prefix = (hash: Uint8Array): Uint8Array => hash.slice(0, 16);
const nodes = new Map<string, TestNode>();

/** The key pair that the model's key of that name stands for. */
export function nodeOf(key: Key): TestNode {
	const node = nodes.get(key) ?? testNode(key);
	nodes.set(key, node);
	return node;
}

const paper = testNode("recovery key");
const founder = testNode("founder");

/** The real id of the model's. */
export const realId = (id: Id): Uint8Array => nodeOf(`${id}/0`).id;
const idText = (id: Id): Id => toHex(realId(id));

/** The bytes of the model's types: 0 there is a number that never had one, -t one that had t. */
export function typesOf(types: readonly number[]): Uint8Array {
	if (types.length === 0) return Uint8Array.of(absentFlag | noType);
	return Uint8Array.from(types, type => (type > 0 ? type : absentFlag | (type < 0 ? -type : noType)));
}

/** What a policy asks whose right has this name. */
export const asks = (who: string): Pick<Policy, "asksTwo" | "autoLock"> =>
	who === "C" ? { asksTwo: true, autoLock: null } : { asksTwo: false, autoLock };

/** What of the model has no form in bytes. */
export class NoForm extends Error {}

/**
 * A history of the model in bytes: real blocks, tables and bundles; and the model's own once more, with ids and hashes that are in
 * the order of the real ones.
 *
 * What the model does not have: grants for all nodes, limits, an opaque part. What a demand asks is the name of a right there: C
 * stands for two members, everything else for locking by itself; so a policy has two fields, and a waive says which it is about.
 * The model's genesis has several owners: here a founder's genesis comes before it, and it is an opening, of the next era.
 */
export class Concrete {
	readonly genesis: RealBlock;
	readonly #blocks = new Map<Block, { readonly model: Block; readonly real: RealBlock }>();
	readonly #bases = new Map<
		Base,
		{ readonly model: Base; readonly real: RealBlock; readonly table: Uint8Array }
	>();
	readonly #blockOf: ReadonlyMap<Hash, Block>;
	readonly #baseOf: ReadonlyMap<Hash, Base>;
	/** The turns at which anybody calls each key one. */
	readonly #turns = new Map<Key, number[]>();
	#time = 0;

	constructor(blocks: readonly Block[], bases: readonly Base[]) {
		this.#blockOf = new Map(blocks.map(block => [block.hash, block]));
		this.#baseOf = new Map(bases.map(base => [base.hash, base]));
		for (const { table } of bases) for (const { key, turn } of table.rows) this.#noteTurn(key, turn);
		for (const { body } of blocks) if (body.kind === "rotate") this.#noteTurn(body.to, body.turn);
		this.genesis = signGenesis({
			message: new Uint8Array(32),
			author: founder.id,
			privateKey: founder.privateKey,
			time: 0,
			body: {
				kind: Kind.genesis,
				name: "first",
				types: Uint8Array.of(1),
				key: founder.key,
				suite: 1,
				rounds: 1000,
				recovery: paper.key
			}
		});
	}

	/** The block in bytes, and the model's of the same order. */
	block(block: Block): { readonly model: Block; readonly real: RealBlock } {
		const known = this.#blocks.get(block);
		if (known !== undefined) return known;
		const base = this.base(this.#baseAt(block.base));
		const before = block.previous === undefined ? undefined : this.#blockOf.get(block.previous);
		if (block.previous !== undefined && before === undefined) throw new NoForm("a block that nobody made");
		const previous = before && this.block(before);
		const { author, sequence, body } = block;
		const era = prefix(this.base(this.#baseAt(block.opening)).real.hash);
		const turn = body.kind === "rotate" ? body.turn : this.#turnOf(block);
		const id = realId(author);
		const fields = { era, previous: prefix((previous ?? base).real.hash), author: id, turn, sequence };
		const says = this.#body(block, era, turn);
		const real = signBlock({ ...fields, time: ++this.#time, body: says }, nodeOf(block.key).privateKey);
		const model: Block = {
			...block,
			hash: numberOf(real.hash),
			opening: numberOf(this.base(this.#baseAt(block.opening)).real.hash),
			base: numberOf(base.real.hash),
			author: idText(author),
			key: keyText(block.key, body.kind === "rotate" ? turn - 1 : turn),
			previous: previous?.model.hash,
			body: this.#modelBody(body)
		};
		const both = { model, real };
		this.#blocks.set(block, both);
		return both;
	}

	base(base: Base): { readonly model: Base; readonly real: RealBlock; readonly table: Uint8Array } {
		const known = this.#bases.get(base);
		if (known !== undefined) return known;
		const table = encodeTable(this.#table(base));
		const hash = hashOfTable(partsOfTable(table, decodeTable(table)));
		const isOpening = base.hash === base.opening;
		const real = isOpening ? this.#opening(base, hash) : this.#checkpoint(base, hash);
		const opening = isOpening ? real : this.base(this.#baseAt(base.opening)).real;
		const model: Base = {
			...base,
			hash: numberOf(real.hash),
			opening: numberOf(opening.hash),
			signer: base.signer === "paper" ? "paper" : idText(base.signer),
			key: base.key === "paper" ? "paper" : keyText(base.key, this.#turnOf(base)),
			table: this.#modelTable(base)
		};
		const both = { model, real, table };
		this.#bases.set(base, both);
		return both;
	}

	/** A bundle with these rotates. */
	bundle(base: Base, rotates: readonly Block[]): { readonly model: Bundle; readonly real: RealBundle } {
		const opening = this.base(this.#baseAt(base.opening));
		const { model, real, table } = this.base(base);
		const shown = rotates.map(rotate => this.block(rotate));
		const anchors = [
			this.genesis,
			...(base.hash === base.opening ? [] : [opening.real]),
			...shown.map(one => one.real)
		];
		return {
			model: { base: model, opening: opening.model, rotates: shown.map(one => one.model) },
			real: { checkpoint: real.cose, table, anchors: anchors.map(({ cose }) => cose) }
		};
	}

	#baseAt(hash: Hash): Base {
		const base = this.#baseOf.get(hash);
		if (base === undefined) throw new NoForm("a base that nobody made");
		return base;
	}

	#noteTurn(key: Key, turn: number): void {
		const known = this.#turns.get(key) ?? [];
		if (!known.includes(turn)) this.#turns.set(key, [...known, turn]);
	}

	/** The turn that a block or a checkpoint names: one of its key's, always the same. */
	#turnOf({ key, hash }: { key: Key; hash: Hash }): number {
		const turns = this.#turns.get(key) ?? [0];
		return turns[Math.floor(hash) % turns.length] ?? 0;
	}

	#opening(base: Base, hash: Uint8Array): RealBlock {
		const owners = base.table.rows
			.filter(isOwner)
			.map(({ id, key, turn }) => ({ id: realId(id), key: nodeOf(key).key, turn }))
			.sort((a, b) => compareBytes(a.id, b.id));
		const home = prefix(this.genesis.hash);
		const body = { kind: Kind.opening, era: base.era + 1, hash, owners } as const;
		const fields = { era: home, previous: home, author: paper.id, turn: 0, sequence: 0, time: ++this.#time };
		return signBlock({ ...fields, body }, paper.privateKey);
	}

	#checkpoint(base: Base, hash: Uint8Array): RealBlock {
		const opening = this.base(this.#baseAt(base.opening)).real.hash;
		const { number } = base;
		const body = { kind: Kind.checkpoint, era: base.era + 1, opening, number, hash } as const;
		const author = realId(base.signer);
		const turn = this.#turnOf(base);
		const fields = { era: prefix(opening), previous: new Uint8Array(16), author, turn, sequence: 0 };
		return signBlock({ ...fields, time: ++this.#time, body }, nodeOf(base.key).privateKey);
	}

	/** What a table can say of a model's: grants, policies and sponsors name rows; what is covered is of owners. */
	#modelTable(base: Base): Table {
		const { rows, removed, covered, last, grants, demands } = base.table;
		const has = (id: Id | undefined): id is Id => rows.some(row => row.id === id);
		const owners = this.#baseAt(base.opening).table.rows.filter(isOwner);
		const hashes = owners.flatMap(({ id }): [Id, Hash][] => {
			const hash = last.get(id);
			const block = hash === undefined ? undefined : this.#blockOf.get(hash);
			return block === undefined ? [] : [[idText(id), this.block(block).model.hash]];
		});
		const ordered = base.hash === base.opening ? ownersFirst(rows) : rows;
		return {
			...base.table,
			rows: ordered.map(row => ({
				...row,
				id: idText(row.id),
				key: keyText(row.key, row.turn),
				sponsor: has(row.sponsor) && row.sponsor !== undefined ? idText(row.sponsor) : undefined
			})),
			removed: [...new Set(removed)].map(idText),
			covered: new Map(owners.map(({ id }) => [idText(id), covered.get(id) ?? 0])),
			last: new Map(hashes),
			grants: grants.filter(({ who, node }) => has(who) && has(node)).map(grantText),
			demands: demands.filter(({ node }) => has(node)).map(demandText)
		};
	}

	#table(base: Base): RealTable {
		const { rows, removed, covered, last, grants, demands, password } = base.table;
		const has = (id: Id): boolean => rows.some(row => row.id === id);
		const members = new Roster();
		const ordered = base.hash === base.opening ? ownersFirst(rows) : rows;
		for (const row of ordered) members.put(memberOf(row));
		for (const { who, node, device } of grants) {
			if (!has(who) || !has(node)) continue;
			const scope = { node: realId(node), device: device === "all" ? null : device };
			members.grants.append({ id: realId(who), action, ...scope, limits: null, origin: new Uint8Array(16) });
		}
		const owners = ordered.filter(isOwner);
		const covers = owners.map(({ id }) => {
			const hash = last.get(id);
			const block = hash === undefined ? undefined : this.#blockOf.get(hash);
			const named = block === undefined ? null : prefix(this.block(block).real.hash);
			return { id: realId(id), taking: covered.get(id) ?? 0, hash: named };
		});
		const policies: Policy[] = [];
		for (const { who, node, device } of demands.filter(right => has(right.node))) {
			const number = device === "all" ? null : device;
			const at = policies.findIndex(
				policy => toHex(policy.node) === idText(node) && policy.device === number
			);
			const asked = asks(who);
			const known = policies[at];
			if (known === undefined) policies.push({ node: realId(node), device: number, ...asked });
			else {
				const both = { asksTwo: known.asksTwo || asked.asksTwo, autoLock: known.autoLock ?? asked.autoLock };
				policies[at] = { ...known, ...both };
			}
		}
		const ids = new Records(16);
		for (const id of new Set(removed)) ids.add(realId(id));
		return { members, covers, policies, passwordVersion: password, extra: new Uint8Array(0), removed: ids };
	}

	#body(block: Block, era: Uint8Array, turn: number): RealBody {
		const { body } = block;
		switch (body.kind) {
			case "add":
				return this.#add(body.statement, block.author);
			case "confirm":
				return { kind: Kind.confirm, id: realId(body.target), guards: body.guards };
			case "describe":
				return { kind: Kind.describe, name: body.name, types: typesOf(saidTypes(body.types)) };
			case "grant":
				return { kind: Kind.grant, ...permissionOf(body.right), limits: null, counted: null };
			case "withdraw":
				return { kind: Kind.withdraw, taking: body.taking, ...permissionOf(body.right) };
			case "demand":
				return { kind: Kind.demand, taking: body.taking, ...deviceOf(body.right), ...asks(body.right.who) };
			case "waive": {
				const { asksTwo } = asks(body.right.who);
				return { kind: Kind.waive, ...deviceOf(body.right), asksTwo, autoLock: !asksTwo };
			}
			case "remove":
				return { kind: Kind.remove, taking: body.taking, ids: targetsOf(body.targets) };
			case "other":
				return { kind: undefined, number: 200, value: "news" };
			case "rotate": {
				const { key, privateKey } = nodeOf(body.to);
				const said = rotateProof({ era, author: realId(block.author), turn, key });
				const proof = body.proof ? signEs256(privateKey, said) : new Uint8Array(64).fill(1);
				const base = prefix(this.base(this.#baseAt(block.base)).real.hash);
				return { kind: Kind.rotate, key, proof, base, number: block.number, lastTaking: body.takings };
			}
		}
	}

	/** A statement of another's key, or for another opening, is one that its key did not sign. */
	#add(statement: Statement, author: Id): RealBody {
		const { key, name, number } = statement;
		const era = prefix(this.base(this.#baseAt(statement.opening)).real.hash);
		const node = nodeOf(key);
		const tag = new Uint8Array(tagLength);
		const said = {
			number,
			tag,
			name,
			types: typesOf(statement.types),
			key: node.key,
			sponsor: realId(statement.sponsor)
		};
		const isTrue = statement.signed && idOf(key) === statement.id;
		const signature = isTrue
			? signEs256(node.privateKey, statementBytes(era, said))
			: new Uint8Array(64).fill(1);
		return {
			kind: Kind.add,
			...said,
			sponsor: statement.sponsor === author ? null : said.sponsor,
			signature
		};
	}

	#modelBody(body: Body): Body {
		switch (body.kind) {
			case "add": {
				const { statement } = body;
				const { id, key, sponsor } = statement;
				const opening = numberOf(this.base(this.#baseAt(statement.opening)).real.hash);
				const isTrue = statement.signed && idOf(key) === id;
				const said = {
					...statement,
					id: idText(id),
					key: keyText(key, 0),
					sponsor: idText(sponsor),
					opening
				};
				return { ...body, statement: { ...said, signed: isTrue } };
			}
			case "confirm":
				return { ...body, target: idText(body.target) };
			case "describe":
				return { ...body, types: saidTypes(body.types) };
			case "grant":
			case "withdraw":
				return { ...body, right: grantText(body.right) };
			case "demand":
			case "waive":
				return { ...body, right: demandText(body.right) };
			case "remove":
				return { ...body, targets: targetsOf(body.targets).map(toHex) };
			case "rotate":
				return { ...body, to: keyText(body.to, body.turn) };
			case "other":
				return body;
		}
	}
}

/** The first 6 bytes of a hash: as long as no two are alike, they are in its order. */
export const numberOf = (hash: Uint8Array): Hash =>
	hash.subarray(0, 6).reduce((sum, byte) => sum * 256 + byte, 0);

/**
 * The name of a key in the relabelled model. A block names its key's turn, so the same key at another turn is another key: what a
 * rotate without effect called turn 2 and a table has as turn 1 are two.
 */
export function keyText(key: Key, turn: number): Key {
	const name = key.slice(key.indexOf("/") + 1);
	const isFirst = name === "0" && turn === 0;
	return `${idText(idOf(key))}/${name}${isFirst ? "" : `@${turn}`}`;
}

/** The part of a relabelled key's name that does not hang on its turn. */
export const plainKeyText = (key: Key): Key => key.split("@")[0] ?? key;
const grantText = ({ who, node, device }: Right): Right => ({ who: idText(who), node: idText(node), device });
const demandText = ({ who, node, device }: Right): Right => ({ who, node: idText(node), device });
const deviceOf = ({ node, device }: Right) => ({
	node: realId(node),
	device: device === "all" ? null : device
});
const permissionOf = (right: Right) => ({ id: realId(right.who), action, ...deviceOf(right) });
/** What is empty is said alike, whatever the number had. */
const saidTypes = (types: readonly number[]): number[] => types.map(type => Math.max(0, type));

function targetsOf(targets: readonly Id[]): Uint8Array[] {
	const ids = [...new Set(targets.slice(0, 8))].map(realId);
	return ids.sort(compareBytes);
}

/** An opening's block names its owners by their ids; so do its rows. */
function ownersFirst(rows: readonly Row[]): Row[] {
	const owners = rows.filter(isOwner).sort((a, b) => (idText(a.id) < idText(b.id) ? -1 : 1));
	return [...owners, ...rows.filter(row => !isOwner(row))];
}

function memberOf({ id, key, turn, frozen, rank, sponsor, name, types, guards }: Row) {
	const owns = rank === "owner";
	return {
		id: realId(id),
		name,
		types: typesOf(types),
		key: nodeOf(key).key,
		turn,
		isFrozen: frozen && !owns,
		rank: owns ? Rank.owner : rank === "member" ? Rank.member : Rank.provisional,
		sponsor: sponsor === undefined ? null : realId(sponsor),
		guards
	};
}
