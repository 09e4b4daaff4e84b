import type { Freshness, RequestPlace } from "../../../modules/coap/coap.js";
import type { Action } from "../../../modules/devices/devices.js";
import { type Taken, TakenTasks } from "../../../modules/node/taken-tasks.js";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** A request's freshness as a test says it: sealed as the `order`-th of its asker, with a proof of an instant. */
class Said implements Freshness {
	readonly #order: number;
	#instant: number | undefined;

	constructor(order: number, instant: number | undefined) {
		this.#order = order;
		this.#instant = instant;
	}

	takeInstant(): number | undefined {
		const instant = this.#instant;
		this.#instant = undefined;
		return instant;
	}

	get place(): RequestPlace {
		return { keys: { made: 0, heard: 0 }, sequence: this.#order };
	}

	isAfter({ sequence }: RequestPlace): boolean {
		return this.#order > sequence;
	}

	newEcho(): undefined {
		return undefined;
	}
}

interface Sent {
	readonly from?: string;
	readonly ask?: number;
	readonly action?: Action;
	readonly rest?: number;
	readonly isRepeated?: boolean;
	readonly instant?: number | undefined;
}

function device(begin = 100_000) {
	const clock = new VirtualClock();
	clock.advance(begin);
	const tasks = new TakenTasks(clock, begin);
	let order = 0;
	const send = (sent: Sent = {}, at?: number) => {
		order += 1;
		const { from = "knob", ask = order, action = "on", rest = 95, isRepeated = false } = sent;
		const instant = "instant" in sent ? sent.instant : clock.now();
		const freshness = new Said(at ?? order, instant);
		return tasks.arrived({ from, action, stamp: { ask, rest, isRepeated }, freshness });
	};
	const take = (sent: Sent = {}): Taken => {
		const verdict = send(sent);
		if (verdict.is !== "taken") throw new Error(verdict.is);
		return verdict.taken;
	};
	return { clock, tasks, send, take };
}

export default suite("tasks that a device takes", {
	"acts while its time lasts, on this clock, from the instant of its proof": () => {
		const { clock, tasks, send, take } = device();
		const { now } = { now: clock.now() };
		equal(send({ instant: now - 9_500 }).is, "taken");
		equal(send({ instant: now - 9_501 }).is, "not fresh");
		equal(send({ instant: undefined }).is, "not fresh");
		equal(send({ rest: 0 }).is, "not fresh", "no time at all");
		equal(send({ rest: 600, instant: now - 60_000 }).is, "taken", "an Echo that was held for a minute");
		const taken = take({ instant: now - 5_000 });
		equal(tasks.mayAct("knob", taken), "yes");
		clock.advance(4_500);
		equal(tasks.mayAct("knob", taken), "yes");
		clock.advance(1);
		equal(tasks.mayAct("knob", taken), "too late", "after a wait the time is looked at again");
	},
	"acts no later than 9.5 s after it came, however long its asker says that it may take": () => {
		const { clock, tasks, take } = device();
		const taken = take({ rest: 0x7fff });
		clock.advance(9_500);
		equal(tasks.mayAct("knob", taken), "yes");
		clock.advance(1);
		equal(tasks.mayAct("knob", taken), "too late");
	},
	"a newer task voids one of the same asker that still waits, and none of another": () => {
		const { tasks, take } = device();
		const older = take();
		const others = take({ from: "desk" });
		const newer = take();
		equal(tasks.mayAct("knob", older), "replaced");
		equal(tasks.mayAct("desk", others), "yes");
		equal(tasks.mayAct("knob", newer), "yes");
	},
	"what was sealed before the last one is out of order, whatever it proves": () => {
		const { send, take } = device();
		take();
		take();
		equal(send({ ask: 1_000 }, 1).is, "out of order");
	},
	"what is remembered of it holds on to no keys": () => {
		const tasks = new TakenTasks(new VirtualClock(), 0);
		const freshness = new Said(1, 0);
		const stamp = { ask: 1, rest: 95, isRepeated: false };
		const verdict = tasks.arrived({ from: "knob", action: "on", stamp, freshness });
		ok(verdict.is === "taken" && !Object.values(verdict.taken).includes(freshness));
	},
	"the same ask gets its result again and does nothing": () => {
		const { clock, send, take } = device();
		const taken = take({ ask: 7 });
		taken.result = "on";
		equal(send({ ask: 7, isRepeated: true }), { is: "done", state: "on" });
		equal(send({ ask: 7, instant: undefined }), { is: "done", state: "on" }, "whatever its proof is worth");
		clock.advance(10_000);
		equal(send({ ask: 7, isRepeated: true }), { is: "done", state: "on" }, "as long as a copy can come");
		equal(send({ ask: 7, action: "off" }).is, "taken", "a number that an asker drew anew");
		taken.result = "on";
		clock.advance(20_001);
		equal(send({ ask: 7 }).is, "taken", "nothing of it can be under way any more");
	},
	"the same ask does not act again where it ended in an error: part of it may have been done": () => {
		const { send, take } = device();
		take({ ask: 7 }).isBegun = true;
		equal(send({ ask: 7, isRepeated: true }).is, "out of order");
		equal(send({ ask: 8 }).is, "taken");
	},
	"the same ask that still waits may come again under newer keys": () => {
		const { tasks, take } = device();
		const first = take({ ask: 7 });
		const second = take({ ask: 7, isRepeated: true });
		equal(tasks.mayAct("knob", first), "replaced");
		equal(tasks.mayAct("knob", second), "yes");
	},
	"an ask that may have come before this node was started does not act again": () => {
		const { clock, send } = device();
		clock.advance(1_000);
		const begin = clock.now() - 1_000;
		// Asked when 9.5 s less its rest had gone by before its proof was heard.
		const instant = clock.now();
		equal(send({ isRepeated: true, instant, rest: 84 }).is, "out of order");
		equal(send({ isRepeated: false, instant, rest: 84 }).is, "taken", "nothing of it was sent before");
		equal(send({ isRepeated: true, instant, rest: 85 }).is, "taken", "asked since");
		equal(begin, 100_000);
	},
	"what it was asked while it started, such as to read a large chain, is done": () => {
		const clock = new VirtualClock();
		clock.advance(5_000);
		const stamp = { ask: 1, rest: 60, isRepeated: true };
		const freshness = new Said(1, clock.now());
		const sent = { from: "knob", action: "on", stamp, freshness } as const;
		equal(new TakenTasks(clock, 1_500).arrived(sent).is, "taken");
		equal(
			new TakenTasks(clock, 1_501).arrived({ ...sent, freshness: new Said(1, clock.now()) }).is,
			"out of order"
		);
	},
	"remembers no longer than anything can act": () => {
		const { clock, tasks, take, send } = device();
		const taken = take();
		clock.advance(20_001);
		send({ from: "desk" });
		equal(tasks.mayAct("knob", taken), "replaced", "forgotten");
	}
});
