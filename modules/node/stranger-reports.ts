import type { Clock } from "../clock/clock.js";
import type { Address } from "./address.js";
import { throttled } from "./throttled.js";

/** Milliseconds in which a stranger may turn out to be a member. */
const patience = 10_000;
/** Strangers that are doubted at once; more are as good as throttled. */
const most = 4;

interface Doubt {
	readonly address: Address;
	readonly text: string;
}

export interface StrangerReportsOptions {
	readonly clock: Clock;
	readonly report: (text: string) => void;
	/** Whether a member is known to be there. */
	readonly isKnown: (address: Address) => boolean;
}

/**
 * Tells of who is not on the chain here, where that is still so a while later: who has just joined through another member often
 * comes before the block that admits it, and there is nothing wrong with that.
 */
export class StrangerReports {
	readonly #clock: Clock;
	readonly #report: (text: string) => void;
	readonly #isKnown: StrangerReportsOptions["isKnown"];
	readonly #doubts: Doubt[] = [];

	constructor({ clock, report, isKnown }: StrangerReportsOptions) {
		this.#clock = clock;
		this.#report = throttled(clock, report);
		this.#isKnown = isKnown;
	}

	/** `text`: what is to be told of a stranger there. */
	saw(address: Address, text: string): void {
		const { host, port } = address;
		if (this.#doubts.some(({ address: known }) => known.host === host && known.port === port)) return;
		if (this.#doubts.length === most) return;
		this.#doubts.push({ address, text });
		this.#clock.after(patience, () => this.settle());
	}

	private settle(): void {
		const doubt = this.#doubts.shift();
		if (doubt !== undefined && !this.#isKnown(doubt.address)) this.#report(doubt.text);
	}
}
