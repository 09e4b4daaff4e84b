import { concat } from "../bytes/bytes.js";
import { CborError, type CborValue, isArray, isBytes } from "../cbor/cbor.js";
import { type Form, MessageError } from "../node/node.js";

/** A form whose reading throws a MessageError for what CBOR refuses. */
export function form<T>(write: (value: T) => Uint8Array, read: (payload: Uint8Array) => T): Form<T> {
	return Object.freeze({
		write,
		read(payload: Uint8Array): T {
			try {
				return read(payload);
			} catch (error) {
				if (!(error instanceof CborError)) throw error;
				throw new MessageError(`not a message: ${error.message}`);
			}
		}
	});
}

export function list(value: CborValue): readonly CborValue[] {
	if (!isArray(value)) throw new MessageError("not a list");
	return value;
}

export function bytes(value: CborValue, length: number, what: string): Uint8Array {
	if (!isBytes(value, length)) throw new MessageError(`the ${what} has not ${length} bytes`);
	return value;
}

/** A row of at most `limit` parts, each of `length` bytes. */
export function whole(row: CborValue, length: number, limit: number, what: string): Uint8Array {
	if (!isBytes(row) || row.length % length !== 0) throw new MessageError(`the ${what} are cut off`);
	if (row.length > limit * length) throw new MessageError(`too many ${what}`);
	return row;
}

/** The parts of a row, each of `length` bytes; at most `limit` of them. */
export function parted(value: CborValue, length: number, limit: number, what: string): Uint8Array[] {
	const row = whole(value, length, limit, what);
	const parts: Uint8Array[] = [];
	for (let at = 0; at < row.length; at += length) parts.push(row.slice(at, at + length));
	return parts;
}

export function row(parts: readonly Uint8Array[]): Uint8Array {
	return concat(...parts);
}
