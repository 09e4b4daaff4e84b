import { row } from "./home.js";
import { check, household, Scene } from "./scene.js";
import type { Story } from "./stories.js";
import { lock } from "./types.js";
import type { Block } from "./words.js";

/** Who is a member, under which name and types. */
export const memberStories: readonly Story[] = [
	{
		name: "a bad sponsor's second block against those whom it admitted",
		tell(rules) {
			const scene = new Scene(rules);
			const first = scene.bad("M", scene.add("M", "J"));
			const log = [first, scene.after(first, scene.add("M", "I"))];
			for (const id of ["L", "F"]) scene.home.hear(id, log);
			scene.home.hear("L", [scene.bad("M", { kind: "other" }, { hash: scene.low() })]);
			check(scene.isMember("L", "J") && scene.isMember("L", "I"), "one twin hurts nobody");
			const { statement } = scene.add("M", "J");
			const confirmed = scene.say("F", { kind: "add", statement });
			const flood = Array.from({ length: 20 }, () =>
				scene.bad("M", { kind: "other" }, { hash: scene.low() })
			);
			scene.home.hear("L", [confirmed]);
			scene.home.hear("L", flood);
			check(scene.rank("L", "J") === "member", "whom an owner confirmed does not hang on its sponsor");
		}
	},
	{
		name: "which of three twins others keep",
		tell(rules) {
			const scene = new Scene(rules);
			const twins = [1, 2, 3].map(() => scene.bad("M", { kind: "other" }, { hash: scene.low() }));
			scene.home.hear("L", twins.slice(0, 2));
			scene.home.hear("D", [...twins].reverse());
			scene.rest();
			check(
				twins.every(twin => scene.see("L").kept.has(twin)),
				"all of them, as long as there is room"
			);
		}
	},
	{
		name: "others' floods against an honest member's first block",
		tell(rules) {
			const scene = new Scene(rules);
			const flood = ["M", "Q", "Z"].flatMap(author =>
				Array.from({ length: 40 }, () => scene.bad(author, { kind: "other" }, { hash: scene.low() }))
			);
			scene.home.hear("L", flood);
			const block = scene.say("C", { kind: "describe", name: "c", types: [1, 2] });
			scene.home.hear("L", [block]);
			check(scene.see("L").kept.has(block), "it is kept");
			check(scene.see("L").kept.size <= 12 + 8 + 2 + 1, "and all is bounded");
			scene.rest();
		}
	},
	{
		name: "members added, so that another's share shrinks",
		tell(rules) {
			const scene = new Scene(rules);
			const log: Block[] = [];
			for (let at = 0; at < 8; at++) log.push(scene.say("C", { kind: "other" }));
			scene.home.hear("L", log);
			for (let at = 0; at < 9; at++) scene.home.hear("L", [scene.say("F", scene.add("F", `N${at}`))]);
			scene.home.hear("L", log);
			check(
				log.every(block => scene.see("L").kept.has(block)),
				"C's blocks are kept"
			);
		}
	},
	{
		name: "a sponsor removed while its joiner is being admitted",
		tell(rules) {
			const scene = new Scene(rules);
			scene.home.hear("L", [
				scene.bad("M", scene.add("M", "J")),
				scene.say("F", { kind: "remove", targets: ["M"] })
			]);
			check(!scene.isMember("L", "J") && !scene.isMember("L", "Q"), "J and Q are out with M");
			const adds = [scene.say("D", scene.add("D", "J")), scene.say("D", scene.add("D", "Q"))];
			scene.home.hear("L", adds);
			check(scene.isMember("L", "J") && scene.isMember("L", "Q"), "and join again with D");
		}
	},
	{
		name: "eight departures, then an honest ninth joiner",
		tell(rules) {
			const scene = new Scene(rules);
			const eight = Array.from({ length: 7 }, (_, at) => `N${at}`);
			for (const id of eight) scene.home.hear("L", [scene.say("C", scene.add("C", id))]);
			scene.home.hear("L", [scene.say("F", { kind: "remove", targets: [...eight.slice(0, 7)] })]);
			scene.home.hear("L", [scene.say("C", scene.add("C", "J"))]);
			check(scene.isMember("L", "J"), "J is in");
		}
	},
	{
		name: "a ninth provisional member of one sponsor",
		tell(rules) {
			const scene = new Scene(rules);
			let last: Block | undefined;
			for (let at = 0; at < 8; at++) {
				last =
					last === undefined
						? scene.bad("M", scene.add("M", "N0"))
						: scene.after(last, scene.add("M", `N${at}`));
				scene.home.hear("L", [...scene.home.blocks]);
			}
			const sponsored = [...scene.see("L").members.values()].filter(({ sponsor }) => sponsor === "M");
			check(sponsored.length === 8, "M has Q and seven more");
		}
	},
	{
		name: "a provisional member admits its friends",
		tell(rules) {
			const scene = new Scene(rules);
			scene.home.hear("L", [scene.bad("Q", scene.add("Q", "S1"))]);
			check(!scene.isMember("L", "S1"), "it sponsors nobody");
		}
	},
	{
		name: "a home that bad members fill, and an owner that adds",
		tell(rules) {
			const rows = [...household];
			for (let at = 0; at < 6; at++) rows.push(row(`M${at}`, "member"));
			for (let at = 0; rows.length < 64; at++) rows.push(row(`S${at}`, "provisional", `M${at % 6}`));
			const scene = new Scene(rules, { rows });
			scene.home.hear("L", [scene.say("F", scene.add("F", "J"))]);
			check(scene.rank("L", "J") === "member", "whom an owner adds is in");
			check(scene.see("L").members.size <= 64, "and members are bounded");
		}
	},
	{
		name: "an honest joiner's statement in a bad member's add",
		tell(rules) {
			const scene = new Scene(rules);
			const add = scene.say("C", scene.add("C", "J"));
			const copy = scene.bad("M", add.body, { hash: scene.low() });
			scene.home.hear("L", [add, copy]);
			scene.home.hear("F", [add, copy]);
			scene.node("F").checkpoint();
			scene.say("F", { kind: "remove", targets: ["M"] });
			scene.meet("F", "L");
			check(scene.isMember("L", "J"), "J does not fall with M");
		}
	},
	{
		name: "a statement kept for years",
		tell(rules) {
			const scene = new Scene(rules);
			for (let i = 0; i < 2; i++) scene.node("F").checkpoint();
			scene.meet("F", "L");
			const { base } = scene.node("L");
			scene.home.hear("L", [scene.bad("M", scene.add("M", "J"), { base: base.hash, number: base.number })]);
			check(!scene.isMember("L", "J"), "it is good for its base and the next");
		}
	},
	{
		name: "one id for two keys in two partitions",
		tell(rules) {
			const scene = new Scene(rules);
			const stranger = scene.bad("M", scene.add("M", "J", { key: "S/0" }), { hash: scene.low() });
			scene.home.hear("L", [scene.say("C", scene.add("C", "J")), stranger]);
			check(scene.see("L").members.get("J")?.key === "J/0", "the id is of its own key");
		}
	},
	{
		name: "a describe that turns a switch into a lock, or swaps device numbers",
		tell(rules) {
			const rows = household.map(member => (member.id === "M" ? { ...member, types: [1, 2] } : member));
			const scene = new Scene(rules, { rows });
			const first = scene.bad("M", { kind: "describe", name: "m", types: [lock, 0] });
			const second = scene.after(first, { kind: "describe", name: "m", types: [2, 1, lock] });
			scene.home.hear("L", [first, second]);
			const member = scene.see("L").members.get("M");
			check(member?.types[0] === 1 && member.types[1] !== 1, "a number keeps its type");
			check(member?.guards === 0, "and a new lock is none for groups");
			scene.home.hear("L", [scene.say("F", { kind: "confirm", target: "M", guards: 4 })]);
			check(scene.see("L").members.get("M")?.guards === 4, "until an owner has seen it");
		}
	},
	{
		name: "another's name and types in one's own block",
		tell(rules) {
			const scene = new Scene(rules);
			scene.home.hear("L", [
				scene.bad("M", scene.add("M", "C", { name: "stranger" }), { hash: scene.low() }),
				scene.bad("M", scene.add("M", "P", { name: "stranger" }), { hash: scene.low() })
			]);
			check(scene.see("L").members.get("C")?.name === "c", "a member keeps its name");
			check(scene.see("L").members.get("P")?.name === "p", "a provisional one too");
		}
	},
	{
		name: "a block of a kind to come",
		tell(rules) {
			const scene = new Scene(rules);
			const before = scene.see("L").members.size;
			scene.home.hear("L", [scene.say("C", { kind: "other" })]);
			check(scene.see("L").members.size === before, "changes nothing");
		}
	}
];
