/**
 * The place where a person types: a Linux terminal or pipe, a board's serial line. At most one is open.
 */
export default class Terminal {
	/**
	 * `onLine` receives each line without its end; a line longer than 1023 bytes or not UTF-8 arrives as
	 * `null`, whole. `onEnd` is called once when no more lines can come (end of a pipe, ctrl-D), or when the system asks
	 * the program to end (Linux: SIGTERM and the like). Both are called on `events`.
	 */
	constructor(events: { onLine(line: string | null): void; onEnd?(): void });

	/** Writes text as it is. Never blocks: what nobody reads is dropped once the host's buffer is full. */
	write(text: string): void;

	/** Whether typed characters show. False while a password is typed. True at first; no effect on a pipe. */
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
