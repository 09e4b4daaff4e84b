import { holds } from "../../../modules/panel/panel.js";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { Board } from "./board.js";

export default suite("panel", {
	"held for three seconds, it invites when it is let go": () => {
		const board = new Board();
		board.hold(holds.invite - 1).wait(500);
		equal(board.events, [`press ${holds.invite - 1}`]);
		const long = new Board();
		long.hold(holds.invite);
		equal(long.events, [`invite ${holds.invite}`]);
	},
	"held for ten seconds, it wipes the node, once, without being let go": () => {
		const board = new Board();
		board.put(0);
		board.wait(holds.reset - 1);
		equal(board.events, []);
		board.wait(1);
		equal(board.events, [`reset ${holds.reset}`]);
		board.wait(60_000);
		board.put(1);
		board.wait(60_000);
		equal(board.events.length, 1);
	},
	"let go while the LED warns, it does nothing": () => {
		for (const held of [holds.warn, holds.reset - 1]) {
			const board = new Board();
			board.hold(held).wait(60_000);
			equal(board.events, [], `${held} ms`);
		}
	},
	"let go just before the wipe while the loop stood still, it does nothing": () => {
		const board = new Board();
		board.put(0);
		board.wait(9_000);
		// The edge has not been heard of yet when the wipe falls due.
		board.level = 1;
		board.wait(60_000);
		equal(board.events, []);
	},
	"pressed again when the machine was suspended meanwhile, it wipes the node only three seconds after the LED warns":
		() => {
			const board = new Board();
			board.put(0);
			board.wait(1_000);
			// Let go after that, and pressed again as it goes on: no edge was heard of.
			board.clock.jump(3_600_000);
			board.wait(0);
			equal(board.events, []);
			board.wait(holds.reset - holds.warn - 1);
			equal(board.events, []);
			board.put(1);
			board.wait(60_000);
			equal(board.events, []);
		},
	"let go while the loop stood still, it was held for as long as is sure: nobody is invited by a short press":
		() => {
			const board = new Board();
			board.put(0);
			board.wait(100);
			board.level = 1;
			board.standstill = 4_000;
			board.wait(2_900);
			equal(board.events, ["press 3000"]);
			const long = new Board();
			long.put(0);
			long.wait(holds.invite + 300);
			long.standstill = 300;
			long.put(1);
			equal(long.events, [`invite ${holds.invite + 300}`]);
			const longer = new Board();
			longer.put(0);
			longer.wait(holds.warn);
			longer.standstill = 6_000;
			longer.put(1);
			equal(longer.events, [], "it may have been let go for the warning");
		},
	"where nobody can be invited, a long press does nothing and the LED does not promise it": () => {
		const board = new Board();
		board.canInvite = false;
		board.sign = "no identity";
		board.panel.update();
		board.wait(200);
		const spans = board.led.spans;
		board.put(0);
		board.wait(6_000);
		ok(
			spans.slice(2).every(span => span === 100 || span === 1_900),
			spans.join()
		);
		board.put(1);
		equal(board.events, []);
	},
	"the LED says what letting go would do": () => {
		const board = new Board();
		board.put(0);
		board.wait(3_010);
		const count = board.led.spans.length;
		board.wait(3_900);
		ok(
			board.led.spans.slice(count + 1).every(span => span === 150),
			"inviting"
		);
		board.wait(100);
		const warned = board.led.spans.length;
		board.wait(2_900);
		ok(
			board.led.spans.length - warned > 50 && board.led.spans.slice(warned + 1).every(span => span === 50),
			"warning"
		);
		board.put(1);
		board.wait(100);
		const after = board.led.spans.length;
		board.wait(4_000);
		ok(board.led.spans.length - after <= 1, "online again");
	}
});
