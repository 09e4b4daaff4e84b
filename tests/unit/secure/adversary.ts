import { guessHeadLength, playGuesses } from "../../harness/adversary/guess-play.js";
import { joinHeadLength, playJoin } from "../../harness/adversary/join-play.js";
import { headLength, randomNumbers, scenarioOf } from "../../harness/adversary/numbers.js";
import { adversaryHome, type Outcome, play } from "../../harness/adversary/play.js";
import { equal, ok } from "../../harness/assert.js";
import { Dice } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

/** A few scenarios: tests/adversary tries many more. */
function tried(scenarios: number, played: (dice: Dice) => Outcome): string {
	let asks = 0;
	let acts = 0;
	for (let seed = 1; seed <= scenarios; seed += 1) {
		const outcome = played(new Dice(seed));
		equal(outcome.faults, [], `seed ${seed}`);
		asks += outcome.asks;
		acts += outcome.acts;
	}
	ok(acts > 0, "there was something to look at");
	return `${scenarios} scenarios, ${asks} asked or allowed, ${acts} acted or learned`;
}

export default suite("an adversary that owns the network, and stops and restarts nodes", {
	"has no command act late, twice, or after a newer one": () => {
		const home = adversaryHome();
		return tried(6, dice => play(home, scenarioOf(randomNumbers(dice, headLength, 6))));
	},
	"learns no more of a joiner's password than one guess each time that a person types it": () =>
		tried(6, dice => playJoin(randomNumbers(dice, joinHeadLength, 8))),
	"learns no more of a home's password than five guesses each time that a person invites": () => {
		const home = adversaryHome();
		return tried(3, dice => playGuesses(home, randomNumbers(dice, guessHeadLength, 12)));
	}
});
