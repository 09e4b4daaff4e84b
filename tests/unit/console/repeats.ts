import { Repeats } from "../../../modules/console/console.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

export default suite("console: what comes over and over", {
	"is told once, and at the tenth and the hundredth time with its count": () => {
		const clock = new VirtualClock();
		const told: string[] = [];
		const repeats = new Repeats(clock, text => told.push(text));
		for (let count = 0; count < 120; count += 1) {
			repeats.tell("a", "the same");
			repeats.tell("b");
			clock.advance(1_000);
		}
		const twice = (text: string) => ["a", "b"].map(each => each + text);
		equal(told, [...twice(""), ...twice(" (10 times by now)"), ...twice(" (100 times by now)")]);
	},
	"is news again when it was gone for ten minutes": () => {
		const clock = new VirtualClock();
		const told: string[] = [];
		const repeats = new Repeats(clock, text => told.push(text));
		repeats.tell("a");
		clock.advance(600_000);
		repeats.tell("a");
		clock.advance(600_001);
		repeats.tell("a");
		equal(told, ["a", "a"]);
	},
	"takes no room for more than a few": () => {
		const told: string[] = [];
		const repeats = new Repeats(new VirtualClock(), text => told.push(text));
		for (const text of ["a", "b", "c", "d", "e", "a", "e"]) repeats.tell(text);
		equal(told, ["a", "b", "c", "d", "e", "a"]);
	}
});
