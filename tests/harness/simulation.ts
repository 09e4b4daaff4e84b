import { Application, type Host, type Vitals } from "../../modules/application/application.js";
import { AssertionError } from "./assert.js";
import { type CutKind, MemoryPreference } from "./memory-preference.js";
import { SimulatedInput, SimulatedLed, SimulatedLine } from "./simulated-lines.js";
import type { SimulatedWifi } from "./simulated-wifi.js";
import { VirtualClock } from "./virtual-clock.js";

/** A generator of numbers that is the same in every run (mulberry32): for simulations, never for keys. */
export class Dice {
	#state: number;

	constructor(seed: number) {
		this.#state = seed | 0;
	}

	/** At least 0 and below 1. */
	roll(): number {
		this.#state = (this.#state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
	}

	bytes(count: number): Uint8Array {
		return Uint8Array.from({ length: count }, () => Math.floor(this.roll() * 256));
	}
}

/** What a node prints of a task. */
const said = /^(?!\* )[^\n]*: (?!replaced)|^No: /m;

const everyone = "255.255.255.255";
type Receiver = (bytes: Uint8Array, address: string, port: number) => void;

/** A datagram on its way: what `tap` sees. */
export interface Datagram {
	readonly bytes: Uint8Array;
	readonly from: string;
	readonly to: string;
}

/** A network of one segment over virtual time: loses, repeats, delays and reorders as it is told. */
export class SimulatedNetwork {
	readonly clock = new VirtualClock();
	readonly dice: Dice;
	/** The part of datagrams that is lost. */
	loss = 0;
	/** The part that arrives twice. */
	duplication = 0;
	/** Milliseconds on the way, from the first to the second, at random: that reorders. */
	delay: readonly [number, number] = [1, 2];
	/** Sees every datagram that is sent. */
	tap: (datagram: Datagram) => void = () => undefined;
	/** Whether what one node sends to another arrives at all. */
	reaches: (from: string, to: string) => boolean = () => true;
	/** Whether a datagram is carried on. */
	passes: (datagram: Datagram) => boolean = () => true;
	readonly #receivers = new Map<string, Receiver>();

	constructor(seed = 1) {
		this.dice = new Dice(seed);
	}

	attach(place: string, receiver: Receiver): void {
		this.#receivers.set(place, receiver);
	}

	detach(place: string): void {
		this.#receivers.delete(place);
	}

	send(from: string, address: string, port: number, bytes: Uint8Array): void {
		const copy = bytes.slice();
		const datagram = { bytes: copy, from, to: `${address}:${port}` };
		this.tap(datagram);
		if (!this.passes(datagram)) return;
		if (address !== everyone) {
			this.#carry(from, `${address}:${port}`, copy);
			return;
		}
		for (const place of this.#receivers.keys()) {
			if (place !== from && place.endsWith(`:${port}`)) this.#carry(from, place, copy);
		}
	}

	#carry(from: string, to: string, bytes: Uint8Array): void {
		const copies = this.dice.roll() < this.duplication ? 2 : 1;
		for (let copy = 0; copy < copies; copy += 1) {
			if (this.dice.roll() < this.loss || !this.reaches(from, to)) continue;
			const [least, most] = this.delay;
			this.clock.after(least + this.dice.roll() * (most - least), () => {
				const [host = "", port = ""] = from.split(":");
				this.#receivers.get(to)?.(bytes.slice(), host, Number(port));
			});
		}
	}
}

/** The whole application on a simulated network, with flash that outlives it. */
export class SimulatedNode {
	readonly preference: MemoryPreference;
	readonly #network: SimulatedNetwork;
	readonly #settings: Record<string, unknown>;
	address: string;
	/** All that it has printed since it was last switched on. */
	output = "";
	/** What it writes to, and whether what is typed shows. */
	screen: { write(text: string): void; echo: boolean } | undefined;
	/** How many sockets it has bound since it was switched on. */
	sockets = 0;
	/** How many datagrams it has tried to send. */
	attempts = 0;
	/** Its exit code, once it has ended by itself. */
	ended: number | undefined;
	/** Why, where nobody reads its console. */
	reason: string | undefined;
	/** Milliseconds for which it goes on after that, as a board does for its last words. */
	farewell = 0;
	/** Milliseconds that a turn of its loop takes at least: a board checks a signature in 270. */
	turn = 0;
	/** The line of its device, pin 2: of a light or lock. */
	line = new SimulatedLine();
	/** The same of a sensor or switch. */
	input = new SimulatedInput(0);
	/** The line of its panel's button, pin 3. */
	button = new SimulatedInput(1);
	/** The line of its panel's LED, pin 4. */
	led: SimulatedLed;
	/** The Wi-Fi that it can be in; without one it is always online, as Linux is. */
	wifi: SimulatedWifi | undefined;
	/** The fault that it noted before it restarted. */
	fault = "";
	#life = 0;
	#isHeld = false;
	#isOn = false;
	/** What takes its datagrams, once it has a socket. */
	#receive: Receiver | undefined;
	#type: (line: string | null) => void = () => undefined;
	#end: () => void = () => undefined;

	/** `address`: as "10.0.0.1:5683". `settings`: as from the command line. `preference`: a flash that is not new. */
	constructor(
		network: SimulatedNetwork,
		address: string,
		settings: Record<string, unknown> = {},
		preference = new MemoryPreference()
	) {
		this.#network = network;
		this.preference = preference;
		this.address = address;
		this.#settings = settings;
		this.led = new SimulatedLed(network.clock);
	}

	/** Switches it on and types `lines`. */
	start(...lines: string[]): this {
		this.#life += 1;
		const life = this.#life;
		const { clock, dice } = this.#network;
		this.#isOn = true;
		this.output = "";
		this.ended = undefined;
		this.reason = undefined;
		this.sockets = 0;
		this.line = new SimulatedLine();
		this.input = new SimulatedInput(this.input.level);
		this.button = new SimulatedInput(this.#isHeld ? 0 : 1);
		this.led = new SimulatedLed(clock);
		const isOn = () => life === this.#life;
		// What is running when the power is cut comes to nothing, and so do its errors.
		const whileOn = (action: () => void) => {
			if (!isOn()) return;
			try {
				action();
			} catch (error) {
				if (isOn()) throw error;
			}
		};
		const place = this.address;
		this.preference.powerUp();
		this.#receive = undefined;
		const host: Host = {
			config: { port: Number(place.split(":")[1]), line: 2, rounds: 1000, ...this.#settings },
			preference: this.preference,
			clock: {
				now: () => clock.now(),
				after: (milliseconds, action) => clock.after(Math.max(this.turn, milliseconds), () => whileOn(action))
			},
			vitals: this.#vitals(),
			random: count => dice.bytes(count),
			time: () => 1_700_000_000 + Math.floor(clock.now() / 1000),
			openTerminal: events => {
				this.#type = line => whileOn(() => events.onLine(line));
				this.#end = () => whileOn(() => events.onEnd());
				const write = (text: string) => {
					if (!isOn()) return;
					this.output += text;
					// Whoever founds a home has the recovery key on paper, and is asked for a part of it.
					const [, group] = /^Type group (\d+) of it/.exec(text) ?? [];
					if (group === undefined) return;
					const [paper = ""] = /^[0-9A-Z]{5}(?: [0-9A-Z]{5}){10}$/m.exec(this.output) ?? [];
					clock.after(0, () => whileOn(() => events.onLine(paper.split(" ")[Number(group) - 1] ?? "")));
				};
				this.screen = { write, echo: true };
				return this.screen;
			},
			openNetwork: (credentials, events) =>
				this.wifi?.open(credentials, place, isOn, events) ?? {
					state: "online",
					join() {
						throw new Error("the system connects this machine");
					}
				},
			openSocket: (_port, receiver) => {
				this.sockets += 1;
				const whileReached = (action: () => void) => {
					if (this.wifi?.isOut(place) !== true) whileOn(action);
				};
				const receive: Receiver = (bytes, from, port) =>
					whileReached(() => receiver.onDatagram(bytes, from, port));
				this.#receive = receive;
				this.#network.attach(place, receive);
				return {
					send: (to, port, bytes) => {
						this.attempts += 1;
						whileReached(() => this.#network.send(this.address, to, port, bytes));
					}
				};
			},
			openOutput: pin => (pin === 4 ? this.led : this.line),
			openInput: (pin, events) => {
				const input = pin === 3 ? this.button : this.input;
				input.onEdge = () => isOn() && events.onEdge();
				return input;
			},
			exit: (code, reason) => {
				this.reason ??= reason;
				this.ended = code;
				if (this.farewell > 0) clock.after(this.farewell, () => whileOn(() => this.cut()));
				else this.cut();
			}
		};
		whileOn(() => new Application(host).run());
		for (const line of lines) this.type(line);
		return this;
	}

	/** Its network gives it another address while it runs, of which its host does not tell it, as on Linux. */
	move(address: string): void {
		this.#network.detach(this.address);
		this.address = address;
		if (this.#receive !== undefined) this.#network.attach(address, this.#receive);
	}

	/** Switches it on while its button is held. */
	startHeld(): this {
		this.#isHeld = true;
		this.start();
		this.#isHeld = false;
		return this;
	}

	get isOn(): boolean {
		return this.#isOn;
	}

	/** Cuts its power at a write to its flash, counted from 0 from the flash's first. */
	cutAt(write: number, kind: CutKind): this {
		this.preference.cutAt(write, kind, () => this.cut());
		return this;
	}

	/** Cuts its power. */
	cut(): void {
		this.#isOn = false;
		this.#life += 1;
		this.#network.detach(this.address);
	}

	type(line: string | null): void {
		this.#type(line);
	}

	/** Holds its button for so many milliseconds. */
	press(milliseconds = 100): void {
		this.button.put(0);
		this.#network.clock.advance(milliseconds);
		this.button.put(1);
	}

	/** Ends its input, as ctrl-D does. */
	close(): void {
		this.#end();
	}

	/** Lets time pass until it has printed `pattern`; throws when it does not within so many milliseconds. */
	waitFor(pattern: RegExp, milliseconds = 60_000, from = 0): RegExpExecArray {
		const { clock } = this.#network;
		for (let waited = 0; waited <= milliseconds; waited += 10) {
			const match = pattern.exec(this.output.slice(from));
			if (match !== null) return match;
			clock.advance(10);
		}
		throw new AssertionError(`${pattern} was not printed in ${milliseconds} ms:\n${this.output}`);
	}

	/** Types a command and waits for what it prints. */
	ask(command: string, pattern: RegExp, milliseconds = 15_000): RegExpExecArray {
		const from = this.output.length;
		this.type(command);
		return this.waitFor(pattern, milliseconds, from);
	}

	/** Asks again and again until it prints `pattern`. */
	until(command: string, pattern: RegExp, milliseconds = 60_000): void {
		const { clock } = this.#network;
		const end = clock.now() + milliseconds;
		// A task that is asked while the one before is under way takes its place: that one is waited for.
		const isTask = command.startsWith("task ");
		do {
			const from = this.output.length;
			const next = clock.now() + 200;
			this.type(command);
			do {
				clock.advance(10);
				if (pattern.test(this.output.slice(from))) return;
			} while (clock.now() < next || (isTask && !said.test(this.output.slice(from))));
		} while (clock.now() <= end);
		throw new AssertionError(`"${command}" did not come to ${pattern}:\n${this.output}`);
	}

	#vitals(): Vitals {
		const begin = this.#network.clock.now();
		return {
			heap: () => ({ slots: { used: 30_720, size: 65_536 }, chunks: { used: 10_240, size: 32_768 } }),
			freeStorage: () =>
				this.preference.capacity < Number.POSITIVE_INFINITY ? this.preference.free : 98_304,
			uptime: () => this.#network.clock.now() - begin,
			lastFault: () => (this.fault === "" ? undefined : this.fault),
			noteFault: text => {
				this.fault = text;
			}
		};
	}

	get digest(): string {
		return this.ask("status", /digest ([0-9a-f]{16})/)[1] ?? "";
	}
}

const password = "correct horse";
const pin = "2580";

/** Founds a home: the first node, ready. */
export function foundHome(
	network: SimulatedNetwork,
	address = "10.0.0.1:5683",
	settings: Record<string, unknown> = { suite: "paper" }
): SimulatedNode {
	const node = new SimulatedNode(network, address, settings);
	node.start("y", "lamp", "light", password, password, pin, pin, "begun today");
	node.waitFor(/ready /);
	return node;
}

/** A node that asks to join, with all its answers typed. */
export function applicant(
	network: SimulatedNetwork,
	address: string,
	name: string,
	type: string,
	given: string[] = [],
	words: { password?: string; pin?: string; suite?: string; [setting: string]: unknown } = {}
): SimulatedNode {
	const { password: ownPassword, pin: ownPin, ...settings } = words;
	const node = new SimulatedNode(network, address, { peers: given, suite: "paper", ...settings });
	return node.start("n", name, type, ownPassword ?? password, ownPin ?? pin);
}

/** A node that has joined. */
export function joined(
	network: SimulatedNetwork,
	address: string,
	name: string,
	type: string,
	given: string[] = [],
	suite = "paper"
): SimulatedNode {
	const node = applicant(network, address, name, type, given, { suite });
	node.waitFor(/ready /);
	return node;
}

export const homePassword = password;
export const homePin = pin;
