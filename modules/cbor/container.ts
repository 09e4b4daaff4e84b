import { compareBytes } from "../bytes/bytes.js";
import { CborError } from "./cbor-error.js";
import type { CborValue } from "./value.js";

/** An array or map that is being read. */
export abstract class Container {
	abstract readonly value: CborValue;
	#missing: number;

	/** `count` items are to come. */
	constructor(count: number) {
		this.#missing = count;
	}

	get full(): boolean {
		return this.#missing === 0;
	}

	/** Takes the next item, whose encoding ends at `end`, and says whether it was the last. */
	add(item: CborValue, end: number): boolean {
		this.keep(item, end);
		this.#missing -= 1;
		return this.#missing === 0;
	}

	protected abstract keep(item: CborValue, end: number): void;
}

export class OpenArray extends Container {
	readonly value: CborValue[] = [];

	protected override keep(item: CborValue): void {
		this.value.push(item);
	}
}

export class OpenMap extends Container {
	readonly value = new Map<CborValue, CborValue>();
	readonly #bytes: Uint8Array;
	/** Where the next item begins. */
	#start: number;
	#key: CborValue;
	#keyIsNext = true;
	#lastKey: Uint8Array | undefined;

	/** `bytes` from `start` on hold `count` pairs. */
	constructor(count: number, bytes: Uint8Array, start: number) {
		super(2 * count);
		this.#bytes = bytes;
		this.#start = start;
	}

	protected override keep(item: CborValue, end: number): void {
		if (this.#keyIsNext) {
			const key = this.#bytes.subarray(this.#start, end);
			const order = this.#lastKey === undefined ? -1 : compareBytes(this.#lastKey, key);
			if (order === 0) throw new CborError("a map with a key twice", this.#start);
			if (order > 0) throw new CborError("a map with keys out of order", this.#start);
			this.#lastKey = key;
			this.#key = item;
		} else {
			this.value.set(this.#key, item);
		}
		this.#keyIsNext = !this.#keyIsNext;
		this.#start = end;
	}
}
