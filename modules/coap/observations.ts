import { Code } from "./code.js";
import type { Message } from "./message.js";
import { Observation, type ObservationOptions } from "./observation.js";
import { findUint } from "./option.js";
import { OptionNumber } from "./option-table.js";
import type { Services } from "./services.js";

const REGISTER = 0;

/** The value of the Observe option; undefined when the request has none or is not one to read. */
export function observedBy({ code, options }: Message): number | undefined {
	return code === Code.Get || code === Code.Fetch ? findUint(options, OptionNumber.Observe) : undefined;
}

/** The observations that others have registered, by peer and token (RFC 7641 section 4.1). */
export class Observations {
	readonly services: Services;
	readonly #open = new Map<string, Observation>();
	#number = 0;

	constructor(services: Services) {
		this.services = services;
	}

	get size(): number {
		return this.#open.size;
	}

	/**
	 * Whether a request with this Observe option asks to register, and there is room: free, or of somebody who has at
	 * least two more than `owner`.
	 */
	admits(observe: number, key: string, owner: string): boolean {
		if (observe !== REGISTER) return false;
		return !this.isFull || this.#open.has(key) || this.spare(owner) !== undefined;
	}

	private get isFull(): boolean {
		return this.size >= this.services.parameters.maxObservations;
	}

	/** The oldest observation of whoever has the most, where that are at least two more than `owner` has. */
	private spare(owner: string): Observation | undefined {
		const counts = new Map<string, number>();
		for (const { owner: other } of this.#open.values()) counts.set(other, (counts.get(other) ?? 0) + 1);
		const most = Math.max(0, ...counts.values());
		if (most < (counts.get(owner) ?? 0) + 2) return undefined;
		return [...this.#open.values()].find(({ owner: other }) => counts.get(other) === most);
	}

	/** Ends an observation: it was asked for anew, or cancelled (RFC 7641 section 4.1). */
	replace(key: string): void {
		this.#open.get(key)?.lost();
	}

	/** An observation, which is listed when it begins. */
	open(options: Omit<ObservationOptions, "list">): Observation {
		return new Observation({ list: this, ...options });
	}

	add(observation: Observation): void {
		if (this.isFull && !this.#open.has(observation.key)) this.spare(observation.owner)?.lost();
		this.#open.set(observation.key, observation);
	}

	remove(observation: Observation): void {
		if (this.#open.get(observation.key) === observation) this.#open.delete(observation.key);
	}

	close(): void {
		for (const observation of [...this.#open.values()]) observation.close();
	}

	/**
	 * The value of the next Observe option: one count for all observations, as 24 bits last longer than the 256 s that a
	 * client compares within (section 4.4).
	 */
	nextNumber(): number {
		this.#number = (this.#number + 1) & 0xffffff;
		return this.#number;
	}
}
