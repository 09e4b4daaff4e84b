import { CurveWork, Rank } from "../../../modules/secure/curve-work.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** Jobs of three steps, and the steps in the order in which they were done. */
function jobs() {
	const clock = new VirtualClock();
	const work = new CurveWork(clock, () => false);
	const done: string[] = [];
	function* steps(name: string, first: () => void) {
		for (const step of [1, 2, 3]) {
			done.push(`${name}${step}`);
			if (step === 1) first();
			if (step < 3) yield undefined;
		}
	}
	/** `first`: called within the first step. */
	const enter = (name: string, rank: number, first: () => void = () => undefined) =>
		work.enter({ steps: steps(name, first), rank, done: () => undefined, failed: () => undefined });
	return { clock, done, enter };
}

export default suite("work on the curve", {
	"one job is done after the other, this node's own first, then members', then strangers'": () => {
		const { clock, done, enter } = jobs();
		enter("s", Rank.stranger);
		enter("m", Rank.member);
		enter("o", Rank.own);
		enter("p", Rank.own);
		clock.advance(10);
		equal(done.join(" "), "o1 o2 o3 p1 p2 p3 m1 m2 m3 s1 s2 s3");
	},
	"a member's that is begun comes to its end before this node's own, a stranger's does not": () => {
		for (const [rank, order] of [
			[Rank.member, "x1 x2 x3 o1 o2 o3"],
			[Rank.begun, "x1 o1 o2 o3 x2 x3"],
			[Rank.stranger, "x1 o1 o2 o3 x2 x3"]
		] as const) {
			const { clock, done, enter } = jobs();
			enter("x", rank, () => enter("o", Rank.own));
			clock.advance(10);
			equal(done.join(" "), order);
		}
	}
});
