import { PBKDF2 } from "primitives";

/**
 * PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2), a slice at a time, so that the caller can let the loop go
 * on in between.
 */
export class Pbkdf2 {
	readonly #primitive: PBKDF2;

	/** `rounds` at least 1; `length` of the result 1 to 128 bytes. Throws a RangeError otherwise. */
	constructor({
		password,
		salt,
		rounds,
		length
	}: {
		password: Uint8Array;
		salt: Uint8Array;
		rounds: number;
		length: number;
	}) {
		this.#primitive = new PBKDF2(password, salt, rounds, length);
	}

	/** Does the work of at most 1000 rounds: undefined while more remain, then the key (and again each time). */
	step(): Uint8Array<ArrayBuffer> | undefined {
		const key = this.#primitive.step();
		return key === undefined ? undefined : new Uint8Array(key);
	}
}
