import Time from "time";
import Timer from "timer";
import { equal, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { standIn } from "./stand-in.js";
import { wait } from "./wait.js";

/** Microseconds, where the host counts them. */
function now(): number {
	return Time.microseconds ?? Time.ticks * 1000;
}

export default [
	suite("host: Timer", {
		async "runs a callback once, with the timer, not before its time and not in the same turn"() {
			const start = Time.ticks;
			let count = 0;
			let given: Timer | undefined;
			const timer = Timer.set(it => {
				count += 1;
				given = it;
			}, 20);
			equal(count, 0);
			await wait(60);
			equal(count, 1);
			ok(given === timer, "the timer is given");
			ok(Time.delta(start) >= 20, "not too early");
		},
		async "runs timers in the order of their moments, and of their making for one moment"() {
			for (;;) {
				const order: string[] = [];
				const start = Time.ticks;
				Timer.set(() => order.push("c"), 30);
				Timer.set(() => order.push("a"), 10);
				Timer.set(() => order.push("b"), 10);
				Timer.set(() => order.push("0"));
				// A machine that is busy with other things can take so long over these four that the last is due first.
				const isSudden = Time.delta(start) < 5;
				await wait(100);
				equal(order.length, 4);
				if (!isSudden) continue;
				equal(order.join(""), "0abc");
				return;
			}
		},
		async "runs timers of one interval in the order of their making, wherever in a millisecond that was"() {
			const wanted = Array.from({ length: 100 }, (_, i) => i);
			for (let trial = 0; trial < 20; trial++) {
				const order: number[] = [];
				await wait(1);
				// Some host's loop looks at the clock once a turn, and takes that for the moment of all that is set in it.
				const late = now() + trial * 50;
				while (now() < late);
				for (const i of wanted) Timer.set(() => order.push(i), 3);
				for (let i = 0; i < 100 && order.length < wanted.length; i++) await wait(1);
				equal(order, wanted);
			}
		},
		async "without an interval waits for the next turn, so that a chain of them starves nobody"() {
			let chained = 0;
			const next = () => {
				chained += 1;
				if (chained < 50) Timer.set(next, 0);
			};
			next();
			let fired = false;
			Timer.set(() => {
				fired = true;
			}, 5);
			for (let i = 0; i < 100 && !(fired && chained === 50); i++) await wait(1);
			ok(fired);
			equal(chained, 50);
		},
		async "repeats, after the first interval with the second"() {
			let count = 0;
			const timer = Timer.set(() => (count += 1), 5, 10);
			await wait(100);
			Timer.clear(timer);
			ok(count >= 3 && count <= 11, `${count} times`);
			const before = count;
			await wait(30);
			equal(count, before, "after clear");
		},
		async "repeat waits its interval before the first time"() {
			let count = 0;
			const timer = Timer.repeat(() => (count += 1), 30);
			await wait(10);
			equal(count, 0);
			await wait(90);
			Timer.clear(timer);
			ok(count >= 1 && count <= 4, `${count} times`);
		},
		async "cleared never runs, whether before or within another callback"() {
			let count = 0;
			const first = Timer.set(() => (count += 1), 5);
			Timer.clear(first);
			Timer.clear(first);
			Timer.clear(undefined);
			// Far enough apart for a machine that stands still for a moment between the two.
			const late = Timer.set(() => (count += 1), 300);
			Timer.set(() => Timer.clear(late), 5);
			await wait(400);
			equal(count, 0);
		},
		async "may be cleared in its own callback, single or repeating"() {
			let single = 0;
			let repeating = 0;
			Timer.set(timer => {
				single += 1;
				Timer.clear(timer);
			}, 1);
			Timer.repeat(timer => {
				repeating += 1;
				if (repeating === 3) Timer.clear(timer);
			}, 2);
			await wait(60);
			equal([single, repeating], [1, 3]);
		},
		async "scheduled anew forgets its earlier moment, also in its own callback"() {
			let count = 0;
			const timer = Timer.set(() => (count += 1), 5);
			Timer.schedule(timer, 30);
			await wait(15);
			equal(count, 0, "moved");
			let rounds = 0;
			Timer.set(again => {
				rounds += 1;
				if (rounds < 3) Timer.schedule(again, 2);
			}, 2);
			await wait(50);
			equal([count, rounds], [1, 3]);
		},
		async "scheduled without an interval sleeps until it gets one"() {
			let count = 0;
			const timer = Timer.repeat(() => (count += 1), 5);
			Timer.schedule(timer);
			await wait(20);
			equal(count, 0, "asleep");
			Timer.schedule(timer, 1);
			await wait(20);
			equal(count, 1, "awake");
		},
		async "many at once all run, and clearing every other one ends exactly those"() {
			let sum = 0;
			const timers = Array.from({ length: 2000 }, (_, i) => Timer.set(() => (sum += i), i % 20));
			for (let i = 0; i < timers.length; i += 2) Timer.clear(timers[i]);
			await wait(80);
			equal(sum, 1000 * 1000);
		},
		"refuses what is no function"() {
			if (standIn) return;
			throws(() => Reflect.apply(Timer.set, Timer, [undefined]), TypeError, "callback");
			throws(() => Reflect.apply(Timer.set, Timer, [{}]), TypeError, "callback");
		},
		"delay stands still for its time"() {
			const start = Time.ticks;
			Timer.delay(15);
			ok(Time.delta(start) >= 14, "waited");
		}
	})
];
