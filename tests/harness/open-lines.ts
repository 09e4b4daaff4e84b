import Terminal from "terminal";
import { SystemClock } from "../../modules/clock/system-clock.js";
import { type LineEvents, LineTerminal } from "../../modules/terminal/terminal.js";

/** The host's terminal, with lines. */
export function openLines(events: LineEvents): LineTerminal {
	return new LineTerminal({ clock: new SystemClock(), open: told => new Terminal(told), events });
}
