import Time from "time";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { wait } from "./wait.js";

export default [
	suite("host: Time", {
		async "ticks are whole milliseconds of 32 bits that never go back"() {
			let last = Time.ticks;
			const start = last;
			equal(last, last | 0);
			for (let i = 0; i < 1000; i++) {
				const now = Time.ticks;
				ok(Time.delta(last, now) >= 0, "forward");
				last = now;
			}
			await wait(30);
			const passed = Time.delta(start);
			ok(passed >= 30 && passed < 5000, `${passed} ms`);
		},
		"delta is the time from one to the other"() {
			equal(Time.delta(-1, 4), 5);
			equal(Time.delta(10, 4), -6);
		},
		"microseconds run as the ticks do"() {
			const before = Time.microseconds;
			const ticks = Time.ticks;
			while (Time.delta(ticks) < 10);
			const after = Time.microseconds;
			ok(before !== undefined && after !== undefined && after - before >= 9000 && after - before < 5e6);
		}
	})
];
