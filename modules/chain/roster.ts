import { decodeUtf8, encodeUtf8, equalBytes, Records } from "../bytes/bytes.js";
import type { Grant } from "./grants.js";
import { nameLimit } from "./name.js";
import { type IdText, idLength, idText } from "./node-id.js";
import { Rank } from "./rank.js";

/** Bytes of a compressed public key. */
export const keyLength = 33;

/** What blocks say of a member, and a checkpoint's table. */
export interface TableMember {
	readonly id: Uint8Array;
	readonly name: string;
	/** The device type's number. */
	readonly type: number;
	/** Current public key, compressed: 33 bytes. */
	readonly key: Uint8Array;
	/** Two keys claim to be its next one: neither may act. */
	readonly isFrozen: boolean;
	readonly rank: Rank;
	readonly grants: readonly Grant[];
	/** The sequence of its next block. */
	readonly next: number;
}

/** A node that belongs to the home. */
export interface Member extends TableMember {
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

/** A grant's record: whose it is, the action, flags, the device. */
const actionAt = idLength;
const flagsAt = actionAt + 1;
const deviceAt = flagsAt + 1;
const grantLength = deviceAt + idLength;
const givesFlag = 1;
const allFlag = 2;

/**
 * Members in their order, 72 bytes each and 18 for each grant: 64 of them as objects would not fit a microcontroller.
 * What is taken out of it reads there what it is asked for, and shows what stood there when it was taken out.
 */
export class Roster implements Iterable<Member> {
	#members = new Records(recordLength);
	#grants = new Records(grantLength);

	constructor(members: Iterable<TableMember> = []) {
		for (const member of members) this.put(member);
	}

	copy(): Roster {
		const copy = new Roster();
		copy.#members = this.#members.copy();
		copy.#grants = this.#grants.copy();
		return copy;
	}

	get size(): number {
		return this.#members.count;
	}

	get(id: Uint8Array): Member | undefined {
		const number = this.#members.find(id);
		return number < 0 ? undefined : this.#at(number);
	}

	/** Puts a member in the place of what was known of it, or at the end. Only while nobody else has this roster. */
	put(member: TableMember): void {
		const { id, grants } = member;
		// Before its grants go: it may be one that was taken out of here.
		const rows = grants.map(grant => grantRecord(id, grant));
		const record = memberRecord(member);
		const number = this.#members.find(id);
		if (number < 0) this.#members.add(record);
		else this.#members.at(number).set(record);
		for (let old = this.#grants.find(id); old >= 0; old = this.#grants.find(id)) this.#grants.remove(old);
		for (const row of rows) this.#grants.add(row);
	}

	/** Members of that name. */
	named(name: string): readonly Member[] {
		const wanted = encodeUtf8(name);
		const named: Member[] = [];
		for (let number = 0; number < this.size; number += 1) {
			if (equalBytes(nameIn(this.#members.at(number)), wanted)) named.push(this.#at(number));
		}
		return named;
	}

	*[Symbol.iterator](): Generator<Member, void, undefined> {
		for (let number = 0; number < this.size; number += 1) yield this.#at(number);
	}

	#at(number: number): Member {
		return new RosterMember(this.#members.at(number), this.#grants);
	}
}

/** A member in a roster. */
class RosterMember implements Member {
	readonly #record: Uint8Array;
	readonly #grants: Records;

	constructor(record: Uint8Array, grants: Records) {
		this.#record = record;
		this.#grants = grants;
	}

	get id(): Uint8Array {
		return this.#record.subarray(0, idLength);
	}

	get idText(): IdText {
		return idText(this.id);
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
		const { id } = this;
		const grants: Grant[] = [];
		for (let number = 0; number < this.#grants.count; number += 1) {
			const row = this.#grants.at(number);
			if (!equalBytes(row.subarray(0, idLength), id)) continue;
			const flags = row[flagsAt] ?? 0;
			const device = (flags & allFlag) !== 0 ? null : row.slice(deviceAt);
			grants.push({ action: row[actionAt] ?? 0, device, granted: (flags & givesFlag) !== 0 });
		}
		return grants;
	}
}

/** The UTF-8 of a record's name. */
function nameIn(record: Uint8Array): Uint8Array {
	const start = nameAt + 1;
	return record.subarray(start, start + (record[nameAt] ?? 0));
}

function memberRecord({ id, name, type, key, isFrozen, rank, next }: TableMember): Uint8Array {
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

function grantRecord(id: Uint8Array, { action, device, granted }: Grant): Uint8Array {
	const record = new Uint8Array(grantLength);
	record.set(id);
	record[actionAt] = action;
	record[flagsAt] = (granted ? givesFlag : 0) + (device === null ? allFlag : 0);
	if (device !== null) record.set(device, deviceAt);
	return record;
}

/** A member whose next block has another sequence. */
export function withNext(member: TableMember, next: number): TableMember {
	const { id, name, type, key, isFrozen, rank, grants } = member;
	return { id, name, type, key, isFrozen, rank, grants, next };
}
