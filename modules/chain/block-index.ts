import { compare, copy, find, findByte } from "bulk";
import type { Records } from "../bytes/bytes.js";
import type { Block } from "./block.js";
import { Flag, Role, roleOf } from "./block-role.js";
import { type Body, Kind, kindNumber, prefixLength, takingOf } from "./body.js";
import { idLength, nodeIdOf } from "./node-id.js";

/** A record: author, sequence, hash (in this order they stand), previous, subject, number of a taking or guards, turn, slot, kind, role, role before, flags. */
const sequenceAt = idLength;
const hashAt = sequenceAt + 2;
const previousAt = hashAt + prefixLength;
const subjectAt = previousAt + prefixLength;
const valueAt = subjectAt + idLength;
const turnAt = valueAt + 4;
const slotAt = turnAt + 2;
const kindAt = slotAt + 2;
const roleAt = kindAt + 1;
const wasAt = roleAt + 1;
const flagsAt = wasAt + 1;
const recordLength = flagsAt + 1;
/** Records for which room is made at a time: an eighth of what there is, in these bounds. */
const growth = Object.freeze({ least: 4, most: 16 });
/** As many as there are slots. */
const recordsLimit = 0x10000;
/** Every kind that has no number of its own here. */
const otherKind = 255;
const nobody = new Uint8Array(idLength);

/**
 * What the rules ask of blocks, 78 bytes each: all of an author's together, by sequence, then by hash. A number is good
 * until the next change; a slot of the storage stays.
 */
export class BlockIndex {
	readonly #buffer = new ArrayBuffer(0, { maxByteLength: recordLength * recordsLimit });
	#bytes = new Uint8Array(this.#buffer, 0, 0);
	#view = new DataView(this.#buffer, 0, 0);
	#length = 0;

	get length(): number {
		return this.#length;
	}

	/** One more, as yet for nothing. */
	insert(block: Block, slot: number): void {
		const { hash, author, previous, sequence, turn, body } = block;
		if (this.#length * recordLength === this.#bytes.length) this.resize(this.room);
		const key = new Uint8Array(previousAt);
		key.set(author);
		key[sequenceAt] = sequence >> 8;
		key[sequenceAt + 1] = sequence;
		key.set(hash.subarray(0, prefixLength), hashAt);
		const at = this.placeFor(key) * recordLength;
		this.#bytes.copyWithin(at + recordLength, at, this.#length * recordLength);
		this.#bytes.set(key, at);
		this.#bytes.set(previous, at + previousAt);
		this.#bytes.set(subjectOf(body), at + subjectAt);
		this.#view.setUint32(at + valueAt, body.kind === Kind.confirm ? body.guards : takingOf(body));
		this.#view.setUint16(at + turnAt, turn);
		this.#view.setUint16(at + slotAt, slot);
		this.#bytes[at + kindAt] = Math.min(kindNumber(body), otherKind);
		this.#bytes[at + roleAt] = Role.none;
		this.#bytes[at + wasAt] = Role.none;
		this.#bytes[at + flagsAt] = 0;
		this.#length += 1;
	}

	/** Makes room for what comes next now: later there may be none for the index and a larger one beside it. */
	widen(): void {
		if (this.#bytes.length < this.room) this.resize(this.room);
	}

	clear(): void {
		this.#length = 0;
		this.resize(0);
	}

	remove(number: number): void {
		const at = this.at(number);
		this.#bytes.copyWithin(at, at + recordLength, this.#length * recordLength);
		this.#length -= 1;
		// What a full home needed is given back after a checkpoint.
		if (this.#bytes.length >= 2 * this.room - this.#length * recordLength) this.resize(this.room);
	}

	/** The number of the block whose hash begins as `prefix` (4 bytes or more, of which 16 are looked at), or -1. */
	find(prefix: Uint8Array): number {
		return this.next(prefix, hashAt, Math.min(prefix.length, prefixLength), 0);
	}

	/** The number of the block in a slot, or -1. */
	numberOf(slot: number): number {
		return this.next(Uint8Array.of(slot >> 8, slot & 255), slotAt, 2, 0);
	}

	/** The first block of a kind from `number` on, or -1. */
	nextOf(kind: number, number: number): number {
		return this.nextByte(kind, kindAt, number);
	}

	/** The first block with a role from `number` on, or -1. */
	nextWith(role: Role, number: number): number {
		return this.nextByte(role, roleAt, number);
	}

	/** The first block with a role from `number` on that is of one author and one sequence with the one before it, or -1. */
	nextBeside(role: Role, number: number): number {
		const bytes = this.#bytes;
		const end = this.#length * recordLength;
		for (let at = number * recordLength; at < end; at += recordLength) {
			if (bytes[at + roleAt] === role && compare(bytes, at - recordLength, bytes, at, hashAt) === 0)
				return at / recordLength;
		}
		return -1;
	}

	/** The first block from `number` on that names another (16 bytes of its hash or more) as the one before it, or -1. */
	nextAfter(hash: Uint8Array, number: number): number {
		return this.next(hash, previousAt, prefixLength, number);
	}

	/** The first block about a node from `number` on, as `subject` says it, or -1. */
	nextAbout(id: Uint8Array, number: number): number {
		return this.next(id, subjectAt, idLength, number);
	}

	/** The number of an author's first block; of none, how many there are. */
	firstOf(author: Uint8Array): number {
		const number = this.next(author, 0, idLength, 0);
		return number < 0 ? this.#length : number;
	}

	/** The number of the first block of whom block `number` is about; of none, how many there are. */
	firstOfSubject(number: number): number {
		const end = this.#length * recordLength;
		const at = find(this.#bytes, 0, recordLength, end, this.#bytes, this.at(number) + subjectAt, idLength);
		return at < 0 ? this.#length : at / recordLength;
	}

	/** The number of the add by which a node is a member, or -1. */
	admissionOf(id: Uint8Array): number {
		let number = this.nextAbout(id, 0);
		while (number >= 0 && !this.hasFlag(number, Flag.admits)) number = this.nextAbout(id, number + 1);
		return number;
	}

	/** The first 16 bytes of its hash: a copy. */
	hash(number: number): Uint8Array {
		const at = this.at(number) + hashAt;
		return this.#bytes.slice(at, at + prefixLength);
	}

	/** Writes the first 16 bytes of its hash to a place of a buffer. */
	copyHash(number: number, to: Uint8Array, at: number): void {
		copy(to, at, this.#bytes, this.at(number) + hashAt, prefixLength);
	}

	/** A view of the author's id, good until the next change. */
	author(number: number): Uint8Array {
		const at = this.at(number);
		return this.#bytes.subarray(at, at + idLength);
	}

	isBy(number: number, author: Uint8Array): boolean {
		return number < this.#length && this.compareAuthor(number, author) === 0;
	}

	/** What it names as the block before it, 16 bytes: a copy. */
	previous(number: number): Uint8Array {
		const at = this.at(number) + previousAt;
		return this.#bytes.slice(at, at + prefixLength);
	}

	/**
	 * A view of the id of the node that an add, a confirm, a grant, a demand or a removal is about, good until the next
	 * change. All zero for other kinds, and for a removal of several.
	 */
	subject(number: number): Uint8Array {
		const at = this.at(number) + subjectAt;
		return this.#bytes.subarray(at, at + idLength);
	}

	/** The number of a taking, the guards of a confirm, else 0. */
	value(number: number): number {
		return this.#view.getUint32(this.at(number) + valueAt);
	}

	sequence(number: number): number {
		return this.#view.getUint16(this.at(number) + sequenceAt);
	}

	turn(number: number): number {
		return this.#view.getUint16(this.at(number) + turnAt);
	}

	slot(number: number): number {
		return this.#view.getUint16(this.at(number) + slotAt);
	}

	/** 255 stands for every kind from 255. */
	kind(number: number): number {
		return this.#bytes[this.at(number) + kindAt];
	}

	role(number: number): Role {
		return roleOf(this.#bytes[this.at(number) + roleAt]);
	}

	setRole(number: number, role: Role): void {
		this.#bytes[this.at(number) + roleAt] = role;
	}

	/** Whether a block was for something when all was judged before. */
	hadRole(number: number): boolean {
		return this.#bytes[this.at(number) + wasAt] !== Role.none;
	}

	/** All is to be judged anew: no block has a role, nor admits anybody. */
	clearRoles(): void {
		const bytes = this.#bytes;
		const end = this.#length * recordLength;
		for (let at = 0; at < end; at += recordLength) {
			bytes[at + wasAt] = bytes[at + roleAt];
			bytes[at + roleAt] = Role.none;
			const flags = bytes[at + flagsAt];
			const hadAdmitted = (flags & Flag.admits) === 0 ? 0 : Flag.admitted;
			bytes[at + flagsAt] = (flags & ~(Flag.admits | Flag.admitted)) | hadAdmitted;
		}
	}

	/** All is as it was when all was judged before. */
	restoreAll(): void {
		const bytes = this.#bytes;
		const end = this.#length * recordLength;
		for (let at = 0; at < end; at += recordLength) {
			bytes[at + roleAt] = bytes[at + wasAt];
			if ((bytes[at + flagsAt] & Flag.admitted) !== 0) bytes[at + flagsAt] |= Flag.admits;
		}
	}

	/** No block has a role, nor admits anybody; what it was before stays known. */
	dropRoles(): void {
		const bytes = this.#bytes;
		const end = this.#length * recordLength;
		for (let at = 0; at < end; at += recordLength) {
			bytes[at + roleAt] = Role.none;
			bytes[at + flagsAt] &= ~Flag.admits;
		}
	}

	/** The blocks of one author, from its first, are for what they were for when all was judged before. */
	restoreRoles(first: number): void {
		const bytes = this.#bytes;
		const end = this.#length * recordLength;
		const start = first * recordLength;
		for (let at = start; at < end && compare(bytes, at, bytes, start, idLength) === 0; at += recordLength) {
			bytes[at + roleAt] = bytes[at + wasAt];
		}
	}

	/** Whether a block has one of some flags, a bit each. */
	hasFlag(number: number, flag: number): boolean {
		return (this.#bytes[this.at(number) + flagsAt] & flag) !== 0;
	}

	setFlag(number: number, flag: Flag, isSet: boolean): void {
		const at = this.at(number) + flagsAt;
		if (isSet) this.#bytes[at] |= flag;
		else this.#bytes[at] &= ~flag;
	}

	/** No block has a flag. */
	clearFlag(flag: Flag): void {
		const bytes = this.#bytes;
		const end = this.#length * recordLength;
		for (let at = flagsAt; at < end; at += recordLength) bytes[at] &= ~flag;
	}

	/** Whether a block takes something away: a remove, a withdraw or a demand. */
	isTaking(number: number): boolean {
		const kind = this.kind(number);
		return kind === Kind.remove || kind === Kind.withdraw || kind === Kind.demand;
	}

	/** Whether the hash of a block begins with 16 bytes. */
	hasHash(number: number, prefix: Uint8Array): boolean {
		return compare(this.#bytes, this.at(number) + hashAt, prefix, 0, prefixLength) === 0;
	}

	/** Whether a block names these 16 bytes as the block before it. */
	isAfter(number: number, prefix: Uint8Array): boolean {
		return compare(this.#bytes, this.at(number) + previousAt, prefix, 0, prefixLength) === 0;
	}

	/** The block of its author's log that lies under block `number`, or -1. */
	before(number: number): number {
		const sequence = this.sequence(number) - 1;
		for (
			let at = number - 1;
			at >= 0 && this.hasAuthorOf(at, number) && this.sequence(at) >= sequence;
			at -= 1
		) {
			if (this.sequence(at) === sequence && this.role(at) === Role.log && this.follows(number, at)) return at;
		}
		return -1;
	}

	/** Whether block `number` names `other` as the one before it. */
	follows(number: number, other: number): boolean {
		return (
			compare(
				this.#bytes,
				this.at(number) + previousAt,
				this.#bytes,
				this.at(other) + hashAt,
				prefixLength
			) === 0
		);
	}

	/** The number of the record that begins with the author's id, or -1. */
	authorIn(records: Records, number: number): number {
		return records.findPart(this.#bytes, this.at(number), idLength);
	}

	/** The number of the record that begins with what `subject` says, or -1. */
	subjectIn(records: Records, number: number): number {
		return records.findPart(this.#bytes, this.at(number) + subjectAt, idLength);
	}

	/** Whether two blocks are of one author. */
	hasAuthorOf(number: number, other: number): boolean {
		return compare(this.#bytes, this.at(number), this.#bytes, this.at(other), idLength) === 0;
	}

	/** Whether two blocks are about one node. */
	hasSubjectOf(number: number, other: number): boolean {
		const at = this.at(number) + subjectAt;
		return compare(this.#bytes, at, this.#bytes, this.at(other) + subjectAt, idLength) === 0;
	}

	/** By sequence, then by hash: below zero where `a` comes first. */
	compare(a: number, b: number): number {
		const length = previousAt - sequenceAt;
		return compare(this.#bytes, this.at(a) + sequenceAt, this.#bytes, this.at(b) + sequenceAt, length);
	}

	/** Below zero where the hash of block `a` is lower. */
	compareHashes(a: number, b: number): number {
		return compare(this.#bytes, this.at(a) + hashAt, this.#bytes, this.at(b) + hashAt, prefixLength);
	}

	/** Bytes for what is here and some more. */
	private get room(): number {
		const more = Math.min(Math.max(growth.least, this.#length >> 3), growth.most);
		return (this.#length + more) * recordLength;
	}

	/** In place where it becomes less: a board with a full home has no room for both. */
	private resize(size: number): void {
		this.#buffer.resize(size);
		this.#bytes = new Uint8Array(this.#buffer, 0, size);
		this.#view = new DataView(this.#buffer, 0, size);
	}

	private at(number: number): number {
		if (!(number >= 0 && number < this.#length)) throw new RangeError(`no block ${number}`);
		return number * recordLength;
	}

	/** The first block from `number` on that has `length` bytes of these at a place of its record, or -1. */
	private next(part: Uint8Array, place: number, length: number, number: number): number {
		if (number >= this.#length) return -1;
		const at = find(
			this.#bytes,
			number * recordLength + place,
			recordLength,
			this.#length * recordLength,
			part,
			0,
			length
		);
		return at < 0 ? -1 : (at - place) / recordLength;
	}

	private nextByte(byte: number, place: number, number: number): number {
		if (number >= this.#length) return -1;
		const at = number * recordLength + place;
		const found = findByte(this.#bytes, at, recordLength, this.#length * recordLength, byte);
		return found < 0 ? -1 : (found - place) / recordLength;
	}

	private compareAuthor(number: number, author: Uint8Array): number {
		return compare(this.#bytes, this.at(number), author, 0, idLength);
	}

	/** The number of the first block that stands behind what has this author, sequence and hash. */
	private placeFor(key: Uint8Array): number {
		let low = 0;
		let high = this.#length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (compare(this.#bytes, middle * recordLength, key, 0, previousAt) > 0) high = middle;
			else low = middle + 1;
		}
		return low;
	}
}

function subjectOf(body: Body): Uint8Array {
	switch (body.kind) {
		case Kind.add:
			return nodeIdOf(body.key);
		case Kind.confirm:
		case Kind.grant:
		case Kind.withdraw:
			return body.id;
		case Kind.demand:
		case Kind.waive:
			return body.node;
		case Kind.remove: {
			const [first = nobody, ...others] = body.ids;
			return others.length > 0 ? nobody : first;
		}
		default:
			return nobody;
	}
}
