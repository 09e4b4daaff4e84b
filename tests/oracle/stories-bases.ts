import { opening, row } from "./home.js";
import { check, household, ownersRows, Scene, unlockC } from "./scene.js";
import type { Story } from "./stories.js";

/** Checkpoints and openings. */
export const baseStories: readonly Story[] = [
	{
		name: "a checkpoint over one withheld block",
		tell(rules) {
			const scene = new Scene(rules);
			scene.home.hear("F", [scene.bad("M", scene.add("M", "J"))]);
			scene.node("F").checkpoint();
			scene.rest();
			check(scene.isMember("L", "J"), "all take it, who have not the block too");
		}
	},
	{
		name: "a password changed after an honest add",
		tell(rules) {
			const scene = new Scene(rules);
			scene.say("F", scene.add("F", "J"));
			scene.node("K").checkpoint(2);
			scene.rest();
			check(scene.node("L").base.table.password === 2, "the new password is in force");
			check(scene.isMember("L", "J"), "and F's node adds J again");
		}
	},
	{
		name: "a joiner whose sponsor's base loses a tie",
		tell(rules) {
			const scene = new Scene(rules);
			scene.node("K").checkpoint();
			scene.node("F").checkpoint();
			scene.meet("C", "F");
			scene.say("C", { kind: "add", statement: scene.node("C").statement("J/0", "J", "j", [1]) });
			scene.meet("C", "D");
			scene.rest();
			check(scene.isMember("L", "J"), "J is in");
		}
	},
	{
		name: "a digest that never becomes equal",
		tell(rules) {
			const scene = new Scene(rules);
			const flood = Array.from({ length: 30 }, () =>
				scene.bad("C", { kind: "other" }, { hash: scene.low() })
			);
			scene.say("C", { kind: "describe", name: "c", types: [1] });
			scene.home.hear("L", flood);
			scene.home.hear("D", flood.slice(5));
			scene.rest();
		}
	},
	{
		name: "a thief at checkpoint 9, the honest line at 6, and the paper",
		tell(rules) {
			const scene = new Scene(rules);
			const rows = household.filter(({ id }) => id !== "Z");
			for (let at = 0; at < 6; at++) scene.node("F").checkpoint();
			const thief = scene.forged(
				"Z",
				scene.home.genesis,
				{ rows: ownersRows, removed: ["C"] },
				{ number: 9 }
			);
			scene.take("L", thief);
			check(!scene.isMember("L", "C"), "the thief rules until then");
			const opened = opening({ hash: 1, era: 1, rows, removed: ["M"], grants: [unlockC] });
			scene.home.bases.push({ base: opened, opening: opened, rotates: [] });
			check(scene.take("L", opened), "it is taken whatever is here");
			scene.rest();
			check(scene.isMember("L", "C") && !scene.isMember("L", "Z"), "C is back and Z is out");
			check(!scene.isMember("L", "Q"), "so is whom a removed one sponsored");
		}
	},
	{
		name: "a late node that comes with the thief's table after the paper",
		tell(rules) {
			const scene = new Scene(rules);
			const opened = opening({ hash: 5000, era: 1, rows: household.filter(({ id }) => id !== "Z") });
			scene.take("F", opened);
			const thief = scene.forged("Z", scene.home.genesis, { rows: ownersRows }, { number: 900 });
			scene.take("L", thief);
			scene.rest();
			check(scene.node("L").opening === opened, "the new era rules");
		}
	},
	{
		name: "the paper used on two islands",
		tell(rules) {
			const scene = new Scene(rules);
			const rows = household.filter(({ id }) => id !== "Z");
			const [one, two] = [7000, 8000].map(hash => opening({ hash, era: 1, rows, removed: [] }));
			if (one === undefined || two === undefined) throw new RangeError("two openings");
			scene.take("F", one);
			scene.take("K", two);
			for (let at = 0; at < 3; at++) scene.node("K").checkpoint();
			scene.rest();
			check(scene.node("L").opening === one, "one of them rules, whatever was built upon the other");
		}
	},
	{
		name: "removed ids are free after the paper",
		tell(rules) {
			const scene = new Scene(rules);
			scene.home.hear("L", [scene.bad("Z", { kind: "remove", taking: 1, targets: ["C"] })]);
			check(!scene.isMember("L", "C"), "the thief removed C");
			const opened = opening({ hash: 1, era: 1, rows: household.filter(({ id }) => id !== "Z") });
			scene.take("L", opened);
			scene.home.hear("L", [...scene.home.blocks]);
			check(scene.isMember("L", "C"), "C is back");
		}
	},
	{
		name: "tables that nobody takes",
		tell(rules) {
			const scene = new Scene(rules);
			const { genesis } = scene.home;
			const { rows } = genesis.table;
			const refused = {
				"by who is no owner": scene.forged("M", genesis, {}),
				"without an owner's row": scene.forged("Z", genesis, { rows: rows.filter(({ id }) => id !== "K") }),
				"with another owner": scene.forged("Z", genesis, {
					rows: rows.map(one => {
						if (one.id === "K") return { ...one, rank: "member" };
						return one.id === "C" ? { ...one, rank: "owner" } : one;
					})
				}),
				"that covers 13 takings under the first checkpoint": scene.forged("Z", genesis, {
					covered: new Map([["Z", 13]])
				})
			};
			for (const [what, base] of Object.entries(refused)) check(!scene.take("L", base), `none ${what}`);
			const covered = new Map([["Z", 12]]);
			check(scene.take("L", scene.forged("Z", genesis, { covered })), "but one that covers 12");
		}
	},
	{
		name: "64 members with full logs",
		tell(rules) {
			const rows = [row("F", "owner"), row("K", "owner"), row("Z", "owner"), row("L", "member")];
			for (let at = 0; rows.length < 64; at++) rows.push(row(`M${at}`, "member"));
			const scene = new Scene(rules, { rows, honest: ["F", "L"], grants: [] });
			for (const { id } of rows)
				if (id !== "F" && id !== "L")
					scene.home.hear(
						"L",
						Array.from({ length: 30 }, () => scene.bad(id, { kind: "other" }, { hash: scene.low() }))
					);
			check(scene.see("L").kept.size <= 2 * 12 + 60 * 2, "each has its places and no more");
			const removal = scene.say("F", { kind: "remove", targets: ["M1"] });
			scene.home.hear("L", [removal]);
			check(!scene.isMember("L", "M1"), "and a removal gets through");
		}
	}
];
