import type { Dice } from "../simulation.js";
import { type DatagramKind, forgeries } from "./network.js";
import { type Meddling, type Name, names, type Scenario, type Step } from "./scenario.js";

/**
 * A scenario as numbers, so that whoever makes them up can make them smaller too: the head, then rows of 6 numbers each, that
 * stand for a step or for a few that belong together. What is at the beginning of a list here is simple.
 */
export type Numbers = readonly (readonly number[])[];

/** Numbers of the head, and of each row. */
export const headLength = 5;
export const rowLength = 6;
/** All are below. */
export const numberEnd = 5040;

export type List<T> = readonly [T, ...T[]];

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/** Milliseconds that are waited while all live: many nodes do many things meanwhile. */
export const waits: List<number> = [
	1,
	20,
	100,
	100,
	300,
	500,
	500,
	second,
	second,
	1600,
	2100,
	2100,
	3 * second,
	3 * second,
	5 * second,
	8 * second,
	9300,
	9600,
	10_100,
	13 * second,
	21 * second,
	60 * second
];
/** For which something is held, or stands still: about the time of a command, and the ends of the range. */
const holds: List<number> = [
	100,
	300,
	500,
	second,
	second,
	1600,
	2100,
	2100,
	3 * second,
	3 * second,
	4 * second,
	5 * second,
	7 * second,
	8 * second,
	8900,
	9300,
	9450,
	9600,
	9900,
	10_100,
	10_500,
	11 * second,
	13 * second,
	19_500,
	21 * second,
	60 * second,
	905 * second,
	3000 * second,
	day,
	40 * day
];
/** For which all sleep. */
const sleeps: List<number> = [
	20,
	second,
	5 * second,
	9600,
	10_100,
	20 * second,
	60 * second,
	880 * second,
	905 * second,
	3000 * second,
	2 * hour,
	day,
	40 * day
];

/** Pairs of an asker and a device. The last one waits at the lock until that has compared its chain. */
const pairs: List<readonly [Name, Name]> = [
	["lamp", "door"],
	["door", "lamp"],
	["lamp", "desk"],
	["desk", "lamp"],
	["door", "desk"],
	["desk", "door"],
	["desk", "door"],
	["desk", "door"]
];

/** Millionths by which the clocks are wrong: at most 500 between two. */
const drifts: List<readonly number[]> = [
	[0, 0, 0],
	[250, -250, 0],
	[-250, 250, 0],
	[250, 0, -250],
	[-250, 0, 250],
	[0, 250, -250],
	[0, -250, 250]
];

type Row = (numbers: readonly number[], asker: Name, device: Name) => readonly Step[];

export const pick = <T>(list: List<T>, number: number): T => list[number % list.length] ?? list[0];

/** What numbers stand for. */
export function scenarioOf([head = [], ...rows]: Numbers): Scenario {
	const [seed = 0, drift = 0, pair = 0, fresh = 0, silent = 0] = head;
	const [asker, device] = pick(pairs, pair);
	return {
		seed,
		drifts: pick(drifts, drift),
		asker,
		device,
		isFresh: names.map((_, index) => ((fresh >> index) & 1) === 1),
		isThirdSilent: silent % 3 === 2,
		steps: rows.flatMap(row => pick(rowKinds, row[0] ?? 0)(row.slice(1), asker, device))
	};
}

/** Numbers at random. */
export function randomNumbers(dice: Dice, head: number, rows: number): Numbers {
	const row = (length: number) => Array.from({ length }, () => Math.floor(dice.roll() * numberEnd));
	return [row(head), ...Array.from({ length: rows }, () => row(rowLength))];
}

const wait: Row = ([a = 0]) => [{ do: "wait", ms: pick(waits, a) }];

const ask: Row = ([a = 0, b = 0], asker, device) => {
	const third = names.find(name => name !== asker && name !== device) ?? "desk";
	const [who, at] = pick(
		[
			[asker, device],
			[asker, device],
			[asker, device],
			[device, asker],
			[third, device]
		],
		a
	);
	return [{ do: "ask", who, device: at, action: actionOf(at, b) }];
};

function actionOf(device: Name, number: number): string {
	if (device === "door") return pick(["unlock", "lock", "unlock", "lock", "unlock", "lock", "read"], number);
	return pick(["on", "off", "on", "off", "toggle", "on", "off", "toggle", "read"], number);
}

/** Mostly between the two whom it is about. */
function wayOf(number: number, asker: Name, device: Name): { readonly from: Name; readonly to: Name } {
	const third = names.find(name => name !== asker && name !== device) ?? "desk";
	const [from, to] = pick(
		[
			[asker, device],
			[device, asker],
			[asker, device],
			[device, asker],
			[third, device],
			[device, third]
		],
		number
	);
	return { from, to };
}

const meddle: Row = ([a = 0, b = 0, c = 0, d = 0, e = 0], asker, device) => {
	const kinds: List<DatagramKind> = ["request", "response", "any", "request", "response", "empty", "clear"];
	const way = meddlingOf(d, e);
	// One that restarts or stops again and again is only slow.
	const count = /then/.test(way.is) ? 1 : pick([1, 1, 2, 3, 1000], c >> 3);
	const skip = pick([0, 0, 0, 1, 2, 3], c);
	return [{ do: "meddle", ...wayOf(a, asker, device), kind: pick(kinds, b), skip, count, with: way }];
};

export function meddlingOf(number: number, time: number): Meddling {
	const ms = pick(holds, time);
	const order = (number >> 4) % 12;
	const forgery = pick(forgeries, time);
	const ways: List<Meddling> = [
		{ is: "dropped" },
		{ is: "held", ms },
		{ is: "held", ms },
		{ is: "held", ms },
		{ is: "repeated", ms },
		{ is: "dropped, and answered by", forgery },
		{ is: "held, and answered by", forgery, ms: pick(holds, time >> 3) },
		{ is: "passed, and answered by", forgery },
		{ is: "taken by one who then stops", ms, order },
		{ is: "taken by one who then restarts", ms: pick(waits, time) },
		{ is: "sent by one who then restarts", ms: pick(waits, time) },
		{ is: "sent by one who then stops", ms, order }
	];
	return pick(ways, number);
}

const who = (number: number, asker: Name, device: Name) =>
	pick([asker, device, asker, device, ...names], number);

const stop: Row = ([a = 0, b = 0, c = 0, d = 0], asker, device) => [
	{ do: "stop", who: who(a, asker, device), turns: b % 12, ms: pick(holds, d), order: c % 12 }
];

const freeze: Row = ([a = 0, b = 0, c = 0], asker, device) => [
	{ do: "freeze", who: who(a, asker, device), looks: b % 40, ms: pick(waits, c) }
];

const restart: Row = ([a = 0, b = 0, c = 0], asker, device) => [
	{ do: "restart", who: who(a, asker, device), turns: b % 8, ms: pick(waits, c) }
];

const sleep: Row = ([a = 0, b = 0]) => [{ do: "sleep", ms: pick(sleeps, a), order: b % 12 }];

const press: Row = () => [{ do: "press" }];

const replay: Row = ([a = 0, b = 0, c = 0], asker, device) => [
	{ do: "replay", ...wayOf(a, asker, device), back: b % 12, count: 1 + (c % 8) }
];

const forge: Row = ([a = 0, b = 0], asker, device) => {
	const { from, to } = wayOf(a, asker, device);
	return [{ do: "forge", to: from, as: to, forgery: pick(forgeries, b) }];
};

const preempt: Row = ([a = 0, b = 0, c = 0], asker, device) => {
	const { from, to } = wayOf(a, asker, device);
	return [{ do: "preempt", to, as: from, ahead: b % 4, isSealed: c % 2 === 1 }];
};

/** A command is held back, and another overtakes it. */
const overtake: Row = ([a = 0, b = 0, c = 0, d = 0, e = 0], asker, device) => [
	{
		do: "meddle",
		from: asker,
		to: device,
		kind: "request",
		skip: pick([0, 0, 0, 1, 2], e),
		count: pick([1, 1, 2, 3], e >> 4),
		with: { is: "held", ms: pick(holds, a) }
	},
	{ do: "ask", who: asker, device, action: actionOf(device, b) },
	{ do: "wait", ms: pick(waits, c) },
	{ do: "ask", who: asker, device, action: actionOf(device, b + 1 + (d % 2)) }
];

/** Somebody is made to ask for fresh keys by an error in the clear, and a datagram of that run is held back. */
const renew: Row = ([a = 0, b = 0, c = 0, d = 0, e = 0], asker, device) => {
	const [from, to] = a % 2 === 0 ? [asker, device] : [device, asker];
	const held: Meddling = { is: "held", ms: pick(holds, c) };
	const [isAnswer, skip] = pick<readonly [boolean, number]>(
		[
			[false, 2],
			[false, 1],
			[true, 0],
			[true, 1]
		],
		d
	);
	return [
		{
			do: "meddle",
			from,
			to,
			kind: "request",
			skip: 0,
			count: 1,
			with: { is: "dropped, and answered by", forgery: "4.01" }
		},
		{
			do: "meddle",
			from: isAnswer ? to : from,
			to: isAnswer ? from : to,
			kind: isAnswer ? "response" : "request",
			skip,
			count: pick([1, 1, 2], e),
			with: held
		},
		{ do: "ask", who: from, device: to, action: actionOf(to, b) },
		{ do: "wait", ms: pick(waits, e >> 2) }
	];
};

/** What was done is not told: its answer is lost, and an error in the clear comes in its place. */
const silence: Row = ([a = 0, b = 0, c = 0, d = 0], asker, device) => [
	{
		do: "meddle",
		from: device,
		to: asker,
		kind: "response",
		skip: c % 3,
		count: 1 + (c % 2),
		with: { is: "dropped" }
	},
	{
		do: "meddle",
		from: asker,
		to: device,
		kind: "request",
		skip: c % 3,
		count: 1,
		with: { is: "repeated", ms: pick(holds, d) }
	},
	{ do: "ask", who: asker, device, action: actionOf(device, b) },
	{ do: "wait", ms: pick([20, 100, 500, second], a) },
	{ do: "forge", to: asker, as: device, forgery: pick(["4.01", "4.00", "4.01", "4.01 alone"], d >> 3) }
];

/** All have slept, and what is asked then is held for nearly as long as it may be, or a little longer. */
const late: Row = ([a = 0, b = 0, c = 0, d = 0], asker, device) => [
	{
		do: "sleep",
		ms: pick([5 * second, 60 * second, 880 * second, 3000 * second, 3200 * second, day], a),
		order: d % 12
	},
	{
		do: "meddle",
		from: asker,
		to: device,
		kind: "request",
		skip: 0,
		count: pick([1000, 1, 4, 2], d >> 4),
		with: { is: "held", ms: pick([8900, 9300, 9450, 9600, 9900, 10_100, 10_300, 10_500, 10_800], c) }
	},
	{ do: "ask", who: asker, device, action: actionOf(device, b) },
	{ do: "wait", ms: pick([11 * second, 5 * second], b >> 4) }
];

/** A node is restarted while it asks for fresh keys, and what it sent for them comes later. */
const relapse: Row = ([a = 0, b = 0, c = 0, d = 0, e = 0], asker, device) => {
	const [from, to] = a % 2 === 0 ? [asker, device] : [device, asker];
	return [
		{ do: "restart", who: from, turns: 0, ms: 20 },
		{
			do: "meddle",
			from,
			to,
			kind: "request",
			skip: pick([1, 1, 0, 2], b),
			count: pick([1, 2, 3], c),
			with: { is: "held", ms: pick([3 * second, 2100, 5 * second, 8 * second], d) }
		},
		{ do: "wait", ms: pick([100, 300, 500, second], e) },
		{ do: "restart", who: from, turns: 0, ms: 20 },
		{ do: "wait", ms: pick([second, 300, 3 * second], e >> 2) }
	];
};

/** How often each kind of row is made. */
const rowKinds: List<Row> = [
	...([wait, ask, wait, ask, wait, ask, wait, ask, wait, ask, wait, ask] as const),
	...([meddle, meddle, meddle, meddle, meddle, meddle, meddle, meddle] as const),
	...([stop, stop, freeze, freeze, restart, restart, sleep, press, replay, forge, preempt] as const),
	...([overtake, overtake, overtake, renew, renew, renew, renew, silence, silence, late, relapse] as const)
];
