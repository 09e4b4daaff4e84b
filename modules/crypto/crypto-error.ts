/** A key, point or length that the crypto room cannot work with. */
export class CryptoError extends Error {
	override readonly name = "CryptoError";
}
