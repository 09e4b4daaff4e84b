/** A few seconds of what `npm run fuzz` does for as long as one likes. `FUZZ_SEED` repeats the choices. */
import { test } from "node:test";
import { Campaign } from "./campaign.mjs";

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const datagrams = 20_000;

test("datagrams of all kinds leave a node as it was, and its members' tasks are done", async context => {
	const campaign = await Campaign.open(context, seed);
	await campaign.run(datagrams);
	context.diagnostic(`FUZZ_SEED=${seed}: ${campaign.summary}`);
});
