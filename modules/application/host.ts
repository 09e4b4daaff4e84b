import type { TimeSource } from "../clock/clock.js";
import type { Transport } from "../coap/coap.js";
import type { TerminalLike } from "../console/console.js";
import type { Line } from "../devices/devices.js";
import type { Pin, WifiCredentials } from "../node/node.js";
import type { PreferenceLike } from "../store/store.js";
import type { LineEvents } from "../terminal/terminal.js";

/** The ways of a network: see hosts/types/network.d.ts. */
export type NetworkState = "none" | "joining" | "online" | "offline";

/** Told of what a person types; its methods are called on it, as those of the next ones. */
export interface TerminalEvents extends LineEvents {
	onEnd(): void;
}

export interface NetworkEvents {
	onChange(state: NetworkState, address?: string): void;
}

/** Takes the datagrams of a socket. */
export interface Receiver {
	onDatagram(bytes: Uint8Array, address: string, port: number): void;
}

/** Told of an input line. */
export interface EdgeEvents {
	/** After a change of the line; of several in quick succession it may come once. */
	onEdge(): void;
}

/** The way into the network, as hosts/types/network.d.ts says. */
export interface NetworkLike {
	readonly state: NetworkState;
	readonly isFixed?: boolean;
	readonly addresses?: string | undefined;
	join(ssid: string, password: string): void;
}

/** How the machine is doing, as hosts/types/vitals.d.ts says. */
export interface Vitals {
	heap(): {
		readonly slots: { readonly used: number; readonly size: number };
		readonly chunks: { readonly used: number; readonly size: number };
	};
	freeStorage(): number | undefined;
	uptime(): number;
	lastFault(): string | undefined;
	noteFault(text: string): void;
}

/**
 * What the application takes from where it runs: a board, Linux, or a simulation. Whoever is called from here runs what
 * it does through the guard.
 */
export interface Host {
	/** The settings of the manifest and the command line. */
	readonly config: Readonly<Record<string, unknown>>;
	readonly preference: PreferenceLike;
	readonly clock: TimeSource;
	readonly vitals: Vitals;
	/** `count` bytes of secure entropy. A function of its own, as the next one: it is handed on. */
	readonly random: (count: number) => Uint8Array;
	/** Seconds since 1970, or null when the clock was never set. */
	readonly time: () => number | null;
	/** Whether lines are virtual, and a person sets those that are inputs by hand. */
	readonly hasVirtualLines?: boolean;
	openTerminal(events: TerminalEvents): TerminalLike;
	/** Begins to join a network. Once only. */
	openNetwork(credentials: WifiCredentials | undefined, events: NetworkEvents): NetworkLike;
	/** Binds UDP `port`, once the network has been online; throws when it is taken. */
	openSocket(port: number, receiver: Receiver): Transport;
	/** Takes a line of the board to drive it; throws when there is none of that number or name. */
	openOutput(pin: Pin): Line;
	/** Takes a line to read it, which is held high while nobody drives it. Throws alike. */
	openInput(pin: Pin, events: EdgeEvents): { read(): number };
	/**
	 * Ends the program (Linux) or restarts (a board) once this turn of the loop is over. `reason`: a line for who looks after
	 * it and reads no console.
	 */
	exit(code: number, reason?: string): void;
}
