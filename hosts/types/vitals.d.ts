/** How this machine is doing. */

/** Bytes of one part of XS's memory: in use (garbage not yet collected included), and all that it has. */
export interface Pool {
	readonly used: number;
	readonly size: number;
}

/** XS's memory: slots (values, objects) and chunks (strings, buffers). */
export function heap(): { readonly slots: Pool; readonly chunks: Pool };

/** Bytes that Preference can still take, about; undefined where there is no bound of its own (Linux). */
export function freeStorage(): number | undefined;

/** Milliseconds since power-on (Linux: since the program was started). Does not wrap. */
export function uptime(): number;

/** The last fault that was noted, kept over the restart; undefined when there is none. */
export function lastFault(): string | undefined;

/**
 * Notes why this device restarts, in place of what was noted before; an empty text forgets it. Of `text` at least
 * its first 100 bytes of UTF-8 are kept. Never throws: it is called when little else works.
 */
export function noteFault(text: string): void;
