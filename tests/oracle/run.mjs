/**
 *     node tests/oracle/run.mjs [RUNS] [SEED] [SETTING]
 *
 * Plays random histories of homes, RUNS for each setting, and prints what broke: all zero. Needs `npx tsc` before. Exit code 1 when something broke.
 */
import { play, settings } from "../../build/js/tests/oracle/history.js";
import { allRules } from "../../build/js/tests/oracle/rules.js";

const [runs = 200, seed = 1, only] = process.argv.slice(2).map(Number);
const kinds = ["divergences", "lostRemovals", "overriddenWithdrawals", "displaced", "unsigned", "unbounded"];
let broke = false;
for (const [at, setting] of settings.entries()) {
	if (only !== undefined && only !== at) continue;
	const sums = Object.fromEntries(
		[...kinds, "restless", "lostGrants", "removals", "withdrawals", "blocks", "grants"].map(kind => [kind, 0])
	);
	const firsts = {};
	const start = Date.now();
	for (let i = 0; i < runs; i++) {
		const { rounds, findings } = play(setting, seed * 1_000_003 + i, allRules);
		if (rounds === undefined) {
			sums.restless++;
			firsts.restless ??= `${seed * 1_000_003 + i}`;
		}
		for (const kind of kinds) {
			if (findings[kind].length === 0) continue;
			sums[kind]++;
			firsts[kind] ??= `${seed * 1_000_003 + i}: ${findings[kind][0]}`;
		}
		sums.lostGrants += findings.lostGrants;
		for (const [kind, count] of Object.entries(findings.looked)) sums[kind] += count;
	}
	broke ||= [...kinds, "restless"].some(kind => sums[kind] > 0);
	console.log(setting.name, `${runs} runs, ${Date.now() - start} ms`, JSON.stringify(sums));
	for (const [kind, text] of Object.entries(firsts)) console.log("   ", kind, text);
}
process.exitCode = broke ? 1 : 0;
