import type { Machine } from "../console/console.js";
import type { Settings, WifiCredentials } from "../node/node.js";
import type { Connection } from "./connection.js";
import type { Guard } from "./guard.js";
import type { Host } from "./host.js";
import { version } from "./version.js";

/** The machine as the console shows it, always as it is now. */
export class NodeMachine implements Machine {
	readonly version = version;
	readonly line: Machine["line"];
	readonly #host: Pick<Host, "vitals" | "hasVirtualLines">;
	readonly #guard: Guard;
	readonly #connection: Connection;

	constructor(parts: {
		host: Pick<Host, "vitals" | "hasVirtualLines">;
		settings: Pick<Settings, "line">;
		guard: Guard;
		connection: Connection;
	}) {
		this.line = parts.settings.line;
		this.#host = parts.host;
		this.#guard = parts.guard;
		this.#connection = parts.connection;
	}

	get link(): string {
		return this.#connection.text;
	}

	get hasVirtualLines(): boolean {
		return this.#host.hasVirtualLines === true;
	}

	get heap(): Machine["heap"] {
		return this.#host.vitals.heap();
	}

	get freeStorage(): number | undefined {
		return this.#host.vitals.freeStorage();
	}

	get uptime(): number {
		return this.#host.vitals.uptime();
	}

	get faults(): Machine["faults"] {
		return this.#guard;
	}

	get lastFault(): string | undefined {
		return this.#host.vitals.lastFault();
	}

	get wifiRefusal(): string | undefined {
		return this.#connection.joinRefusal;
	}

	joinWifi(credentials: WifiCredentials): string | undefined {
		return this.#connection.join(credentials);
	}
}
