import { compareBytes, equalBytes, type Records } from "../bytes/bytes.js";
import type { BlockIndex } from "./block-index.js";
import { Flag, Role } from "./block-role.js";
import { Kind, prefixLength } from "./body.js";
import type { Contents, Ending } from "./contents.js";
import type { KeyChain } from "./key-chain.js";
import type { Table } from "./table.js";

/** Places of each owner for what it took and is not in its log here. */
export const alonePlaces = 12;
/** How much higher than the covered number a taking's may be, so that an invented one does not stay for good. */
export const takingWindow = 48;

/** A block's mark while a log is selected, a bit each. */
const linked = 1;
const ended = 2;
const stands = 4;
const kept = 8;

/** What the base says to one author's log. */
export interface LogBase {
	/** Its hash, of which 16 bytes are used. */
	readonly hash: Uint8Array;
	readonly number: number;
	readonly table: Table;
}

/** Whether what a taking says is not in a table that covers its author up to `covered`. */
export function isUncovered(taking: number, covered: number): boolean {
	return taking > covered && taking <= covered + takingWindow;
}

/** The choice of what is kept of one author: a function of its blocks alone, in whatever order they came. */
export class AuthorLog {
	readonly #index: BlockIndex;
	readonly #contents: Contents;
	readonly #chain: KeyChain;
	readonly #base: LogBase;
	readonly #basePrefix: Uint8Array;
	readonly #first: number;
	readonly #end: number;
	/** For each of its blocks. */
	readonly #marks: Uint8Array;

	constructor(options: {
		index: BlockIndex;
		contents: Contents;
		author: Uint8Array;
		chain: KeyChain;
		base: LogBase;
	}) {
		const { index, author } = options;
		this.#index = index;
		this.#contents = options.contents;
		this.#chain = options.chain;
		this.#base = options.base;
		this.#basePrefix = options.base.hash.subarray(0, prefixLength);
		this.#first = index.firstOf(author);
		let end = this.#first;
		while (index.isBy(end, author)) end += 1;
		this.#end = end;
		this.#marks = new Uint8Array(end - this.#first);
	}

	/**
	 * Keeps of its log the blocks that follow one another from the base without gap, under keys that reach them, the lowest by
	 * sequence and hash, as many as it has places. `isOwner`: its rotates need none of them. `maySponsor`: a provisional
	 * member's adds are not kept.
	 */
	keepLog({ places, isOwner, maySponsor }: { places: number; isOwner: boolean; maySponsor: boolean }): void {
		const left = isOwner ? places : places - this.#chain.rotates.length - this.#chain.rivals.length;
		// A block that a rotate names counts as here only if it has a place: else what is kept would hang on what is not.
		const missing: number[] = [];
		const hasEnds = this.#chain.rotates.length > 0;
		for (let number = this.#first; number < this.#end; number += 1) {
			this.#index.setFlag(number, Flag.unsettled, false);
		}
		do {
			this.#marks.fill(0);
			this.link(maySponsor);
			if (hasEnds) this.dropEnded(missing);
			this.choose(left, hasEnds ? stands : linked);
		} while (hasEnds && this.findMissing(missing));
		for (let number = this.#first; number < this.#end; number += 1) {
			if (this.has(number, kept)) this.#index.setRole(number, Role.log);
		}
	}

	/** The lowest of those with a mark that follow one another. */
	private choose(places: number, mark: number): void {
		let left = places;
		for (let number = this.#first; number < this.#end && left > 0; number += 1) {
			if (!this.has(number, mark) || !this.isLinkedTo(number, kept)) continue;
			this.mark(number, kept);
			left -= 1;
		}
	}

	/** Adds the rotates of this base whose previous is not among what is kept. Returns whether there were more. */
	private findMissing(missing: number[]): boolean {
		const before = missing.length;
		for (const rotate of this.#chain.rotates) {
			if (missing.includes(rotate) || !equalBytes(this.endingAt(rotate).base, this.#basePrefix)) continue;
			if (this.#index.isAfter(rotate, this.#basePrefix) || this.previousOf(rotate, kept) >= 0) continue;
			missing.push(rotate);
		}
		return missing.length > before;
	}

	/**
	 * Keeps the takings of an owner that are not in its log: what the base does not cover, the lowest number first; then removes
	 * that the table should show and does not, the newest first. `owners`: ids that no table shows as removed.
	 */
	keepAlone(covered: number, owners: Records): void {
		const index = this.#index;
		const uncovered: number[] = [];
		const removals: number[] = [];
		for (let number = this.#first; number < this.#end; number += 1) {
			if (!index.isTaking(number) || this.has(number, kept) || !this.#chain.has(number)) continue;
			const taking = index.value(number);
			const end = this.#chain.endOf(number);
			if (end >= 0 && taking > this.endingAt(end).lastTaking) continue;
			if (isUncovered(taking, covered)) uncovered.push(number);
			else if (end < 0 && this.isMissing(number, owners)) removals.push(number);
		}
		uncovered.sort((a, b) => index.value(a) - index.value(b) || index.compareHashes(a, b));
		removals.sort((a, b) => index.value(b) - index.value(a) || index.compareHashes(a, b));
		let left = alonePlaces;
		for (const number of [...uncovered, ...removals]) {
			if (left === 0) break;
			index.setRole(number, Role.alone);
			left -= 1;
		}
	}

	/** Follows the log from the base, whatever its keys' ends say of single blocks. */
	private link(maySponsor: boolean): void {
		const index = this.#index;
		for (let number = this.#first; number < this.#end; number += 1) {
			const kind = index.kind(number);
			if (kind === Kind.rotate || !this.isLinkedTo(number, linked)) continue;
			if (kind === Kind.add && !maySponsor) continue;
			if (this.isUnderNewer(number)) continue;
			this.mark(number, this.isReached(number) ? linked : ended);
		}
	}

	/** Whether a block follows the base, or one of this author's with a mark. */
	private isLinkedTo(number: number, mark: number): boolean {
		const index = this.#index;
		if (index.sequence(number) === 0) return index.isAfter(number, this.#basePrefix);
		return this.before(number, mark) >= 0;
	}

	private before(number: number, mark: number): number {
		const index = this.#index;
		const sequence = index.sequence(number) - 1;
		for (let at = number - 1; at >= this.#first && index.sequence(at) >= sequence; at -= 1) {
			if (index.sequence(at) === sequence && this.has(at, mark) && index.follows(number, at)) return at;
		}
		return -1;
	}

	/** Whether the block before it was signed with a later key. */
	private isUnderNewer(number: number): boolean {
		if (this.#chain.rotates.length === 0) return false;
		const before = this.before(number, linked);
		const place = this.#chain.placeOf(number);
		return before >= 0 && place >= 0 && place < this.#chain.placeOf(before);
	}

	/** A key that a rotate ended reaches no block of a base that comes after the rotate's. */
	private isReached(number: number): boolean {
		if (!this.#chain.has(number)) return false;
		const rotate = this.#chain.endOf(number);
		if (rotate < 0) return true;
		const { base, number: at } = this.endingAt(rotate);
		if (equalBytes(base, this.#basePrefix)) return true;
		return !(
			this.#base.number > at ||
			(this.#base.number === at && compareBytes(this.#basePrefix, base) < 0)
		);
	}

	/**
	 * On the base of a rotate those blocks of the old key stand that are, or lie under, the rotate's previous. While that is not
	 * here, those below the rotate's sequence are kept, but only what they take counts.
	 */
	private dropEnded(missing: readonly number[]): void {
		const index = this.#index;
		for (let number = this.#first; number < this.#end; number += 1) {
			if (!this.has(number, linked)) continue;
			const rotate = this.#chain.endOf(number);
			index.setFlag(number, Flag.unsettled, false);
			if (rotate < 0 || !equalBytes(this.endingAt(rotate).base, this.#basePrefix)) this.mark(number, stands);
			else this.judgeEnded(number, rotate, missing.includes(rotate));
		}
		for (let number = this.#first; number < this.#end; number += 1) {
			if (index.hasFlag(number, Flag.unsettled)) this.mark(number, stands);
		}
	}

	private judgeEnded(number: number, rotate: number, isMissing: boolean): void {
		const index = this.#index;
		const isAtBase = index.isAfter(rotate, this.#basePrefix);
		const last = isAtBase || isMissing ? -1 : this.previousOf(rotate, linked);
		if (!isAtBase && last < 0) {
			if (index.sequence(number) < index.sequence(rotate)) index.setFlag(number, Flag.unsettled, true);
		} else if (this.isUnder(number, last)) this.mark(number, stands);
		else this.mark(number, ended);
	}

	/** The block with a mark that a rotate names as the one before it, or -1. */
	private previousOf(rotate: number, mark: number): number {
		for (let at = this.#first; at < this.#end; at += 1) {
			if (this.has(at, mark) && this.#index.follows(rotate, at)) return at;
		}
		return -1;
	}

	/** Whether a block is, or lies under, another; -1 is none. */
	private isUnder(number: number, other: number): boolean {
		for (let at = other; at >= 0; at = this.before(at, linked)) if (at === number) return true;
		return false;
	}

	/** Whether a table should show an id as removed and does not. Its list may be full, but of invented ids. */
	private isMissing(number: number, owners: Records): boolean {
		if (this.#index.kind(number) !== Kind.remove) return false;
		return this.#contents.removesOther(this.#index.slot(number), owners, this.#base.table.removed);
	}

	private endingAt(rotate: number): Ending {
		return this.#contents.ending(this.#index.slot(rotate));
	}

	private has(number: number, mark: number): boolean {
		return (this.#marks[number - this.#first] & mark) !== 0;
	}

	private mark(number: number, mark: number): void {
		this.#marks[number - this.#first] |= mark;
	}
}
