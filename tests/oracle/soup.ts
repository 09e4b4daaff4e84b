import { window } from "./carried.js";
import type { Chance } from "./chance.js";
import type { History } from "./compare.js";
import { opening, row } from "./home.js";
import { limits } from "./limits.js";
import type { Base, Block, Body, Id, Right, Row, Statement } from "./words.js";

const owners = ["F", "K", "Z"];
const members = ["C", "L", "M"];
const provisional = ["P", "Q"];
const strangers = ["J", "I", "H", "S0", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"];
const everyone = [...owners, ...members, ...provisional, ...strangers];
const rights: readonly Right[] = [
	{ who: "C", node: "L", device: 0 },
	{ who: "C", node: "L", device: "all" },
	{ who: "D", node: "L", device: 0 },
	{ who: "M", node: "J", device: 1 },
	{ who: "J", node: "C", device: 0 }
];

/**
 * A history that no home has: anybody says anything, honest or not, with any key that it could have, on any of a few bases with any
 * tables. Short logs and small numbers make what is rare in homes usual: twins, full logs, bounds.
 */
export class Soup {
	readonly #chance: Chance;
	readonly #blocks: Block[] = [];
	readonly #bases: Base[] = [];
	readonly #keys = new Map<Id, string[]>();
	/** Whom this soup is about: few, so that they meet. */
	readonly #authors: readonly Id[];
	#hash = 1;

	constructor(chance: Chance) {
		this.#chance = chance;
		this.#authors = [chance.pick(owners), ...chance.some(everyone, 0.3)];
		for (const id of everyone) this.#keys.set(id, [`${id}/0`]);
	}

	/** All blocks and bases. */
	make(): History {
		const chance = this.#chance;
		this.#open(0);
		for (let count = 14 + chance.below(40); count > 0; count -= 1) {
			const what = chance.next();
			if (what < 0.05) this.#checkpoint();
			else if (what < 0.055) this.#open(1 + chance.below(2));
			else if (what < 0.09) this.#flood();
			else this.#say();
		}
		return { blocks: this.#blocks, bases: this.#bases };
	}

	#open(era: number): void {
		const chance = this.#chance;
		const rows: Row[] = [];
		for (const id of owners) if (id === "F" || chance.is(0.7)) rows.push(this.#row(id, "owner"));
		for (const id of members) rows.push(this.#row(id, "member"));
		for (const id of provisional)
			rows.push(this.#row(id, "provisional", chance.pick([...members, "F", "Q", "nobody"])));
		const grants = chance.some(rights, 0.4);
		this.#bases.push(
			opening({ hash: this.#hash++, era, rows, grants, removed: chance.some(strangers, 0.05) })
		);
	}

	#row(id: Id, rank: Row["rank"], sponsor?: Id): Row {
		return { ...row(id, rank, sponsor, this.#types()), guards: this.#chance.below(4) };
	}

	#types(): number[] {
		return Array.from({ length: 1 + this.#chance.below(3) }, () => this.#chance.pick([0, 1, 3]));
	}

	#checkpoint(): void {
		const chance = this.#chance;
		const old = chance.pick(this.#bases);
		const opened = this.#bases.find(({ hash }) => hash === old.opening) ?? old;
		const signers = opened.table.rows.filter(({ rank }) => rank === "owner").map(({ id }) => id);
		const signer = chance.pick(signers);
		const number = old.number + (chance.is(0.8) ? 1 : 1 + chance.below(3));
		const rows = old.table.rows
			.filter(({ rank }) => rank === "owner" || chance.is(0.9))
			.map(one => this.#forged(one));
		for (const id of chance.some(strangers, 0.08)) {
			if (rows.some(other => other.id === id)) continue;
			const rank = chance.pick(["member", "provisional"] as const);
			rows.push(this.#row(id, rank, chance.pick([...members, ...strangers])));
		}
		const covered = new Map(old.table.covered);
		const last = new Map(old.table.last);
		for (const id of signers) {
			if (chance.is(0.5)) covered.set(id, chance.below(chance.is(0.9) ? 4 : limits.ownerPlaces * number + 2));
			const taking = this.#blocks.find(({ author, body }) => author === id && "taking" in body);
			if (taking !== undefined && chance.is(0.5)) last.set(id, taking.hash);
		}
		const removed = chance.some(
			[...new Set([...old.table.removed, ...(chance.is(0.5) ? strangers : members)])],
			0.3
		);
		const table = {
			rows,
			removed: chance.is(0.05)
				? [...removed, ...Array.from({ length: 128 - removed.length }, (_, at) => `X${at}`)]
				: removed,
			covered,
			last,
			grants: chance.some(rights, 0.4),
			demands: chance.some(rights, 0.3),
			password: old.table.password + 1
		};
		const key = chance.pick(this.#keys.get(signer) ?? []);
		this.#bases.push({ hash: this.#hash++, era: old.era, opening: old.opening, number, signer, key, table });
	}

	#forged(one: Row): Row {
		const chance = this.#chance;
		if (one.rank === "owner" || !chance.is(0.15)) return one;
		const keys = (this.#keys.get(one.id) ?? []).slice(1);
		const rank = chance.pick(["member", "provisional"] as const);
		if (keys.length === 0) return { ...one, rank };
		return { ...one, rank, turn: 1, key: chance.pick(keys), frozen: chance.is(0.3) };
	}

	/** As many adds as a member may have places, or more takings than stand alone. */
	#flood(): void {
		const chance = this.#chance;
		const base = chance.pick(this.#bases);
		const author = chance.pick([...owners, ...members]);
		const isTaking = owners.includes(author);
		let before: Block | undefined;
		for (let at = 0; at < (isTaking ? 16 : 9); at += 1) {
			const body: Body = isTaking
				? {
						kind: "remove",
						taking: 1 + at + (base.table.covered.get(author) ?? 0),
						targets: [strangers[at % 12] ?? "J"]
					}
				: {
						kind: "add",
						statement: { ...this.#statement(author, base), sponsor: author, number: base.number }
					};
			const block: Block = {
				hash: this.#hash++,
				opening: base.opening,
				number: base.number,
				base: base.hash,
				author,
				key: `${author}/0`,
				sequence: before === undefined ? 0 : before.sequence + 1,
				previous: before?.hash,
				body
			};
			this.#blocks.push(block);
			if (!chance.is(0.1)) before = block;
		}
	}

	#say(): void {
		const chance = this.#chance;
		const base = chance.is(0.6) ? (this.#bases[0] ?? chance.pick(this.#bases)) : chance.pick(this.#bases);
		const author = chance.is(0.8) ? chance.pick(this.#authors) : chance.pick(everyone);
		const own = this.#blocks.filter(
			block => block.author === author && block.base === base.hash && block.body.kind !== "rotate"
		);
		const last = own[own.length - 1];
		const before =
			last === undefined || chance.is(0.15) ? undefined : chance.is(0.75) ? last : chance.pick(own);
		const keys = this.#keys.get(author) ?? [];
		const body = this.#body(author, base, own.length);
		const more = { opening: base.opening, number: base.number, base: base.hash, author };
		this.#blocks.push({
			...more,
			hash: this.#hash++,
			key: chance.is(0.6) ? (keys[keys.length - 1] ?? "") : chance.pick(keys),
			sequence: before === undefined ? 0 : before.sequence + 1,
			previous: before?.hash,
			body
		});
		if (body.kind === "rotate") this.#keys.set(author, [...keys, body.to]);
	}

	#body(author: Id, base: Base, said: number): Body {
		const chance = this.#chance;
		const right = chance.pick(rights);
		const covered = base.table.covered.get(author) ?? 0;
		const taking = Math.max(
			1,
			chance.pick([
				covered,
				covered + 1,
				covered + 1,
				covered + 2,
				covered + 1 + said,
				covered + window,
				covered + window + 1
			])
		);
		const targets = chance.some(everyone, 0.1);
		const add: Body = { kind: "add", statement: this.#statement(author, base) };
		const isOwner = owners.includes(author);
		if (isOwner && chance.is(0.5)) {
			return chance.pick<Body>([
				{ kind: "remove", taking, targets: targets.length > 0 ? targets : [chance.pick(everyone)] },
				{ kind: "withdraw", taking, right },
				{ kind: "demand", taking, right },
				{ kind: "grant", right },
				{ kind: "waive", right },
				{ kind: "confirm", target: chance.pick([...provisional, ...strangers]), guards: chance.below(4) }
			]);
		}
		return chance.pick<Body>([
			add,
			add,
			add,
			{ kind: "describe", name: `${author.toLowerCase()}${chance.below(9)}`, types: this.#types() },
			{ kind: "other" },
			{ kind: "confirm", target: chance.pick(everyone), guards: chance.below(4) },
			{ kind: "grant", right },
			{ kind: "remove", taking, targets: [chance.pick(everyone)] },
			this.#rotate(author, said)
		]);
	}

	#rotate(author: Id, said: number): Body {
		const chance = this.#chance;
		const turn = chance.pick([1, 1, 2, 2, 3, 4, 5, 6]);
		const takings = chance.pick([0, said, 1, 2, 1000]);
		return { kind: "rotate", turn, to: `${author}/${this.#hash++}`, proof: !chance.is(0.03), takings };
	}

	#statement(author: Id, base: Base): Statement {
		const chance = this.#chance;
		const id = chance.pick([
			chance.pick(strangers),
			chance.pick(strangers),
			chance.pick(provisional),
			chance.pick(everyone)
		]);
		const number = chance.pick([
			base.number,
			base.number,
			Math.max(0, base.number - 1),
			base.number + 1,
			base.number + 2
		]);
		const sponsor = chance.is(0.8) ? author : chance.pick([...members, ...provisional]);
		const signed = !chance.is(0.03);
		return {
			id,
			key: `${id}/0`,
			name: id.toLowerCase(),
			types: this.#types(),
			sponsor,
			opening: base.opening,
			number,
			signed
		};
	}
}
