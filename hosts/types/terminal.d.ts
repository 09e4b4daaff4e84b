/** Told of what happens at a terminal, all in the host's loop; each method is called on the object itself. */
interface TerminalEvents {
	/** There may be something to read. Told again only once `read` has found nothing. */
	onReadable?(): void;
	/** The system asks the program to end (Linux: SIGTERM and the like). */
	onEnd?(): void;
	/** What the host itself has to say, a line with its end; only where keys are read. */
	onText?(text: string): void;
	/** The window has another size, or something else was shown in it: the last line is to be drawn anew. */
	onChange?(): void;
}

/**
 * The place where a person types: a Linux terminal or pipe, a board's serial line. At most one is open. What becomes lines of
 * it is the same on all of them: see modules/terminal.
 */
export default class Terminal {
	constructor(events: TerminalEvents);

	/** What was typed, UTF-8, as far as it is here; empty, once, when no more can come; undefined for nothing. */
	read(): ArrayBuffer | undefined;

	/** Writes text as it is. Never blocks: what nobody reads is dropped once the host's buffer is full. */
	write(text: string): void;

	/** Takes a line that is meant for the host itself; absent where there are none. */
	take?(line: string): boolean;

	/** Whether keys come as they are pressed and nobody else shows them: false for a pipe, from which lines come. */
	readonly readsKeys: boolean;

	/** Whether this is a program that may end: a board would only start anew. */
	readonly isProgram: boolean;

	/** The width of the window; 0 where that is not known. */
	readonly columns: number;

	/** Whether the system shows what is typed, where it does so. True at first. */
	echo: boolean;

	/** Bytes that were written and nobody has read yet; absent or 0 where nobody reads, or the host cannot tell. */
	readonly waiting?: number;

	/** Stops reading and restores the terminal. */
	close(): void;
}

/**
 * Ends the program after the text written so far is out: on Linux the process ends with `code`, a board
 * restarts. Does not return to the caller's loop, but the current turn may still finish. `reason`: a line for who looks after
 * the program and reads no console (Linux: standard error); what is no printable ASCII shows as a question mark.
 */
export function exit(code: number, reason?: string): void;
