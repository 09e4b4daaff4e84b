import { Guard } from "../../../modules/application/guard.js";
import { GuardedClock } from "../../../modules/application/guarded-clock.js";
import { runInTurns, type Steps } from "../../../modules/crypto/crypto.js";
import { Button } from "../../../modules/panel/button.js";
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
	},
	"long work leaves the host a moment for what it has to tell: presses in it count, and their bounce does not":
		() => {
			const board = new BusyBoard();
			const guard = new Guard({
				now: () => board.now(),
				report: () => undefined,
				onTooMany: () => undefined
			});
			const clock = new GuardedClock(board, guard);
			let level = 1;
			const presses: number[] = [];
			const owner = {
				standstill: () => guard.standstill(),
				onTouch: () => undefined,
				onDown: () => undefined,
				onUp: () => {
					presses.push(Math.round(board.now()));
				}
			};
			const button = new Button({ clock, line: { read: () => level }, owner });
			const edge = (to: number) => () => {
				level = to;
				board.tell(() => guard.run("an edge", () => button.edge()));
			};
			// Each is held for 120 ms, and its contacts bounce when it is let go.
			for (const since of [1_000, 1_700]) {
				board.at(since, edge(0));
				for (const [after, to] of [
					[120, 1],
					[121, 0],
					[122, 1],
					[124, 0],
					[125, 1]
				] as const)
					board.at(since + after, edge(to));
			}
			// Eight operations on the curve, one after the other, from the first one's end on.
			const work = function* (): Steps<void> {
				for (let operation = 0; operation < 8; operation += 1) {
					yield;
					board.compute(130);
				}
			};
			const begin = () => {
				runInTurns({ steps: work(), clock, done: () => undefined, failed: () => undefined });
			};
			board.at(1_121, () => board.tell(() => guard.run("a datagram", begin)));
			board.run(4_000);
			equal(presses.length, 2, `${presses}`);
		}
});

/** A board's loop: timers that are due come before what the host has to tell; pins change while it computes. */
class BusyBoard {
	#now = 0;
	readonly #timers: { readonly due: number; readonly action: () => void }[] = [];
	/** What happens outside, by its moment. */
	readonly #events: { readonly due: number; readonly action: () => void }[] = [];
	readonly #told: (() => void)[] = [];

	now(): number {
		return this.#now;
	}

	after(milliseconds: number, action: () => void): () => void {
		const timer = { due: this.#now + milliseconds, action };
		this.#timers.push(timer);
		return () => {
			const place = this.#timers.indexOf(timer);
			if (place >= 0) this.#timers.splice(place, 1);
		};
	}

	at(moment: number, action: () => void): void {
		this.#events.push({ due: moment, action });
	}

	tell(action: () => void): void {
		this.#told.push(action);
	}

	compute(milliseconds: number): void {
		this.pass(this.#now + milliseconds);
	}

	run(end: number): void {
		while (this.#now < end) {
			const due = first(this.#timers);
			if (due !== undefined && due.due <= this.#now) {
				this.#timers.splice(this.#timers.indexOf(due), 1);
				due.action();
			} else if (this.#told.length > 0) this.#told.shift()?.();
			else this.pass(Math.min(end, due?.due ?? end, first(this.#events)?.due ?? end));
		}
	}

	private pass(moment: number): void {
		for (
			let event = first(this.#events);
			event !== undefined && event.due <= moment;
			event = first(this.#events)
		) {
			this.#events.splice(this.#events.indexOf(event), 1);
			this.#now = Math.max(this.#now, event.due);
			event.action();
		}
		this.#now = Math.max(this.#now, moment);
	}
}

function first<T extends { readonly due: number }>(list: readonly T[]): T | undefined {
	return list.reduce<T | undefined>(
		(best, each) => (best === undefined || each.due < best.due ? each : best),
		undefined
	);
}
