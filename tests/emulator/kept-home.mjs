import assert from "node:assert/strict";
import { foundHome, joined, SimulatedNetwork } from "../../build/js/tests/harness/simulation.js";
import { online, openHouse, powerOn, ready } from "./home.mjs";
import { flashWith } from "./preferences.mjs";

const types = ["light", "switch", "lock", "sensor"];
/** By how many members it has: their flashes. To make a home takes this machine longer than to start its boards. */
const made = new Map();

/** The first is the lamp. */
export const nameOf = index => (index === 0 ? "lamp" : `board ${index}`);

/** The flashes of a home, which is made by the same modules on a simulated network. */
function flashesOf(members) {
	const kept = made.get(members);
	if (kept !== undefined) return kept;
	const network = new SimulatedNetwork(7);
	const addressOf = index => `192.168.4.${100 + index}:5683`;
	const nodes = [foundHome(network, addressOf(0), { suite: "secure" })];
	while (nodes.length < members) {
		nodes[0].type("invite");
		const [index, sponsor] = [nodes.length, addressOf(0)];
		const [name, type] = [nameOf(index), types[index % types.length]];
		nodes.push(joined(network, addressOf(index), name, type, [sponsor], "secure"));
	}
	for (const node of nodes) node.until("status", new RegExp(`members +${members};`));
	network.clock.advance(60_000);
	assert.equal(new Set(nodes.map(({ digest }) => digest)).size, 1);
	for (const node of nodes) node.cut();
	const flashes = nodes.map(({ preference }, index) => flashWith(preference, { seed: index + 1 }));
	made.set(members, flashes);
	return flashes;
}

/** A house with the boards of a home of that many members, each where the others know it to be. All are online. */
export async function keptHome(members, { leaseTime } = {}) {
	const house = openHouse();
	const { dhcp } = house.network.accessPoint;
	dhcp.leaseTime = leaseTime ?? dhcp.leaseTime;
	const boards = [];
	for (const flash of flashesOf(members)) {
		boards.push(powerOn(house, nameOf(boards.length), { flash: flash.copy() }));
		await house.run(500);
	}
	for (const board of boards) {
		await board.waitFor(ready);
		await board.waitFor(online);
	}
	return { house, boards };
}
