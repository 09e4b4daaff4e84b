import type { Seen } from "./machine.js";

/** Milliseconds in which a command acts, and after which "no answer" is said. */
const period = 10_000;
/** How far two clocks may run apart in that time: 500 millionths, and the millisecond that a clock shows. */
const slack = 7;
/** Milliseconds after a standstill in which what is typed may, for all that its node knows, be as old as that. */
const recently = 51;

/** What was asked on a console or by a button. */
interface Ask {
	readonly asker: string;
	readonly device: string;
	readonly action: string;
	readonly at: number;
	readonly isByButton: boolean;
	/** What the console said became of it. */
	end: { readonly text: string; readonly at: number } | undefined;
	/** Whether its asker was switched off, or stood still, before it had an end. */
	wasCut: boolean;
	wasStopped: boolean;
	/** Whether its asker had stood still until just then. */
	readonly mayBeOld: boolean;
}

/** What a device did. */
interface Act {
	readonly asker: string;
	readonly device: string;
	readonly action: string;
	readonly at: number;
}

const states: Readonly<Record<string, string>> = Object.freeze({
	on: "on",
	off: "off",
	lock: "locked",
	unlock: "unlocked"
});

/**
 * Promise 1, told only by what was typed when, what each console printed when, and when the device's line was driven: a
 * command acts within 10 seconds of being asked, at most once, or never, and never after a newer one of the same asker to
 * the same device has acted; once there is "no answer", it will not act any more.
 */
export class PromiseOne {
	readonly #asks: Ask[] = [];
	readonly #acts: Act[] = [];
	readonly #faults: string[] = [];
	/** What the button of a machine is for, as "door unlock". */
	readonly #buttonTask: ReadonlyMap<string, string>;
	/** Machines that have been ready since they were switched on. */
	readonly #ready = new Set<string>();
	/** When a line was driven of which nobody has said yet for whom. */
	readonly #driven = new Map<string, number>();
	/** Machines that stood still around a press: it may have gone for a disturbance. */
	readonly #uncertain = new Set<string>();
	/** When machines went on last that had stood still. */
	readonly #resumed = new Map<string, number>();

	constructor(buttonTask: ReadonlyMap<string, string>) {
		this.#buttonTask = buttonTask;
	}

	get asks(): number {
		return this.#asks.length;
	}

	get acts(): number {
		return this.#acts.length;
	}

	/** Whether an asker's console will say something about a device: then a second one would not be told from the first. */
	isWaiting(asker: string, device: string): "no" | "for a reading" | "for an act" {
		const ask = this.#open(asker, device, false).pop();
		if (ask === undefined) return "no";
		return ask.action === "read" ? "for a reading" : "for an act";
	}

	see(seen: Seen): void {
		const { name } = seen.machine;
		switch (seen.is) {
			case "typed":
				this.#typed(name, seen.text, seen.at);
				break;
			case "pressed":
				this.#ask(name, this.#buttonTask.get(name) ?? "", seen.at, true);
				break;
			case "printed":
				this.#printed(name, seen.text, seen.at);
				break;
			case "driven":
				if (this.#driven.has(name)) this.#fault(`${name}'s line was driven for nobody`);
				if (this.#ready.has(name)) this.#driven.set(name, seen.at);
				break;
			case "off":
				this.#ready.delete(name);
				this.#driven.delete(name);
				this.#uncertain.delete(name);
				for (const ask of this.#asks) {
					if (ask.asker === name && ask.end === undefined) ask.wasCut = true;
				}
				break;
			case "resumed":
				this.#resumed.set(name, seen.at);
				break;
			case "stopped":
				if (this.#ready.has(name)) this.#uncertain.add(name);
				for (const ask of this.#asks) if (ask.asker === name) ask.wasStopped ||= ask.end === undefined;
				break;
		}
	}

	/** What was not kept, a line each; nothing when all was. `isOver`: nothing is under way any more. */
	verdict(): readonly string[] {
		const faults = [...this.#faults];
		for (const ask of this.#asks) faults.push(...endFaults(ask));
		const pairs = new Set([...this.#asks, ...this.#acts].map(({ asker, device }) => `${asker} ${device}`));
		for (const pair of pairs) {
			const [asker, device] = pair.split(" ");
			const isOfPair = (each: Ask | Act) => each.asker === asker && each.device === device;
			const asks = this.#asks.filter(ask => isOfPair(ask) && ask.action !== "read");
			const acts = this.#acts.filter(isOfPair);
			for (const act of acts) {
				if (!asks.some(ask => mayBe(act, ask))) {
					faults.push(`done without an ask in its time: ${text(act)}`);
				}
			}
			if (!isExplained(acts, asks)) {
				faults.push(
					`done twice, or after a newer one, or not done: ${acts.map(text).join("; ")} of ${asks
						.map(askText)
						.join("; ")}`
				);
			}
		}
		return faults;
	}

	#typed(asker: string, line: string, at: number): void {
		const task = /^task (\w+ \w+)$/.exec(line)?.[1];
		if (task !== undefined) this.#ask(asker, task, at, false);
	}

	#ask(asker: string, task: string, at: number, isByButton: boolean): void {
		const [device = "", action = ""] = task.split(" ");
		const mayBeOld = at - (this.#resumed.get(asker) ?? Number.NEGATIVE_INFINITY) <= recently;
		const fate = { end: undefined, wasCut: false, wasStopped: false, mayBeOld };
		this.#asks.push({ asker, device, action, at, isByButton, ...fate });
	}

	#printed(name: string, line: string, at: number): void {
		if (line.startsWith("ready ")) {
			this.#ready.add(name);
			this.#driven.delete(name);
			return;
		}
		if (/^\* [\w ]+ failed: /.test(line) || line.includes("too many errors")) this.#fault(`${name}: ${line}`);
		const did = /^\* (\w+) asked: (\w+); now (\w+)$/.exec(line);
		if (did !== null) {
			const [, asker = "", action = "", state = ""] = did;
			if (action === "read") return;
			const driven = this.#driven.get(name);
			if (driven === undefined) this.#fault(`${name}'s line was not driven for "${line}"`);
			if (states[action] === undefined) this.#fault(`${name} acts on a ${action}`);
			else if (states[action] !== state) this.#fault(`${name} says "${line}"`);
			this.#driven.delete(name);
			this.#acts.push({ asker, device: name, action, at: driven ?? at });
			return;
		}
		const [, button, device = "", text = ""] = /^(\* button: )?(\w+): (.*)$/.exec(line) ?? [];
		if (device === "" || line.startsWith("* ") !== (button !== undefined)) return;
		// A press that was none has no end, and so nobody can tell whose this one is.
		if (button !== undefined && this.#uncertain.has(name)) return;
		const [ask] = this.#open(name, device, button !== undefined);
		if (ask === undefined) this.#fault(`${name} says "${line}", and had nothing to say`);
		else ask.end = { text, at };
	}

	#open(asker: string, device: string, isByButton: boolean): Ask[] {
		return this.#asks.filter(
			ask =>
				ask.asker === asker &&
				ask.device === device &&
				ask.isByButton === isByButton &&
				ask.end === undefined &&
				!ask.wasCut
		);
	}

	#fault(what: string): void {
		this.#faults.push(what);
	}
}

/** What is wrong with how a console ended an ask. */
function endFaults(ask: Ask): string[] {
	const { end, at, wasStopped, wasCut, mayBeOld, isByButton } = ask;
	if (end === undefined) return wasCut || isByButton ? [] : [`nothing was said about ${askText(ask)}`];
	const waited = end.at - at;
	const faults: string[] = [];
	if (end.text === "no answer" && waited < period - slack && !mayBeOld)
		faults.push(`too early: ${askText(ask)}`);
	if (!wasStopped && waited > period + slack) faults.push(`too late: ${askText(ask)}`);
	return faults;
}

/** Whether an act may be what an ask was for. */
function mayBe(act: Act, { action, at, end }: Ask): boolean {
	const isIt = action === act.action || (action === "toggle" && /^(on|off)$/.test(act.action));
	const isInTime = act.at >= at && act.at <= at + period;
	return isIt && isInTime && (end === undefined || end.text.startsWith("replaced") || act.at <= end.at);
}

/** Whether its asker was told that it was done. */
function wasTold({ end }: Ask): boolean {
	return end !== undefined && Object.values(states).includes(end.text);
}

/** Whether the acts can be told as one ask's each, in the order of asks, those included of which it was told. */
function isExplained(acts: readonly Act[], asks: readonly Ask[]): boolean {
	/** By how many acts are told with the asks so far. */
	let told = new Set([0]);
	for (const ask of asks) {
		const next = new Set<number>();
		for (const count of told) {
			if (!wasTold(ask)) next.add(count);
			const act = acts[count];
			if (act !== undefined && mayBe(act, ask) && (!wasTold(ask) || ask.end?.text === states[act.action])) {
				next.add(count + 1);
			}
		}
		told = next;
	}
	return told.has(acts.length);
}

function text({ asker, device, action, at }: Act): string {
	return `${device} ${action} for ${asker} at ${seconds(at)}`;
}

function askText({ asker, device, action, at, end, isByButton }: Ask): string {
	const told = end === undefined ? "" : `, "${end.text}" at ${seconds(end.at)}`;
	return `"${device} ${action}" of ${asker}${isByButton ? "'s button" : ""} at ${seconds(at)}${told}`;
}

/** As it stands in a report. */
export function seconds(milliseconds: number): string {
	return `${(milliseconds / 1000).toFixed(3)} s`;
}
