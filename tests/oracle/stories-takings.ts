import { check, household, Scene, unlockC, unlockD } from "./scene.js";
import type { Story } from "./stories.js";
import type { Block, Right } from "./words.js";

/** As many as a table lists. */
const invented = Array.from({ length: 128 }, (_, at) => `X${at}`);

/** Removals and withdrawals. */
export const takingStories: readonly Story[] = [
	{
		name: "un-removal by a second block of the remover",
		tell(rules) {
			const scene = new Scene(rules);
			const removal = scene.say("F", { kind: "remove", targets: ["M"] });
			scene.home.hear("L", [removal]);
			scene.home.hear("L", [scene.bad("F", { kind: "other" }, { hash: scene.low() })]);
			check(!scene.isMember("L", "M"), "M stays removed");
		}
	},
	{
		name: "a removed id is added again",
		tell(rules) {
			const scene = new Scene(rules);
			scene.home.hear("L", [
				scene.say("F", { kind: "remove", targets: ["J"] }),
				scene.bad("M", scene.add("M", "J"))
			]);
			check(!scene.isMember("L", "J"), "who was removed is not added in this era");
		}
	},
	{
		name: "a removal is sent alone, without the log before it",
		tell(rules) {
			const scene = new Scene(rules);
			scene.say("F", { kind: "other" });
			scene.home.hear("L", [scene.say("F", { kind: "remove", targets: ["M"] })]);
			check(!scene.isMember("L", "M"), "it has effect");
		}
	},
	{
		name: "a removed member fills the lock before its removal comes, and after it",
		tell(rules) {
			const scene = new Scene(rules);
			const flood = Array.from({ length: 40 }, () =>
				scene.bad("M", { kind: "other" }, { hash: scene.low() })
			);
			scene.home.hear("L", flood);
			check([...scene.see("L").kept].length <= 8, "M has its places only");
			scene.home.hear("L", [scene.say("F", { kind: "remove", targets: ["M"] })]);
			scene.home.hear("L", flood);
			check(scene.see("L").kept.size === 1, "nothing of M is kept any more");
		}
	},
	{
		name: "an owner is removed by another",
		tell(rules) {
			const scene = new Scene(rules);
			scene.home.hear("K", [scene.bad("Z", { kind: "remove", taking: 1, targets: ["F"] })]);
			scene.home.hear("K", [scene.say("F", { kind: "remove", targets: ["M"] })]);
			check(scene.rank("K", "F") === "owner" && !scene.isMember("K", "M"), "F is an owner still");
			check(!scene.see("K").removed.has("F"), "and nobody calls it removed");
			scene.node("K").checkpoint();
			check(!scene.node("K").base.table.removed.includes("F"), "nor does a table");
			scene.rest();
		}
	},
	{
		name: "a withdrawal beside a grant of the other half of the home",
		tell(rules) {
			const scene = new Scene(rules);
			scene.say("F", { kind: "withdraw", right: unlockC });
			scene.say("K", { kind: "other" });
			scene.say("K", { kind: "grant", right: unlockC });
			scene.rest();
			check(!scene.may("L", unlockC), "the withdrawal wins");
		}
	},
	{
		name: "an owner gives again what it took back itself",
		tell(rules) {
			const scene = new Scene(rules);
			scene.say("F", { kind: "withdraw", right: unlockC });
			scene.say("F", { kind: "grant", right: unlockC });
			check(scene.node("F").base.number === 0, "no checkpoint is needed");
			scene.rest();
			check(scene.may("L", unlockC), "it is given");
		}
	},
	{
		name: "an owner gives again what another took back",
		tell(rules) {
			const scene = new Scene(rules);
			scene.say("F", { kind: "withdraw", right: unlockC });
			scene.meet("F", "K");
			scene.say("K", { kind: "grant", right: unlockC });
			check(scene.node("K").base.number === 1, "over a checkpoint");
			scene.rest();
			check(scene.may("L", unlockC), "it is given");
		}
	},
	{
		name: "a withdrawal beside a checkpoint",
		tell(rules) {
			const scene = new Scene(rules);
			scene.home.hear("L", [scene.say("F", { kind: "withdraw", right: unlockC })]);
			scene.node("K").checkpoint();
			scene.take("L", scene.node("K").base);
			check(!scene.may("L", unlockC), "the lock holds to it");
			scene.meet("D", "L");
			check(!scene.may("D", unlockC), "and tells it");
		}
	},
	{
		name: "a withdrawal, a checkpoint, and the grant of a node that had not heard",
		tell(rules) {
			const scene = new Scene(rules, { grants: [] });
			scene.say("K", { kind: "grant", right: unlockC });
			scene.say("F", { kind: "withdraw", right: unlockC });
			scene.node("F").checkpoint();
			scene.rest();
			check(!scene.may("L", unlockC), "K's node does not give it again by itself");
		}
	},
	{
		name: "an old covered withdrawal shown to who took the table whole",
		tell(rules) {
			const scene = new Scene(rules);
			const old = scene.say("F", { kind: "withdraw", right: unlockC });
			scene.node("F").checkpoint();
			scene.meet("F", "L");
			scene.say("F", { kind: "grant", right: unlockC });
			scene.meet("F", "L");
			scene.home.hear("L", [old]);
			check(scene.may("L", unlockC), "the later grant stands");
		}
	},
	{
		name: "nine removals offline beside a checkpoint",
		tell(rules) {
			const ids = Array.from({ length: 9 }, (_, at) => `N${at}`);
			const scene = new Scene(rules);
			for (const id of ids) scene.say("F", scene.add("F", id));
			scene.node("F").checkpoint();
			scene.rest();
			for (const id of ids) scene.say("K", { kind: "remove", targets: [id] });
			scene.meet("D", "K");
			scene.node("F").checkpoint();
			scene.meet("D", "F");
			check(
				ids.every(id => !scene.isMember("D", id)),
				"all nine are out"
			);
			scene.rest();
			check(
				ids.every(id => !scene.isMember("L", id)),
				"everywhere"
			);
		}
	},
	{
		name: "two owners' checkpoints in a partition, each with a removal",
		tell(rules) {
			const scene = new Scene(rules);
			scene.say("F", { kind: "remove", targets: ["M"] });
			scene.node("F").checkpoint();
			scene.say("K", { kind: "remove", targets: ["D"] });
			scene.node("K").checkpoint();
			scene.rest();
			check(!scene.isMember("L", "M") && !scene.isMember("L", "D"), "both are out");
		}
	},
	{
		name: "two owners' automatic lines, a removal in one that all have let go",
		tell(rules) {
			const scene = new Scene(rules);
			scene.say("K", { kind: "remove", targets: ["M"] });
			scene.meet("K", "L");
			for (let i = 0; i < 2; i++) {
				scene.node("L");
				scene.node("K").checkpoint();
				scene.meet("K", "L");
			}
			// K's device died: only L, which took its line, and F's line are left.
			scene.home.nodes.delete("K");
			const other = new Scene(rules);
			for (let i = 0; i < 3; i++) other.node("F").checkpoint();
			scene.meet("F", "L");
			check(!scene.isMember("F", "M"), "F has heard of it");
			const longer = other.node("F").base;
			const copy = scene.forged("Z", longer, {}, { number: 9 });
			scene.take("F", copy);
			check(scene.node("F").base === copy, "F's node changes lines");
			scene.rest();
			check(!scene.isMember("L", "M"), "F's node removes M in the new line too");
		}
	},
	{
		name: "a later taking is heard before an earlier one",
		tell(rules) {
			const scene = new Scene(rules);
			const [first] = [scene.say("K", { kind: "withdraw", right: unlockC })];
			scene.home.hear("L", [first]);
			scene.node("F").checkpoint();
			scene.take("K", scene.node("F").base);
			const second = scene.say("K", { kind: "withdraw", right: unlockD });
			scene.home.nodes.delete("K");
			scene.home.hear("F", [second]);
			scene.node("F").checkpoint();
			scene.take("L", scene.node("F").base);
			check(!scene.may("L", unlockC), "no table counts the earlier one as covered");
			scene.rest();
			check(!scene.may("F", unlockC), "and F hears of it");
		}
	},
	{
		name: "withdrawals alone, with the highest number that counts and with one more",
		tell(rules) {
			const scene = new Scene(rules, { grants: [unlockC, unlockD] });
			const { hash } = scene.say("C", { kind: "other" });
			const alone = { sequence: 1, previous: hash };
			const high = scene.bad("Z", { kind: "withdraw", taking: 48, right: unlockC }, alone);
			const over = scene.bad("Z", { kind: "withdraw", taking: 49, right: unlockD }, alone);
			scene.home.hear("L", [high, over]);
			check(!scene.may("L", unlockC), "the one has effect");
			check(scene.may("L", unlockD) && !scene.see("L").kept.has(over), "the other is not kept");
		}
	},
	{
		name: "two takings of one number, and a checkpoint",
		tell(rules) {
			const scene = new Scene(rules, { grants: [unlockC, unlockD] });
			const takings = [unlockC, unlockD].map(right => scene.bad("Z", { kind: "withdraw", taking: 1, right }));
			const { covered, last } = scene.home.tableOver(scene.home.genesis, takings);
			check(covered.get("Z") === 1 && last.get("Z") === takings[0]?.hash, "the lower hash stands beside c");
		}
	},
	{
		name: "an owner waives one thing that it asked of one device, and another of all",
		tell(rules) {
			const scene = new Scene(rules);
			const two = (device: Right["device"]): Right => ({ who: "C", node: "L", device });
			const lock = (device: Right["device"]): Right => ({ who: "D", node: "L", device });
			for (const right of [two(0), two(1), lock(0)]) scene.say("F", { kind: "demand", right });
			for (const right of [two(1), lock("all")]) scene.say("F", { kind: "waive", right });
			scene.rest();
			const [left, ...others] = scene.see("L").demands;
			check(
				left?.who === "C" && left.device === 0 && others.length === 0,
				"the one of the other device stays"
			);
		}
	},
	{
		name: "an honest owner's restored backup, and a checkpoint over one branch",
		tell(rules) {
			const scene = new Scene(rules, { grants: [unlockC, unlockD] });
			const restore = scene.home.backup("F");
			scene.home.hear("L", [scene.say("F", { kind: "withdraw", right: unlockC })]);
			restore();
			scene.say("F", { kind: "withdraw", right: unlockD });
			scene.node("F").checkpoint();
			scene.rest();
			check(!scene.may("L", unlockC) && !scene.may("L", unlockD), "both withdrawals hold");
		}
	},
	{
		name: "a sole owner's restored backup",
		tell(rules) {
			const scene = new Scene(rules);
			const restore = scene.home.backup("F");
			const removal = scene.say("F", { kind: "remove", targets: ["M"] });
			scene.home.hear("L", [removal]);
			restore();
			const second = scene.say("F", { kind: "remove", targets: ["D"] });
			scene.home.hear("L", [second]);
			check(!scene.isMember("L", "M") && !scene.isMember("L", "D"), "both removals hold");
			check((scene.see("L").equivocations.get("F") ?? []).length > 0, "it is shown");
			scene.rest();
			const third = scene.say("F", { kind: "remove", targets: ["P"] });
			check("taking" in third.body && third.body.taking > 1, "it counts on");
		}
	},
	{
		name: "an old withdrawal shown again to an owner's node that had lost it",
		tell(rules) {
			const scene = new Scene(rules);
			const restore = scene.home.backup("F");
			const withdrawal = scene.say("F", { kind: "withdraw", right: unlockC });
			const removal = scene.say("F", { kind: "remove", targets: ["M"] });
			scene.node("F").checkpoint();
			const first = scene.node("F").base;
			scene.say("F", { kind: "grant", right: unlockC });
			scene.node("F").checkpoint();
			const second = scene.node("F").base;
			restore();
			scene.take("F", first);
			scene.take("F", second);
			scene.home.hear("F", [withdrawal, removal]);
			check(scene.may("F", unlockC), "the grant that was given since stays");
			// But of what only the base that rules counts nobody knows whether its maker knew it.
			restore();
			scene.take("F", second);
			scene.home.hear("F", [withdrawal]);
			check(!scene.may("F", unlockC), "the node takes it again");
		}
	},
	{
		name: "a bad owner's table that forgets a removal and claims to cover it",
		tell(rules) {
			const scene = new Scene(rules);
			scene.home.hear("L", [scene.say("F", { kind: "remove", targets: ["M"] })]);
			const forged = scene.forged("Z", scene.home.genesis, { covered: new Map([["F", 12]]) });
			scene.take("L", forged);
			check(scene.node("L").base === forged, "the table is taken");
			check(!scene.isMember("L", "M"), "M stays removed");
			scene.rest();
			check(!scene.isMember("L", "M"), "for good");
		}
	},
	{
		name: "a bad owner's table that pushes a removal out with 128 invented ids, and adds the node again",
		tell(rules) {
			const scene = new Scene(rules);
			scene.home.hear("L", [scene.say("F", { kind: "remove", targets: ["M"] })]);
			const rows = household.filter(({ id }) => id !== "M" && id !== "Q");
			const table = { rows, removed: invented, covered: new Map([["F", 12]]) };
			let base = scene.home.genesis;
			for (const number of [1, 2]) {
				base = scene.forged("Z", base, table);
				scene.take("L", base);
				const place = { base: base.hash, number };
				scene.home.hear("L", [scene.bad("Z", scene.add("Z", "M", { number }), place)]);
				check(scene.node("L").base === base && !scene.isMember("L", "M"), "M stays removed");
			}
			scene.rest();
			check(!scene.isMember("L", "M") && !scene.isMember("F", "M"), "for good");
		}
	},
	{
		name: "the same of a removal that no node keeps now: an owner's node knows of it",
		tell(rules) {
			const scene = new Scene(rules);
			scene.say("F", { kind: "remove", targets: ["M"] });
			for (let turn = 0; turn < 3; turn++) {
				scene.node("F").checkpoint();
				scene.meet("F", "K", "L");
			}
			scene.home.nodes.delete("F");
			const { base } = scene.node("L");
			const forged = scene.forged("Z", base, { removed: invented });
			for (const id of ["K", "L"]) scene.take(id, forged);
			const { number, hash } = forged;
			scene.home.hear("L", [scene.bad("Z", scene.add("Z", "M", { number }), { base: hash, number })]);
			scene.rest();
			check(!scene.isMember("L", "M"), "K's node removes M again");
		}
	},
	{
		name: "more removals over the years than a table lists",
		tell(rules) {
			const scene = new Scene(rules);
			const old: Block[] = [];
			for (let at = 0; at < 150; at++) {
				old.push(scene.say("F", { kind: "remove", targets: [`S${at}`] }));
				if (at % 10 === 9) scene.node("F").checkpoint();
			}
			const isListed = (by: string, at: number): boolean =>
				scene.node(by).base.table.removed.includes(`S${at}`);
			for (let turn = 0; turn < 3; turn++) scene.node("F").checkpoint();
			check(isListed("F", 149) && !isListed("F", 0), "the newest are listed");
			scene.rest();
			const { number } = scene.node("K").base;
			// Somebody has kept all, and shows them again.
			scene.home.hear("K", old);
			check(!scene.node("K").cover() && scene.node("K").base.number === number, "for that none is made");
			check(scene.see("K").kept.size <= 12, "and few are kept");
			scene.node("K").checkpoint();
			check(isListed("K", 149) && !isListed("K", 0), "they push nothing out");
			scene.rest();
		}
	},
	{
		name: "old removals shown again to push out the newest",
		tell(rules) {
			const scene = new Scene(rules);
			const old: Block[] = [];
			for (let at = 0; at < 30; at++) {
				old.push(scene.say("F", { kind: "remove", targets: [`S${at}`] }));
				if (at % 10 === 9) scene.node("F").checkpoint();
			}
			scene.take("L", scene.node("F").base);
			const newest = scene.say("F", { kind: "remove", targets: ["M"] });
			scene.home.hear("L", [newest]);
			const { base } = scene.node("L");
			scene.take("L", scene.forged("Z", base, { removed: [], covered: new Map([["F", 36]]) }));
			scene.home.hear("L", old);
			check(!scene.isMember("L", "M"), "M stays removed");
		}
	},
	{
		name: "an owner that removes 1,032 invented ids",
		tell(rules) {
			const scene = new Scene(rules);
			let at = 0;
			for (let block = 0; block < 129; block++) {
				scene.say("F", { kind: "remove", targets: Array.from({ length: 8 }, () => `X${at++}`) });
				if (block % 10 === 9) scene.node("F").checkpoint();
			}
			scene.say("F", { kind: "remove", targets: ["M"] });
			check(scene.node("K").checkpoint(), "K makes a checkpoint");
			scene.rest();
			check(scene.node("F").checkpoint() && !scene.isMember("F", "M"), "F too");
			check(scene.node("F").base.table.removed.length <= 128, "the table is bounded");
		}
	}
];
