/**
 * Homes of several sizes on the simulated network: `npm run simulate` writes docs/simulation.json and the picture of it,
 * docs/simulation.svg. The same numbers at every run: chance comes from the seed, time from the simulated clock, on which
 * computing takes none.
 */
import { writeFileSync } from "node:fs";
import { Growth } from "./growth.mjs";
import { plot } from "./plot.mjs";

const sizes = [5, 10, 20, 35, 50];
const seed = 1;

const homes = [];
for (const size of sizes) {
	const began = performance.now();
	const home = new Growth(seed);
	while (home.size < size) home.join();
	const healing = home.heal();
	homes.push({ size, joins: home.joins, healing });
	const last = home.joins.at(-1);
	console.log(
		`${size} nodes: the last join ${last.milliseconds} ms, ${last.messages} datagrams, ${last.bytes} bytes; healing (${healing.size} nodes) ${healing.milliseconds} ms, ${healing.messages} datagrams, ${healing.bytes} bytes; computed in ${Math.round(performance.now() - began)} ms`
	);
}
const figures = {
	seed,
	joins: homes.at(-1).joins,
	healing: homes.map(({ size, healing }) => ({ before: size, ...healing }))
};
const docs = new URL("../../docs/", import.meta.url);
writeFileSync(new URL("simulation.json", docs), `${JSON.stringify(figures, null, "\t")}\n`);
writeFileSync(new URL("simulation.svg", docs), plot(figures));
