import type { Line } from "../../../modules/devices/devices.js";
import { Panel, type Sign } from "../../../modules/panel/panel.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** An LED's line that notes when it is lit and dark. */
export class LedLine implements Line {
	readonly #clock: VirtualClock;
	value: 0 | 1 = 0;
	/** Milliseconds lit (odd places: dark) since it was first lit. */
	readonly spans: number[] = [];
	#since: number | undefined;

	constructor(clock: VirtualClock) {
		this.#clock = clock;
	}

	read(): number {
		return this.value;
	}

	write(value: 0 | 1): void {
		if (value === this.value) return;
		if (this.#since !== undefined) this.spans.push(this.#clock.now() - this.#since);
		this.#since = this.#clock.now();
		this.value = value;
	}
}

/** A panel on virtual lines: what happens to its button, and what comes of it. */
export class Board {
	readonly clock = new VirtualClock();
	readonly led = new LedLine(this.clock);
	/** "press", "invite" and "reset", with the moment of each. */
	readonly events: string[] = [];
	sign: Sign = "online";
	canInvite = true;
	level: 0 | 1;
	/** Milliseconds for which the loop stood still until now. */
	standstill = 0;
	readonly panel: Panel;

	constructor(level: 0 | 1 = 1) {
		this.level = level;
		const note = (what: string) => () => this.events.push(`${what} ${this.clock.now()}`);
		this.panel = new Panel({
			clock: this.clock,
			button: { read: () => this.level },
			led: this.led,
			standstill: () => this.standstill,
			sign: () => this.sign,
			canInvite: () => this.canInvite,
			onPress: note("press"),
			onInvite: note("invite"),
			onReset: note("reset")
		});
	}

	/** Moves the button's line: 0 is pressed. */
	put(level: 0 | 1): void {
		if (level === this.level) return;
		this.level = level;
		this.panel.edge();
	}

	/** Lets time pass. */
	wait(milliseconds: number): this {
		this.clock.advance(milliseconds);
		return this;
	}

	/** Holds the button for so many milliseconds. */
	hold(milliseconds: number): this {
		this.put(0);
		this.wait(milliseconds);
		this.put(1);
		return this;
	}
}
