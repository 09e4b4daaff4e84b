import type { Tried } from "./exhaustive.js";
import { opening } from "./home.js";
import type { Rules } from "./rules.js";
import { household, ownersRows, Scene, unlockC } from "./scene.js";
import type { Base, Block } from "./words.js";

type Event = {
	readonly name: string;
	readonly base?: Base;
	readonly rotates?: readonly Block[];
	readonly block?: Block;
};

/** What an honest owner F, a bad owner Z and the paper may say, for a lock to hear. */
function eventsOf(scene: Scene): Event[] {
	const { genesis } = scene.home;
	const rows = household.filter(({ id }) => id !== "Z");
	const opened = opening({ hash: 5000, era: 1, rows, grants: [unlockC] });
	const rival = opening({ hash: 6000, era: 1, rows, grants: [] });
	const turn = { kind: "rotate", turn: 1, proof: true, takings: 1 } as const;
	const removal = scene.bad("F", { kind: "remove", taking: 1, targets: ["M"] }, { hash: 41 });
	const rotate = scene.after(removal, { ...turn, to: "F/1" }, { hash: 40 });
	const thrown = genesis.table.rows.filter(({ id }) => id !== "C");
	const forged = scene.forged("Z", genesis, { rows: thrown, covered: new Map([["F", 12]]) }, { hash: 50 });
	const honest = scene.forged("F", genesis, {}, { hash: 60, key: "F/1" });
	const later = { opening: opened.hash, base: opened.hash };
	return [
		{ name: "F removes M", block: removal },
		{ name: "F rotates", block: rotate },
		{ name: "F's checkpoint", base: honest, rotates: [rotate] },
		{
			name: "F's old key's checkpoint",
			base: scene.forged("F", genesis, { rows: thrown }, { hash: 70, number: 4 })
		},
		{ name: "Z's table", base: forged },
		{
			name: "Z's table 9",
			base: scene.forged("Z", genesis, { rows: ownersRows }, { hash: 80, number: 9 })
		},
		{
			name: "Z removes C",
			block: scene.bad("Z", { kind: "remove", taking: 1, targets: ["C"] }, { hash: 90 })
		},
		{ name: "the paper", base: opened },
		{ name: "the paper again", base: rival },
		{
			name: "F withdraws after the paper",
			block: scene.bad("F", { kind: "withdraw", taking: 1, right: unlockC }, { ...later, hash: 91 })
		}
	];
}

/** Every choice of up to `length` of these events, tables among them, in every order of delivery, offered again afterwards. */
export function tryOwners(length: number, rules: Rules): Tried {
	const tried: Tried = { histories: 0, orders: 0, found: [] };
	const count = eventsOf(new Scene(rules, { honest: [] })).length;
	for (let chosen = 1; chosen < 1 << count; chosen++) {
		const events = Array.from({ length: count }, (_, at) => at).filter(at => (chosen & (1 << at)) !== 0);
		if (events.length > length) continue;
		tried.histories++;
		const ends = new Set<string>();
		for (const order of permutations(events)) {
			tried.orders++;
			ends.add(endOf(order, rules, tried));
		}
		if (ends.size > 1) tried.found.push(`diverges: ${events.join()}: ${[...ends].join(" or ")}`);
	}
	return tried;
}

/** How a lock ends that hears these, and then all of them again until nothing changes. */
function endOf(order: readonly number[], rules: Rules, tried: Tried): string {
	const scene = new Scene(rules, { honest: ["L"] });
	const events = eventsOf(scene);
	const chosen = order.map(at => events[at]).filter((event): event is Event => event !== undefined);
	const hear = ({ base, block, rotates }: Event): void => {
		if (base !== undefined) {
			const opened = base.number === 0 ? base : scene.home.genesis;
			scene.home.take("L", { base, opening: opened, rotates: rotates ?? [] });
		}
		if (block !== undefined) scene.home.hear("L", [block]);
	};
	for (const event of chosen) hear(event);
	let before = "";
	for (let round = 0; round < 6; round++) {
		for (const event of chosen) hear(event);
		const { base, judgement } = scene.node("L");
		const now = `${base.hash}/${[...judgement.kept].map(({ hash }) => hash).sort()}`;
		if (now === before) break;
		before = now;
	}
	const names = chosen.map(({ name }) => name);
	const { members, grants } = scene.see("L");
	const isOpened = names.some(name => name.startsWith("the paper"));
	// Against a bad owner's table, what F took under its old key F's own node takes again, which is not here.
	const isOld = names.includes("F rotates") || names.includes("F's checkpoint");
	if (names.includes("F removes M") && !isOpened && !isOld && members.has("M"))
		tried.found.push(`a lost removal: ${names}`);
	if (isOpened && (members.has("Z") || !members.has("C")))
		tried.found.push(`the paper did not rule: ${names}`);
	const withdrawn = names.includes("F withdraws after the paper") && names.includes("the paper");
	if (withdrawn && grants.length > 0) tried.found.push(`an overridden withdrawal: ${names}`);
	return before;
}

function permutations(list: readonly number[]): number[][] {
	if (list.length === 0) return [[]];
	return list.flatMap((first, at) =>
		permutations(list.filter((_, other) => other !== at)).map(rest => [first, ...rest])
	);
}
