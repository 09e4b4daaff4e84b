import type { Clock, TurnOwner } from "../clock/clock.js";
import type { Deduplication } from "./deduplication.js";
import type { Message } from "./message.js";
import type { OutgoingTable } from "./outgoing.js";
import type { Parameters } from "./parameters.js";

/** What all that goes on at one endpoint shares. */
export interface Services {
	readonly clock: Clock;
	readonly parameters: Parameters;
	readonly outgoing: OutgoingTable;
	readonly remembered: Deduplication;
	random(count: number): Uint8Array;
	/** Throws SizeError. */
	encode(message: Message): Uint8Array;
	send(address: string, port: number, bytes: Uint8Array): void;
	/** Runs a callback of the application; what it throws is reported, by the `owner` of that work if there is one. */
	guard(action: () => void, owner?: TurnOwner): void;
	/** Hears what handlers and callbacks of the application throw. */
	report(error: unknown): void;
}
