import type { Line } from "../../modules/devices/devices.js";
import { lengthOf, patterns, type Sign } from "../../modules/panel/panel.js";
import type { VirtualClock } from "./virtual-clock.js";

export class SimulatedLine implements Line {
	value: 0 | 1 = 0;
	/** Thrown by the next writes, one each: a board whose pin does not do what it should. */
	readonly surprises: Error[] = [];

	read(): number {
		return this.value;
	}

	write(value: 0 | 1): void {
		const surprise = this.surprises.shift();
		if (surprise !== undefined) throw surprise;
		this.value = value;
	}
}

/** An input that a test drives: a button is down at 0. */
export class SimulatedInput {
	level: 0 | 1;
	onEdge: () => void = () => undefined;

	constructor(level: 0 | 1) {
		this.level = level;
	}

	read(): number {
		return this.level;
	}

	put(level: 0 | 1): void {
		if (level === this.level) return;
		this.level = level;
		this.onEdge();
	}
}

/** An LED's line that notes when it is lit and dark. */
export class SimulatedLed extends SimulatedLine {
	readonly #clock: VirtualClock;
	/** Milliseconds lit (even places) and dark (odd ones) since it was first lit. */
	readonly spans: number[] = [];
	#since: number | undefined;

	constructor(clock: VirtualClock) {
		super();
		this.#clock = clock;
	}

	override write(value: 0 | 1): void {
		super.write(value);
		const isLit = this.spans.length % 2 === 0 && this.#since !== undefined;
		if ((value === 1) === isLit) return;
		if (this.#since !== undefined) this.spans.push(this.#clock.now() - this.#since);
		this.#since = this.#clock.now();
	}

	/** The sign that it shows now and goes on to show: lets time pass. */
	watch(): Sign | undefined {
		// The longest pattern to its end, and then the next one, whole.
		this.#clock.advance(lengthOf("online"));
		const from = this.spans.length;
		this.#clock.advance(2 * lengthOf("online"));
		const seen = this.spans.slice(from, -1).join();
		const signs: readonly Sign[] = [
			"no identity",
			"joining",
			"inviting",
			"online",
			"offline",
			"refused",
			"warning"
		];
		return signs.find(sign => `,${seen},`.includes(`,${patterns[sign].join()},`));
	}
}
