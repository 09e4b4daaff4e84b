import { Panel, type Sign } from "../../../modules/panel/panel.js";
import { SimulatedLed } from "../../harness/simulated-lines.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** A panel on virtual lines: what happens to its button, and what comes of it. */
export class Board {
	readonly clock = new VirtualClock();
	readonly led = new SimulatedLed(this.clock);
	/** "press", "invite" and "reset", with the moment of each. */
	readonly events: string[] = [];
	sign: Sign = "online";
	canInvite = true;
	level: 0 | 1;
	/** Milliseconds for which the loop stood still until now. */
	standstill = 0;
	/** How often the contacts closed. */
	touches = 0;
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
			onTouch: () => {
				this.touches += 1;
			},
			onPress: note("press"),
			onInvite: note("invite"),
			onReset: note("reset")
		});
		this.panel.update();
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
