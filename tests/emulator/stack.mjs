import assert from "node:assert/strict";
import { answer, openHouse, powerOn, ready } from "./home.mjs";

/** Where the C stack is put, as by a long chain of calls: just below the limit that hosts/pico/faults.c sets. */
const place = 0x2003f3c0;

/**
 * The garbage collector's recursion comes to the end of the C stack: the board restarts before anything else is
 * overwritten, keeps its home, and tells why.
 */
export async function stackOverflow() {
	const house = openHouse();
	const lamp = powerOn(house, "lamp");
	await answer(lamp, { isFirst: true, name: "lamp", type: "light" });
	const { chip } = lamp;
	// There is no way back from a stack that was moved; none is needed.
	chip.once(chip.symbol("fxCheckCStack"), () => {
		chip.registers[13] = place;
	});
	assert.ok(await house.run(600_000, () => lamp.restarts > 0), "it goes on with the little that is left");
	await lamp.waitFor(ready);
	await lamp.ask("status", /chain +1 blocks[\s\S]*restart +native stack overflow/);
	assert.equal(lamp.restarts, 1);
}
