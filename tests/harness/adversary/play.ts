import type { MemoryPreference } from "../memory-preference.js";
import { Dice, foundHome, joined, SimulatedNetwork } from "../simulation.js";
import { Machine, type Seen } from "./machine.js";
import { fateOf } from "./meddling.js";
import { AdversaryNetwork, datagramText } from "./network.js";
import { PromiseOne, seconds } from "./promise-one.js";
import { type Name, names, type Scenario, type Step, stepText } from "./scenario.js";
import { World } from "./world.js";

/** The flashes of the three nodes, as they are when the home has come to rest. */
export type Home = readonly MemoryPreference[];

/** What came of a scenario. */
export interface Outcome {
	/** What was not kept, a line each. */
	readonly faults: readonly string[];
	readonly asks: number;
	readonly acts: number;
	/** All that happened, a line each, in the order of time. */
	readonly story: () => string;
}

const buttonTask = "door unlock";
/** Milliseconds from the first start to the first step, in which they make keys with each other. */
const warmUp = 60_000;
/** Milliseconds after the last step in which the adversary goes on. */
const rest = 1_000;
/**
 * Milliseconds after which a device that was just switched on can tell that what goes to it the second time was not asked
 * before that.
 */
const settling = 200;
/** Milliseconds within which a task works when nobody meddles, and some more. */
const patience = 10_100;

/** A light that founds a home, a lock, and a light that may unlock it. */
export function adversaryHome(): Home {
	const network = new SimulatedNetwork(7);
	const lamp = foundHome(network, undefined, { suite: "secure" });
	const door = joined(network, "10.0.0.2:5683", "door", "lock", [], "secure");
	const desk = joined(network, "10.0.0.3:5683", "desk", "light", [], "secure");
	lamp.type("grant desk unlock door");
	for (const node of [lamp, door, desk]) node.until("status", /chain +4 blocks/);
	for (const node of [lamp, door, desk]) {
		// Each has a session with each, and knows where it is.
		for (const name of names)
			if (name !== nameOf(node.address)) node.until(`task ${name} read`, /: (off|locked)\n/);
	}
	network.clock.advance(60_000);
	return [lamp, door, desk].map(node => {
		node.cut();
		return node.preference;
	});
}

/** Plays a scenario, then peace, in which tasks work, then all datagrams again. */
export function play(home: Home, scenario: Scenario): Outcome {
	return new Play(home, scenario).run();
}

class Play {
	readonly #world = new World();
	readonly #network = new AdversaryNetwork(this.#world);
	readonly #promise = new PromiseOne(new Map([["desk", buttonTask]]));
	readonly #machines: readonly Machine[];
	readonly #scenario: Scenario;
	readonly #story: string[] = [];
	readonly #faults: string[] = [];
	readonly #printed = new Map<Machine, string>();
	/** What is to be done when all have woken up; undefined while they are awake. */
	#later: (() => void)[] | undefined;
	#isOver = false;

	constructor(home: Home, scenario: Scenario) {
		this.#scenario = scenario;
		const dice = new Dice(scenario.seed);
		this.#machines = names.map(
			(name, index) =>
				new Machine({
					world: this.#world,
					name,
					place: placeOf(name),
					flash: copyOf(home[index]),
					settings: name === "desk" ? { button: 3, buttonTask } : {},
					dice,
					drift: scenario.drifts[index] ?? 0,
					send: (from, to, bytes) => this.#network.send(from.place, to, bytes),
					see: seen => this.#see(seen)
				})
		);
		for (const machine of this.#machines) this.#network.attach(machine);
	}

	run(): Outcome {
		const { isFresh, isThirdSilent, asker, device, steps } = this.#scenario;
		const world = this.#world;
		this.#machines.forEach((machine, index) => {
			if (isFresh[index] !== true) machine.start();
		});
		world.run(warmUp);
		if (isThirdSilent) {
			for (const third of names) {
				if (third === asker || third === device) continue;
				for (const other of names) {
					this.#network.rule(placeOf(third), placeOf(other), "any", { arrivals: [] }, 0, 1e9);
				}
			}
		}
		for (const machine of this.#machines) machine.start();
		this.#network.onSent = sent =>
			this.#note(`  ${datagramText({ ...sent, from: nameOf(sent.from), to: nameOf(sent.to) })}`);
		this.#next([...steps]);
		while (!this.#isOver) world.run(1_000);
		world.run(rest);
		this.#makePeace();
		world.run(settling);
		this.#expectTasksToWork();
		const { sent } = this.#network;
		this.#note("all datagrams again");
		const all = [...sent];
		for (const each of [...all, ...all.reverse()]) this.#network.deliver(each.from, each.to, each.bytes, 1);
		world.run(15_000);
		// Nobody's place stays taken by all that.
		this.#expectTasksToWork();
		const faults = [...this.#faults, ...this.#promise.verdict()];
		const { asks, acts } = this.#promise;
		return { faults, asks, acts, story: () => this.#story.join("\n") };
	}

	/** Everything that was stopped goes on, everything that was off is on, and all that is sent arrives. */
	#makePeace(): void {
		this.#note("peace");
		this.#network.peace();
		for (const machine of this.#machines) machine.calm();
	}

	#expectTasksToWork(): void {
		const { asker, device } = this.#scenario;
		const tasks: (readonly [Name, Name])[] = [[asker, device]];
		for (const who of names) {
			for (const at of names) if (who !== at && !(who === asker && at === device)) tasks.push([who, at]);
		}
		// What was asked before is over then.
		for (const [who, at] of tasks) {
			if (this.#promise.isWaiting(who, at) !== "no") this.#world.run(patience);
		}
		for (const [who, at] of tasks) {
			const machine = this.#machine(who);
			this.#printed.set(machine, "");
			machine.type(`task ${at} ${at === "door" ? "lock" : "on"}`);
		}
		this.#world.run(patience);
		for (const [who, at] of tasks) {
			const expected = `${at}: ${at === "door" ? "locked" : "on"}\n`;
			if (!this.#printed.get(this.#machine(who))?.includes(expected)) {
				this.#faults.push(`in peace a task of ${who} for ${at} did not work`);
			}
		}
	}

	#see(seen: Seen): void {
		const { machine, at } = seen;
		const { name } = machine;
		this.#promise.see(seen);
		if (seen.is === "printed") {
			this.#printed.set(machine, `${this.#printed.get(machine) ?? ""}${seen.text}\n`);
			this.#note(`${name}: ${seen.text}`, at);
		} else if (seen.is === "driven") this.#note(`${name}'s line is ${seen.value}`, at);
		else if (seen.is === "typed") this.#note(`${name}: > ${seen.text}`, at);
		else this.#note(`${name} is ${seen.is}`, at);
	}

	#note(text: string, at = this.#world.now): void {
		this.#story.push(`${seconds(at - warmUp).padStart(14)}  ${text}`);
	}

	/** Does the steps that are left, as they come in time. */
	#next(steps: Step[]): void {
		for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
			this.#note(`adversary: ${stepText(step)}`);
			if (step.do === "wait" || step.do === "sleep") {
				const { ms } = step;
				const wake = step.do === "sleep" ? this.#sleep(step.order) : () => undefined;
				this.#world.after(ms, () => {
					wake();
					this.#next(steps);
				});
				return;
			}
			this.#do(step);
		}
		this.#isOver = true;
	}

	#sleep(order: number): () => void {
		const asleep = this.#machines.filter(({ isOn, isStopped }) => isOn && !isStopped);
		for (const machine of asleep) machine.stop();
		const later: (() => void)[] = [];
		this.#later = later;
		return () => {
			this.#later = undefined;
			for (const machine of asleep) machine.resume(order);
			for (const action of later) action();
		};
	}

	/** Nobody comes to life while all sleep: one alone would live through 40 days. */
	#whenAwake(action: () => void): void {
		if (this.#later === undefined) action();
		else this.#later.push(action);
	}

	#do(step: Exclude<Step, { do: "wait" | "sleep" }>): void {
		switch (step.do) {
			case "ask":
				this.#ask(step.who, step.device, step.action);
				break;
			case "press": {
				const desk = this.#machine("desk");
				if (desk.isOn && !desk.isStopped && !desk.isInTurn) desk.press();
				break;
			}
			case "meddle":
				this.#meddle(step);
				break;
			case "replay": {
				const [from, to] = [placeOf(step.from), placeOf(step.to)];
				const known = this.#network.sent.filter(each => each.from === from && each.to === to);
				const last = known.length - step.back;
				for (const { bytes } of known.slice(Math.max(0, last - step.count), last)) {
					this.#network.deliver(from, to, bytes, 0);
				}
				break;
			}
			case "forge": {
				const [to, as] = [placeOf(step.to), placeOf(step.as)];
				const request = this.#network.lastRequest(to, as);
				if (request !== undefined) this.#network.forge(to, as, request, step.forgery);
				break;
			}
			case "preempt":
				this.#network.preempt(placeOf(step.as), placeOf(step.to), step.ahead, step.isSealed);
				break;
			case "stop": {
				const machine = this.#machine(step.who);
				machine.beforeTurn(step.turns, () => this.#stop(machine, step.ms, step.order));
				break;
			}
			case "freeze":
				this.#machine(step.who).freezeAtLook(step.looks, step.ms);
				break;
			case "restart": {
				const machine = this.#machine(step.who);
				machine.beforeTurn(step.turns, () => this.#restart(machine, step.ms));
				break;
			}
		}
	}

	/** A console of which nobody could tell what it says of which ask is not asked. */
	#ask(who: Name, device: Name, action: string): void {
		const machine = this.#machine(who);
		if (!machine.isOn || machine.isStopped || machine.isInTurn) return;
		const waiting = this.#promise.isWaiting(who, device);
		const isRead = action === "read";
		if (waiting === "for a reading" || (isRead && waiting !== "no")) return;
		machine.type(`task ${device} ${action}`);
	}

	#stop(machine: Machine, ms: number, order: number): void {
		if (!machine.isOn || machine.isStopped) return;
		machine.stop();
		this.#world.after(ms, () => this.#whenAwake(() => machine.resume(order)));
	}

	#restart(machine: Machine, ms: number): void {
		// What stands still in the middle of a turn would write to the flash that it does not have any more.
		if (machine.isInTurn) return;
		machine.cut();
		this.#world.after(ms, () => this.#whenAwake(() => machine.start()));
	}

	#meddle(step: Extract<Step, { do: "meddle" }>): void {
		const [from, to] = [placeOf(step.from), placeOf(step.to)];
		const hands = {
			stop: (machine: Machine, ms: number, order: number) => this.#stop(machine, ms, order),
			restart: (machine: Machine, ms: number) => this.#restart(machine, ms)
		};
		const fate = fateOf(step.with, hands, this.#machine(step.from), this.#machine(step.to));
		this.#network.rule(from, to, step.kind, fate, step.skip, step.count);
	}

	#machine(name: Name): Machine {
		const machine = this.#machines.find(each => each.name === name);
		if (machine === undefined) throw new Error(`no machine ${name}`);
		return machine;
	}
}

function placeOf(name: Name): string {
	return `10.0.0.${names.indexOf(name) + 1}:5683`;
}

function nameOf(place: string): string {
	return names.find(name => placeOf(name) === place) ?? place;
}

function copyOf(flash: MemoryPreference | undefined): MemoryPreference {
	if (flash === undefined) throw new Error("a home of less than three");
	return flash.copy();
}
