import { Guard } from "../../../modules/application/guard.js";
import { GuardedClock } from "../../../modules/application/guarded-clock.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** A guarded clock on a host's that a test moves, and when what happened. */
function setUp() {
	const host = new VirtualClock();
	const told: string[] = [];
	const events: string[] = [];
	const report = (text: string) => told.push(text);
	const clock = new GuardedClock(host, new Guard({ now: () => host.now(), report, onTooMany: report }));
	const note = (what: string) => () => events.push(`${what} ${host.now()}`);
	return { host, clock, told, events, note };
}

export default suite("guarded clock", {
	"does everything at its moment, in the order of the moments, with one timer of the host": () => {
		const { clock, host, events, note } = setUp();
		for (const at of [300, 100, 200, 100, 0, -5]) clock.after(at, note(`for ${at}`));
		equal(host.pending, 1);
		equal(events, [], "never from inside the call");
		host.advance(1_000);
		equal(events, ["for 0 0", "for -5 0", "for 100 100", "for 100 100", "for 200 200", "for 300 300"]);
		equal(host.pending, 0);
	},
	"what is cancelled does not happen, and cancelling it again or late harms nothing else": () => {
		const { clock, host, events, note } = setUp();
		const first = clock.after(100, note("first"));
		const second = clock.after(100, note("second"));
		clock.after(100, note("third"));
		first();
		first();
		host.advance(100);
		second();
		equal(events, ["second 100", "third 100"]);
		clock.after(50, note("fourth"))();
		host.advance(1_000);
		equal(events.length, 2);
	},
	"an action can ask for others, and cancel those of its own moment": () => {
		const { clock, host, events, note } = setUp();
		clock.after(10, () => {
			other();
			clock.after(0, note("at once"));
			clock.after(5, note("later"));
		});
		const other = clock.after(10, note("other"));
		host.advance(100);
		equal(events, ["at once 10", "later 15"]);
	},
	"one action a turn of the loop: what the host has to do meanwhile comes in between": () => {
		const { clock, host, events, note } = setUp();
		clock.after(10, note("one"));
		clock.after(10, note("two"));
		host.after(10, note("the host"));
		host.advance(10);
		equal(events, ["one 10", "the host 10", "two 10"]);
	},
	"an action that fails is told, and the next one comes": () => {
		const { clock, host, events, told, note } = setUp();
		clock.after(10, () => {
			throw new TypeError("the pin came off");
		});
		clock.after(20, note("next"));
		host.advance(100);
		equal(told.length, 1);
		equal(events, ["next 20"]);
	}
});
