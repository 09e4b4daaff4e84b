import Bin from "bin";
import { type Bytes, view, whole } from "./bytes.js";
import { Digest } from "./crypt.js";

const blockSize = 64;
const hashSize = 32;
const roundsPerStep = 1000;
const longestKey = 128;

/** See hosts/types/primitives.d.ts. */
export class SHA256 {
	#digest: Digest | undefined = new Digest("SHA256");

	write(bytes: Bytes): void {
		this.open().write(view(bytes));
	}

	close(): ArrayBuffer {
		const digest = this.open();
		this.#digest = undefined;
		const result = digest.close();
		wipe(digest);
		return result;
	}

	private open(): Digest {
		if (this.#digest === undefined) throw new Error("SHA256: closed");
		return this.#digest;
	}
}

/** See hosts/types/primitives.d.ts. */
export function hmac(key: Bytes, message: Bytes): ArrayBuffer {
	const keyed = new Hmac(view(key));
	const result = keyed.of(view(message));
	keyed.wipe();
	return result;
}

/**
 * See hosts/types/primitives.d.ts. The SDK's digest gives out no copy of its state, so each round hashes the two
 * padded keys again: four blocks instead of two.
 */
export class PBKDF2 {
	readonly #hmac: Hmac;
	readonly #salt: Uint8Array;
	readonly #rounds: number;
	readonly #key: Uint8Array<ArrayBuffer>;
	/** Bytes of the key that are done, and rounds of the part that is not. */
	#done = 0;
	#round = 0;
	/** The last round's result, and all of this part's combined. */
	#last = new ArrayBuffer(0);
	#sum = new ArrayBuffer(0);

	constructor(password: Bytes, salt: Bytes, rounds: number, length: number) {
		this.#rounds = whole(rounds, 1, 0x7fffffff, "rounds");
		this.#key = new Uint8Array(whole(length, 1, longestKey, "length"));
		const salted = view(salt);
		this.#hmac = new Hmac(view(password));
		this.#salt = new Uint8Array(salted.length + 4);
		this.#salt.set(salted);
	}

	step(): ArrayBuffer | undefined {
		for (let i = 0; i < roundsPerStep && this.#done < this.#key.length; i++) this.oneRound();
		return this.#done === this.#key.length ? this.#key.slice().buffer : undefined;
	}

	private oneRound(): void {
		if (this.#round === 0) {
			this.#salt[this.#salt.length - 1] = this.#done / hashSize + 1;
			this.#last = this.#hmac.of(this.#salt);
			this.#sum = this.#last;
		} else {
			this.#last = this.#hmac.of(this.#last);
			this.#sum = Bin.xor(this.#sum, this.#last);
		}
		this.#round += 1;
		if (this.#round === this.#rounds) this.endPart();
	}

	private endPart(): void {
		const part = new Uint8Array(this.#sum);
		const rest = this.#key.length - this.#done;
		this.#key.set(rest < hashSize ? part.subarray(0, rest) : part, this.#done);
		part.fill(0);
		new Uint8Array(this.#last).fill(0);
		this.#done += Math.min(rest, hashSize);
		this.#round = 0;
		if (this.#done === this.#key.length) this.#hmac.wipe();
	}
}

/** HMAC-SHA-256 with one key over any number of messages. */
class Hmac {
	readonly #digest = new Digest("SHA256");
	readonly #inner: Uint8Array;
	readonly #outer: Uint8Array;

	constructor(key: Uint8Array) {
		const block = new Uint8Array(blockSize);
		const short = key.length > blockSize ? this.hash(key) : key;
		block.set(short);
		if (short !== key) short.fill(0);
		this.#inner = padded(block, 0x36);
		this.#outer = padded(block, 0x5c);
		block.fill(0);
	}

	of(message: Uint8Array | ArrayBuffer): ArrayBuffer {
		const digest = this.#digest;
		digest.reset();
		digest.write(this.#inner);
		digest.write(message);
		const inner = digest.close();
		digest.reset();
		digest.write(this.#outer);
		digest.write(inner);
		return digest.close();
	}

	wipe(): void {
		this.#inner.fill(0);
		this.#outer.fill(0);
		wipe(this.#digest);
	}

	private hash(key: Uint8Array): Uint8Array {
		this.#digest.write(key);
		return new Uint8Array(this.#digest.close());
	}
}

/** Natively: a loop over the bytes takes longer than the hash itself. */
function padded(block: Uint8Array, pad: number): Uint8Array {
	return new Uint8Array(Bin.xor(block, new Uint8Array(blockSize).fill(pad)));
}

/** Overwrites the state and the part of a block that it keeps (its last byte was padding or a length). */
function wipe(digest: Digest): void {
	digest.reset();
	digest.write(new Uint8Array(blockSize - 1));
}
