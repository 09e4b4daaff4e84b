import type { Machine } from "../console/console.js";
import type { WifiCredentials } from "../node/node.js";
import type { Connection } from "./connection.js";
import type { Guard } from "./guard.js";
import type { Vitals } from "./host.js";

/** The machine as the console shows it, always as it is now. */
export class NodeMachine implements Machine {
	readonly #vitals: Vitals;
	readonly #guard: Guard;
	readonly #connection: Connection;

	constructor(parts: { vitals: Vitals; guard: Guard; connection: Connection }) {
		this.#vitals = parts.vitals;
		this.#guard = parts.guard;
		this.#connection = parts.connection;
	}

	get link(): string {
		const { state, address } = this.#connection;
		return address === undefined ? state : `${state}, ${address}`;
	}

	get heap(): Machine["heap"] {
		return this.#vitals.heap();
	}

	get freeStorage(): number | undefined {
		return this.#vitals.freeStorage();
	}

	get uptime(): number {
		return this.#vitals.uptime();
	}

	get faults(): Machine["faults"] {
		return this.#guard;
	}

	get lastFault(): string | undefined {
		return this.#vitals.lastFault();
	}

	get wifiRefusal(): string | undefined {
		return this.#connection.joinRefusal;
	}

	joinWifi(credentials: WifiCredentials): string | undefined {
		return this.#connection.join(credentials);
	}
}
