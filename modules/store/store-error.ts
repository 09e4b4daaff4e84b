/** Something in the flash that cannot be read or written; the message names it. */
export class StoreError extends Error {
	override readonly name: string = "StoreError";
}

/** Whether a flash has refused something because it is full. `fault`: what it said. */
export function isFull(fault: string): boolean {
	return /no space left/i.test(fault);
}

/** Whether a text tells of a StoreError of this room. */
export function isStoreFault(text: string): boolean {
	return / cannot be (kept|read|deleted): /.test(text);
}

/** The host cannot read what is there: it may well be whole, and nothing of it may be taken for damaged or gone. */
export class UnreadableError extends StoreError {
	override readonly name = "UnreadableError";
}
