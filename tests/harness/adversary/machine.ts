import { Application, type Host } from "../../../modules/application/application.js";
import type { MemoryPreference } from "../memory-preference.js";
import { SimulatedInput, SimulatedLine } from "../simulated-lines.js";
import { Dice } from "../simulation.js";
import type { World } from "./world.js";

/** What a turn of a machine's loop is for. */
type TurnKind = "datagram" | "timer" | "person";

interface Waiting {
	readonly kind: TurnKind;
	readonly action: () => void;
}

/** What can be seen of a machine from outside. */
export type Sight =
	/** A line on its console. */
	| { readonly is: "printed"; readonly text: string }
	/** Its device's line was driven. */
	| { readonly is: "driven"; readonly value: 0 | 1 }
	/** A person typed a line, or let the button go; in the turn in which the node takes it. */
	| { readonly is: "typed"; readonly text: string }
	| { readonly is: "pressed" }
	/** Switched on, off; stands still, goes on. */
	| { readonly is: "on" | "off" | "stopped" | "resumed" };

export type Seen = Sight & { readonly machine: Machine; readonly at: number };

export interface MachineOptions {
	readonly world: World;
	readonly name: string;
	/** As "10.0.0.1:5683". */
	readonly place: string;
	readonly flash: MemoryPreference;
	readonly settings: Readonly<Record<string, unknown>>;
	readonly dice: Dice;
	/** How many millionths its clock runs too fast. */
	readonly drift: number;
	readonly send: (from: Machine, to: string, bytes: Uint8Array) => void;
	readonly see: (seen: Seen) => void;
}

/** Milliseconds that a finger stays on the button. */
const touch = 60;
/** Milliseconds for which nobody stops a machine in the middle of a turn after the button was let go. */
const settled = 100;

/**
 * A whole node on a machine with a clock of its own, which can stand still (its timers and its receiving, while its clock
 * goes on) between two turns of its loop or in the middle of one, and be restarted: RAM lost, flash kept.
 */
export class Machine {
	readonly name: string;
	readonly place: string;
	readonly #options: MachineOptions;
	readonly #rate: number;
	#life = 0;
	/** What its clock showed when true time began. */
	#epoch = 0;
	#isOn = false;
	#isStopped = false;
	#isInTurn = false;
	#isWithPerson = false;
	#pressing = 0;
	#waiting: Waiting[] = [];
	#deliver: ((bytes: Uint8Array, host: string, port: number) => void) | undefined;
	#type: (line: string) => void = () => undefined;
	#button = new SimulatedInput(1);
	/** Called before its next turns, so many from now. */
	#trap: { turns: number; readonly action: () => void } | undefined;
	/** Milliseconds for which it stands still in the middle of a turn, at the so manieth look at its clock. */
	#freeze: { looks: number; readonly milliseconds: number } | undefined;

	constructor(options: MachineOptions) {
		this.#options = options;
		this.name = options.name;
		this.place = options.place;
		this.#rate = 1 + options.drift / 1e6;
	}

	get isOn(): boolean {
		return this.#isOn;
	}

	get isStopped(): boolean {
		return this.#isStopped;
	}

	/** Switches it on. A board's clock begins anew, and so does its randomness. */
	start(): void {
		if (this.#isOn) return;
		const { world, settings, flash, dice } = this.#options;
		this.#life += 1;
		this.#isOn = true;
		this.#isStopped = false;
		this.#waiting = [];
		this.#trap = undefined;
		this.#freeze = undefined;
		this.#epoch = Math.floor(dice.roll() * 1e6) - world.now * this.#rate;
		this.#see({ is: "on" });
		flash.powerUp();
		this.#turn("timer", () => new Application(this.#host(settings)).run());
	}

	/** Cuts its power. */
	cut(): void {
		if (!this.#isOn) return;
		this.#life += 1;
		this.#isOn = false;
		this.#deliver = undefined;
		this.#see({ is: "off" });
	}

	/** From now on nothing happens in it. */
	stop(): void {
		if (!this.#isOn || this.#isStopped) return;
		this.#isStopped = true;
		this.#see({ is: "stopped" });
	}

	/**
	 * Lets it go on. `order`: 0 takes what waits as it came, 1 the timers first, 2 the datagrams first, 3 these backwards, others
	 * mix them.
	 */
	resume(order: number): void {
		if (!this.#isOn || !this.#isStopped) return;
		this.#isStopped = false;
		this.#see({ is: "resumed" });
		for (const { kind, action } of inOrder(this.#waiting.splice(0), order)) this.#turn(kind, action);
	}

	/** Does something before its next turn, or so many turns later. */
	beforeTurn(turns: number, action: () => void): void {
		this.#trap = { turns, action };
	}

	/** Has it stand still in the middle of a turn: when it looks at its clock, or so many looks later. */
	freezeAtLook(looks: number, milliseconds: number): void {
		this.#freeze = { looks, milliseconds };
	}

	/** Nobody meddles with it any more. */
	calm(): void {
		this.#trap = undefined;
		this.#freeze = undefined;
		this.resume(0);
		this.start();
	}

	/** Whether it stands still in the middle of a turn, or is about to end one. */
	get isInTurn(): boolean {
		return this.#isInTurn;
	}

	receive(bytes: Uint8Array, from: string): void {
		const [host = "", port = ""] = from.split(":");
		this.#turn("datagram", () => this.#deliver?.(bytes.slice(), host, Number(port)));
	}

	type(text: string): void {
		this.#turn("person", () => {
			this.#see({ is: "typed", text });
			this.#type(text);
		});
	}

	/** Presses its button shortly. */
	press(): void {
		const { world } = this.#options;
		const life = this.#life;
		this.#pressing += 1;
		this.#edge(0);
		// One that is held while it is switched on is not pressed.
		world.after(touch, () => this.#edge(1, life === this.#life));
		world.after(touch + settled, () => {
			this.#pressing -= 1;
		});
	}

	#edge(level: 0 | 1, isPress = false): void {
		const button = this.#button;
		const isNew = button.level !== level;
		button.level = level;
		if (!isNew) return;
		this.#turn("person", () => {
			if (isPress) this.#see({ is: "pressed" });
			button.onEdge();
		});
	}

	/** One turn of its loop. What is running when the power is cut comes to nothing, and so do its errors. */
	#turn(kind: TurnKind, action: () => void): void {
		if (!this.#isOn) return;
		const trap = this.#trap;
		if (trap !== undefined && !this.#isStopped) {
			trap.turns -= 1;
			if (trap.turns < 0) {
				this.#trap = undefined;
				trap.action();
			}
			if (!this.#isOn) return;
		}
		// A machine that stands still in the middle of a turn takes the next one later, too.
		if (this.#isStopped || this.#isInTurn) {
			this.#waiting.push({ kind, action });
			return;
		}
		const life = this.#life;
		this.#isInTurn = true;
		this.#isWithPerson = kind === "person";
		try {
			action();
		} catch (error) {
			if (life === this.#life) throw error;
		} finally {
			this.#isInTurn = false;
		}
		if (life !== this.#life || this.#isStopped) return;
		for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
			this.#turn(next.kind, next.action);
			if (life !== this.#life || this.#isStopped) return;
		}
	}

	#look(): number {
		const { world } = this.#options;
		const freeze = this.#freeze;
		if (freeze !== undefined && this.#isInTurn && !this.#isWithPerson && this.#pressing === 0) {
			freeze.looks -= 1;
			if (freeze.looks < 0) {
				this.#freeze = undefined;
				this.#see({ is: "stopped" });
				world.run(freeze.milliseconds);
				this.#see({ is: "resumed" });
			}
		}
		return Math.floor(this.#epoch + world.now * this.#rate);
	}

	#see(sight: Sight): void {
		const { world, see } = this.#options;
		see({ ...sight, machine: this, at: world.now });
	}

	#host(settings: Readonly<Record<string, unknown>>): Host {
		const { world, flash, dice, send } = this.#options;
		const life = this.#life;
		const isOn = () => life === this.#life;
		const begin = this.#look();
		let unfinished = "";
		const line = new SimulatedLine();
		const { port } = { port: Number(this.place.split(":")[1]) };
		return {
			config: { port, line: 2, rounds: 1000, suite: "secure", ...settings },
			preference: flash,
			clock: {
				now: () => this.#look(),
				after: (milliseconds, action) =>
					world.after(milliseconds / this.#rate, () => {
						if (isOn()) this.#turn("timer", action);
					})
			},
			vitals: {
				heap: () => ({ slots: { used: 0, size: 65_536 }, chunks: { used: 0, size: 32_768 } }),
				freeStorage: () => 98_304,
				uptime: () => this.#look() - begin,
				lastFault: () => undefined,
				noteFault: () => undefined
			},
			random: count => dice.bytes(count),
			time: () => 1_700_000_000 + Math.floor(world.now / 1000),
			openTerminal: events => {
				this.#type = text => events.onLine(text);
				return {
					echo: true,
					write: (text: string) => {
						if (!isOn()) return;
						const lines = (unfinished + text).split("\n");
						unfinished = lines.pop() ?? "";
						for (const each of lines) this.#see({ is: "printed", text: each });
					}
				};
			},
			openNetwork: () => ({
				state: "online",
				join() {
					throw new Error("the system connects this machine");
				}
			}),
			openSocket: (_port, receiver) => {
				this.#deliver = (bytes, host, from) => receiver.onDatagram(bytes, host, from);
				return {
					send: (host, to, bytes) => {
						if (isOn()) send(this, `${host}:${to}`, bytes.slice());
					}
				};
			},
			openOutput: () => ({
				read: () => line.read(),
				write: value => {
					if (!isOn()) return;
					line.write(value);
					this.#see({ is: "driven", value });
				}
			}),
			openInput: (pin, events) => {
				if (pin !== 3) return line;
				this.#button = new SimulatedInput(this.#button.level);
				this.#button.onEdge = () => events.onEdge();
				return this.#button;
			},
			exit: () => this.cut()
		};
	}
}

/** What has waited, as `Machine.resume` says. A person waits for nobody, and timers keep their order. */
function inOrder(waiting: readonly Waiting[], order: number): readonly Waiting[] {
	const of = (...kinds: readonly TurnKind[]) => waiting.filter(({ kind }) => kinds.includes(kind));
	const datagrams = of("datagram");
	const others = of("timer", "person");
	switch (order) {
		case 0:
			return waiting;
		case 1:
			return [...others, ...datagrams];
		case 2:
			return [...datagrams, ...others];
		case 3:
			return [...datagrams.reverse(), ...others];
	}
	const dice = new Dice(order);
	const mixed: Waiting[] = [];
	for (let left = others.length + datagrams.length; left > 0; left -= 1) {
		const takesDatagram = dice.roll() * left < datagrams.length;
		const from = takesDatagram ? datagrams : others;
		const place = takesDatagram ? Math.floor(dice.roll() * datagrams.length) : 0;
		mixed.push(...from.splice(place, 1));
	}
	return mixed;
}
