/** Something in the flash that cannot be read or written; the message names it. */
export class StoreError extends Error {
	override readonly name = "StoreError";
}
