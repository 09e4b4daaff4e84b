import * as bulk from "bulk";
import { BytesError } from "./bytes-error.js";

/** Two lower-case hexadecimal digits for each byte. */
export function toHex(bytes: Uint8Array): string {
	return bulk.toHex(bytes);
}

/**
 * The bytes of hexadecimal text, upper or lower case. Throws a BytesError for an odd number of digits and for
 * any other character, spaces too.
 */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
	const bytes = bulk.fromHex(text);
	if (bytes === undefined)
		throw new BytesError(text.length % 2 === 0 ? "not hexadecimal digits" : "an odd number of digits");
	return new Uint8Array(bytes);
}
