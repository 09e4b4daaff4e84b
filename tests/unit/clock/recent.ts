import { Recent } from "../../../modules/clock/clock.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

export const recentTests = suite("recent values", {
	"are forgotten after their time, counted from when each was last set": () => {
		const clock = new VirtualClock();
		const recent = new Recent<number>(clock, 100);
		const seen = () => ["a", "b", "c"].map(name => recent.get(name) ?? 0);
		recent.set("a", 1);
		clock.advance(60);
		recent.set("b", 2);
		clock.advance(40);
		equal(seen(), [1, 2, 0]);
		recent.set("a", 3);
		clock.advance(60);
		equal(seen(), [3, 2, 0]);
		clock.advance(1);
		equal(seen(), [3, 0, 0]);
		equal(recent.size, 1);
		recent.set("c", 4);
		clock.advance(1_000);
		equal(seen(), [0, 0, 0]);
		equal(recent.size, 0);
	}
});
