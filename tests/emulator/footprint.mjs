/**
 * XS's memory on emulated boards, for `npm run boards`: prints `{"idle":N,"peak":N}`, bytes in use after a collection.
 * Three members, the last of them restarted; of the three whichever takes most.
 */
import { agree, answer, openHouse, powerOn } from "./home.mjs";

/** Simulated milliseconds until a home is quiet, and in which a quiet board collects its garbage at least once. */
const settling = 20_000;
const patience = 600_000;

const house = openHouse();
let peak = 0;

async function member(name, type, isFirst = false) {
	const board = powerOn(house, name);
	await answer(board, { isFirst, name, type });
	return board;
}

const boards = [
	await member("lamp", "light", true),
	await member("knob", "switch"),
	await member("door", "lock")
];
await agree(boards, 3);
await house.run(settling);
const [, , door] = boards;
peak = Math.max(...boards.map(({ memory }) => memory.peak));
door.powerOff();
await house.run(1_000);
door.powerOn();
await agree(boards, 3);
await house.run(settling);

const before = boards.map(({ memory }) => memory.collections);
const haveCollected = () => boards.every(({ memory }, index) => memory.collections > before[index]);
if (!(await house.run(patience, haveCollected))) throw new Error("a board did not collect its garbage");
const idle = Math.max(...boards.map(({ memory }) => memory.last));
for (const { name, restarts, memory } of boards) {
	if (restarts > 0) throw new Error(`${name} restarted by itself`);
	peak = Math.max(peak, memory.peak);
}
console.log(JSON.stringify({ idle, peak }));
