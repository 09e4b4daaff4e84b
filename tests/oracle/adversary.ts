import type { Chance } from "./chance.js";
import type { Home } from "./home.js";
import { limits } from "./limits.js";
import type { Base, Block, Body, Id, Right, Row } from "./words.js";

/** Makes what honest code never makes: with the keys of some members, knowing all that anyone said. */
export class Adversary {
	readonly #home: Home;
	readonly #chance: Chance;
	/** Whose keys it has, and which. */
	readonly keys = new Map<Id, string[]>();
	readonly #stolen = new Set<Id>();
	#made = 0;
	readonly #ids: readonly Id[];
	readonly #rights: readonly Right[];

	constructor(options: {
		home: Home;
		chance: Chance;
		ids: readonly Id[];
		bad: readonly Id[];
		rights: readonly Right[];
	}) {
		this.#home = options.home;
		this.#chance = options.chance;
		this.#ids = options.ids;
		this.#rights = options.rights;
		for (const id of options.bad) this.keys.set(id, [`${id}/0`]);
	}

	/** Comes to have a key that its holder has replaced; with it, it makes no rival rotate, for that would be as much as the owner's own key. */
	steal(id: Id, key: string): void {
		this.#stolen.add(id);
		this.keys.set(id, [...(this.keys.get(id) ?? []), key]);
	}

	/** A few blocks in the name of those whose keys it has: twins, floods, takings, other people's names. */
	blocks(): Block[] {
		const chance = this.#chance;
		const [author, keys] = chance.pick([...this.keys]);
		const made: Block[] = [];
		const count = chance.is(0.2) ? 6 + chance.below(14) : 1 + chance.below(3);
		const { base } = chance.is(0.7) ? this.#newest() : chance.pick(this.#home.bases);
		const twins = chance.is(0.4);
		for (let i = 0; i < count; i++) {
			const own = [...this.#home.blocks, ...made].filter(
				block => block.author === author && block.base === base.hash && block.body.kind !== "rotate"
			);
			const last = own[own.length - 1];
			let before: Block | undefined = last;
			if (own.length > 0 && chance.is(0.3)) before = chance.pick(own);
			if (twins || chance.is(0.1)) before = undefined;
			const body = this.#body(author, base, own);
			const block: Block = {
				hash: this.#home.hash() * (chance.is(0.5) ? 1e-3 : 1),
				opening: base.opening,
				number: base.number,
				base: base.hash,
				author,
				key: chance.pick(keys),
				sequence: before === undefined ? 0 : before.sequence + 1,
				previous: before?.hash,
				body
			};
			if (body.kind === "rotate") keys.push(body.to);
			made.push(block);
		}
		this.#home.blocks.push(...made);
		return made;
	}

	#newest(): { base: Base } {
		return this.#home.bases.reduce((a, b) =>
			b.base.era > a.base.era || b.base.number >= a.base.number ? b : a
		);
	}

	#body(author: Id, base: Base, own: readonly Block[]): Body {
		const chance = this.#chance;
		const right = chance.pick(this.#rights);
		const target = chance.pick(this.#ids);
		const numbers = own.flatMap(({ body }) => ("taking" in body ? [body.taking] : []));
		const next = Math.max(base.table.covered.get(author) ?? 0, ...numbers) + 1;
		const taking = chance.is(0.7)
			? next
			: chance.pick([1, next + 1, next + 40, 2 ** 32 - 1, base.table.covered.get(author) ?? 1]);
		const turn = chance.pick([1, 1, 1, 2, 3]);
		const rotate = {
			kind: "rotate",
			turn,
			to: `${author}/bad${this.#made++}`,
			proof: true,
			takings: chance.pick([0, 1, 1000])
		} as const;
		return chance.pick<Body>([
			this.#stolen.has(author) ? { kind: "other" } : rotate,
			{ kind: "add", statement: { ...this.#statement(author, base), signed: true } },
			{ kind: "add", statement: { ...this.#statement(author, base), signed: true } },
			{
				kind: "describe",
				name: `${author.toLowerCase()}x${chance.below(99)}`,
				types: [chance.below(4), chance.below(4)]
			},
			{ kind: "other" },
			{ kind: "grant", right },
			{ kind: "waive", right },
			{ kind: "confirm", target, guards: chance.below(4) },
			{ kind: "remove", taking, targets: [target] },
			{ kind: "withdraw", taking, right },
			{ kind: "demand", taking, right }
		]);
	}

	#statement(sponsor: Id, base: Base): Extract<Body, { kind: "add" }>["statement"] {
		const chance = this.#chance;
		const id = chance.is(0.6) ? `S${chance.below(30)}` : chance.pick(this.#ids);
		// It has the keys of its own inventions only.
		const key = id.startsWith("S") ? `${id}/0` : `${chance.pick([...this.keys.keys()])}/0`;
		return {
			id,
			key,
			name: "x",
			types: [1],
			sponsor,
			opening: base.opening,
			number: base.number,
			signed: true
		};
	}

	/** A checkpoint by an owner whose key it has, with any table. */
	base(): Base | undefined {
		const chance = this.#chance;
		const owners = [...this.keys].filter(([id]) =>
			this.#home.genesis.table.rows.some(row => row.id === id && row.rank === "owner")
		);
		if (owners.length === 0) return undefined;
		const [signer, keys] = chance.pick(owners);
		const { base } = chance.is(0.8) ? this.#newest() : chance.pick(this.#home.bases);
		const old = base.table;
		const rows: Row[] = chance
			.shuffled(old.rows)
			// A table without the owners' rows, or with them as something else, is refused.
			.filter(row => chance.is(row.rank === "owner" ? 0.99 : 0.9))
			.map(row => {
				if (!chance.is(row.rank === "owner" ? 0.01 : 0.1)) return row;
				const turn = Math.max(1, row.turn);
				return { ...row, turn, key: `${row.id}/forged`, rank: chance.pick(["member", "provisional"]) };
			});
		if (chance.is(0.3)) {
			const id = chance.pick(this.#ids);
			if (!rows.some(row => row.id === id)) {
				const forged = {
					turn: 0,
					frozen: false,
					sponsor: undefined,
					name: id.toLowerCase(),
					types: [1],
					guards: 3
				};
				rows.push({ id, key: `${id}/0`, rank: "member", ...forged });
			}
		}
		const number = base.number + (chance.is(0.2) ? 1 + chance.below(20) : 1);
		const covered = new Map(old.covered);
		for (const id of this.#ids)
			if (chance.is(0.2)) covered.set(id, chance.below(limits.ownerPlaces * number + 1));
		const made: Base = {
			hash: this.#home.hash() * (chance.is(0.5) ? 1e-3 : 1),
			era: base.era,
			opening: base.opening,
			number,
			signer,
			key: chance.pick(keys),
			table: {
				rows,
				removed: chance.some(old.removed, 0.7),
				covered,
				last: old.last,
				grants: chance.some([...old.grants, ...this.#rights], 0.5),
				demands: chance.some(old.demands, 0.5),
				password: old.password + 1
			}
		};
		const opening =
			this.#home.bases.find(bundle => bundle.base.hash === base.opening)?.base ?? this.#home.genesis;
		this.#home.bases.push({ base: made, opening, rotates: [] });
		return made;
	}
}
