import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { Board } from "./board.js";

export default suite("button", {
	"a press counts when it is let go, in that very moment": () => {
		const board = new Board();
		board.hold(120);
		equal(board.events, ["press 120"]);
		board.wait(1_000);
		equal(board.events.length, 1);
	},
	"contacts that bounce make one press": () => {
		const board = new Board();
		for (const level of [0, 1, 0, 1, 0] as const) {
			board.put(level);
			board.wait(3);
		}
		board.wait(100);
		equal(board.events, []);
		for (const level of [1, 0, 1, 0, 1] as const) {
			board.put(level);
			board.wait(3);
		}
		board.wait(1_000);
		equal(board.events, ["press 115"], "at the first edge up");
	},
	"a disturbance shorter than 20 ms is no press": () => {
		const board = new Board();
		for (const length of [0, 1, 10, 19]) board.hold(length).wait(500);
		equal(board.events, []);
		board.hold(20);
		equal(board.events.length, 1);
	},
	"two quick presses are two": () => {
		const board = new Board();
		board.hold(60).wait(60).hold(60).wait(500);
		equal(board.events, ["press 60", "press 180"]);
	},
	"pressed again before its contacts have settled, it is pressed all the same": () => {
		const board = new Board();
		board.hold(60).wait(10).hold(80);
		equal(board.events, ["press 60", "press 150"]);
	},
	"pressed and let go while the loop stood still, it was pressed": () => {
		const board = new Board();
		board.wait(1_000);
		board.standstill = 400;
		// Both edges arrive as one call, when the line is high again.
		board.panel.edge();
		equal(board.events, ["press 1000"]);
		board.standstill = 0;
		board.wait(1_000);
		equal(board.events.length, 1);
	},
	"let go while the loop stood still, right after it was touched, it was pressed": () => {
		for (const isEdgeFirst of [true, false]) {
			const board = new Board();
			board.put(0);
			board.wait(5);
			board.level = 1;
			board.standstill = 400;
			if (isEdgeFirst) board.panel.edge();
			board.wait(15);
			if (!isEdgeFirst) board.panel.edge();
			board.standstill = 0;
			board.wait(500);
			equal(board.events.length, 1, board.events.join());
		}
	},
	"pressed and let go in a standstill that is longer than a press may act, it was not pressed": () => {
		for (const [standstill, count] of [
			[9_500, 1],
			[9_501, 0],
			[3_600_000, 0]
		] as const) {
			for (const isTouched of [false, true]) {
				const board = new Board();
				if (isTouched) board.put(0);
				board.level = 1;
				board.standstill = standstill;
				board.wait(20);
				board.panel.edge();
				board.standstill = 0;
				board.wait(100);
				equal(board.events.length, count, `${standstill} ${isTouched}`);
				board.hold(100);
				equal(board.events.length, count + 1, "the next one counts");
			}
		}
	},
	"an edge of its contacts that arrives late, since the loop stood still for what the press does, is no other press":
		() => {
			const board = new Board();
			board.hold(120);
			board.standstill = 60;
			// The contacts' wait is over before the loop comes to the edges that were behind the first.
			board.wait(20);
			board.panel.edge();
			board.panel.edge();
			board.standstill = 0;
			board.wait(100);
			equal(board.events, ["press 120"]);
			board.hold(100);
			equal(board.events, ["press 120", "press 340"]);
		},
	"an edge of its contacts that arrives after several turns without a pause is no other press": () => {
		const board = new Board();
		board.hold(120);
		for (const standstill of [110, 230]) {
			board.standstill = standstill;
			board.wait(115);
		}
		board.panel.edge();
		board.standstill = 0;
		board.wait(100);
		equal(board.events, ["press 120"]);
		board.hold(100);
		equal(board.events.length, 2);
	},
	"while the loop stands still again and again, each press is heard all the same": () => {
		const board = new Board();
		board.hold(120);
		board.standstill = 270;
		board.wait(270);
		// Pressed and let go in the next standstill: both edges arrive as one call.
		board.wait(270);
		board.panel.edge();
		equal(board.events, ["press 120", "press 660"]);
	},
	"an edge up by itself, while the loop runs, is a disturbance": () => {
		const board = new Board();
		board.panel.edge();
		equal(board.wait(100).events, []);
	},
	"held when the node starts, it counts only from when it was let go": () => {
		const board = new Board(0);
		board.wait(20_000);
		equal(board.events, [], "a reset would follow a reset");
		board.put(1);
		board.wait(100);
		equal(board.events, []);
		board.hold(100);
		equal(board.events.length, 1);
	},
	"held when the node starts and let go while the loop stood still, it was not pressed": () => {
		const board = new Board(0);
		board.wait(1_000);
		board.level = 1;
		board.standstill = 400;
		board.panel.edge();
		board.standstill = 0;
		board.wait(1_000);
		equal(board.events, []);
	},
	"a call without an edge does nothing": () => {
		const board = new Board();
		board.put(0);
		for (let turn = 0; turn < 10; turn += 1) {
			board.wait(10);
			board.panel.edge();
		}
		board.put(1);
		equal(board.events, ["press 100"]);
	},
	"a thousand presses leave nothing behind": () => {
		const board = new Board();
		for (let turn = 0; turn < 1_000; turn += 1) board.hold(100).wait(100);
		equal(board.events.length, 1_000);
		ok(board.clock.pending <= 1, `${board.clock.pending} timers`);
	}
});
