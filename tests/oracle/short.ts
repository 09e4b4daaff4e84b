import { opening } from "./home.js";
import { household, type Scene, unlockC } from "./scene.js";
import { type Base, type Block, type Body, type Id, isOf } from "./words.js";

/** A history of a few blocks: each names its author's last block, a bad author's also the one before that. */
export interface ShortHistory {
	readonly blocks: readonly Block[];
	/** By the paper, beside genesis. */
	readonly openings: readonly Base[];
}

/** What an author may say next; its bad ones also beside what they said. */
interface Choice {
	readonly body: Body;
	readonly twin?: boolean;
}

/** Who says what under which base. */
interface Author {
	readonly id: Id;
	readonly isBad: boolean;
	readonly base: Base;
	readonly bodies: (taken: number) => readonly Body[];
}

/** All logs of each author, by their length: longer ones go on after the blocks of shorter ones. */
class Logs {
	readonly #scene: Scene;
	readonly #author: Author;
	readonly #logs: (readonly Block[])[][] = [[[]]];

	constructor(scene: Scene, author: Author) {
		this.#scene = scene;
		this.#author = author;
	}

	of(length: number): readonly (readonly Block[])[] {
		while (this.#logs.length <= length) {
			const last = this.#logs[this.#logs.length - 1] ?? [];
			this.#logs.push(last.flatMap(log => this.#longer(log)));
		}
		return this.#logs[length] ?? [];
	}

	/** An honest author has one rotate at most, and its later blocks are signed with the new key; a bad one may have rivals. */
	#longer(log: readonly Block[]): Block[][] {
		const { id, isBad, bodies } = this.#author;
		const turned = log.find(block => isOf(block, "rotate"));
		const entries = log.filter(block => !isOf(block, "rotate"));
		const taken = log.filter(({ body }) => "taking" in body).length;
		const to = `${id}/r${log.length}`;
		const rotate: Body = { kind: "rotate", turn: 1, to, proof: true, takings: isBad ? 99 : taken };
		const choices: Choice[] = bodies(taken + 1).flatMap(body => [
			{ body },
			...(isBad && entries.length > 0 ? [{ body, twin: true }] : [])
		]);
		if (turned === undefined || isBad) choices.push({ body: rotate });
		return choices.map(({ body, twin = false }) => {
			const last = entries[entries.length - (twin ? 2 : 1)];
			const isOld = turned === undefined || !isOf(turned, "rotate") || twin || body.kind === "rotate";
			const { hash, number } = this.#author.base;
			const block = this.#scene.bad(id, body, {
				opening: hash,
				base: hash,
				number,
				key: isOld ? `${id}/0` : turned.body.to,
				previous: last?.hash,
				sequence: last === undefined ? 0 : last.sequence + 1
			});
			return [...log, block];
		});
	}
}

const right = unlockC;
const remove = (taking: number, target: Id): Body => ({ kind: "remove", taking, targets: [target] });

/** What an honest owner says. */
const honestly =
	(scene: Scene, id: Id, { hash, number }: Base) =>
	(taking: number): Body[] => [
		remove(taking, "M"),
		remove(taking, "J"),
		{ kind: "withdraw", taking, right },
		{ kind: "grant", right },
		{ kind: "confirm", target: "Q", guards: 0 },
		scene.add(id, "J", { opening: hash, number })
	];

/** Whose logs make up a history, and which openings there are in it. */
interface Cast {
	readonly authors: readonly Logs[];
	readonly openings: readonly Base[];
}

/** Every history of `length` blocks of these authors together. */
function* historiesOf({ authors, openings }: Cast, length: number): Generator<ShortHistory, void, undefined> {
	yield* withLogs(0, length - openings.length, []);
	function* withLogs(
		at: number,
		left: number,
		blocks: readonly Block[]
	): Generator<ShortHistory, void, undefined> {
		const author = authors[at];
		if (author === undefined) {
			if (left === 0) yield { blocks, openings };
			return;
		}
		for (let count = at === authors.length - 1 ? left : 0; count <= left; count++)
			for (const log of author.of(count)) yield* withLogs(at + 1, left - count, [...blocks, ...log]);
	}
}

/** Every history of two honest owners, F and K, and the bad member M. */
export function* membersHistories(scene: Scene, length: number): Generator<ShortHistory, void, undefined> {
	const { genesis: base } = scene.home;
	const honest = ["F", "K"].map(
		id => new Logs(scene, { id, isBad: false, base, bodies: honestly(scene, id, base) })
	);
	const bodies = (): Body[] => [
		scene.add("M", "J"),
		{ kind: "describe", name: "c", types: [3] },
		remove(1, "C"),
		{ kind: "grant", right },
		{ kind: "confirm", target: "Q", guards: 0 }
	];
	const bad = new Logs(scene, { id: "M", isBad: true, base, bodies });
	yield* historiesOf({ authors: [...honest, bad], openings: [] }, length);
}

/**
 * Every history of the honest owner F, the bad owner Z and the paper, which is used not at all, once or twice for the same era: without Z. F goes
 * on in it; Z tries to, by what counted before.
 */
export function* ownersHistories(scene: Scene, length: number): Generator<ShortHistory, void, undefined> {
	const { genesis } = scene.home;
	const rows = household.filter(({ id }) => id !== "Z");
	// Neither would rule by its hash; of the two the second does.
	const first = opening({ hash: 2_000_000_000, era: 1, rows, grants: [unlockC] });
	const second = opening({ hash: 1_999_999_999, era: 1, rows, grants: [] });
	const logsOfF = (base: Base) =>
		new Logs(scene, { id: "F", isBad: false, base, bodies: honestly(scene, "F", base) });
	const logsOfZ = (base: Base) => {
		const { hash, number } = base;
		const bodies = (taking: number): Body[] => [
			remove(taking, "C"),
			remove(taking, "F"),
			{ kind: "grant", right },
			{ kind: "confirm", target: "Q", guards: 0 },
			scene.add("Z", "J", { opening: hash, number })
		];
		return new Logs(scene, { id: "Z", isBad: true, base, bodies });
	};
	const before = [logsOfF(genesis), logsOfZ(genesis)];
	const after = [logsOfF(first), logsOfZ(first)];
	yield* historiesOf({ authors: before, openings: [] }, length);
	yield* historiesOf({ authors: [...before, ...after], openings: [first] }, length);
	yield* historiesOf({ authors: [...before, ...after, logsOfF(second)], openings: [first, second] }, length);
}
