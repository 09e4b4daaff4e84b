/**
 * Fuzzes whole nodes with datagrams, under the sanitizers:
 *
 *     npm run fuzz -- [--datagrams N] [--minutes M] [--processes P] [--seed S]
 *
 * N in all (1,000,000 by default), or as many as M minutes allow; P homes at once (one). Home number i takes the seed
 * S + i. Then it waits five minutes, after which the memory must be as at first. Ends with 1 at the first fault, and then tells where the last datagrams were written.
 */
import { parseArgs } from "node:util";
import { Campaign } from "./campaign.mjs";

/** Datagrams between two checks. */
const stretch = 20_000;

const options = {
	datagrams: { type: "string", default: "1000000" },
	minutes: { type: "string", default: "Infinity" },
	processes: { type: "string", default: "1" },
	seed: { type: "string", default: String(Date.now() % 1_000_000) }
};

/** The numbers that were given; ends the program where they are none. */
function settings() {
	try {
		const { values } = parseArgs({ options });
		const numbers = ["datagrams", "processes", "seed"].map(name => Number(values[name]));
		const minutes = Number(values.minutes);
		const isRight = numbers.every(number => Number.isSafeInteger(number) && number >= 0) && minutes > 0;
		if (isRight && numbers[1] > 0) return [...numbers, minutes];
		console.error("fuzz: --datagrams, --processes, --minutes and --seed are numbers");
	} catch (error) {
		console.error(`fuzz: ${error.message}`);
	}
	return process.exit(64);
}

const [datagrams, processes, seed, minutes] = settings();
const deadline = Date.now() + minutes * 60_000;
const endings = [];
const test = { after: ending => endings.push(ending) };

console.log(`seed ${seed}`);
try {
	await Promise.all(Array.from({ length: processes }, (_, index) => fuzz(index)));
} catch (error) {
	console.error(error);
	process.exitCode = 1;
} finally {
	for (const ending of endings.reverse()) await ending();
}

async function fuzz(index) {
	const campaign = await Campaign.open(test, seed + index);
	const mine = Math.floor(datagrams / processes) + (index < datagrams % processes ? 1 : 0);
	let shown = 0;
	while (campaign.sent < mine && Date.now() < deadline && process.exitCode === undefined) {
		await campaign.run(Math.min(stretch, mine - campaign.sent));
		if (Date.now() - shown < 60_000 && campaign.sent < mine) continue;
		shown = Date.now();
		const rate = Math.round((1000 * campaign.sent) / campaign.time);
		console.log(`home ${seed + index}: ${campaign.summary}; ${rate} datagrams/s`);
	}
	console.log(`home ${seed + index}: all sent: ${campaign.summary}`);
	await campaign.finish();
	console.log(`home ${seed + index}: and five minutes later: ${campaign.summary}`);
}
