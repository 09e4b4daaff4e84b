import { judge } from "./judge.js";
import type { Rules } from "./rules.js";
import { household, Scene, unlockC } from "./scene.js";
import { type Block, type Body, type Id, isOf, overlaps } from "./words.js";

/** What exhaustive trying found. */
export interface Tried {
	histories: number;
	/** Orders of delivery, repeated ones not counted. */
	orders: number;
	found: string[];
}

/** What each author may say, and with which key: its bad ones also beside what they said. */
interface Choice {
	readonly body: Body;
	readonly twin?: boolean;
}

const takes = (taking: number): Choice[] => [
	{ body: { kind: "remove", taking, targets: ["M"] } },
	{ body: { kind: "remove", taking, targets: ["J"] } },
	{ body: { kind: "withdraw", taking, right: unlockC } }
];
const gives = (scene: Scene, author: Id): Choice[] => [
	{ body: { kind: "grant", right: unlockC } },
	{ body: { kind: "confirm", target: "Q", guards: 0 } },
	{ body: scene.add(author, "J") }
];
const rotate = (author: Id, at: number): Choice => ({
	body: { kind: "rotate", turn: 1, to: `${author}/r${at}`, proof: true, takings: 99 }
});

/** The logs of one author with a number of blocks, each as lists of choices. */
function logsOf(scene: Scene, author: Id, length: number): Block[][] {
	let logs: Block[][] = [[]];
	for (let at = 0; at < length; at++) {
		const longer: Block[][] = [];
		for (const log of logs) {
			const taken = log.filter(({ body }) => "taking" in body).length;
			const choices: Choice[] =
				author === "M"
					? [false, true].flatMap(twin => [
							{ body: scene.add("M", "J"), twin },
							{ body: { kind: "describe", name: "c", types: [3] }, twin },
							{ body: { kind: "remove", taking: 1, targets: ["C"] }, twin }
						])
					: [...takes(taken + 1), ...gives(scene, author)];
			for (const { body, twin } of [...choices, rotate(author, at)]) {
				const turned = log.find(block => isOf(block, "rotate"));
				const entries = log.filter(block => !isOf(block, "rotate"));
				const last = twin === true ? entries[entries.length - 2] : entries[entries.length - 1];
				if (twin === true && entries.length === 0) continue;
				// An honest author has one rotate for each key here; a bad one may have rivals.
				if (turned !== undefined && body.kind === "rotate" && author !== "M") continue;
				const key =
					turned !== undefined && isOf(turned, "rotate") && twin !== true ? turned.body.to : `${author}/0`;
				const more = { key: body.kind === "rotate" ? `${author}/0` : key, previous: last?.hash };
				const sequence = last === undefined ? 0 : last.sequence + 1;
				longer.push([...log, scene.bad(author, body, { ...more, sequence })]);
			}
		}
		logs = longer;
	}
	return logs;
}

/**
 * Every history of two honest owners and one bad member of `length` blocks, in every order of delivery, all offered again afterwards until nothing
 * changes. What is kept in between is a set of at most that many blocks, so each set is judged once.
 */
export function tryMembers(length: number, rules: Rules, until: () => boolean = () => false): Tried {
	const tried: Tried = { histories: 0, orders: 0, found: [] };
	const scene = new Scene(rules, { honest: [] });
	for (const blocks of shortHistories(scene, length)) {
		if (until() || tried.found.length > 0) return tried;
		tryOne(scene, blocks, tried);
	}
	return tried;
}

/** Every history of two honest owners and one bad member of `length` blocks. */
export function* shortHistories(scene: Scene, length: number): Generator<readonly Block[], void, undefined> {
	for (let ofF = 0; ofF <= length; ofF++)
		for (let ofK = 0; ofF + ofK <= length; ofK++) {
			const [logsF, logsK, logsM] = [
				logsOf(scene, "F", ofF),
				logsOf(scene, "K", ofK),
				logsOf(scene, "M", length - ofF - ofK)
			];
			for (const logF of logsF ?? [])
				for (const logK of logsK ?? []) for (const logM of logsM ?? []) yield [...logF, ...logK, ...logM];
		}
}

function tryOne({ home: { genesis }, rules }: Scene, blocks: readonly Block[], tried: Tried): void {
	tried.histories++;
	const full = (1 << blocks.length) - 1;
	const bit = new Map(blocks.map((block, at) => [block, 1 << at]));
	const keptOf = new Map<number, number>();
	const effects = new Map<number, string>();
	const of = (set: number): Block[] => blocks.filter((_, at) => (set & (1 << at)) !== 0);
	const keep = (set: number): number => {
		const known = keptOf.get(set);
		if (known !== undefined) return known;
		const judgement = judge(genesis, genesis, of(set), rules);
		let kept = 0;
		for (const block of judgement.kept) kept |= bit.get(block) ?? 0;
		keptOf.set(set, kept);
		const fault = faultIn(judgement, of(set), of(kept));
		if (fault !== undefined) effects.set(set, fault);
		return kept;
	};
	const settle = (kept: number): number => {
		let now = kept;
		for (let round = 0; round < 8; round++) {
			const before = now;
			for (let at = 0; at < blocks.length; at++) now = keep(now | (1 << at));
			if (now === before) return now;
		}
		return -1;
	};
	const whole = settle(keep(full));
	const seen = new Set<string>();
	const deliver = (left: number, kept: number): void => {
		const state = `${left}:${kept}`;
		if (seen.has(state)) return;
		seen.add(state);
		if (left === 0) {
			tried.orders++;
			if (settle(kept) !== whole) tried.found.push(`diverges: ${tell(blocks)}`);
			return;
		}
		for (let at = 0; at < blocks.length; at++)
			if ((left & (1 << at)) !== 0) deliver(left & ~(1 << at), keep(kept | (1 << at)));
	};
	deliver(full, 0);
	for (const fault of effects.values()) tried.found.push(`${fault}: ${tell(blocks)}`);
}

/** What breaks a promise in a set of blocks of honest F and K and bad M. */
function faultIn(
	{ members, grants }: ReturnType<typeof judge>,
	delivered: readonly Block[],
	kept: readonly Block[]
): string | undefined {
	const honest = delivered.filter(({ author }) => author !== "M");
	for (const block of honest) {
		// Before the rotate that brings its key a block cannot be read; beside it the old key's count for nothing.
		const isReadable = block.key.endsWith("/0")
			? kept.includes(block) || !honest.some(other => isOf(other, "rotate") && other.author === block.author)
			: honest.some(other => isOf(other, "rotate") && other.author === block.author);
		if (isOf(block, "remove") && isReadable && block.body.targets.some(id => members.has(id)))
			return "a lost removal";
		if (!isOf(block, "withdraw") || !kept.includes(block)) continue;
		const { right } = block.body;
		const isKnowing = kept.some(
			other => isOf(other, "grant") && other.author === block.author && other.sequence > block.sequence
		);
		if (!isKnowing && grants.some(grant => overlaps(grant, right))) return "an overridden withdrawal";
	}
	if (members.get("C")?.name !== "c" || members.get("C")?.key !== "C/0") return "another's name or key";
	if (!household.every(({ id, rank }) => rank !== "owner" || members.get(id)?.rank === "owner"))
		return "an owner lost";
	return undefined;
}

const tell = (blocks: readonly Block[]): string =>
	blocks.map(({ author, sequence, body }) => `${author}${sequence} ${JSON.stringify(body)}`).join("; ");
