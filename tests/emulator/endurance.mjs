import assert from "node:assert/strict";
import { answer, assertCalm, built, edgeAfter, memoryOf, openHouse, powerOn, statusOf } from "./home.mjs";

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
	let pressed = 0;
	for (let minute = 0; minute < minutes; minute += 1) {
		for (let i = 0; i < 3; i += 1) {
			const { up } = knob.press(built.button);
			pressed += 1;
			await edgeAfter(house, lamp, built.line, up, 15_000);
			await house.run(20_000 - (house.milliseconds - up));
		}
		for (const board of boards) seen.get(board).push(await statusOf(board));
	}
	const speed = (house.milliseconds - start) / (performance.now() - real);
	context.diagnostic(
		`${pressed} presses in ${minutes} minutes, ${speed.toFixed(1)} times as fast as real time`
	);
	for (const [board, statuses] of seen) {
		const memory = statuses.map(memoryOf);
		const [early, late] = [memory.slice(5, 10), memory.slice(-5)];
		const least = part => Math.min(...part.map(({ used }) => used));
		assert.ok(late.length === 5 && early.length === 5, "at least 15 minutes");
		// What is in use includes garbage, so the least of five looks counts.
		assert.ok(least(late) <= least(early) + 2, `${board.name} leaks: ${JSON.stringify(memory)}`);
		assert.equal(
			memory.at(-1).size,
			memory[5].size,
			`${board.name} took more memory: ${JSON.stringify(memory)}`
		);
		const flash = statuses.map(({ freeFlash }) => freeFlash);
		assert.ok(flash.at(-1) >= flash[5] - 4, `${board.name} fills its flash: ${flash.join(" ")}`);
		figures.add(`XS RAM of ${board.name} after ${minutes} minutes: in use at least, KB`, least(late));
		figures.add(`XS RAM of ${board.name} after ${minutes} minutes: taken, KB`, memory.at(-1).size, 96);
	}
	assertCalm(boards);
	figures.add(
		"longest standstill in that time, ms",
		Math.max(...boards.map(({ meter }) => meter.longest)),
		450
	);
}
