/** Homes of boards as large as they come, which would take XS a minute: presses of all switches, in turn and at once. */
import assert from "node:assert/strict";
import test from "node:test";
import { applicant } from "../../build/js/tests/harness/simulation.js";
import { Switches } from "../../build/js/tests/unit/secure/switches.js";

for (const boards of [9, 16]) {
	test(`each press of ${boards} boards counts once, in turn, at once, and after a power cut`, () => {
		const home = new Switches(boards);
		const { clock } = home.network;
		home.pressAll(false, "in turn");
		home.pressAll(true, "at once");
		clock.advance(15_000);
		home.pressAll(true, "at once again");
		home.cutLamp(300);
		clock.advance(5_000);
		home.pressAll(true, "after a power cut, at once");
		home.cutLamp(300);
		clock.advance(5_000);
		home.pressAll(false, "after a power cut, in turn");
	});
}

test("a press is not made slower by background talk: it takes no keys from a switch and its lamp", () => {
	const home = new Switches(9, 2);
	const { network, lamp, knobs } = home;
	const some = knobs.slice(0, 4);
	const press = what => {
		for (const knob of some) {
			let count = 0;
			// Confirmable requests of the switch; what the lamp has to tell it may come in between.
			network.tap = ({ from, to, bytes }) => {
				if (from === knob.address && to === lamp.address && bytes[0] >> 4 === 4) count += 1;
			};
			knob.press();
			network.clock.advance(500);
			network.tap = () => undefined;
			// Looked at, and asked.
			if (what !== "") assert.equal(count, 2, what);
		}
	};
	press("");
	press("at once");
	network.clock.advance(295_000);
	press("after others have looked");
	lamp.ask("grant knob5 unlock all", /./);
	// The owner's node covers that by a checkpoint, some time within 11 seconds: what is told of it is not counted.
	network.clock.advance(15_000);
	press("after a block");
	lamp.type("invite");
	const late = applicant(network, "10.0.0.99:5683", "late", "switch", [lamp.address], { suite: "secure" });
	late.waitFor(/ready /);
	network.clock.advance(30_000);
	press("after a join");
	network.clock.advance(3_590_000);
	for (const knob of knobs.slice(4)) knob.cut();
	for (const knob of knobs.slice(4)) knob.start();
	network.clock.advance(5_000);
	press("after others were started");
});
