import { CborError } from "./cbor-error.js";
import { type CborValue, isArray, isBytes, isInteger, isMap, isText } from "./value.js";

/**
 * The items of a decoded array, read one after the other, each as the type that its place calls for. Every
 * method throws a CborError naming the item when it is missing or of another type.
 */
export class Items {
	readonly #items: readonly CborValue[];
	readonly #what: string;
	#next = 0;

	/** `what` names the array in errors. It must have exactly `count` items where that is given. */
	constructor({ value, what, count }: { value: CborValue; what: string; count?: number }) {
		if (!isArray(value)) throw new CborError(`${what} is not an array`);
		if (count !== undefined && value.length !== count) {
			throw new CborError(`${what} has ${value.length} items instead of ${count}`);
		}
		this.#items = value;
		this.#what = what;
	}

	/** How many items are still to be read. */
	get remaining(): number {
		return this.#items.length - this.#next;
	}

	/** The next item, of any type. */
	value(): CborValue {
		if (this.remaining === 0) throw new CborError(`${this.#what} ends before item ${this.#next}`);
		return this.#items[this.#next++];
	}

	integer(minimum: number = Number.MIN_SAFE_INTEGER, maximum: number = Number.MAX_SAFE_INTEGER): number {
		const value = this.value();
		if (!isInteger(value, minimum, maximum)) this.refuse(`an integer from ${minimum} to ${maximum}`);
		return value;
	}

	/** A byte string, of `length` bytes where that is given. */
	bytes(length?: number): Uint8Array {
		const value = this.value();
		if (!isBytes(value, length)) {
			this.refuse(length === undefined ? "a byte string" : `a byte string of ${length} bytes`);
		}
		return value;
	}

	text(): string {
		const value = this.value();
		if (!isText(value)) this.refuse("text");
		return value;
	}

	boolean(): boolean {
		const value = this.value();
		if (typeof value !== "boolean") this.refuse("true or false");
		return value;
	}

	array(): readonly CborValue[] {
		const value = this.value();
		if (!isArray(value)) this.refuse("an array");
		return value;
	}

	map(): ReadonlyMap<CborValue, CborValue> {
		const value = this.value();
		if (!isMap(value)) this.refuse("a map");
		return value;
	}

	/** Passes over the next item if it is null and says whether it was: `items.skipNull() ? null : items.bytes()`. */
	skipNull(): boolean {
		if (this.remaining === 0 || this.#items[this.#next] !== null) return false;
		this.#next += 1;
		return true;
	}

	/** Throws when items are left. */
	end(): void {
		if (this.remaining > 0) throw new CborError(`${this.#what} has more than ${this.#next} items`);
	}

	private refuse(wanted: string): never {
		throw new CborError(`item ${this.#next - 1} of ${this.#what} is not ${wanted}`);
	}
}
