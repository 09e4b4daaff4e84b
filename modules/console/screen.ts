import { printable } from "../bytes/bytes.js";

/** Most characters of a line. */
const lineLimit = 500;

/** What the host's terminal is to the screen: it shows whatever it is given. */
export interface TerminalLike {
	write(text: string): void;
	/** Whether typed characters show. */
	echo: boolean;
}

/**
 * The only way to the terminal. Names, refusals and errors of others come through it like all else that a person
 * reads, so it lets only printable text pass, whoever wrote it: see `printable`.
 */
export class Screen {
	readonly #terminal: TerminalLike;

	constructor(terminal: TerminalLike) {
		this.#terminal = terminal;
	}

	get echo(): boolean {
		return this.#terminal.echo;
	}

	set echo(isShown: boolean) {
		this.#terminal.echo = isShown;
	}

	/** Shows a line; one that is too long is cut. */
	line(text: string): void {
		this.#terminal.write(`${printable(text, lineLimit)}\n`);
	}

	/** Begins a line, or goes on with it, at any length; `line` ends it. JSON stays the same JSON. */
	part(text: string): void {
		this.#terminal.write(printable(text));
	}
}
