import { decodeUtf8, encodeUtf8, Records } from "../bytes/bytes.js";
import { nameLimit } from "../names/names.js";
import type { BlockIndex } from "./block-index.js";
import { absentFlag, keyLength, typesLimit } from "./body.js";
import { type Grant, Grants } from "./grants.js";
import { type IdText, idLength, idText } from "./node-id.js";
import { Rank, rankOf } from "./rank.js";

/** What the chain says of a member, but for its grants. */
export interface MemberRow {
	readonly id: Uint8Array;
	readonly name: string;
	/** The numbers of its devices' types, 1 to 8; `absentFlag` is set in those that it has no more. */
	readonly types: Uint8Array;
	/** Current public key, compressed: 33 bytes. */
	readonly key: Uint8Array;
	/** How often it had another before. */
	readonly turn: number;
	/** Two keys claim to be its next one: nothing that it gives counts, and as an ordinary member it may not act. */
	readonly isFrozen: boolean;
	readonly rank: Rank;
	/** Who admitted it; null for the founder, and for whose sponsor is no member any more. */
	readonly sponsor: Uint8Array | null;
	/** A bit for each device of a guarded type that an owner has seen. */
	readonly guards: number;
}

/** A node that belongs to the home. */
export interface Member extends MemberRow {
	readonly grants: readonly Grant[];
	readonly idText: IdText;
	/** The number of its first device's type. */
	readonly type: number;
	readonly isOwner: boolean;
	readonly isProvisional: boolean;
}

/** A member's record: id, key, turn, standing, guards, sponsor, types with their count, name with its length. */
const keyAt = idLength;
const turnAt = keyAt + keyLength;
const standingAt = turnAt + 2;
const guardsAt = standingAt + 1;
const sponsorAt = guardsAt + 1;
const typesAt = sponsorAt + idLength;
const nameAt = typesAt + 1 + typesLimit;
const recordLength = nameAt + 1 + nameLimit;
const rankMask = 15;
const frozenFlag = 16;
const sponsorFlag = 64;

/**
 * Members in their order, 103 bytes each, and their grants: 64 of them as objects would not fit a microcontroller.
 * What is taken out of it reads there what it is asked for, and shows what stood there when it was taken out.
 */
export class Roster implements Iterable<Member> {
	readonly grants: Grants;
	#members: Records;

	/** `room`: for how many there is room at once; `grants`: its own from now on. */
	constructor(room = 0, grants = new Grants()) {
		this.grants = grants;
		this.#members = new Records(recordLength, room);
	}

	get size(): number {
		return this.#members.count;
	}

	/** Undefined also for the beginning of an id. */
	get(id: Uint8Array): Member | undefined {
		const number = id.length === idLength ? this.#members.find(id) : -1;
		return number < 0 ? undefined : this.at(number);
	}

	/** The number of the member of that id, or -1. */
	numberOf(id: Uint8Array): number {
		return this.#members.find(id);
	}

	/** Whether there is a member of that id. */
	has(id: Uint8Array): boolean {
		return this.#members.find(id) >= 0;
	}

	/** Puts a member in the place of what was known of it, or at the end. Only while nobody else has this roster. */
	put(member: MemberRow): this {
		const record = recordOf(member);
		const number = this.#members.find(member.id);
		if (number < 0) this.#members.add(record);
		else this.#members.at(number).set(record);
		return this;
	}

	/** Puts a copy of another roster's member behind the others, with this rank and these guards. */
	take(from: Roster, number: number, rank: Rank, guards: number): void {
		const at = this.size;
		const members = this.#members;
		members.addFrom(from.#members, number);
		members.setByte(at, standingAt, (members.byte(at, standingAt) & ~rankMask) | rank);
		members.setByte(at, guardsAt, guards);
	}

	/**
	 * Puts a copy of another roster's member behind the others as a table says it: of an owner only name, types and guards, and no
	 * sponsor who has none.
	 */
	takeAsRow(from: Roster, number: number, isSponsorThere: boolean): void {
		const at = this.size;
		this.#members.addFrom(from.#members, number);
		const record = this.#members.at(at);
		const isOwner = rankIn(record) === Rank.owner;
		if (isOwner) record.fill(0, keyAt, standingAt);
		if (!isOwner && isSponsorThere) return;
		record.fill(0, sponsorAt, typesAt);
		record[standingAt] &= isOwner ? rankMask : rankMask | frozenFlag;
	}

	/** The same members without grants. */
	copy(): Roster {
		const copy = new Roster();
		copy.#members = this.#members.copy();
		return copy;
	}

	/** The number of another roster's member here, or -1. */
	placeOf(other: Roster, number: number): number {
		return this.#members.findOf(other.#members, number, 0, idLength);
	}

	/** Takes over grants of those who are members here, but for some numbers: see `Grants.appendAmong`. */
	takeGrants(grants: Grants, without: readonly number[] = []): void {
		this.grants.appendAmong(this.#members, grants, without);
	}

	/** The number of the author of block `number` here, or -1. */
	placeOfAuthor(index: BlockIndex, number: number): number {
		return index.authorIn(this.#members, number);
	}

	/** The number of whom block `number` is about (see `BlockIndex.subject`) here, or -1. */
	placeOfSubject(index: BlockIndex, number: number): number {
		return index.subjectIn(this.#members, number);
	}

	/** The number of the record that begins with a member's id, or -1. */
	idIn(records: Records, number: number): number {
		return records.findOf(this.#members, number, 0, idLength);
	}

	/** A view of a member's id. */
	idAt(number: number): Uint8Array {
		return this.#members.at(number).subarray(0, idLength);
	}

	rankAt(number: number): Rank {
		return rankOf(this.#members.byte(number, standingAt) & rankMask) ?? Rank.provisional;
	}

	guardsAt(number: number): number {
		return this.#members.byte(number, guardsAt);
	}

	isFrozenAt(number: number): boolean {
		return (this.#members.byte(number, standingAt) & frozenFlag) !== 0;
	}

	/** `sponsor`: 16 bytes. Only while nobody else has this roster. */
	setSponsor(number: number, sponsor: Uint8Array): void {
		const record = this.#members.at(number);
		record.set(sponsor, sponsorAt);
		record[standingAt] |= sponsorFlag;
	}

	/** A view of the id of who admitted a member, or null: see `MemberRow`. */
	sponsorAt(number: number): Uint8Array | null {
		return this.hasSponsor(number) ? sponsorIn(this.#members.at(number)) : null;
	}

	/** The number here of who admitted a member of another roster, or -1. */
	placeOfSponsor(other: Roster, number: number): number {
		return other.hasSponsor(number) ? this.#members.findOf(other.#members, number, sponsorAt, idLength) : -1;
	}

	/** Whether a member and one of another roster have the same sponsor, or none. */
	hasSponsorOf(number: number, other: Roster, otherNumber: number): boolean {
		return this.#members.hasPartOf(number, other.#members, otherNumber, sponsorAt, idLength);
	}

	private hasSponsor(number: number): boolean {
		return (this.#members.byte(number, standingAt) & sponsorFlag) !== 0;
	}

	*[Symbol.iterator](): Generator<Member, void, undefined> {
		for (let number = 0; number < this.size; number += 1) yield this.at(number);
	}

	/** Member `number` in their order. Throws a RangeError when there is none. */
	at(number: number): Member {
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

	get types(): Uint8Array {
		return this.#record.subarray(typesAt + 1, typesAt + 1 + this.#record[typesAt]);
	}

	get type(): number {
		return this.#record[typesAt + 1] & ~absentFlag;
	}

	get key(): Uint8Array {
		return this.#record.subarray(keyAt, turnAt);
	}

	get isFrozen(): boolean {
		return (this.#record[standingAt] & frozenFlag) !== 0;
	}

	get turn(): number {
		return this.#record[turnAt] * 256 + this.#record[turnAt + 1];
	}

	get guards(): number {
		return this.#record[guardsAt];
	}

	get rank(): Rank {
		return rankIn(this.#record);
	}

	get isOwner(): boolean {
		return this.rank === Rank.owner;
	}

	get isProvisional(): boolean {
		return this.rank === Rank.provisional;
	}

	get sponsor(): Uint8Array | null {
		return sponsorIn(this.#record);
	}

	get grants(): readonly Grant[] {
		return this.#grants.of(this.id);
	}
}

function rankIn(record: Uint8Array): Rank {
	return rankOf(record[standingAt] & rankMask) ?? Rank.provisional;
}

function sponsorIn(record: Uint8Array): Uint8Array | null {
	return (record[standingAt] & sponsorFlag) === 0 ? null : record.subarray(sponsorAt, typesAt);
}

/** The UTF-8 of a record's name. */
function nameIn(record: Uint8Array): Uint8Array {
	const start = nameAt + 1;
	return record.subarray(start, start + record[nameAt]);
}

function recordOf(member: MemberRow): Uint8Array {
	const { id, name, types, key, turn, isFrozen, rank, sponsor, guards } = member;
	const record = new Uint8Array(recordLength);
	const text = encodeUtf8(name);
	record.set(id);
	record.set(key, keyAt);
	record[turnAt] = turn >> 8;
	record[turnAt + 1] = turn & 255;
	record[standingAt] = rank + (isFrozen ? frozenFlag : 0) + (sponsor === null ? 0 : sponsorFlag);
	record[guardsAt] = guards;
	if (sponsor !== null) record.set(sponsor, sponsorAt);
	record[typesAt] = types.length;
	record.set(types, typesAt + 1);
	record[nameAt] = text.length;
	record.set(text, nameAt + 1);
	return record;
}

/** A row as an object of its own: what a roster gives out reads its buffer. */
export function plainRow({
	id,
	name,
	types,
	key,
	turn,
	isFrozen,
	rank,
	sponsor,
	guards
}: MemberRow): MemberRow {
	return {
		id: id.slice(),
		name,
		types: types.slice(),
		key: key.slice(),
		turn,
		isFrozen,
		rank,
		sponsor: sponsor === null ? null : sponsor.slice(),
		guards
	};
}
