import { Turns } from "../../../modules/clock/turns.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { type Suite, suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { recentTests } from "./recent.js";

function setUp(options?: { width?: number; most?: number }) {
	const clock = new VirtualClock();
	const turns = new Turns(clock, 500, options);
	const begun: string[] = [];
	/** Ends of the jobs that have begun, by their names. */
	const ends = new Map<string, () => void>();
	const enter = (name: string, isNext = false) =>
		turns.enter(
			name,
			end => {
				begun.push(`${name} ${clock.now()}`);
				ends.set(name, end);
			},
			isNext
		);
	return { clock, turns, begun, ends, enter };
}

const turnTests = suite("turns", {
	"one job runs after the other, and one that is urgent before those that wait": () => {
		const { clock, begun, ends, enter } = setUp();
		enter("a");
		enter("b");
		enter("c", true);
		equal(begun, ["a 0"]);
		clock.advance(100);
		ends.get("a")?.();
		ends.get("c")?.();
		equal(begun, ["a 0", "c 100", "b 100"]);
	},
	"any number of jobs that are over as they begin need no more stack than one": () => {
		const { turns, begun, ends, enter } = setUp();
		let count = 0;
		enter("first");
		for (let each = 0; each < 3_000; each += 1) {
			turns.enter(`${each}`, end => {
				count += 1;
				end();
			});
		}
		enter("last");
		ends.get("first")?.();
		equal([count, begun.length], [3_000, 2]);
	},
	"a job that takes long loses the turn, and its end takes none from another": () => {
		const { clock, begun, ends, enter } = setUp();
		for (const name of ["a", "b", "c"]) enter(name);
		clock.advance(500);
		equal(begun, ["a 0", "b 500"]);
		ends.get("a")?.();
		equal(begun.length, 2);
		ends.get("b")?.();
		ends.get("b")?.();
		equal(begun, ["a 0", "b 500", "c 500"]);
	},
	"as many run at once as may": () => {
		const { clock, begun, ends, enter } = setUp({ width: 2 });
		for (const name of ["a", "b", "c", "d", "e"]) enter(name);
		equal(begun, ["a 0", "b 0"]);
		clock.advance(100);
		ends.get("b")?.();
		equal(begun, ["a 0", "b 0", "c 100"]);
		clock.advance(400);
		equal(begun, ["a 0", "b 0", "c 100", "d 500"]);
		ends.get("a")?.();
		equal(begun.length, 4);
		clock.advance(100);
		equal(begun.at(-1), "e 600");
		clock.advance(2_000);
		equal(clock.pending, 0);
	},
	"no more are under way than may be, although they lost their turns, and one that is next besides": () => {
		const { clock, begun, ends, enter } = setUp({ most: 2 });
		for (const name of ["a", "b", "c", "d"]) enter(name);
		clock.advance(5_000);
		equal(begun, ["a 0", "b 500"]);
		enter("e", true);
		enter("f", true);
		clock.advance(5_000);
		equal(begun, ["a 0", "b 500", "e 5000"]);
		ends.get("a")?.();
		ends.get("a")?.();
		equal(begun.at(-1), "f 10000");
		clock.advance(5_000);
		equal(begun.length, 4);
		ends.get("b")?.();
		ends.get("e")?.();
		equal(begun.at(-1), "c 15000");
		equal(clock.pending, 1);
	},
	"a job that fails as it begins is over, whoever hears of it": () => {
		const { clock, turns, begun, enter } = setUp({ most: 1 });
		const fail = () => {
			throw new RangeError("broken");
		};
		throws(() => turns.enter("a", fail), RangeError);
		const failed: unknown[] = [];
		const owner = { open: true, failed: (error: unknown) => failed.push(error) };
		clock.runFor(owner, () => turns.enter("b", fail));
		equal(failed.map(String), ["RangeError: broken"]);
		enter("c");
		equal([begun, clock.pending], [["c 0"], 1]);
	},
	"a job that fails as it begins leaves nobody waiting who stands behind it": () => {
		const { clock, turns, begun, ends, enter } = setUp({ most: 1 });
		const failed: unknown[] = [];
		const owner = { open: true, failed: (error: unknown) => failed.push(error) };
		const fail = () => {
			throw new RangeError("broken");
		};
		enter("a");
		for (const name of ["b", "c"]) turns.enter(name, fail);
		enter("d");
		clock.runFor(owner, () => ends.get("a")?.());
		equal([failed.length, begun], [1, ["a 0"]]);
		// The second is not a fault of whose turn the first was found in.
		throws(() => clock.advance(0), RangeError);
		clock.advance(0);
		equal([failed.length, begun, clock.pending], [1, ["a 0", "d 0"], 1]);
	},
	"what is withdrawn does not begin": () => {
		const { clock, turns, begun, enter } = setUp();
		for (const name of ["a", "b", "c"]) enter(name);
		ok(turns.has("b") && !turns.has("a"), "a has begun");
		turns.leave("b");
		ok(!turns.has("b"));
		clock.advance(2_000);
		equal(begun, ["a 0", "c 500"]);
		equal(clock.pending, 0);
	}
});

export default [recentTests, turnTests] as Suite[];
