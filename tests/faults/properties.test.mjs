/**
 * What must hold of every chain, tried on histories that fast-check makes up and, where one fails, makes short.
 * `FAULTS_SEED` repeats them, `FAULTS_RUNS` sets how many there are for each property. On Node alone: fast-check takes
 * functions of browsers and Node when it is imported, which XS does not have; inside XS the unit tests try the same
 * properties on histories at random.
 */
import test from "node:test";
import fc from "fast-check";
import { Scribe } from "../../build/js/tests/harness/block-graph.js";
import {
	aCheckpointChangesNobody,
	anyOrderIsTheSame,
	nobodyVoidsAnHonestAdd,
	oneByOneIsTheSame,
	unseenActsOfTheRemovedAreVoid
} from "../../build/js/tests/harness/chain-properties.js";
import { rememberVerified } from "../node/hosts/primitives.mjs";
import { seed } from "./dice.mjs";

const numRuns = Number(process.env.FAULTS_RUNS ?? 60);
const act = fc.record({
	author: fc.nat(7),
	deed: fc.nat(10),
	target: fc.nat(6),
	seen: fc.nat(63),
	beside: fc.nat(63)
});
const history = fc.array(act, { maxLength: 30, size: "max" });
const scribe = new Scribe();
rememberVerified();

const properties = {
	"any order of delivery, with duplicates, comes to one order, one set of members, one digest":
		anyOrderIsTheSame,
	"what comes block by block comes to what a start makes of all of them, whatever the delivery":
		oneByOneIsTheSame,
	"what a removed node did unseen never counts, whatever the delivery": unseenActsOfTheRemovedAreVoid,
	"two members who do as they like void no other member's add": nobodyVoidsAnHonestAdd,
	"a checkpoint changes nobody's standing": aCheckpointChangesNobody
};

for (const [sentence, property] of Object.entries(properties)) {
	test(sentence, context => {
		let looked = 0;
		const tried = fc.property(history, fc.nat(), (acts, order) => {
			looked += property(scribe, acts, order);
		});
		fc.assert(tried, { numRuns, seed, includeErrorInReport: true });
		context.diagnostic(`${numRuns} histories, ${looked} blocks looked at, FAULTS_SEED=${seed}`);
	});
}
