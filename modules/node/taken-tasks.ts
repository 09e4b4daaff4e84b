import type { IdText } from "../chain/chain.js";
import { type Clock, Recent } from "../clock/clock.js";
import type { Freshness, RequestPlace } from "../coap/coap.js";
import type { Action, State } from "../devices/devices.js";
import type { TaskStamp } from "./notation.js";
import { actWindow } from "./task-ask.js";

/** Milliseconds for which a task that was taken is remembered: twice the time in which its asker may still send it. */
const memory = 20_000;

/** A task that this device has taken: it acts on it unless a newer one of the same asker comes before that. */
export interface Taken {
	readonly place: RequestPlace;
	readonly stamp: TaskStamp;
	readonly action: Action;
	/** The instant before which it cannot have been sealed. */
	readonly instant: number;
	/** When it arrived: it was asked by then, whatever it says. */
	readonly arrival: number;
	/** Whether the device has begun to act on it, be it with an error. */
	isBegun: boolean;
	/** The state after it, once it has acted. */
	result: State | undefined;
	/** While it waits: ends that, for a newer one, so that each member has one that waits at most. */
	giveWay: (() => void) | undefined;
}

export interface ArrivedTask {
	readonly from: IdText;
	readonly action: Action;
	readonly stamp: TaskStamp;
	readonly freshness: Freshness;
}

/** What becomes of a task that has arrived. */
export type Verdict =
	/** It may act, if it still may when the device is about to. */
	| { readonly is: "taken"; readonly taken: Taken }
	/** The same ask has acted already. */
	| { readonly is: "done"; readonly state: State }
	/** Its asker has sent a newer one, or it may have acted: before this node was started, or with an error. */
	| { readonly is: "out of order" }
	/** It does not show that it was sealed in time. */
	| { readonly is: "not fresh" };

const outOfOrder: Verdict = Object.freeze({ is: "out of order" });
const notFresh: Verdict = Object.freeze({ is: "not fresh" });

/**
 * What members have this device do, so that each ask acts within its time and at most once, and none after a newer
 * one of the same member. One record a member: its last ask, which is forgotten when no copy of it can act any more.
 */
export class TakenTasks {
	readonly #clock: Clock;
	/** When this node was started: of what was before it knows nothing. */
	readonly #begin: number;
	/** Forgotten when they can act no more. */
	readonly #last: Recent<Taken>;

	constructor(clock: Clock, begin: number) {
		this.#clock = clock;
		this.#begin = begin;
		this.#last = new Recent(clock, memory);
	}

	/** Judges a task that acts, in the turn in which it has arrived. */
	arrived({ from, action, stamp, freshness }: ArrivedTask): Verdict {
		const now = this.#clock.now();
		const last = this.#last.get(from);
		const isSame = last !== undefined && last.stamp.ask === stamp.ask && last.action === action;
		if (isSame && last.result !== undefined) return { is: "done", state: last.result };
		if (isSame && last.isBegun) return outOfOrder;
		if (last !== undefined && !freshness.isAfter(last.place)) return outOfOrder;
		const instant = freshness.takeInstant();
		if (instant === undefined || stamp.rest === 0 || now - instant > timeLeft(stamp)) return notFresh;
		// When it was asked, at the earliest: its asker heard the proof after this node had made it.
		const asked = instant + timeLeft(stamp) - actWindow;
		if (stamp.isRepeated && asked < this.#begin) return outOfOrder;
		const taken: Taken = {
			place: freshness.place,
			stamp,
			action,
			instant,
			arrival: now,
			isBegun: false,
			result: undefined,
			giveWay: undefined
		};
		this.#last.set(from, taken);
		last?.giveWay?.();
		return { is: "taken", taken };
	}

	/** Whether a task that was taken may still act now: asked in the turn in which it does. */
	mayAct(from: IdText, taken: Taken): "yes" | "too late" | "replaced" {
		if (this.#last.get(from) !== taken) return "replaced";
		const now = this.#clock.now();
		const isLate = now - taken.instant > timeLeft(taken.stamp) || now - taken.arrival > actWindow;
		return isLate ? "too late" : "yes";
	}
}

/** Milliseconds that a task may take from the instant that its proof stands for. */
function timeLeft({ rest }: TaskStamp): number {
	return rest * 100;
}
