import { concat, decodeUtf8, encodeUtf8, Records } from "../bytes/bytes.js";
import { type Grant, Grants } from "./grants.js";
import { nameLimit } from "./name.js";
import { type IdText, idLength, idText } from "./node-id.js";
import { Rank } from "./rank.js";

/** Bytes of a compressed public key. */
export const keyLength = 33;

/** What blocks say of a member, but for its grants. */
export interface MemberRow {
	readonly id: Uint8Array;
	readonly name: string;
	/** The device type's number. */
	readonly type: number;
	/** Current public key, compressed: 33 bytes. */
	readonly key: Uint8Array;
	/** Two keys claim to be its next one: neither may act. */
	readonly isFrozen: boolean;
	readonly rank: Rank;
	/** The sequence of its next block. */
	readonly next: number;
}

/** A node that belongs to the home. */
export interface Member extends MemberRow {
	readonly grants: readonly Grant[];
	readonly idText: IdText;
	readonly isFounder: boolean;
	/** Whether it may remove and grant: admins and founders. */
	readonly isAdmin: boolean;
}

/** A member's record: id, key, type, rank with a flag, sequence, length of the name, name. */
const keyAt = idLength;
const typeAt = keyAt + keyLength;
const standingAt = typeAt + 1;
const nextAt = standingAt + 1;
const nameAt = nextAt + 4;
const recordLength = nameAt + 1 + nameLimit;
const frozenFlag = 16;

/**
 * Members in their order, 72 bytes each, and their grants: 64 of them as objects would not fit a microcontroller.
 * What is taken out of it reads there what it is asked for, and shows what stood there when it was taken out.
 */
export class Roster implements Iterable<Member> {
	readonly grants: Grants;
	#members = new Records(recordLength);

	/** `grants`: its own from now on. */
	constructor(grants = new Grants()) {
		this.grants = grants;
	}

	copy(): Roster {
		const copy = new Roster(this.grants.copy());
		copy.#members = this.#members.copy();
		return copy;
	}

	get size(): number {
		return this.#members.count;
	}

	/** Undefined also for the beginning of an id. */
	get(id: Uint8Array): Member | undefined {
		const number = id.length === idLength ? this.#members.find(id) : -1;
		return number < 0 ? undefined : this.#at(number);
	}

	/** Puts a member in the place of what was known of it, or at the end. Only while nobody else has this roster. */
	put(member: MemberRow): this {
		const record = recordOf(member);
		const number = this.#members.find(member.id);
		if (number < 0) this.#members.add(record);
		else this.#members.at(number).set(record);
		return this;
	}

	/** Members of that name. */
	named(name: string): readonly Member[] {
		const text = encodeUtf8(name);
		const named: Member[] = [];
		if (text.length > nameLimit) return named;
		const wanted = concat(Uint8Array.of(text.length), text);
		const members = this.#members;
		for (let at = members.next(wanted, nameAt, 0); at >= 0; at = members.next(wanted, nameAt, at + 1)) {
			named.push(this.#at(at));
		}
		return named;
	}

	*[Symbol.iterator](): Generator<Member, void, undefined> {
		for (let number = 0; number < this.size; number += 1) yield this.#at(number);
	}

	#at(number: number): Member {
		return new RosterMember(this.#members.at(number), this.grants);
	}
}

/** A member in a roster. */
class RosterMember implements Member {
	readonly #record: Uint8Array;
	readonly #grants: Grants;
	#text: IdText | undefined;

	constructor(record: Uint8Array, grants: Grants) {
		this.#record = record;
		this.#grants = grants;
	}

	get id(): Uint8Array {
		return this.#record.subarray(0, idLength);
	}

	get idText(): IdText {
		this.#text ??= idText(this.id);
		return this.#text;
	}

	get name(): string {
		return decodeUtf8(nameIn(this.#record));
	}

	get type(): number {
		return this.#record[typeAt] ?? 0;
	}

	get key(): Uint8Array {
		return this.#record.subarray(keyAt, typeAt);
	}

	get isFrozen(): boolean {
		return ((this.#record[standingAt] ?? 0) & frozenFlag) !== 0;
	}

	get rank(): Rank {
		const rank = (this.#record[standingAt] ?? 0) % frozenFlag;
		if (rank === Rank.founder || rank === Rank.admin) return rank;
		return Rank.member;
	}

	get isFounder(): boolean {
		return this.rank === Rank.founder;
	}

	get isAdmin(): boolean {
		return this.rank >= Rank.admin;
	}

	get next(): number {
		const { buffer, byteOffset } = this.#record;
		return new DataView(buffer, byteOffset).getUint32(nextAt);
	}

	get grants(): readonly Grant[] {
		return this.#grants.of(this.id);
	}
}

/** The UTF-8 of a record's name. */
function nameIn(record: Uint8Array): Uint8Array {
	const start = nameAt + 1;
	return record.subarray(start, start + (record[nameAt] ?? 0));
}

function recordOf({ id, name, type, key, isFrozen, rank, next }: MemberRow): Uint8Array {
	const record = new Uint8Array(recordLength);
	const text = encodeUtf8(name);
	record.set(id);
	record.set(key, keyAt);
	record[typeAt] = type;
	record[standingAt] = rank + (isFrozen ? frozenFlag : 0);
	new DataView(record.buffer).setUint32(nextAt, next);
	record[nameAt] = text.length;
	record.set(text, nameAt + 1);
	return record;
}

/** A member whose next block has another sequence. */
export function withNext(member: MemberRow, next: number): MemberRow {
	const { id, name, type, key, isFrozen, rank } = member;
	return { id, name, type, key, isFrozen, rank, next };
}
