import { fromHex, toHex } from "../../modules/bytes/bytes.js";
import { Chain, Kind, type Block as RealBlock, type Body as RealBody } from "../../modules/chain/chain.js";
import { MemoryStorage } from "../harness/blocks.js";
import type { Chance } from "./chance.js";
import { DifferenceError, type Prepared, refusedOr } from "./compare.js";
import { action, asks, nodeOf, numberOf, realId, typesOf } from "./concrete.js";
import { Node, type Unsigned, type Wish } from "./node.js";
import { allRules } from "./rules.js";
import { difference, keptOf, modelKept, modelStanding, standingOf } from "./standing.js";
import type { Base, Body, Hash, Id, Right } from "./words.js";

/** What one node did. */
export interface OwnCompared {
	events: number;
	/** Blocks that it said again by itself. */
	again: number;
	/** Checkpoints that it made by itself. */
	covers: number;
	wishes: number;
}

/** The oracle's node made a checkpoint where a chain leaves that to who asks it: there is no more to compare. */
class Leaving extends Error {}

/** A chain on a node of the home, which acts, beside an oracle's node: both hear the same, of its own past as well. */
export class OwnComparison {
	readonly #prepared: Prepared;
	readonly #chance: Chance;
	readonly #name: Id;
	readonly #id: Uint8Array;
	readonly #chain: Chain;
	readonly #node: Node;
	readonly #privateKey: Uint8Array;
	/** What the chain's node has said, until the oracle's says it. */
	#said: RealBlock[] = [];
	#checkpoint: RealBlock | undefined;
	readonly compared: OwnCompared = { events: 0, again: 0, covers: 0, wishes: 0 };

	constructor(prepared: Prepared, chance: Chance, name: Id, opening: Base) {
		this.#prepared = prepared;
		this.#chance = chance;
		this.#name = name;
		const { id, privateKey } = nodeOf(`${name}/0`);
		this.#id = id;
		this.#privateKey = privateKey;
		const { genesis } = prepared.concrete;
		this.#chain = new Chain({ storage: new MemoryStorage(), home: genesis.hash.slice(0, 8), self: id });
		this.#chain.add(genesis.cose);
		const bundle = prepared.concrete.bundle(opening, []);
		this.#chain.adopt(bundle.real);
		this.#node = new Node({
			id: toHex(id),
			key: `${toHex(id)}/0`,
			bundle: bundle.model,
			rules: allRules,
			hash: made => this.#hashOf(made)
		});
	}

	run(events: number): OwnCompared {
		try {
			for (let event = 0; event < events; event += 1) {
				this.#event();
				this.compared.events += 1;
				this.#compare(`after event ${event}`);
			}
			const { base, judgement } = this.#node;
			this.#see(standingOf(this.#chain), modelStanding(base, judgement, this.#prepared.names), "at the end");
		} catch (error) {
			if (!(error instanceof Leaving)) throw error;
		}
		return this.compared;
	}

	#event(): void {
		const chance = this.#chance;
		const what = chance.next();
		if (what < 0.15) this.#take(chance.pick(this.#prepared.bases));
		else if (what < 0.25) this.#cover();
		else if (what < 0.45) this.#wish();
		else {
			const { model, real } = chance.pick(this.#prepared.pairs);
			this.#both(
				() => this.#chain.add(real.cose),
				() => this.#node.hear([model])
			);
		}
	}

	#take(base: Base): void {
		const bundle = this.#prepared.concrete.bundle(base, []);
		this.#both(
			() => this.#chain.adopt(bundle.real),
			() => this.#node.take(bundle.model)
		);
	}

	/** First the chain, with all that its node then says again; then the oracle's node, which has to say the same. */
	#both(real: () => unknown, model: () => unknown): void {
		refusedOr(real);
		this.#sayAgain();
		model();
		const [left] = this.#said;
		if (left !== undefined)
			throw new DifferenceError(`the chain says again ${JSON.stringify(textOf(left.body))}`);
	}

	#sayAgain(): void {
		for (let count = 0; count < 40; count += 1) {
			const [body] = this.#chain.duties.again;
			if (body === undefined) return;
			const block = this.#issue(body);
			if (block === undefined) return;
			this.compared.again += 1;
		}
		throw new DifferenceError("the chain never has said enough");
	}

	#issue(body: RealBody): RealBlock | undefined {
		const issue = { author: this.#id, privateKey: this.#privateKey, time: null, body };
		const block = refusedOr(() => this.#chain.issue(issue));
		if (block !== undefined) this.#said.push(block);
		return block;
	}

	#cover(): void {
		const { covers } = this.#chain.duties;
		const made = covers ? this.#makeCheckpoint() : undefined;
		const isMade = made !== undefined;
		this.#both(
			() => undefined,
			() => {
				if (this.#node.cover() !== isMade) throw new DifferenceError(`the chain covers: ${isMade}`);
			}
		);
		if (isMade) this.compared.covers += 1;
	}

	#makeCheckpoint(): RealBlock | undefined {
		const signer = { author: this.#id, privateKey: this.#privateKey, time: null };
		this.#checkpoint = refusedOr(() => this.#chain.issueCheckpoint(signer));
		return this.#checkpoint;
	}

	#wish(): void {
		const wish = this.#wishes();
		const body = realBody({ ...wish, taking: this.#chain.nextTaking(this.#id) } as Body);
		if (body === undefined) return;
		const needs = this.#chain.needsCheckpoint(this.#id, body);
		if (needs && this.#makeCheckpoint() !== undefined) this.#sayAgain();
		const taking = this.#chain.nextTaking(this.#id);
		const numbered = "taking" in body ? { ...body, taking } : body;
		const isMade = this.#checkpoint !== undefined;
		const said = needs && !isMade ? undefined : this.#issue(numbered);
		if (isMade && said === undefined) throw new Leaving();
		this.#node.wish(wish);
		if (this.#checkpoint !== undefined) throw new DifferenceError("the oracle needs no checkpoint");
		const [left] = this.#said;
		if (left !== undefined) throw new DifferenceError(`the chain says ${JSON.stringify(textOf(left.body))}`);
		this.compared.wishes += 1;
	}

	/** What the oracle's node makes has the hash of what the chain's has made. */
	#hashOf(made: Unsigned): Hash {
		if ("signer" in made) {
			const real = this.#checkpoint;
			if (real === undefined) throw new Leaving();
			this.#checkpoint = undefined;
			return numberOf(real.hash);
		}
		const [real, ...rest] = this.#said;
		const wanted = JSON.stringify(textOf(realBody(made.body)));
		if (real === undefined) throw new DifferenceError(`the oracle says ${wanted}`);
		const text = JSON.stringify(textOf(real.body));
		if (wanted !== text) throw new DifferenceError(`the oracle says ${wanted}, the chain ${text}`);
		if (real.sequence !== made.sequence)
			throw new DifferenceError(`sequence ${real.sequence}, not ${made.sequence}`);
		this.#said = rest;
		return numberOf(real.hash);
	}

	#compare(when: string): void {
		const { base, judgement } = this.#node;
		this.#see(keptOf(this.#chain), modelKept(base, judgement), when);
		const next = this.#chain.nextTaking(this.#id) - 1;
		if (this.#node.isOwner && next !== this.#node.takings) {
			throw new DifferenceError(`${when}, its last taking: ${next}, not ${this.#node.takings}`);
		}
	}

	#see(real: ReturnType<typeof keptOf>, model: ReturnType<typeof keptOf>, when: string): void {
		const found = difference(real, model);
		if (found !== undefined) throw new DifferenceError(`${when} of ${this.#name}, ${found}`);
	}

	#wishes(): Wish {
		const chance = this.#chance;
		const id = (name: Id): Id => toHex(realId(name));
		const right: Right = { who: id("C"), node: id("L"), device: chance.pick([0, "all"] as const) };
		const demand: Right = { ...right, who: chance.pick(["C", "D"]) };
		const target = id(chance.pick(["P", "Q", "J"]));
		return chance.pick<Wish>([
			{ kind: "remove", targets: [id(chance.pick(["M", "Q", "S0", "J"]))] },
			{ kind: "withdraw", right },
			{ kind: "demand", right: demand },
			{ kind: "grant", right },
			{ kind: "waive", right: demand },
			{ kind: "confirm", target, guards: 1 },
			{ kind: "describe", name: `x${chance.below(9)}`, types: [1, 3] },
			{ kind: "other" }
		]);
	}
}

/** The body in bytes of the relabelled model's; undefined where a signature is missing. */
function realBody(body: Body): RealBody | undefined {
	switch (body.kind) {
		case "confirm":
			return { kind: Kind.confirm, id: fromHex(body.target), guards: body.guards };
		case "describe":
			return { kind: Kind.describe, name: body.name, types: typesOf(body.types) };
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
			return { kind: Kind.remove, taking: body.taking, ids: [...body.targets].sort().map(fromHex) };
		case "other":
			return { kind: undefined, number: 200, value: "news" };
		case "add": {
			const { key, name, number, types, sponsor } = body.statement;
			const said = {
				number,
				tag: new Uint8Array(8),
				name,
				types: typesOf(types),
				key: fromHex(key.split("/")[0] ?? "")
			};
			return { kind: Kind.add, ...said, sponsor: fromHex(sponsor), signature: new Uint8Array(64) };
		}
		case "rotate":
			return undefined;
	}
}

const deviceOf = ({ node, device }: Right) => ({
	node: fromHex(node),
	device: device === "all" ? null : device
});
const permissionOf = (right: Right) => ({ id: fromHex(right.who), action, ...deviceOf(right) });

/** What can be compared of a body: of an add whom it adds. */
function textOf(body: RealBody | undefined): unknown {
	if (body === undefined) return undefined;
	const texts = Object.entries(body).map(([name, value]) => [
		name,
		value instanceof Uint8Array ? toHex(value) : Array.isArray(value) ? value.map(one => toHex(one)) : value
	]);
	if (body.kind !== Kind.add) return texts;
	return ["add", body.name, body.number, toHex(body.types)];
}
