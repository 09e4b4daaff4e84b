import { Input, longestPause, settling } from "../../../modules/devices/devices.js";
import { equal, ok } from "../../harness/assert.js";
import { SimulatedInput } from "../../harness/simulated-lines.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** An input whose line is high, and what it tells: the level, and when. */
function setUp() {
	const clock = new VirtualClock();
	const line = new SimulatedInput(1);
	const told: string[] = [];
	const input = new Input({
		clock,
		line,
		onChange: () => told.push(`${input.level} at ${clock.now()}`)
	});
	line.onEdge = () => input.edge();
	return { clock, line, input, told };
}

export default suite("input line", {
	"a change is told once when it has settled, whatever the contacts do before": () => {
		const { clock, line, told } = setUp();
		clock.advance(5_000);
		for (const level of [0, 1, 0, 1, 0] as const) {
			line.put(level);
			clock.advance(4);
		}
		equal(told, ["0 at 5020"]);
		clock.advance(5_000);
		line.put(1);
		clock.advance(5_000);
		equal(told, ["0 at 5020", "1 at 10040"]);
		equal(clock.pending, 0);
	},
	"what is shorter than 20 ms is no change": () => {
		const { clock, line, told } = setUp();
		for (const length of [0, 1, 10, 19]) {
			line.put(0);
			clock.advance(length);
			line.put(1);
			clock.advance(2_000);
		}
		equal(told, []);
	},
	"a line that changes 1000 times a second is told of once a second, and its last level always": () => {
		for (const level of [0, 1] as const) {
			const { clock, line, told } = setUp();
			for (let change = 0; change < 60_000; change += 1) {
				// Now and then the other level stays, or no look would ever see it.
				if (change % 7 < 6) line.put(change % 2 === 0 ? 0 : 1);
				clock.advance(1);
			}
			const most = 60 + Math.ceil(Math.log2(longestPause / settling)) + 1;
			ok(told.length > 10 && told.length <= most, `told ${told.length} times`);
			line.put(level);
			const before = told.length;
			clock.advance(longestPause);
			ok(told.length <= before + 1);
			equal(told.at(-1)?.[0], String(level), "the last one");
			equal(clock.pending, 0);
			// Once it has been quiet it is told of as soon as ever.
			clock.advance(longestPause);
			const now = clock.now();
			line.put(level === 0 ? 1 : 0);
			clock.advance(settling);
			equal(told.at(-1), `${1 - level} at ${now + settling}`);
		}
	},
	"pulses as far apart as one wants cost no more either": () => {
		for (const apart of [21, 25, 40, 41, 100, 500, 999]) {
			const { clock, line, told } = setUp();
			for (let at = 0; at < 60_000; at += apart) {
				line.put(line.level === 0 ? 1 : 0);
				clock.advance(apart);
			}
			ok(told.length <= 68, `${apart} ms apart: told ${told.length} times`);
		}
	},
	"whoever reads it while it bounces is told of what it comes to": () => {
		const { clock, line, input, told } = setUp();
		line.put(0);
		equal(input.level, 0, "as it is now");
		line.put(1);
		clock.advance(1_000);
		equal(told, ["1 at 20"], "others were told nothing else");
	},
	"an edge of which the host did not tell is found when somebody reads": () => {
		const { clock, line, input, told } = setUp();
		line.level = 0;
		clock.advance(10_000);
		equal([input.level, told.length], [0, 0]);
		clock.advance(settling);
		equal(told, ["0 at 10020"]);
		equal(input.level, 0);
		clock.advance(10_000);
		equal(told.length, 1);
	}
});
