import { check, ownersRows, Scene, unlockD } from "./scene.js";
import type { Story } from "./stories.js";

/** Keys that change. */
export const keyStories: readonly Story[] = [
	{
		name: "the old key signs beside a rotation",
		tell(rules) {
			const scene = new Scene(rules);
			const rotate = scene.say("C", { kind: "rotate", to: "C/1" });
			scene.home.hear("L", [
				rotate,
				scene.bad("C", { kind: "describe", name: "thief", types: [1] }, { hash: scene.low() })
			]);
			const member = scene.see("L").members.get("C");
			check(member?.key === "C/1" && member.name === "c", "it counts for nothing");
		}
	},
	{
		name: "eight low twins before a rotate's chain",
		tell(rules) {
			const scene = new Scene(rules);
			for (let at = 0; at < 4; at++) scene.say("C", { kind: "other" });
			scene.say("C", { kind: "rotate", to: "C/1" });
			const last = scene.say("C", { kind: "describe", name: "new", types: [1] });
			const twins = Array.from({ length: 8 }, () => scene.bad("C", { kind: "other" }, { hash: scene.low() }));
			scene.home.hear("L", twins);
			scene.home.hear("L", scene.node("C").offer);
			check(scene.see("L").members.get("C")?.key === "C/1", "the new key is in force");
			check(scene.see("L").kept.has(last), "and what it signed is kept");
		}
	},
	{
		name: "two rotates of one key",
		tell(rules) {
			const scene = new Scene(rules);
			const rotate = scene.say("C", { kind: "rotate", to: "C/1" });
			const rotated = { kind: "rotate", turn: 1, to: "C/thief", proof: true, takings: 0 } as const;
			const rival = scene.bad("C", rotated, { hash: scene.low() });
			scene.home.hear("L", [rotate]);
			scene.home.hear("L", [
				rival,
				scene.bad("C", { kind: "describe", name: "thief", types: [1] }, { key: "C/thief" })
			]);
			const member = scene.see("L").members.get("C");
			check(member?.frozen === true && member.name === "c", "nobody acts for C any more");
			scene.node("F").checkpoint();
			scene.rest();
			check(scene.see("L").members.get("C")?.frozen === true, "under the next base neither");
			scene.node("F").checkpoint();
			scene.rest();
			const { hash, number } = scene.node("L").base;
			const body = { kind: "describe", name: "thief", types: [1] } as const;
			const said = scene.bad("C", body, { base: hash, number });
			scene.home.hear("L", [rotate, rival, said]);
			check(scene.see("L").kept.size === 0, "and where its row says so nothing of it is kept");
		}
	},
	{
		name: "a bad owner's new key names another's block, so that its own lie under none",
		tell(rules) {
			const scene = new Scene(rules);
			const other = scene.say("C", { kind: "other" });
			const grant = scene.bad("Z", { kind: "grant", right: unlockD });
			const describe = scene.after(grant, { kind: "describe", name: "thief", types: [1] });
			const rotate = { kind: "rotate", turn: 1, to: "Z/1", proof: true, takings: 0 } as const;
			const last = scene.after(describe, rotate, { previous: other.hash });
			scene.home.hear("L", [other, grant, describe, last]);
			check(scene.see("L").kept.has(describe), "they are kept");
			check(!scene.may("L", unlockD) && scene.see("L").members.get("Z")?.name === "z", "and give nothing");
		}
	},
	{
		name: "a new key names a block that has no place",
		tell(rules) {
			const scene = new Scene(rules);
			const describe = scene.bad("Q", { kind: "describe", name: "thief", types: [1] });
			const second = scene.after(describe, { kind: "other" });
			const rotate = { kind: "rotate", turn: 1, to: "Q/1", proof: true, takings: 0 } as const;
			scene.home.hear("L", [describe, second, scene.after(second, rotate)]);
			check(scene.see("L").kept.size === 2, "the rotate has one of the two places");
			check(scene.see("L").members.get("Q")?.name === "q", "what lies under the block has no effect");
		}
	},
	{
		name: "the old key signs on after the new one, before the rotate",
		tell(rules) {
			const scene = new Scene(rules);
			const first = scene.bad("M", { kind: "other" }, { key: "M/1" });
			const second = scene.after(first, { kind: "describe", name: "old", types: [1] }, { key: "M/0" });
			const rotate = { kind: "rotate", turn: 1, to: "M/1", proof: true, takings: 0 } as const;
			scene.home.hear("L", [first, second, scene.after(second, rotate)]);
			check(scene.see("L").kept.has(first), "the new key's block is kept");
			check(!scene.see("L").kept.has(second), "the old key's after it is not");
		}
	},
	{
		name: "a frozen owner's removal",
		tell(rules) {
			const scene = new Scene(rules);
			const rotate = scene.say("F", { kind: "rotate", to: "F/1" });
			const body = { kind: "rotate", turn: 1, to: "F/thief", proof: true, takings: 0 } as const;
			const rival = scene.bad("F", body, { hash: scene.low() });
			scene.home.hear("F", [rival]);
			scene.home.hear("L", [rotate, rival]);
			scene.home.hear("L", [scene.say("F", { kind: "remove", targets: ["M"] })]);
			check(!scene.isMember("L", "M"), "has effect");
			check(
				scene.node("F").wish({ kind: "confirm", target: "P", guards: 0 }) === undefined,
				"what it gives has none"
			);
			check(scene.node("F").checkpoint(), "and it makes checkpoints");
		}
	},
	{
		name: "a rotate beside a checkpoint",
		tell(rules) {
			const scene = new Scene(rules);
			const rotate = scene.say("C", { kind: "rotate", to: "C/1" });
			scene.home.hear("L", [rotate]);
			scene.node("F").checkpoint();
			scene.meet("F", "L");
			const { hash, number } = scene.node("L").base;
			scene.home.hear("L", [
				scene.bad("C", { kind: "describe", name: "thief", types: [1] }, { base: hash, number })
			]);
			check(scene.see("L").members.get("C")?.key === "C/1", "the new key is in force under the new base");
			check(scene.see("L").members.get("C")?.name === "c", "the old one is not");
			scene.rest();
			check(scene.see("L").members.get("C")?.key === "C/1", "for all");
		}
	},
	{
		name: "a fifth rotate of an owner, and a sixth",
		tell(rules) {
			const scene = new Scene(rules);
			for (let turn = 1; turn <= 5; turn++) {
				scene.say("F", { kind: "rotate", to: `F/${turn}` });
				if (turn % 2 === 0) scene.node("F").checkpoint();
			}
			check(
				scene.node("F").wish({ kind: "rotate", to: "F/6" }) === undefined,
				"its node says that there are no more"
			);
			scene.say("F", { kind: "remove", targets: ["M"] });
			scene.rest();
			check(scene.see("L").members.get("F")?.key === "F/5", "the fifth is in force");
			check(!scene.isMember("L", "M"), "and acts");
		}
	},
	{
		name: "a checkpoint under an owner's old key",
		tell(rules) {
			const scene = new Scene(rules);
			const { genesis } = scene.home;
			const rotate = scene.say("F", { kind: "rotate", to: "F/1" });
			const forged = scene.forged(
				"F",
				genesis,
				{ rows: genesis.table.rows.filter(({ id }) => id !== "C") },
				{ number: 9 }
			);
			check(scene.take("L", forged), "who has not heard the rotate takes it");
			scene.home.hear("L", [rotate]);
			check(scene.isMember("L", "C"), "it falls when the rotate is heard");
			scene.rest();
			check(scene.isMember("L", "C"), "for good");
		}
	},
	{
		name: "with the old key a lower hash is ground for the number that rules",
		tell(rules) {
			const scene = new Scene(rules);
			scene.node("F").checkpoint();
			const { base } = scene.node("F");
			const rotate = scene.say("F", { kind: "rotate", to: "F/1" });
			const forged = scene.forged("F", scene.home.genesis, { rows: ownersRows }, { hash: scene.low() });
			scene.take("L", base);
			scene.home.hear("L", [rotate]);
			check(!scene.take("L", forged), "it is not taken");
		}
	},
	{
		name: "a bad owner's table with another key for another owner",
		tell(rules) {
			const scene = new Scene(rules);
			const { genesis } = scene.home;
			const rows = genesis.table.rows.map(member =>
				member.id === "F" ? { ...member, key: "F/forged" } : member
			);
			scene.take("L", scene.forged("Z", genesis, { rows }));
			scene.take("F", scene.node("L").base);
			scene.home.hear("L", [scene.say("F", { kind: "remove", targets: ["M"] })]);
			check(!scene.isMember("L", "M"), "F removes as before");
		}
	}
];
