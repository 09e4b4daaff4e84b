import assert from "node:assert/strict";
import { addMemoryOfC, agreeOnMembers, answer, assertCalm, powerOn } from "./home.mjs";
import { keptHome } from "./kept-home.mjs";

/** Boards in the home before. */
const members = Number(process.env.EMULATOR_MEMBERS ?? 8);

/**
 * One more board joins a home in which every other one answers, and has something to tell it, all at once: the worst for
 * the newcomer's memory. Afterwards it asks them all for their state, more than it has security contexts for.
 */
export async function crowd(figures) {
	const { house, boards } = await keptHome(members);
	await house.run(15_000);
	const [lamp] = boards;
	await lamp.ask("invite", /Inviting|at any time/);
	const door = powerOn(house, "door");
	const typed = await answer(door, { name: "door", type: "lock", milliseconds: 120_000 });
	figures.add(`join a home of ${members} boards: PIN typed to ready, ms`, door.now / 1e6 - typed);
	boards.push(door);
	await agreeOnMembers(boards, members + 1);
	await house.run(20_000);
	const answers = new RegExp(`((lamp|door|board \\d+): [a-z ]+\\r?\n[^:]*){${members + 1}}`);
	const [told] = await door.ask("task all read", answers, 20_000);
	assert.doesNotMatch(told, /no answer/);
	const peak = Math.max(...boards.map(({ memory }) => memory.peak));
	figures.add("XS RAM there after a collection, most of any board, KB", peak / 1024);
	addMemoryOfC(figures, boards);
	figures.add("longest standstill there, ms", Math.max(...boards.map(({ standstill }) => standstill)), 450);
	assertCalm(boards);
}
