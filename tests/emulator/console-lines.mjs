import assert from "node:assert/strict";
import { openHouse, standstillLimit } from "./home.mjs";

const question = /first node of a new home/;
/** Nothing that is plugged in, pulled out or said at the console's end restarts a board, or leaves it deaf. */
export async function consoleLines(context) {
	const house = openHouse();
	const lamp = house.board("lamp");
	/** A board that waits for an answer goes through something, and hears afterwards; `between`: in milliseconds. */
	const survives = (what, acts, between = 200) =>
		context.test(what, async () => {
			lamp.powerOff();
			lamp.powerOn();
			await lamp.waitFor(question);
			const { restarts } = lamp;
			for (const act of acts) {
				act();
				await house.run(between);
			}
			await house.run(1_000);
			assert.equal(lamp.restarts - restarts, 0, "it restarted");
			// The answer is none, which the board says.
			await lamp.ask("x", /answer y or n/, 2_000);
		});
	const says = (dtr, rts) => () => lamp.setLines({ dtr, rts });
	const opens = says(true, true);
	await survives("a terminal that is closed", [opens, says(false, false), opens]);
	await survives("a terminal that lets go of RTS alone", [opens, says(true, false)]);
	await survives("a terminal that lets go of DTR, then of RTS", [
		opens,
		says(false, true),
		says(false, false),
		opens
	]);
	await survives("RTS that comes and goes before anybody opens", [
		says(false, true),
		says(false, false),
		says(false, true),
		says(false, false),
		opens
	]);
	const speeds = [300, 1_200, 9_600, 115_200];
	await survives(
		"any speed, that of 1200 baud too",
		speeds.map(speed => () => lamp.setSpeed(speed))
	);
	await survives("picotool's request for the boot loader", [() => lamp.askPicotool(1)]);
	await survives("picotool's request to start anew", [() => lamp.askPicotool(2)]);
	await survives("a reset of the bus", [() => lamp.resetBus()]);
	await survives(
		"resets of the bus in the middle of a line, and of one another",
		[
			() => lamp.typeKeys("abc"),
			() => lamp.resetBus(),
			() => lamp.typeKeys("abc"),
			...Array.from({ length: 3 }, () => () => lamp.resetBus())
		],
		15
	);
	await survives(
		"a cable that is pulled out and plugged in",
		[() => lamp.unplug(), () => lamp.resetBus()],
		10_000
	);
	await survives(
		"a cable that is pulled out while the board writes",
		[() => lamp.typeKeys("x\r".repeat(20)), () => lamp.unplug(), () => lamp.resetBus()],
		5
	);
	await context.test("and its loop never stands still for long", () => {
		assert.ok(lamp.standstill < standstillLimit, `stood still for ${lamp.standstill} ms`);
	});
}
