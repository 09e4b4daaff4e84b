/** Bytes that are not in our subset of CBOR, or a value that cannot be written in it. */
export class CborError extends Error {
	override readonly name = "CborError";
	/** Where in the bytes the item at fault begins; undefined when a value was at fault. */
	readonly offset: number | undefined;

	constructor(message: string, offset?: number) {
		super(offset === undefined ? `CBOR: ${message}` : `CBOR: ${message}, at byte ${offset}`);
		this.offset = offset;
	}
}
