import type { Cancel } from "../clock/clock.js";
import type { Outgoing } from "./outgoing.js";
import type { Services } from "./services.js";

/** Whom to ping, and for how long to wait. */
export interface Ping {
	readonly address: string;
	readonly port: number;
	readonly milliseconds: number;
	alive(): void;
	/** There was no answer in that time. */
	silent?(): void;
}

/** A ping under way: whatever answers it shows that somebody is there. */
export class PendingPing implements Outgoing {
	readonly #services: Services;
	readonly #ping: Ping;
	readonly #key: string;
	readonly #cancel: Cancel;

	/** `key` is what its answers are known by. */
	constructor(services: Services, ping: Ping, key: string) {
		this.#services = services;
		this.#ping = ping;
		this.#key = key;
		this.#cancel = services.clock.after(ping.milliseconds, () => {
			services.outgoing.remove(key);
			ping.silent?.();
		});
	}

	reset(): void {
		this.#cancel();
		this.#services.outgoing.remove(this.#key);
		this.#ping.alive();
	}

	acknowledged(): void {
		this.reset();
	}

	answered(): void {
		this.reset();
	}
}
