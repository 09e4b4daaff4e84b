/** A board's serial line, as far as hosts/board/terminal needs it. At most one is open. */
export default class Serial {
	/** `onReadable` is called from the loop when there may be bytes to read. Throws when one is open already. */
	constructor(options: { onReadable: () => void });
	/** Some of the bytes that came, or undefined when there are none. */
	read(): ArrayBuffer | undefined;
	/** Sends what there is room for, and returns how many bytes that is. Does not wait for somebody to listen. */
	write(bytes: Uint8Array): number;
	/** Whether somebody listens, as far as the board can tell. */
	readonly isOpen: boolean;
	close(): void;
}

/** Restarts the board at once. */
export function restart(): void;
