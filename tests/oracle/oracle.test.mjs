/**
 * The oracle of the chain's rules: histories that must come out right, each rule taken out once, every short history in every order,
 * and random homes. `ORACLE_SEED` is for other homes than always; `node tests/oracle/run.mjs` plays more of them.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { tryBadOwner, tryMembers } from "../../build/js/tests/oracle/exhaustive.js";
import { play, settings } from "../../build/js/tests/oracle/history.js";
import { tryOwners } from "../../build/js/tests/oracle/orders.js";
import { allRules } from "../../build/js/tests/oracle/rules.js";
import { stories } from "../../build/js/tests/oracle/stories.js";

const seed = Number(process.env.ORACLE_SEED ?? 1);
/** Milliseconds for the random homes of one setting, of which there are 200 at most: always the same. */
const patience = 1200;

for (const { name, tell } of stories) test(`story: ${name}`, () => tell(allRules));

for (const rule of Object.keys(allRules))
	test(`a story breaks without the rule ${rule}`, () => {
		const without = { ...allRules, [rule]: false };
		assert.throws(() => {
			for (const { tell } of stories) tell(without);
		});
	});

for (const [whose, tryAll] of Object.entries({
	"two honest owners and a bad member": tryMembers,
	"an honest owner, a bad owner and the paper": tryBadOwner
}))
	test(`every history of up to three blocks of ${whose}, in every order`, context => {
		for (let length = 1; length <= 3; length++) {
			const { histories, orders, found } = tryAll(length, allRules);
			context.diagnostic(`${length} blocks: ${histories} histories, ${orders} orders`);
			assert.deepEqual(found, []);
		}
	});

test("every choice of what an honest owner, a bad owner and the paper may do with tables, in every order", context => {
	const { histories, orders, found } = tryOwners(4, allRules);
	context.diagnostic(`${histories} histories, ${orders} orders`);
	assert.deepEqual(found, []);
});

for (const setting of settings)
	test(`random homes: ${setting.name}`, context => {
		const end = Date.now() + patience;
		let runs = 0;
		for (; Date.now() < end && runs < 200; runs++) {
			const number = seed * 1_000_003 + runs;
			const { rounds, findings } = play(setting, number, allRules);
			const { looked, lostGrants, ...faults } = findings;
			assert.notEqual(rounds, undefined, `run ${number} comes to rest`);
			for (const [kind, found] of Object.entries(faults))
				assert.deepEqual(found, [], `${kind} in run ${number}`);
		}
		context.diagnostic(`${runs} homes`);
		assert.ok(runs > 0);
	});
