import { ok } from "../../harness/assert.js";
import { type Act, Scribe } from "../../harness/block-graph.js";
import {
	aCheckpointChangesNobody,
	anyOrderIsTheSame,
	nobodyVoidsAnHonestAdd,
	oneByOneIsTheSame,
	randomActs,
	unseenActsOfTheRemovedAreVoid
} from "../../harness/chain-properties.js";
import { Dice } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

/** A few histories of each kind: tests/faults tries many more. */
const histories = 4;

function tried(property: (scribe: Scribe, acts: readonly Act[], seed: number) => number): string {
	const scribe = new Scribe();
	let looked = 0;
	for (let seed = 1; seed <= histories; seed += 1) {
		looked += property(scribe, randomActs(new Dice(seed), 16), seed);
	}
	ok(looked > 0, "there was something to look at");
	return `${histories} histories, ${looked} blocks looked at`;
}

export default suite("every chain", {
	"is the same whatever the order of delivery, with duplicates": () => tried(anyOrderIsTheSame),
	"comes block by block to what a start makes of all of them": () => tried(oneByOneIsTheSame),
	"leaves what a removed node did unseen without effect": () => tried(unseenActsOfTheRemovedAreVoid),
	"keeps every honest add, whatever two of its members do": () => tried(nobodyVoidsAnHonestAdd),
	"has the same members after a checkpoint": () => tried(aCheckpointChangesNobody)
});
