import type { Dice } from "../simulation.js";
import { type DatagramKind, type Forgery, forgeries } from "./network.js";

/** Three nodes: a light whose founder is an owner, a lock, and a light that may unlock it and has a button for that. */
export const names = ["lamp", "door", "desk"] as const;
export type Name = (typeof names)[number];

/**
 * A scenario as numbers, so that they can be made up and made smaller by whoever does that: the head, then the steps of 6
 * numbers each. Small numbers stand for what is simple.
 */
export type Numbers = readonly (readonly number[])[];

export type Step =
	| { readonly do: "wait"; readonly ms: number }
	| { readonly do: "ask"; readonly who: Name; readonly device: Name; readonly action: string }
	| { readonly do: "press" }
	| {
			readonly do: "meddle";
			readonly from: Name;
			readonly to: Name;
			readonly kind: DatagramKind;
			readonly skip: number;
			readonly count: number;
			readonly with: Meddling;
	  }
	| {
			readonly do: "replay";
			readonly from: Name;
			readonly to: Name;
			readonly back: number;
			readonly count: number;
	  }
	| { readonly do: "forge"; readonly to: Name; readonly as: Name; readonly forgery: Forgery }
	| {
			readonly do: "preempt";
			readonly to: Name;
			readonly as: Name;
			readonly ahead: number;
			readonly isSealed: boolean;
	  }
	| {
			readonly do: "stop";
			readonly who: Name;
			readonly turns: number;
			readonly ms: number;
			readonly order: number;
	  }
	| { readonly do: "freeze"; readonly who: Name; readonly looks: number; readonly ms: number }
	| { readonly do: "restart"; readonly who: Name; readonly turns: number; readonly ms: number }
	| { readonly do: "sleep"; readonly ms: number; readonly order: number };

/** What is done to a datagram. */
export type Meddling =
	| { readonly is: "dropped" }
	| { readonly is: "held"; readonly ms: number }
	| { readonly is: "repeated"; readonly ms: number }
	| { readonly is: "dropped, and answered by"; readonly forgery: Forgery }
	| { readonly is: "held, and answered by"; readonly forgery: Forgery; readonly ms: number }
	| { readonly is: "passed, and answered by"; readonly forgery: Forgery }
	| { readonly is: "taken by one who then stops"; readonly ms: number; readonly order: number }
	| { readonly is: "taken by one who then restarts"; readonly ms: number }
	| { readonly is: "sent by one who then restarts"; readonly ms: number }
	| { readonly is: "sent by one who then stops"; readonly ms: number; readonly order: number };

export interface Scenario {
	/** Of all randomness in it. */
	readonly seed: number;
	/** Millionths of drift, by machine. */
	readonly drifts: readonly number[];
	/** Whom it is about. */
	readonly asker: Name;
	readonly device: Name;
	/** Who has just been switched on when it begins; the others have been on for a minute. */
	readonly isFresh: readonly boolean[];
	/** Nothing that the third one sends arrives. */
	readonly isThirdSilent: boolean;
	readonly steps: readonly Step[];
}

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;
/** Times, in milliseconds, that mean something to somebody, and the ends of the range. */
const times = [
	1,
	20,
	100,
	500,
	second,
	1600,
	2100,
	3 * second,
	5 * second,
	7 * second,
	8 * second,
	9 * second,
	9300,
	9450,
	9600,
	9900,
	10_100,
	11 * second,
	13 * second,
	17 * second,
	19_500,
	21 * second,
	30 * second,
	60 * second,
	300 * second,
	899 * second,
	905 * second,
	2 * hour,
	day,
	40 * day
];
/** Steps that are waited live are not longer: many nodes do many things meanwhile. */
const longestWait = times.indexOf(60 * second) + 1;

const pick = <T>(list: readonly [T, ...T[]], number: number): T => list[number % list.length] ?? list[0];
const timeOf = (number: number, limit = times.length) => times[number % limit] ?? 1;

/** Pairs of an asker and a device. The last one waits at the lock until that has compared its chain. */
const pairs: readonly [readonly [Name, Name], ...(readonly [Name, Name])[]] = [
	["lamp", "door"],
	["door", "lamp"],
	["lamp", "desk"],
	["desk", "lamp"],
	["door", "desk"],
	["desk", "door"],
	["desk", "door"],
	["desk", "door"]
];

/** How often each kind of step is made. */
const kinds: readonly Step["do"][] = [
	...(["wait", "wait", "wait", "wait", "ask", "ask", "ask", "ask", "ask", "ask"] as const),
	...(["meddle", "meddle", "meddle", "meddle", "meddle", "meddle", "stop", "stop", "freeze"] as const),
	...(["restart", "restart", "replay", "forge", "preempt", "sleep", "press"] as const)
];

/** Numbers of the head, and of each step. */
export const headLength = 6;
export const stepLength = 6;

/** What numbers stand for. */
export function scenarioOf([head = [], ...steps]: Numbers): Scenario {
	const [seed = 0, drift = 0, pair = 0, fresh = 0, silent = 0] = head;
	const [asker, device] = pick(pairs, pair);
	return {
		seed,
		// At most 500 millionths apart.
		drifts:
			[
				[0, 0, 0],
				[250, -250, 0],
				[-250, 250, 0],
				[0, 250, -250],
				[0, -250, 250]
			][drift % 5] ?? [],
		asker,
		device,
		isFresh: names.map((_, index) => ((fresh >> index) & 1) === 1),
		isThirdSilent: silent % 3 === 2,
		steps: steps.map(step => stepOf(step, asker, device))
	};
}

function stepOf(numbers: readonly number[], asker: Name, device: Name): Step {
	const [kind = 0, a = 0, b = 0, c = 0, d = 0, e = 0] = numbers;
	const third = names.find(name => name !== asker && name !== device) ?? "desk";
	// Mostly the two whom it is about.
	const who = pick([asker, device, asker, device, asker, device, third], a);
	const [from, to] = pick(
		[
			[asker, device],
			[device, asker],
			[asker, device],
			[device, asker],
			[third, device],
			[device, third]
		],
		a
	);
	const ms = timeOf(e);
	switch (pick(kinds as [Step["do"], ...Step["do"][]], kind)) {
		case "wait":
			return { do: "wait", ms: timeOf(e, longestWait) };
		case "ask": {
			const isOther = a % 6 === 4 && third !== "door" && device !== third;
			const isBack = a % 6 === 5;
			const [by, at] = isOther ? [third, device] : isBack ? [device, asker] : [asker, device];
			const actions = at === "door" ? (["unlock", "lock"] as const) : (["on", "off", "toggle"] as const);
			const action = b % 12 === 11 ? "read" : pick(actions as readonly [string, ...string[]], b);
			return { do: "ask", who: by, device: at, action };
		}
		case "press":
			return { do: "press" };
		case "meddle": {
			const kindOf = pick<DatagramKind>(
				["request", "response", "any", "request", "response", "empty", "clear"],
				b
			);
			const meddling = meddlingOf(d, e);
			// One that restarts again and again is only slow.
			const count = pick([1, 1, 2, 3, "ms" in meddling && /then/.test(meddling.is) ? 1 : 1000], c >> 2);
			return {
				do: "meddle",
				from,
				to,
				kind: kindOf,
				skip: pick([0, 0, 0, 1, 2, 3], c),
				count,
				with: meddling
			};
		}
		case "replay":
			return { do: "replay", from, to, back: b % 12, count: 1 + (c % 8) };
		case "forge":
			return { do: "forge", to: from, as: to, forgery: pick(forgeries, b) };
		case "preempt":
			return { do: "preempt", to, as: from, ahead: b % 4, isSealed: c % 2 === 1 };
		case "stop":
			return { do: "stop", who, turns: b % 12, ms, order: c % 12 };
		case "freeze":
			return { do: "freeze", who, looks: b % 40, ms: timeOf(e, longestWait) };
		case "restart":
			return { do: "restart", who, turns: b % 8, ms: timeOf(c, longestWait) };
		case "sleep":
			return { do: "sleep", ms, order: c % 12 };
	}
}

function meddlingOf(number: number, time: number): Meddling {
	const ms = timeOf(time);
	const order = (number >> 4) % 12;
	const forgery = pick(forgeries, time);
	const ways: readonly [Meddling, ...Meddling[]] = [
		{ is: "dropped" },
		{ is: "held", ms },
		{ is: "held", ms },
		{ is: "repeated", ms },
		{ is: "dropped, and answered by", forgery },
		{ is: "held, and answered by", forgery, ms: timeOf(time >> 3) },
		{ is: "passed, and answered by", forgery },
		{ is: "taken by one who then stops", ms, order },
		{ is: "taken by one who then restarts", ms: timeOf(time, longestWait) },
		{ is: "sent by one who then restarts", ms: timeOf(time, longestWait) },
		{ is: "sent by one who then stops", ms, order }
	];
	return pick(ways, number);
}

/** A step in words. */
export function stepText(step: Step): string {
	switch (step.do) {
		case "wait":
			return `wait ${step.ms} ms`;
		case "ask":
			return `${step.who}: task ${step.device} ${step.action}`;
		case "press":
			return "the button of desk is pressed";
		case "meddle": {
			const { from, to, kind, skip, count } = step;
			const { is, ...more } = step.with;
			const details = Object.entries(more).map(([key, value]) => `${key} ${value}`);
			return `the next${count > 1 ? ` ${count}` : ""} ${kind} ${from} > ${to}${skip > 0 ? ` but ${skip}` : ""}: ${is} ${details.join(", ")}`;
		}
		case "replay":
			return `replay ${step.count} of what went ${step.from} > ${step.to}, from ${step.back} back`;
		case "forge":
			return `forge ${step.forgery} to ${step.to} in the name of ${step.as}`;
		case "preempt":
			return `ask ${step.to} in the name of ${step.as} under an id ${step.ahead} ahead${step.isSealed ? ", sealed" : ""}`;
		case "stop":
			return `stop ${step.who} after ${step.turns} turns for ${step.ms} ms, order ${step.order}`;
		case "freeze":
			return `freeze ${step.who} in a turn after ${step.looks} looks for ${step.ms} ms`;
		case "restart":
			return `restart ${step.who} after ${step.turns} turns, off for ${step.ms} ms`;
		case "sleep":
			return `all sleep for ${step.ms} ms, order ${step.order}`;
	}
}

/** Numbers at random. */
export function randomNumbers(dice: Dice, steps: number): Numbers {
	const row = (length: number) => Array.from({ length }, () => Math.floor(dice.roll() * 2520));
	return [row(headLength), ...Array.from({ length: steps }, () => row(stepLength))];
}
