import { randomNumbers, scenarioOf } from "../../harness/adversary/numbers.js";
import { adversaryHome, type Home, play } from "../../harness/adversary/play.js";
import { equal, ok } from "../../harness/assert.js";
import { Dice } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

/** A few scenarios of a few steps: tests/adversary tries many more. */
const scenarios = 6;
const steps = 8;

export default suite("an adversary that owns the network, and stops and restarts nodes", {
	"has no command act late, twice, or after a newer one": () => {
		const home: Home = adversaryHome();
		let asks = 0;
		let acts = 0;
		for (let seed = 1; seed <= scenarios; seed += 1) {
			const outcome = play(home, scenarioOf(randomNumbers(new Dice(seed), steps)));
			equal(outcome.faults, [], `seed ${seed}`);
			asks += outcome.asks;
			acts += outcome.acts;
		}
		ok(acts > scenarios, "there was something to look at");
		return `${scenarios} scenarios, ${asks} asks, ${acts} acts`;
	}
});
