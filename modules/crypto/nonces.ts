import { hmacSha256 } from "./hash.js";
import { isScalar, reduce } from "./scalar.js";

/**
 * The deterministic nonces of RFC 6979, section 3.2, for P-256 and SHA-256: a broken or repeating source of
 * random numbers cannot give the private key away. `key` and `value` are the K and V there.
 */
export class Nonces {
	#key = new Uint8Array(32);
	#value = new Uint8Array(32).fill(1);
	#used = false;

	/** `hash` is that of the message, 32 bytes. */
	constructor(privateKey: Uint8Array, hash: Uint8Array) {
		const reduced = reduce(hash);
		this.mix(0, privateKey, reduced);
		this.mix(1, privateKey, reduced);
	}

	/** The next nonce; a further one is needed only when a signature came out with r or s of 0. */
	next(): Uint8Array {
		do {
			if (this.#used) this.mix(0);
			this.#used = true;
			this.step();
		} while (!isScalar(this.#value));
		return this.#value;
	}

	/** Overwrites what the private key could be found from, the last nonce too. */
	wipe(): void {
		this.#key.fill(0);
		this.#value.fill(0);
	}

	private mix(separator: number, ...parts: readonly Uint8Array[]): void {
		const key = hmacSha256(this.#key, this.#value, Uint8Array.of(separator), ...parts);
		this.#key.fill(0);
		this.#key = key;
		this.step();
	}

	private step(): void {
		const value = hmacSha256(this.#key, this.#value);
		this.#value.fill(0);
		this.#value = value;
	}
}
