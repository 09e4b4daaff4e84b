/**
 * Every request that was taken in gets its exchange ended (promise 11), whatever its handler does or throws, in whatever
 * turns; fast-check makes the handlers up. `FAULTS_SEED` repeats them, `FAULTS_RUNS` sets how many there are. Inside XS the
 * unit tests try the same on handlers at random.
 */
import test from "node:test";
import fc from "fast-check";
import { ends, everyExchangeEnds, ways } from "../../build/js/tests/harness/ending-exchanges.js";
import { seed } from "./dice.mjs";

const numRuns = 20 * Number(process.env.FAULTS_RUNS ?? 60);
const handling = fc.record({
	confirmable: fc.boolean(),
	after: fc.nat(30_000),
	copies: fc.nat(3),
	turns: fc.array(fc.nat(ways.length - 1), { maxLength: 6 }),
	wait: fc.nat(20_000),
	end: fc.nat(ends.length - 1),
	thrown: fc.nat(8),
	acknowledges: fc.boolean()
});

test("every exchange ends, whatever its handler throws in whatever turn", context => {
	let told = 0;
	const tried = fc.property(fc.array(handling, { maxLength: 12 }), handlings => {
		told += everyExchangeEnds(handlings);
	});
	fc.assert(tried, { numRuns, seed, includeErrorInReport: true });
	context.diagnostic(`${numRuns} times, ${told} errors told, FAULTS_SEED=${seed}`);
});
