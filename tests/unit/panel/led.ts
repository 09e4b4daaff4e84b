import { lengthOf, Panel, patterns, type Sign } from "../../../modules/panel/panel.js";
import { equal, ok } from "../../harness/assert.js";
import { SimulatedLed } from "../../harness/simulated-lines.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { Board } from "./board.js";

const signs: readonly Sign[] = [
	"no identity",
	"joining",
	"inviting",
	"online",
	"offline",
	"refused",
	"warning"
];

export default suite("LED", {
	"shows each sign by its pattern, over and over": () => {
		for (const sign of signs) {
			const board = new Board();
			board.sign = sign;
			// From the beginning of a pattern on, whatever was lit before.
			board.wait(lengthOf("online"));
			const before = board.led.spans.length;
			board.wait(lengthOf(sign) * 3);
			const pattern = patterns[sign];
			equal(board.led.spans.slice(before), [...pattern, ...pattern, ...pattern], sign);
		}
	},
	"no two signs look alike, and each ends dark": () => {
		equal(new Set(signs.map(sign => patterns[sign].join())).size, signs.length);
		for (const sign of signs) equal(patterns[sign].length % 2, 0, sign);
	},
	"a new sign begins at once, the same one goes on": () => {
		const board = new Board();
		board.wait(1_000);
		board.sign = "joining";
		board.panel.update();
		equal(board.led.value, 1);
		board.wait(300);
		board.panel.update();
		board.wait(199);
		equal(board.led.value, 1);
		board.wait(1);
		equal(board.led.value, 0);
	},
	"without being told, it sees a new sign when the pattern ends": () => {
		const board = new Board();
		board.sign = "offline";
		board.wait(5_000 + 1_999);
		equal(board.led.spans.slice(-3), [100, 150, 100]);
	},
	"a refusal shows once, over what it showed before": () => {
		const board = new Board();
		board.wait(1_000);
		const before = board.led.spans.length;
		board.panel.refused();
		board.wait(lengthOf("refused"));
		equal(board.led.spans.slice(before + 1, before + 10), patterns.refused.slice(0, 9));
		board.wait(50);
		equal(board.led.spans.at(-1), 50, "online again");
	},
	"stopped, it is dark and does nothing more": () => {
		const board = new Board();
		board.sign = "joining";
		board.panel.update();
		board.panel.stop();
		equal(board.led.value, 0);
		equal(board.clock.pending, 0);
	},
	"a button without an LED and an LED without a button will do": () => {
		const clock = new VirtualClock();
		const led = new SimulatedLed(clock);
		let level = 1;
		let presses = 0;
		const rest = {
			clock,
			standstill: () => 0,
			sign: () => "joining" as const,
			canInvite: () => true,
			onTouch: () => undefined,
			onPress: () => {
				presses += 1;
			},
			onInvite: () => undefined,
			onReset: () => undefined
		};
		const lone = new Panel({ ...rest, button: { read: () => level }, led: undefined });
		level = 0;
		lone.edge();
		clock.advance(100);
		level = 1;
		lone.edge();
		lone.refused();
		equal(presses, 1);
		const dumb = new Panel({ ...rest, button: undefined, led });
		dumb.edge();
		dumb.update();
		clock.advance(600);
		ok(led.spans.length > 0);
	}
});
