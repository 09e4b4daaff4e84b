import { ReplayWindow } from "../../../modules/oscore/oscore.js";
import { WINDOW } from "../../../modules/oscore/replay-window.js";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { counter } from "../coap/network.js";

export default suite("oscore: replay window", {
	"the first number may be any, and is taken once": () => {
		for (const first of [0, 1, 63, 64, 1000, 2 ** 31, 2 ** 32 + 5, 2 ** 40 - 1]) {
			const window = new ReplayWindow();
			ok(window.fresh(first), `${first}`);
			window.accept(first);
			ok(!window.fresh(first), `${first} again`);
			ok(window.fresh(first + 1), "the next");
			if (first > 0) ok(window.fresh(first - 1), "the one before");
		}
	},
	"asking changes nothing": () => {
		const window = new ReplayWindow();
		for (let i = 0; i < 3; i += 1) ok(window.fresh(7));
		window.accept(7);
		ok(window.fresh(1000));
		ok(window.fresh(6), "1000 did not move it");
	},
	"the 63 numbers before the highest may still come, the 64th is too old": () => {
		const window = new ReplayWindow();
		window.accept(1000);
		for (let behind = 1; behind < WINDOW; behind += 1) ok(window.fresh(1000 - behind), `${behind} behind`);
		ok(!window.fresh(1000 - WINDOW), "64 behind");
		ok(!window.fresh(0));
	},
	"what was taken stays taken while it is inside, however the window moves": () => {
		for (const step of [1, 2, 31, 32, 33, 62, 63]) {
			const window = new ReplayWindow();
			window.accept(100);
			window.accept(100 + step);
			ok(!window.fresh(100), `after ${step}`);
			ok(!window.fresh(100 + step));
			if (step > 1) ok(window.fresh(101), "between");
		}
	},
	"a jump over the whole window forgets what was, and refuses it": () => {
		for (const step of [64, 65, 1000, 2 ** 32, 2 ** 39]) {
			const window = new ReplayWindow();
			window.accept(100);
			window.accept(100 + step);
			ok(!window.fresh(100), "too old");
			ok(window.fresh(100 + step - 63), "inside");
			ok(!window.fresh(100 + step - 64), "outside");
		}
	},
	"no number is ever taken twice, whatever the order, and none that is near is refused the first time":
		() => {
			const random = counter(5);
			const window = new ReplayWindow();
			const taken = new Set<number>();
			let highest = 0;
			for (let i = 0; i < 3000; i += 1) {
				const [a, b] = random(2);
				const number = Math.max(0, highest + ((a ?? 0) % 100) - 90 + ((b ?? 0) > 250 ? 200 : 0));
				const expected = !taken.has(number) && number > highest - WINDOW;
				equal(window.fresh(number), expected || (taken.size === 0 && number >= 0), `${number} at ${highest}`);
				if (!window.fresh(number)) continue;
				window.accept(number);
				taken.add(number);
				highest = Math.max(highest, number);
			}
		}
});
