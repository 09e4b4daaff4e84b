import { compare } from "bulk";
import { equalBytes, Records } from "../bytes/bytes.js";
import type { Limits, Permission, Scope } from "./body.js";
import { idLength } from "./node-id.js";

/** Most grants of a home that have effect. */
export const grantsLimit = 64;
/** Bytes by which a grant is told from others. */
export const originLength = 16;

/** That a member may have a device do something. */
export interface Grant extends Permission {
	readonly limits: Limits | null;
	/** The first 16 bytes of the hash of the first grant of those that go on with one count; all zero where none is kept. */
	readonly origin: Uint8Array;
}

/** A record: whose it is, the action, flags, the scope, the limits, the origin. */
const actionAt = idLength;
const flagsAt = actionAt + 1;
const nodeAt = flagsAt + 1;
const deviceAt = nodeAt + idLength;
const limitsAt = deviceAt + 1;
const originAt = limitsAt + 15;
/** Bytes of a grant's record. */
export const grantLength = originAt + originLength;
const nodeFlag = 2;
const deviceFlag = 4;
const timesFlag = 8;
const beforeFlag = 16;
const afterFlag = 32;
const weekdaysFlag = 64;
const minutesFlag = 128;
const limitFlags = timesFlag | beforeFlag | afterFlag | weekdaysFlag | minutesFlag;

/** What the members of a home were granted, 66 bytes a grant. */
export class Grants implements Iterable<Grant> {
	#records = new Records(grantLength);
	#fill: (() => void) | undefined;

	/** What there is is put in by `fill`, by what is known now: when somebody asks for it, or at `ready`. */
	fillBy(fill: () => void): void {
		this.#fill = fill;
	}

	/** Has what there is put in, if that was not done yet. */
	ready(): void {
		const fill = this.#fill;
		this.#fill = undefined;
		fill?.();
	}

	/**
	 * What it follows from is about to change: what was not put in yet is not to be any more, and what was is gone, since a board has no
	 * room for it beside what comes. Who still holds a member from before finds no grant of it.
	 */
	abandon(): void {
		this.#fill = undefined;
		this.#records.clear();
	}

	/** Makes room for so many at once, as far as there can be as many. */
	reserve(count: number): void {
		this.records.reserve(Math.min(count, grantsLimit));
	}

	get count(): number {
		return this.records.count;
	}

	*[Symbol.iterator](): Generator<Grant, void, undefined> {
		for (let number = 0; number < this.count; number += 1) yield this.at(number);
	}

	/** Throws a RangeError for a number without a grant. */
	at(number: number): Grant {
		return grantIn(this.records.at(number));
	}

	/** A member's. */
	of(id: Uint8Array): readonly Grant[] {
		const grants: Grant[] = [];
		for (let number = 0; number < this.count; number += 1) {
			if (this.isOf(number, id)) grants.push(grantIn(this.records.at(number)));
		}
		return grants;
	}

	/** One more behind the others. Returns whether there was room for it. */
	append(grant: Grant): boolean {
		if (this.count >= grantsLimit) return false;
		this.records.add(grantRecord(grant));
		return true;
	}

	/** Whether there is one that a permission (see `grantRecord`) touches. */
	meets(record: Uint8Array): boolean {
		return this.touchedBy(record).length > 0;
	}

	/** Leaves out all but the first. */
	trim(count: number): void {
		while (this.count > count) this.records.remove(this.count - 1);
	}

	/** A view of a grant's record, good until the next is appended. */
	recordAt(number: number): Uint8Array {
		return this.records.at(number);
	}

	/**
	 * Another's behind the others, of which there are none that say the same, but for some numbers: those whose member and node, where it is
	 * of one, are among `members`.
	 */
	appendAmong(members: Records, other: Grants, without: readonly number[] = []): void {
		const records = other.records;
		const { count } = records;
		this.reserve(this.count + count);
		for (let number = 0; number < count; number += 1) {
			if (members.findOf(records, number, 0, idLength) < 0 || without.includes(number)) continue;
			const isOfNode = (records.byte(number, flagsAt) & nodeFlag) !== 0;
			if (isOfNode && members.findOf(records, number, nodeAt, idLength) < 0) continue;
			this.records.addFrom(records, number);
		}
	}

	/** The numbers of those that a permission (see `grantRecord`) touches. */
	touchedBy(record: Uint8Array): number[] {
		const records = this.records;
		const numbers: number[] = [];
		const key = record.subarray(0, flagsAt);
		for (let number = records.find(key); number >= 0; number = records.next(key, 0, number + 1)) {
			if (recordsMeet(records.at(number), record)) numbers.push(number);
		}
		return numbers;
	}

	/** As `append`, of a record (see `grantRecord`); nothing where one stands there that says the same but for its limits. */
	give(record: Uint8Array): void {
		const { records } = this;
		if (records.count >= grantsLimit) return;
		const scope = record.subarray(nodeAt, limitsAt);
		for (
			let number = records.next(scope, nodeAt, 0);
			number >= 0;
			number = records.next(scope, nodeAt, number + 1)
		) {
			if (isSame(records.at(number), record)) return;
		}
		records.add(record);
	}

	/** Whether a member may do it to a node's device. What has limits is for who can keep them: see `of`. */
	isGranted(id: Uint8Array, action: number, node: Uint8Array, device: number): boolean {
		for (let number = 0; number < this.count; number += 1) {
			const record = this.records.at(number);
			if (record[actionAt] !== action || (record[flagsAt] & limitFlags) !== 0) continue;
			if (this.isOf(number, id) && covers(record, node, device)) return true;
		}
		return false;
	}

	private isOf(number: number, id: Uint8Array): boolean {
		return equalBytes(this.records.at(number).subarray(0, idLength), id);
	}

	private get records(): Records {
		if (this.#fill !== undefined) this.ready();
		return this.#records;
	}
}

/** Whether what is said of one permission touches another: same member and action, and a device that both are about. */
export function permissionsMeet(a: Permission, b: Permission): boolean {
	return a.action === b.action && equalBytes(a.id, b.id) && scopesMeet(a, b);
}

/** Whether two scopes have a device in common. */
export function scopesMeet(a: Scope, b: Scope): boolean {
	if (a.node === null || b.node === null) return true;
	if (!equalBytes(a.node, b.node)) return false;
	return a.device === null || b.device === null || a.device === b.device;
}

/** The id of the node that a record is about; null for all. */
export function nodeIn(record: Uint8Array): Uint8Array | null {
	return (record[flagsAt] & nodeFlag) === 0 ? null : record.subarray(nodeAt, deviceAt);
}

/** As `permissionsMeet`, of two records. */
export function recordsMeet(a: Uint8Array, b: Uint8Array): boolean {
	if (compare(a, 0, b, 0, flagsAt) !== 0) return false;
	const both = a[flagsAt] & b[flagsAt];
	if ((both & nodeFlag) === 0) return true;
	if (compare(a, nodeAt, b, nodeAt, idLength) !== 0) return false;
	return (both & deviceFlag) === 0 || a[deviceAt] === b[deviceAt];
}

/** Whether two records of one scope say the same but for their limits. What is not said is zero in a record. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
	const flags = nodeFlag | deviceFlag;
	return (a[flagsAt] & flags) === (b[flagsAt] & flags) && compare(a, 0, b, 0, flagsAt) === 0;
}

function covers(record: Uint8Array, node: Uint8Array, device: number): boolean {
	const flags = record[flagsAt];
	if ((flags & nodeFlag) === 0) return true;
	if (!equalBytes(record.subarray(nodeAt, deviceAt), node)) return false;
	return (flags & deviceFlag) === 0 || record[deviceAt] === device;
}

function limitsIn(record: Uint8Array): Limits | null {
	const flags = record[flagsAt];
	if ((flags & limitFlags) === 0) return null;
	const view = new DataView(record.buffer, record.byteOffset + limitsAt);
	const when = (flag: number, read: () => number) => ((flags & flag) === 0 ? null : read());
	return {
		times: when(timesFlag, () => view.getUint16(0)),
		notBefore: when(beforeFlag, () => view.getUint32(2)),
		notAfter: when(afterFlag, () => view.getUint32(6)),
		weekdays: when(weekdaysFlag, () => view.getUint8(10)),
		minutes: (flags & minutesFlag) === 0 ? null : [view.getUint16(11), view.getUint16(13)]
	};
}

/** The grant in a record. */
export function grantIn(record: Uint8Array): Grant {
	const flags = record[flagsAt];
	return {
		id: record.slice(0, idLength),
		action: record[actionAt],
		node: (flags & nodeFlag) === 0 ? null : record.slice(nodeAt, deviceAt),
		device: (flags & deviceFlag) === 0 ? null : record[deviceAt],
		limits: limitsIn(record),
		origin: record.slice(originAt)
	};
}

/** A grant as a record. */
export function grantRecord({ id, action, node, device, limits, origin }: Grant): Uint8Array {
	const record = new Uint8Array(grantLength);
	record.set(id);
	record[actionAt] = action;
	let flags = 0;
	if (node !== null) {
		flags |= nodeFlag;
		record.set(node, nodeAt);
	}
	if (device !== null) {
		flags |= deviceFlag;
		record[deviceAt] = device;
	}
	if (limits !== null) flags |= writeLimits(record, limits);
	record[flagsAt] = flags;
	record.set(origin, originAt);
	return record;
}

function writeLimits(record: Uint8Array, { times, notBefore, notAfter, weekdays, minutes }: Limits): number {
	const view = new DataView(record.buffer, record.byteOffset + limitsAt);
	let flags = 0;
	if (times !== null) {
		flags |= timesFlag;
		view.setUint16(0, times);
	}
	if (notBefore !== null) {
		flags |= beforeFlag;
		view.setUint32(2, notBefore);
	}
	if (notAfter !== null) {
		flags |= afterFlag;
		view.setUint32(6, notAfter);
	}
	if (weekdays !== null) {
		flags |= weekdaysFlag;
		view.setUint8(10, weekdays);
	}
	if (minutes !== null) {
		flags |= minutesFlag;
		view.setUint16(11, minutes[0]);
		view.setUint16(13, minutes[1]);
	}
	return flags;
}
