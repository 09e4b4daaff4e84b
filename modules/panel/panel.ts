import type { Cancel, Clock } from "../clock/clock.js";
import type { Line } from "../devices/devices.js";
import { Button } from "./button.js";
import { Led } from "./led.js";
import { lengthOf, type Sign } from "./patterns.js";

export { settling } from "./button.js";
export { lengthOf, patterns, type Sign } from "./patterns.js";

/** Milliseconds for which the button is held. */
export const holds = Object.freeze({
	/** From here on, letting go invites. */
	invite: 3_000,
	/** From here on the LED warns, and letting go does nothing. */
	warn: 7_000,
	/** Here everything is wiped. */
	reset: 10_000
});

export interface PanelOptions {
	readonly clock: Clock;
	/** Low while it is pressed; undefined without a button. */
	readonly button: { read(): number } | undefined;
	/** Undefined without an LED. */
	readonly led: Line | undefined;
	/** Milliseconds for which the loop stood still until just now, 0 when it did not. */
	readonly standstill: () => number;
	/** What the LED shows when nobody holds the button. */
	readonly sign: () => Sign;
	/** Whether a long press would invite. */
	readonly canInvite: () => boolean;
	/** A short press. */
	readonly onPress: () => void;
	/** A long press. */
	readonly onInvite: () => void;
	/** A very long press: wipes the node. */
	readonly onReset: () => void;
}

/** The button and the LED of a node: all that a person needs who has no console. */
export class Panel {
	readonly #options: PanelOptions;
	readonly #button: Button | undefined;
	readonly #led: Led | undefined;
	/** Ends what waits for the button to be held longer. */
	#cancels: readonly Cancel[] = [];
	#downSince: number | undefined;
	#refusedUntil = Number.NEGATIVE_INFINITY;

	constructor(options: PanelOptions) {
		this.#options = options;
		const { clock, button, led, standstill } = options;
		if (led !== undefined) this.#led = new Led({ clock, line: led, sign: () => this.#sign() });
		if (button !== undefined) {
			this.#button = new Button({
				clock,
				line: button,
				standstill,
				onDown: since => this.#down(since),
				onUp: held => this.#up(held)
			});
		}
	}

	/** To be called at each edge of the button's line. */
	edge(): void {
		this.#button?.edge();
	}

	/** What the LED shows may have changed; the first call lights it. */
	update(): void {
		this.#led?.update();
	}

	/** What the button asked for was refused, or nobody answered: the LED shows it once. */
	refused(): void {
		this.#refusedUntil = this.#options.clock.now() + lengthOf("refused");
		this.update();
	}

	/** Ends what runs by itself; the LED is dark. */
	stop(): void {
		for (const cancel of this.#cancels) cancel();
		this.#led?.stop();
	}

	#sign(): Sign {
		const { clock, sign, canInvite } = this.#options;
		const now = clock.now();
		const held = this.#downSince === undefined ? 0 : now - this.#downSince;
		if (held >= holds.warn) return "warning";
		if (held >= holds.invite && canInvite()) return "inviting";
		if (now < this.#refusedUntil) return "refused";
		return sign();
	}

	#down(since: number): void {
		const { clock, onReset } = this.#options;
		const at = (held: number, action: () => void) =>
			clock.after(since + held - clock.now(), () => {
				// An edge may still wait for its turn: the line itself says whether the button is held.
				this.edge();
				if (this.#downSince !== undefined) action();
			});
		this.#downSince = since;
		this.#cancels = [
			at(holds.invite, () => this.update()),
			at(holds.warn, () => this.update()),
			at(holds.reset, onReset)
		];
	}

	#up(held: number): void {
		const { canInvite, onPress, onInvite } = this.#options;
		for (const cancel of this.#cancels) cancel();
		this.#cancels = [];
		this.#downSince = undefined;
		if (held < holds.invite) onPress();
		else if (held < holds.warn && canInvite()) onInvite();
		this.update();
	}
}
