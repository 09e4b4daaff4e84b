import assert from "node:assert/strict";
import { foundHome, joined, SimulatedNetwork } from "../../build/js/tests/harness/simulation.js";
import { addMemoryOfC, agree, answer, assertCalm, openHouse, powerOn, ready } from "./home.mjs";
import { flashWith } from "./preferences.mjs";

/** Boards in the home before. */
const members = Number(process.env.EMULATOR_MEMBERS ?? 8);
const types = ["light", "switch", "lock", "sensor"];
const nameOf = index => (index === 0 ? "lamp" : `board ${index}`);

/** What the members' flashes hold: their home is made by the same modules on a simulated network. */
function preferences() {
	const network = new SimulatedNetwork(7);
	const addressOf = index => `192.168.4.${100 + index}:5683`;
	const nodes = [foundHome(network, addressOf(0), { suite: "secure" })];
	while (nodes.length < members) {
		nodes[0].type("invite");
		const [index, sponsor] = [nodes.length, addressOf(0)];
		const [name, type] = [nameOf(index), types[index % types.length]];
		nodes.push(joined(network, addressOf(index), name, type, [sponsor], "secure"));
	}
	for (const node of nodes) node.until("status", new RegExp(`chain +${members} blocks`));
	network.clock.advance(60_000);
	for (const node of nodes) node.cut();
	return nodes.map(node => node.preference);
}

/**
 * One more board joins a home in which every other one answers, and has something to tell it, all at once: the worst for
 * the newcomer's memory. Afterwards it asks them all for their state, more than it has security contexts for.
 */
export async function crowd(figures) {
	const house = openHouse();
	const boards = [];
	for (const preference of preferences()) {
		const flash = flashWith(preference, { seed: boards.length + 1 });
		boards.push(powerOn(house, nameOf(boards.length), { flash }));
		await house.run(500);
	}
	for (const board of boards) await board.waitFor(ready);
	await house.run(15_000);
	const [lamp] = boards;
	await lamp.ask("invite", /Inviting|at any time/);
	const door = powerOn(house, "door");
	const typed = await answer(door, { name: "door", type: "lock", milliseconds: 120_000 });
	figures.add(`join a home of ${members} boards: PIN typed to ready, ms`, door.now / 1e6 - typed);
	boards.push(door);
	await agree(boards, members + 1);
	await house.run(20_000);
	const answers = new RegExp(`((lamp|door|board \\d+): [a-z ]+\\r?\n[^:]*){${members + 1}}`);
	const [told] = await door.ask("task all read", answers, 20_000);
	assert.doesNotMatch(told, /no answer/);
	const peak = Math.max(...boards.map(({ memory }) => memory.peak));
	figures.add("XS RAM there after a collection, most of any board, KB", peak / 1024);
	addMemoryOfC(figures, boards);
	assertCalm(boards);
}
