import assert from "node:assert/strict";
import { addMemoryOfC, answer, assertCalm, built, edgeAfter, openHouse, powerOn, statusOf } from "./home.mjs";

/** Simulated minutes. */
const minutes = Number(process.env.EMULATOR_MINUTES ?? 30);

/**
 * Two members live on for half an hour, with a press every 20 seconds and a look at their memory every minute. The
 * first five minutes are theirs to fill their tables.
 */
export async function endurance(context, figures) {
	const house = openHouse();
	const lamp = powerOn(house, "lamp");
	const knob = powerOn(house, "knob");
	const boards = [lamp, knob];
	await answer(lamp, { isFirst: true, name: "lamp", type: "light" });
	await answer(knob, { name: "knob", type: "switch" });
	const real = performance.now();
	const start = house.milliseconds;
	const seen = new Map(boards.map(board => [board, []]));
	const collected = new Map(boards.map(board => [board, []]));
	let pressed = 0;
	for (let minute = 0; minute < minutes; minute += 1) {
		for (let i = 0; i < 3; i += 1) {
			const { up } = knob.press(built.button);
			pressed += 1;
			await edgeAfter(house, lamp, built.line, up, 15_000);
			await house.run(20_000 - (house.milliseconds - up));
		}
		for (const board of boards) {
			seen.get(board).push(await statusOf(board));
			collected.get(board).push(board.memory.last / 1024);
		}
	}
	const speed = (house.milliseconds - start) / (performance.now() - real);
	context.diagnostic(
		`${pressed} presses in ${minutes} minutes, ${speed.toFixed(1)} times as fast as real time`
	);
	for (const [board, statuses] of seen) {
		const live = collected.get(board);
		const [early, late] = [live.slice(5, 10), live.slice(-5)].map(part => Math.min(...part));
		assert.ok(live.length >= 15, "at least 15 minutes");
		assert.ok(late <= early + 2, `${board.name} leaks: ${live.map(Math.round).join(" ")} KB`);
		figures.add(`XS RAM of ${board.name} after ${minutes} minutes, after a collection, KB`, late);
		const flash = statuses.map(({ freeFlash }) => freeFlash);
		assert.ok(flash.at(-1) >= flash[5] - 4, `${board.name} fills its flash: ${flash.join(" ")}`);
	}
	assertCalm(boards);
	addMemoryOfC(figures, boards);
	figures.add(
		"longest standstill in that time, ms",
		Math.max(...boards.map(({ meter }) => meter.longest)),
		450
	);
}
