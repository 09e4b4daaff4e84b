import type { Cancel, Clock } from "../clock/clock.js";
import type { Line } from "../devices/devices.js";
import { Button, type ButtonOwner } from "./button.js";
import { Led } from "./led.js";
import { lengthOf, type Sign } from "./patterns.js";

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

/** Whose panel it is. */
export interface PanelOwner {
	readonly clock: Clock;
	/** Low while it is pressed; undefined without a button. */
	readonly button: { read(): number } | undefined;
	/** Undefined without an LED. */
	readonly led: Line | undefined;
	/** Milliseconds for which the loop stood still until just now, 0 when it did not. */
	standstill(): number;
	/** What the LED shows when nobody holds the button. */
	sign(): Sign;
	/** Whether a long press would invite. */
	canInvite(): boolean;
	/** The contacts have closed: perhaps a press begins. */
	onTouch(): void;
	/** A short press. */
	onPress(): void;
	/** A long press. */
	onInvite(): void;
	/** A very long press: wipes the node. */
	onReset(): void;
}

/** The button and the LED of a node: all that a person needs who has no console. */
export class Panel implements ButtonOwner {
	readonly #owner: PanelOwner;
	readonly #button: Button | undefined;
	readonly #led: Led | undefined;
	/** Ends what waits for the button to be held longer. */
	#cancels: readonly Cancel[] = [];
	#downSince: number | undefined;
	#refusedUntil = Number.NEGATIVE_INFINITY;

	constructor(owner: PanelOwner) {
		this.#owner = owner;
		const { clock, button, led } = owner;
		if (led !== undefined) this.#led = new Led({ clock, line: led, owner: this });
		if (button !== undefined) this.#button = new Button({ clock, line: button, owner: this });
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
		this.#refusedUntil = this.#owner.clock.now() + lengthOf("refused");
		this.update();
	}

	/** Ends what runs by itself; the LED is dark. */
	stop(): void {
		for (const cancel of this.#cancels) cancel();
		this.#led?.stop();
	}

	standstill(): number {
		return this.#owner.standstill();
	}

	/** What the LED shows now. */
	sign(): Sign {
		const now = this.#owner.clock.now();
		const held = this.#downSince === undefined ? 0 : now - this.#downSince;
		if (held >= holds.warn) return "warning";
		if (held >= holds.invite && this.#owner.canInvite()) return "inviting";
		if (now < this.#refusedUntil) return "refused";
		return this.#owner.sign();
	}

	onTouch(): void {
		this.#owner.onTouch();
	}

	onDown(since: number): void {
		const now = this.#owner.clock.now();
		this.#downSince = since;
		this.#cancels = [
			this.whileDown(since + holds.invite - now, () => this.update()),
			this.whileDown(since + holds.warn - now, () => this.warn())
		];
	}

	/** From now on and no earlier: who presses as a machine goes on that was suspended has not been warned yet. */
	private warn(): void {
		this.update();
		this.#cancels = [this.whileDown(holds.reset - holds.warn, () => this.#owner.onReset())];
	}

	private whileDown(milliseconds: number, action: () => void): Cancel {
		return this.#owner.clock.after(milliseconds, () => {
			// An edge may still wait for its turn: the line itself says whether the button is held.
			this.edge();
			if (this.#downSince !== undefined) action();
		});
	}

	onUp(held: number, least: number): void {
		const cancels = this.#cancels;
		this.#cancels = [];
		this.#downSince = undefined;
		// First what somebody waits for.
		try {
			// What may have been a short press invites nobody.
			if (least < holds.invite && held < holds.warn) this.#owner.onPress();
			else if (held < holds.warn && this.#owner.canInvite()) this.#owner.onInvite();
		} finally {
			for (const cancel of cancels) cancel();
		}
		this.update();
	}
}
