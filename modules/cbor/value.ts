/** What our CBOR can say. Numbers are integers; bytes are compared by identity when they are keys of a Map. */
export type CborValue =
	| number
	| string
	| boolean
	| null
	| undefined
	| Uint8Array
	| readonly CborValue[]
	| ReadonlyMap<CborValue, CborValue>;

export function isArray(value: CborValue): value is readonly CborValue[] {
	return Array.isArray(value);
}

export function isMap(value: CborValue): value is ReadonlyMap<CborValue, CborValue> {
	return value instanceof Map;
}

/** A byte string, of `length` bytes where that is given. */
export function isBytes(value: CborValue, length?: number): value is Uint8Array {
	return value instanceof Uint8Array && (length === undefined || value.length === length);
}

export function isText(value: CborValue): value is string {
	return typeof value === "string";
}

/** An integer from `minimum` to `maximum`. */
export function isInteger(
	value: CborValue,
	minimum: number = Number.MIN_SAFE_INTEGER,
	maximum: number = Number.MAX_SAFE_INTEGER
): value is number {
	return typeof value === "number" && Number.isSafeInteger(value) && value >= minimum && value <= maximum;
}
