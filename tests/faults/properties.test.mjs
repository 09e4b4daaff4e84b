/**
 * What must hold of every chain, tried on histories that fast-check makes up and, where one fails, makes short.
 * `FAULTS_SEED` repeats them, `FAULTS_RUNS` sets how many there are for each property. On Node alone: fast-check takes
 * functions of browsers and Node when it is imported, which XS does not have; inside XS the unit tests try the same
 * properties on histories at random.
 */
import test from "node:test";
import fc from "fast-check";
import {
	aCheckpointChangesNobody,
	actLimits,
	anyOrderIsTheSame,
	aStartIsTheSame,
	noMemberHasPower,
	theRemovedAreOut
} from "../../build/js/tests/harness/chain-properties.js";
import { rememberVerified } from "../node/hosts/primitives.mjs";
import { seed } from "./dice.mjs";

const numRuns = Number(process.env.FAULTS_RUNS ?? 60);
const act = fc.record(
	Object.fromEntries(Object.entries(actLimits).map(([name, limit]) => [name, fc.nat(limit - 1)]))
);
const history = fc.array(act, { maxLength: 60, size: "max" });
rememberVerified();

const properties = {
	"any order of delivery, with duplicates, comes to one standing and one digest": anyOrderIsTheSame,
	"what came block by block is what a start makes of all of them": aStartIsTheSame,
	"of who was removed nothing is kept, whatever the delivery": theRemovedAreOut,
	"who is owner or member does not hang on what a member says": noMemberHasPower,
	"a checkpoint changes nobody's standing": aCheckpointChangesNobody
};

for (const [sentence, property] of Object.entries(properties)) {
	test(sentence, context => {
		let looked = 0;
		const tried = fc.property(history, fc.nat(), (acts, order) => {
			looked += property(acts, order);
		});
		fc.assert(tried, { numRuns, seed, includeErrorInReport: true });
		context.diagnostic(`${numRuns} histories, ${looked} blocks looked at, FAULTS_SEED=${seed}`);
	});
}
