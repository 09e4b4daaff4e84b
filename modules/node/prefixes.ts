import { find } from "bulk";
import { prefixLength } from "../chain/chain.js";

/** The first 16 bytes of many hashes, in a row: a board has no room for an object of each. */
export class Prefixes implements Iterable<Uint8Array> {
	readonly row: Uint8Array;

	/** `row`: a multiple of 16 bytes. */
	constructor(row: Uint8Array) {
		this.row = row;
	}

	/** Those of these hashes, or prefixes of them. */
	static of(hashes: Iterable<Uint8Array>): Prefixes {
		let row = new Uint8Array(0);
		let length = 0;
		for (const hash of hashes) {
			if (length === row.length) {
				const larger = new Uint8Array(length + 32 * prefixLength);
				larger.set(row);
				row = larger;
			}
			row.set(hash.subarray(0, prefixLength), length);
			length += prefixLength;
		}
		return new Prefixes(row.subarray(0, length));
	}

	get count(): number {
		return this.row.length / prefixLength;
	}

	/** In one go: a peer may send as many as come in one message, all of them the same, for each of which this node has another. */
	has(prefix: Uint8Array): boolean {
		const { row } = this;
		return row.length > 0 && find(row, 0, prefixLength, row.length, prefix, 0, prefixLength) >= 0;
	}

	/** The first so many of them. */
	first(count: number): Uint8Array[] {
		const first: Uint8Array[] = [];
		for (const prefix of this) {
			if (first.length === count) break;
			first.push(prefix);
		}
		return first;
	}

	/** All but the first so many. */
	after(count: number): Prefixes {
		return new Prefixes(this.row.subarray(count * prefixLength));
	}

	/** The first so many of those for which `isWanted`, copied: who keeps them does not keep all. */
	firstOf(isWanted: (prefix: Uint8Array) => boolean, count: number): Prefixes {
		return Prefixes.of(this.wanted(isWanted, count));
	}

	*[Symbol.iterator](): Generator<Uint8Array, void, undefined> {
		for (let at = 0; at < this.row.length; at += prefixLength) yield this.row.subarray(at, at + prefixLength);
	}

	private *wanted(
		isWanted: (prefix: Uint8Array) => boolean,
		count: number
	): Generator<Uint8Array, void, undefined> {
		let left = count;
		for (const prefix of this) {
			if (left === 0) return;
			if (!isWanted(prefix)) continue;
			left -= 1;
			yield prefix;
		}
	}
}
