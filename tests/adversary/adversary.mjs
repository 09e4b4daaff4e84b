/**
 *     npm run adversary -- [--minutes N] [--seed S] [--property NAME]
 *     npm run adversary -- --property NAME --scenario '[[...], ...]'
 *
 * Tries what nobody may break against an adversary for as long as one likes, or plays one scenario again. Exit code 1 when something was
 * found.
 */
import { parseArgs } from "node:util";
import { attack, properties, report, tried } from "./trying.mjs";

const { values } = parseArgs({
	options: {
		minutes: { type: "string", default: "1" },
		seed: { type: "string" },
		property: { type: "string" },
		scenario: { type: "string" }
	}
});
const names = values.property === undefined ? Object.keys(properties) : [values.property];
for (const name of names) {
	if (!(name in properties))
		throw new RangeError(`--property is one of ${Object.keys(properties).join(", ")}`);
}

if (values.scenario !== undefined) {
	const [name] = names;
	const numbers = JSON.parse(values.scenario);
	console.log(report(name, numbers, "given"));
	process.exit(tried(name, numbers).faults.length === 0 ? 0 : 1);
}

const end = Date.now() + Number(values.minutes) * 60_000;
let seed = Number(values.seed ?? Date.now() % 1_000_000_000);
if (!Number.isFinite(end) || !Number.isSafeInteger(seed)) throw new RangeError("--minutes N --seed S");
const totals = new Map();
while (Date.now() < end && process.exitCode === undefined) {
	for (const name of names) {
		// Commands are what there is most to find out about.
		const runs = name === "commands" ? 400 : 100;
		const { found, ...count } = attack({ name, seed, runs, milliseconds: end - Date.now() });
		const total = totals.get(name) ?? { scenarios: 0, asks: 0, acts: 0 };
		for (const key of Object.keys(total)) total[key] += count[key];
		totals.set(name, total);
		if (found !== undefined) {
			console.log(report(name, found, seed));
			process.exitCode = 1;
			break;
		}
		const { scenarios, asks, acts } = total;
		console.log(
			`${name}, seed ${seed}: nothing; in all ${scenarios} scenarios, ${asks} asked or allowed, ${acts} acted or learned`
		);
	}
	seed += 1;
}
