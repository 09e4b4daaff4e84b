import { ok } from "../../harness/assert.js";
import {
	type Act,
	aCheckpointChangesNobody,
	anyOrderIsTheSame,
	aStartIsTheSame,
	noMemberHasPower,
	randomActs,
	theRemovedAreOut
} from "../../harness/chain-properties.js";
import { Dice } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

/** A few histories of each kind: tests/faults tries many more. */
const histories = 4;

function tried(property: (acts: readonly Act[], seed: number) => number): string {
	let looked = 0;
	for (let seed = 1; seed <= histories; seed += 1) {
		looked += property(randomActs(new Dice(seed), 20), seed);
	}
	ok(looked > 0, "there was something to look at");
	return `${histories} histories, ${looked} blocks looked at`;
}

export default suite("every chain", {
	"is the same whatever the order of delivery, with duplicates": () => tried(anyOrderIsTheSame),
	"is after a start what came block by block": () => tried(aStartIsTheSame),
	"keeps nothing of who was removed": () => tried(theRemovedAreOut),
	"gives no member power over who is what": () => tried(noMemberHasPower),
	"has the same members after a checkpoint": () => tried(aCheckpointChangesNobody)
});
