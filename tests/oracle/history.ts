import { Adversary } from "./adversary.js";
import { Chance } from "./chance.js";
import { type Findings, findingsIn } from "./findings.js";
import { Home, opening, row } from "./home.js";
import type { Node, Wish } from "./node.js";
import type { Rules } from "./rules.js";
import type { Block, Id, Right } from "./words.js";

/** Who is bad, and what happens at all. */
export interface Setting {
	readonly name: string;
	readonly bad: readonly Id[];
	/** How many things happen before all meet. */
	readonly steps: number;
	/** Whether owners make checkpoints meanwhile. */
	readonly checkpoints: boolean;
	/** Whether nodes are put back to backups. */
	readonly backups: boolean;
	/** Whether the two honest owners stay on islands of their own, and make many checkpoints. */
	readonly islands?: boolean;
	/** Whether a thief comes to have every key that a rotate ended. */
	readonly thief?: boolean;
	/** Whether the paper is used. */
	readonly paper: boolean;
}

const founding = [
	row("F", "owner"),
	row("K", "owner"),
	row("Z", "owner"),
	row("C", "member"),
	row("D", "member"),
	row("L", "member", undefined, [3]),
	row("M", "member"),
	row("N", "member"),
	row("P", "provisional", "C"),
	row("Q", "provisional", "M")
];
const joiners = ["J", "I", "H", "G"];
const rights: readonly Right[] = [
	{ who: "C", node: "L", device: 0 },
	{ who: "D", node: "L", device: 0 },
	{ who: "C", node: "L", device: "all" }
];

const everyone = [...founding.map(({ id }) => id), ...joiners];

/** One random history, all nodes at rest after it. */
export function play(
	setting: Setting,
	seed: number,
	rules: Rules
): { home: Home; rounds: number | undefined; findings: Findings } {
	const chance = new Chance(seed);
	const hash = (): number => chance.next() * 1e9;
	const honest = everyone.filter(id => !setting.bad.includes(id));
	const genesis = opening({ hash: hash(), era: 0, rows: founding, grants: [rights[0] as Right] });
	const home = new Home({ rules, genesis, honest, hash });
	const adversary = new Adversary({ home, chance, ids: everyone, bad: setting.bad, rights });
	const parts = new Map(honest.map(id => [id, chance.below(2)]));
	const backups = new Map<Id, () => void>();
	for (let step = 0; step < setting.steps; step++) {
		if (setting.islands === true) {
			parts.set("F", 0);
			parts.set("K", 1);
		} else if (chance.is(0.06)) for (const id of honest) parts.set(id, chance.below(2));
		const one = chance.is(0.4) ? chance.pick(honest.slice(0, 2)) : chance.pick(honest);
		const node = home.node(one);
		const what = chance.next();
		if (what < 0.3) {
			const other = chance.pick(honest);
			if (other !== one && parts.get(one) === parts.get(other)) home.meet(one, other);
		} else if (what < 0.33) node.cover();
		else if (what < (setting.islands === true ? 0.42 : 0.37) && setting.checkpoints)
			node.checkpoint(chance.is(0.3) ? node.base.table.password + 1 : undefined);
		else if (what < 0.39 && setting.backups) {
			const backup = backups.get(one);
			if (backup === undefined || chance.is(0.5)) backups.set(one, home.backup(one));
			else backup();
		} else if (what < 0.4 && setting.paper) usePaper(home, node, chance);
		else if (what < 0.55 && adversary.keys.size > 0 && setting.islands !== true)
			attack(home, adversary, chance, honest);
		else {
			const wish = wishOf(node, chance, setting);
			const key = node.key;
			if (wish !== undefined) node.wish(wish);
			if (setting.thief === true && node.key !== key) adversary.steal(one, key);
		}
	}
	const rounds = home.rest();
	const isOwner = (id: Id): boolean => founding.some(member => member.id === id && member.rank === "owner");
	// Until a rotate is heard, who has the old key is as good as the owner.
	const trusted = setting.thief !== true && (setting.islands === true || !setting.bad.some(isOwner));
	return { home, rounds, findings: findingsIn(home, trusted) };
}

function attack(home: Home, adversary: Adversary, chance: Chance, honest: readonly Id[]): void {
	const base = chance.is(0.25) ? adversary.base() : undefined;
	const opened = home.bases.find(bundle => bundle.base.hash === base?.opening)?.base;
	const made: Block[] = base === undefined ? adversary.blocks() : [];
	for (const id of chance.some(honest, 0.4)) {
		const rotates = chance.some(
			home.blocks.filter(({ body }) => body.kind === "rotate"),
			0.7
		);
		if (base !== undefined && opened !== undefined) home.take(id, { base, opening: opened, rotates });
		// Others' blocks too, one by one, in any order, again and again.
		const others = chance.some(home.blocks, 0.2);
		for (const block of chance.shuffled([...made, ...others])) if (chance.is(0.8)) home.hear(id, [block]);
		if (chance.is(0.3)) home.hear(id, made);
		if (chance.is(0.2)) home.take(id, chance.pick(home.bases));
	}
}

function usePaper(home: Home, node: Node, chance: Chance): void {
	const rows = [...node.judgement.members.values()]
		.filter(({ rank }) => rank === "owner" || chance.is(0.9))
		.map(
			member =>
				({ ...member, rank: member.rank === "owner" && chance.is(0.3) ? "member" : member.rank }) as const
		);
	const owners = rows.filter(({ rank }) => rank === "owner");
	if (owners.length === 0) return;
	const base = opening({ hash: home.hash(), era: node.base.era + 1, rows, grants: node.judgement.grants });
	const bundle = { base, opening: base, rotates: [] };
	home.bases.push(bundle);
	home.take(node.id, bundle);
}

function wishOf(node: Node, chance: Chance, setting: Setting): Wish | undefined {
	const own = node.judgement.members.get(node.id);
	const joiner = chance.pick(joiners);
	const right = chance.pick(rights);
	const add: Wish = {
		kind: "add",
		statement: node.statement(`${joiner}/0`, joiner, joiner.toLowerCase(), [1])
	};
	const describe: Wish = {
		kind: "describe",
		name: `${node.id.toLowerCase()}${chance.below(9)}`,
		types: own?.types ?? []
	};
	const rotate: Wish = { kind: "rotate", to: `${node.id}/${Math.floor(chance.next() * 1e6)}` };
	const anyone: Wish[] = [
		add,
		add,
		describe,
		{ kind: "other" },
		chance.is(setting.thief === true ? 0.5 : 0.2) ? rotate : describe
	];
	if (own?.rank !== "owner") return chance.pick(anyone);
	return chance.pick<Wish>([
		...anyone.slice(1),
		{ kind: "remove", targets: [chance.pick(["M", "N", "Q", "P", "D", "J", "I"])] },
		{ kind: "remove", targets: [chance.pick(["S0", "S1", "S2", "H"])] },
		{ kind: "withdraw", right },
		{ kind: "withdraw", right },
		{ kind: "grant", right },
		{ kind: "grant", right },
		{ kind: "demand", right },
		{ kind: "waive", right },
		{ kind: "confirm", target: chance.pick(["P", "Q", "J"]), guards: 1 }
	]);
}

export const settings: readonly Setting[] = [
	{ name: "all honest, one base", bad: [], steps: 40, checkpoints: false, backups: false, paper: false },
	{
		name: "bad members, one base",
		bad: ["M", "N", "Q"],
		steps: 50,
		checkpoints: false,
		backups: false,
		paper: false
	},
	{ name: "all honest, checkpoints", bad: [], steps: 50, checkpoints: true, backups: false, paper: false },
	{
		name: "bad members, checkpoints",
		bad: ["M", "N", "Q"],
		steps: 50,
		checkpoints: true,
		backups: false,
		paper: false
	},
	{
		name: "a bad owner too",
		bad: ["Z", "M", "Q"],
		steps: 50,
		checkpoints: true,
		backups: false,
		paper: false
	},
	{
		name: "a thief of old keys",
		bad: [],
		steps: 60,
		checkpoints: true,
		backups: false,
		thief: true,
		paper: false
	},
	{
		name: "honest, two islands",
		bad: ["Z"],
		steps: 60,
		checkpoints: true,
		backups: false,
		islands: true,
		paper: false
	},
	{ name: "honest, backups", bad: [], steps: 50, checkpoints: true, backups: true, paper: false },
	{
		name: "bad members, backups, paper",
		bad: ["M", "N", "Q"],
		steps: 60,
		checkpoints: true,
		backups: true,
		paper: true
	},
	{
		name: "a bad owner, backups, paper",
		bad: ["Z", "M", "Q"],
		steps: 60,
		checkpoints: true,
		backups: true,
		paper: true
	}
];
