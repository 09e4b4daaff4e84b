import { Application, type Host } from "../../modules/application/application.js";
import type { Line } from "../../modules/devices/devices.js";
import { AssertionError } from "./assert.js";
import { MemoryPreference } from "./memory-preference.js";
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

class SimulatedLine implements Line {
	value = 0;
	read(): number {
		return this.value;
	}
	write(value: 0 | 1): void {
		this.value = value;
	}
}

/** The whole application on a simulated network, with flash that outlives it. */
export class SimulatedNode {
	readonly preference = new MemoryPreference();
	readonly #network: SimulatedNetwork;
	readonly #settings: Record<string, unknown>;
	address: string;
	/** All that it has printed since it was last switched on. */
	output = "";
	/** Its exit code, once it has ended by itself. */
	ended: number | undefined;
	line = new SimulatedLine();
	#life = 0;
	#type: (line: string | null) => void = () => undefined;
	#end: () => void = () => undefined;

	/** `address`: as "10.0.0.1:5683". `settings`: as from the command line. */
	constructor(network: SimulatedNetwork, address: string, settings: Record<string, unknown> = {}) {
		this.#network = network;
		this.address = address;
		this.#settings = settings;
	}

	/** Switches it on and types `lines`. */
	start(...lines: string[]): this {
		this.#life += 1;
		const life = this.#life;
		const { clock, dice } = this.#network;
		this.output = "";
		this.ended = undefined;
		this.line = new SimulatedLine();
		const isOn = () => life === this.#life;
		const place = this.address;
		const host: Host = {
			config: { port: Number(place.split(":")[1]), line: 2, rounds: 1000, ...this.#settings },
			preference: this.preference,
			clock: {
				now: () => clock.now(),
				after: (milliseconds, action) => clock.after(milliseconds, () => isOn() && action())
			},
			random: count => dice.bytes(count),
			time: () => 1_700_000_000 + Math.floor(clock.now() / 1000),
			openTerminal: ({ onLine, onEnd }) => {
				this.#type = onLine;
				this.#end = onEnd;
				const write = (text: string) => {
					if (isOn()) this.output += text;
				};
				return { write, echo: true };
			},
			openSocket: (_port, receive) => {
				this.#network.attach(place, (bytes, from, port) => isOn() && receive(bytes, from, port));
				return { send: (to, port, bytes) => isOn() && this.#network.send(place, to, port, bytes) };
			},
			openLine: () => this.line,
			exit: code => {
				this.ended = code;
				this.cut();
			}
		};
		new Application(host).run();
		for (const line of lines) this.type(line);
		return this;
	}

	/** Cuts its power. */
	cut(): void {
		this.#life += 1;
		this.#network.detach(this.address);
	}

	type(line: string | null): void {
		this.#type(line);
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
		for (let waited = 0; waited <= milliseconds; waited += 200) {
			const from = this.output.length;
			this.type(command);
			this.#network.clock.advance(200);
			if (pattern.test(this.output.slice(from))) return;
		}
		throw new AssertionError(`"${command}" did not come to ${pattern}:\n${this.output}`);
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
	node.start("y", "lamp", "light", password, pin, "begun today");
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
	words: { password?: string; pin?: string; suite?: string } = {}
): SimulatedNode {
	const node = new SimulatedNode(network, address, { peers: given, suite: words.suite ?? "paper" });
	return node.start("n", name, type, words.password ?? password, words.pin ?? pin);
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
