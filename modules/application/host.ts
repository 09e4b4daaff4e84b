import type { Clock } from "../clock/clock.js";
import type { Transport } from "../coap/coap.js";
import type { Screen } from "../console/console.js";
import type { Line } from "../devices/devices.js";
import type { Pin } from "../node/node.js";
import type { PreferenceLike } from "../store/store.js";

/** What the application takes from where it runs: a board, Linux, or a simulation. */
export interface Host {
	/** The settings of the manifest and the command line. */
	readonly config: Readonly<Record<string, unknown>>;
	readonly preference: PreferenceLike;
	readonly clock: Clock;
	/** `count` bytes of secure entropy. */
	random(count: number): Uint8Array;
	/** Seconds since 1970, or null when the clock was never set. */
	time(): number | null;
	openTerminal(events: { onLine: (line: string | null) => void; onEnd: () => void }): Screen;
	/** Binds UDP `port`; throws when it is taken. */
	openSocket(port: number, receive: (bytes: Uint8Array, address: string, port: number) => void): Transport;
	/** Takes a line of the board; throws when there is none of that number or name. */
	openLine(pin: Pin, isOutput: boolean): Line;
	/** Ends the program (Linux) or restarts (a board) once this turn of the loop is over. */
	exit(code: number): void;
}
