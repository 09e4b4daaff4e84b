/** Text or bytes that are not what they should be: not hexadecimal, not UTF-8, not base32. */
export class BytesError extends Error {
	override readonly name = "BytesError";
}
