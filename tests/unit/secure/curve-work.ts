import { CurveWork, Rank } from "../../../modules/secure/curve-work.js";
import { equal, ok } from "../../harness/assert.js";
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

/**
 * What part of ten seconds strangers have who press, `count` of them with `steps` of 100 ms each, and each begins anew 20 ms after
 * it has ended; `last`: steps of what follows, as of who has begun.
 */
function share(count: number, steps: number, last: number): number {
	const clock = new VirtualClock();
	const work = new CurveWork(clock, () => true);
	let busy = 0;
	function* some(left: number) {
		for (let step = 0; step < left; step += 1) {
			clock.jump(100);
			busy += 100;
			if (step + 1 < left) yield undefined;
		}
	}
	const enter = (left: number, rank: number, next: () => unknown) =>
		work.enter({ steps: some(left), rank, failed: () => undefined, done: () => clock.after(20, next) });
	const begin = (): unknown => enter(steps, Rank.stranger, last > 0 ? finish : begin);
	const finish = (): unknown => enter(last, Rank.begun, begin);
	for (let number = 0; number < count; number += 1) begin();
	const from = clock.now();
	while (clock.now() - from < 10_000) clock.advance(10);
	return busy / (clock.now() - from);
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
	},
	"strangers who press have half of the time at most, however they come": () => {
		for (const [count, steps, last] of [
			[1, 1, 0],
			[1, 4, 0],
			[1, 4, 2],
			[3, 4, 0],
			[3, 4, 2]
		] as const) {
			const part = share(count, steps, last);
			// What is under way at the end is not let pass yet.
			ok(part > 0.4 && part <= 0.51, `${count} of ${steps} and ${last} steps: ${part}`);
		}
	},
	"a stranger waits, also if it comes after the others, and a member does not": () => {
		const clock = new VirtualClock();
		const work = new CurveWork(clock, () => true);
		const from = clock.now();
		const done: [string, number][] = [];
		const enter = (name: string, rank: number) => {
			const next = () => {
				clock.jump(100);
				done.push([name, clock.now() - from]);
				return { done: true, value: undefined } as const;
			};
			work.enter({ steps: { next }, rank, done: () => undefined, failed: () => undefined });
		};
		enter("s", Rank.stranger);
		clock.advance(0);
		enter("t", Rank.stranger);
		clock.advance(50);
		enter("m", Rank.member);
		clock.advance(1_000);
		equal(done, [
			["s", 100],
			["m", 250],
			["t", 450]
		]);
	}
});
