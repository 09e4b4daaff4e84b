import { printable } from "../bytes/bytes.js";
import { wrapped } from "./wrapped.js";

/** Most characters of a line. */
const lineLimit = 500;
/** Most lines that wait. */
const heldLimit = 32;

/** What the host's terminal is to the screen: it shows whatever it is given. */
export interface TerminalLike {
	write(text: string): void;
	/** Whether typed characters show. */
	echo: boolean;
	/** Bytes that nobody has read yet, where somebody reads and the host can tell. */
	readonly waiting?: number;
	/** The width of the window; absent or 0 where that is not known. */
	readonly columns?: number;
}

/**
 * The only way to the terminal. Names, refusals and errors of others come through it like all else that a person
 * reads, so it lets only printable text pass, whoever wrote it: see `printable`.
 */
export class Screen {
	readonly #terminal: TerminalLike;
	#held: string[] | undefined;

	constructor(terminal: TerminalLike) {
		this.#terminal = terminal;
	}

	get echo(): boolean {
		return this.#terminal.echo;
	}

	set echo(isShown: boolean) {
		this.#terminal.echo = isShown;
	}

	get waiting(): number {
		return this.#terminal.waiting ?? 0;
	}

	/** Shows a line; one that is too long is cut. */
	line(text: string): void {
		if (this.#held === undefined) this.own(text);
		else {
			this.#held.push(text);
			if (this.#held.length > heldLimit) this.#held.shift();
		}
	}

	/** Shows a line of the one for whom others are held. */
	own(text: string): void {
		this.write(printable(text, lineLimit));
	}

	/** From now on lines wait, the latest 32 of them, until `release`. */
	hold(): void {
		this.#held ??= [];
	}

	release(): void {
		const held = this.#held ?? [];
		this.#held = undefined;
		for (const text of held) this.own(text);
	}

	/** Shows a line at any length: nobody should say yes to half of a list of members. */
	whole(text: string): void {
		this.write(printable(text));
	}

	private write(text: string): void {
		this.#terminal.write(`${wrapped(text, this.#terminal.columns ?? 0)}\n`);
	}

	/** Begins a line, or goes on with it, at any length; `line` ends it. JSON stays the same JSON. */
	part(text: string): void {
		this.#terminal.write(printable(text));
	}
}
