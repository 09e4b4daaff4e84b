/**
 *     npm run adversary -- [--minutes N] [--seed S]
 *     npm run adversary -- --scenario '[[...], ...]'
 *
 * Tries promise 1 against an adversary for as long as one likes, or plays one scenario again. Exit code 1 when something was
 * found.
 */
import { parseArgs } from "node:util";
import { attack, report, tried } from "./trying.mjs";

const { values } = parseArgs({
	options: {
		minutes: { type: "string", default: "1" },
		seed: { type: "string" },
		scenario: { type: "string" }
	}
});

if (values.scenario !== undefined) {
	const scenario = JSON.parse(values.scenario);
	console.log(report(scenario, "given"));
	process.exit(tried(scenario).faults.length === 0 ? 0 : 1);
}

const end = Date.now() + Number(values.minutes) * 60_000;
let seed = Number(values.seed ?? Date.now() % 1_000_000_000);
if (!Number.isFinite(end) || !Number.isSafeInteger(seed)) throw new RangeError("--minutes N --seed S");
const total = { scenarios: 0, asks: 0, acts: 0 };
while (Date.now() < end) {
	const { found, ...count } = attack({ seed, runs: 500, milliseconds: end - Date.now() });
	for (const name of Object.keys(total)) total[name] += count[name];
	if (found !== undefined) {
		console.log(report(found, seed));
		process.exitCode = 1;
		break;
	}
	console.log(
		`seed ${seed}: nothing; in all ${total.scenarios} scenarios, ${total.asks} asks, ${total.acts} acts`
	);
	seed += 1;
}
