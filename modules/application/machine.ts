import type { Machine } from "../console/console.js";
import type { Connection } from "./connection.js";
import type { Guard } from "./guard.js";
import type { Host } from "./host.js";

/** The machine as the console shows it, always as it is now. */
export function machineOf(host: Host, guard: Guard, connection: Connection): Machine {
	const { vitals } = host;
	return {
		get link() {
			const { state, address } = connection;
			return address === undefined ? state : `${state}, ${address}`;
		},
		get heap() {
			return vitals.heap();
		},
		get freeStorage() {
			return vitals.freeStorage();
		},
		get uptime() {
			return vitals.uptime();
		},
		get faults() {
			return { count: guard.count, last: guard.last };
		},
		get lastFault() {
			return vitals.lastFault();
		},
		joinWifi: credentials => connection.join(credentials)
	};
}
