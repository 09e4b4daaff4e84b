import { compare } from "bulk";
import { decodeUtf8, encodeUtf8, Records } from "../bytes/bytes.js";
import { nameLimit } from "../names/names.js";
import type { Block } from "./block.js";
import { type GrantBody, Kind, keyLength, type Policy, prefixLength, typesLimit } from "./body.js";
import { type Grant, grantIn, grantLength, grantRecord, originLength } from "./grants.js";
import { idLength } from "./node-id.js";

/** What an add or a describe says of a node. */
export interface Description {
	readonly name: string;
	readonly types: Uint8Array;
}

/** What an add says of a node. */
export interface Profile extends Description {
	/** Compressed public key, 33 bytes. */
	readonly key: Uint8Array;
	/** The number of the base that the joiner had in mind. */
	readonly number: number;
	/** Whom the statement names as its sponsor. */
	readonly sponsor: Uint8Array;
}

/** What a rotate says. */
export interface Ending {
	/** The new key. */
	readonly key: Uint8Array;
	/** The base under which it was made: the first 16 bytes of its hash, and its number. */
	readonly base: Uint8Array;
	readonly number: number;
	readonly lastTaking: number;
}

/** What a demand asks or a waive asks no longer. */
export type PolicyWord = Pick<Policy, "node" | "device" | "asksTwo" | "autoLock">;

/** Bytes of a slot, by which all is found. */
const slotLength = 2;
/** Bytes of a key by which it is told from others. */
const keyTagLength = 16;
/** A description: slot, types with their count, name with its length. That of an add goes on with key, sponsor, number. */
const typesAt = slotLength;
const nameAt = typesAt + 1 + typesLimit;
const descriptionLength = nameAt + 1 + nameLimit;
const profileKeyAt = descriptionLength;
const sponsorAt = profileKeyAt + keyLength;
const numberAt = sponsorAt + idLength;
const profileLength = numberAt + 4;
/** A rotate: slot, key, base, number, last taking. */
const keyAt = slotLength;
const baseAt = keyAt + keyLength;
const baseNumberAt = baseAt + prefixLength;
const lastTakingAt = baseNumberAt + 4;
const endingLength = lastTakingAt + 4;

/**
 * What the rules ask of the bodies of blocks, by slots, in a few buffers: reading a block again takes a board 10
 * milliseconds, and an object for each would not fit it.
 */
export class Contents {
	#profiles = new Records(profileLength);
	#descriptions = new Records(descriptionLength);
	#endings = new Records(endingLength);
	#grants = new Records(slotLength + grantLength);
	#removed = new Records(slotLength + idLength);
	/** By which key a block is signed, where that is not its author's first. */
	#signers = new Records(slotLength + keyTagLength);
	/** For looking up, so that this takes no memory. */
	readonly #key = new Uint8Array(slotLength);
	readonly #policies = new Map<number, PolicyWord>();

	/** `signer`: the key that signed it, for a rotate, and where it is none that its author began with. */
	note(slot: number, { body, hash, author }: Block, signer?: Uint8Array): void {
		if (signer !== undefined) {
			const record = new Uint8Array(slotLength + keyTagLength);
			record.set(keyOf(slot));
			record.set(signer.subarray(0, keyTagLength), slotLength);
			this.#signers.add(record);
		}
		switch (body.kind) {
			case Kind.add:
				this.#profiles.add(profileRecord(slot, { ...body, sponsor: body.sponsor ?? author }));
				break;
			case Kind.describe:
				this.#descriptions.add(descriptionRecord(slot, body));
				break;
			case Kind.rotate:
				this.#endings.add(endingRecord(slot, body));
				break;
			case Kind.grant:
				this.noteGrant(slot, { ...body, origin: originOf(body, hash) });
				break;
			case Kind.withdraw:
				this.noteGrant(slot, { ...body, limits: null, origin: new Uint8Array(originLength) });
				break;
			case Kind.remove:
				for (const id of body.ids) {
					const record = new Uint8Array(slotLength + idLength);
					record.set(keyOf(slot));
					record.set(id, slotLength);
					this.#removed.add(record);
				}
				break;
			case Kind.demand: {
				const { node, device, asksTwo, autoLock } = body;
				this.#policies.set(slot, { node, device, asksTwo, autoLock });
				break;
			}
			case Kind.waive: {
				const { node, device, asksTwo, autoLock } = body;
				this.#policies.set(slot, { node, device, asksTwo, autoLock: autoLock ? 0 : null });
				break;
			}
			default:
		}
	}

	/** Forgets what a block of a kind said. */
	forget(slot: number, kind: number): void {
		const key = keyOf(slot);
		const records = this.recordsOf(kind);
		if (records !== undefined) forgetIn(records, key);
		forgetIn(this.#signers, key);
		this.#policies.delete(slot);
	}

	private recordsOf(kind: number): Records | undefined {
		switch (kind) {
			case Kind.add:
				return this.#profiles;
			case Kind.describe:
				return this.#descriptions;
			case Kind.rotate:
				return this.#endings;
			case Kind.grant:
			case Kind.withdraw:
				return this.#grants;
			case Kind.remove:
				return this.#removed;
			default:
				return undefined;
		}
	}

	clear(): void {
		this.#profiles = new Records(profileLength);
		this.#descriptions = new Records(descriptionLength);
		this.#endings = new Records(endingLength);
		this.#grants = new Records(slotLength + grantLength);
		this.#removed = new Records(slotLength + idLength);
		this.#signers = new Records(slotLength + keyTagLength);
		this.#policies.clear();
	}

	/** Of an add. Throws a RangeError for a slot without. */
	profile(slot: number): Profile {
		const record = this.#profiles.at(this.numberOf(this.#profiles, slot));
		const view = new DataView(record.buffer, record.byteOffset);
		return {
			...descriptionIn(record),
			key: record.slice(profileKeyAt, sponsorAt),
			sponsor: record.slice(sponsorAt, numberAt),
			number: view.getUint32(numberAt)
		};
	}

	/** Whether the statement in an add names this node (16 bytes) as its sponsor. Throws a RangeError for a slot without. */
	isStatedFor(slot: number, sponsor: Uint8Array): boolean {
		return (
			compare(this.#profiles.at(this.numberOf(this.#profiles, slot)), sponsorAt, sponsor, 0, idLength) === 0
		);
	}

	/** The number of the base in the statement in an add. Throws a RangeError for a slot without. */
	baseOf(slot: number): number {
		const profiles = this.#profiles;
		const number = this.numberOf(profiles, slot);
		let base = 0;
		for (let at = numberAt; at < profileLength; at += 1) base = base * 256 + profiles.byte(number, at);
		return base;
	}

	/** Of a describe. Throws a RangeError for a slot without. */
	description(slot: number): Description {
		return descriptionIn(this.#descriptions.at(this.numberOf(this.#descriptions, slot)));
	}

	/** Of a rotate. Throws a RangeError for a slot without. */
	ending(slot: number): Ending {
		const record = this.#endings.at(this.numberOf(this.#endings, slot));
		const view = new DataView(record.buffer, record.byteOffset);
		return {
			key: record.slice(keyAt, baseAt),
			base: record.slice(baseAt, baseNumberAt),
			number: view.getUint32(baseNumberAt),
			lastTaking: view.getUint32(lastTakingAt)
		};
	}

	/** What a grant gives, or what a withdraw takes back. Throws a RangeError for a slot without. */
	grant(slot: number): Grant {
		return grantIn(this.grantRecord(slot));
	}

	/** The same as a record, a view of it that is good until the next change. Throws a RangeError for a slot without. */
	grantRecord(slot: number): Uint8Array {
		return this.#grants.at(this.numberOf(this.#grants, slot)).subarray(slotLength);
	}

	/** Whether a key (33 bytes) signed the block in a slot; undefined where nothing else is known than that its author's first did. */
	isSignedWith(slot: number, key: Uint8Array): boolean | undefined {
		const number = this.numberOf(this.#signers, slot);
		if (number < 0) return undefined;
		return compare(this.#signers.at(number), slotLength, key, 0, keyTagLength) === 0;
	}

	/** What a demand asks; of a waive what it asks no longer, with 0 for the locking. Undefined for a slot without. */
	policy(slot: number): PolicyWord | undefined {
		return this.#policies.get(slot);
	}

	/** Whom the block in a slot removes. */
	removed(slot: number): readonly Uint8Array[] {
		const key = keyOf(slot);
		const ids: Uint8Array[] = [];
		const removed = this.#removed;
		for (let number = removed.find(key); number >= 0; number = removed.next(key, 0, number + 1)) {
			ids.push(removed.at(number).slice(slotLength));
		}
		return ids;
	}

	/** Whether the block in a slot removes somebody who is in neither list of ids. */
	removesOther(slot: number, ids: Records, others: Records): boolean {
		const key = keyOf(slot);
		const removed = this.#removed;
		for (let number = removed.find(key); number >= 0; number = removed.next(key, 0, number + 1)) {
			if (ids.findOf(removed, number, slotLength, idLength) >= 0) continue;
			if (others.findOf(removed, number, slotLength, idLength) < 0) return true;
		}
		return false;
	}

	/** The number of a slot's record, or -1. */
	private numberOf(records: Records, slot: number): number {
		this.#key[0] = slot >> 8;
		this.#key[1] = slot;
		return records.findPart(this.#key, 0, slotLength);
	}

	private noteGrant(slot: number, grant: Grant): void {
		const record = new Uint8Array(slotLength + grantLength);
		record.set(keyOf(slot));
		record.set(grantRecord(grant), slotLength);
		this.#grants.add(record);
	}
}

/** By what the uses of a grant are counted; all zero where they are not. */
function originOf({ limits, counted }: GrantBody, hash: Uint8Array): Uint8Array {
	if (limits === null || limits.times === null) return new Uint8Array(originLength);
	return counted ?? hash.subarray(0, originLength);
}

function forgetIn(records: Records, key: Uint8Array): void {
	for (let number = records.find(key); number >= 0; number = records.next(key, 0, number))
		records.remove(number);
}

function keyOf(slot: number): Uint8Array {
	return Uint8Array.of(slot >> 8, slot & 255);
}

function descriptionIn(record: Uint8Array): Description {
	return {
		name: decodeUtf8(record.subarray(nameAt + 1, nameAt + 1 + record[nameAt])),
		types: record.slice(typesAt + 1, typesAt + 1 + record[typesAt])
	};
}

function descriptionRecord(
	slot: number,
	{ name, types }: Description,
	length = descriptionLength
): Uint8Array {
	const record = new Uint8Array(length);
	const text = encodeUtf8(name);
	record.set(keyOf(slot));
	record[typesAt] = types.length;
	record.set(types, typesAt + 1);
	record[nameAt] = text.length;
	record.set(text, nameAt + 1);
	return record;
}

function profileRecord(slot: number, profile: Profile): Uint8Array {
	const record = descriptionRecord(slot, profile, profileLength);
	record.set(profile.key, profileKeyAt);
	record.set(profile.sponsor, sponsorAt);
	new DataView(record.buffer).setUint32(numberAt, profile.number);
	return record;
}

function endingRecord(slot: number, { key, base, number, lastTaking }: Ending): Uint8Array {
	const record = new Uint8Array(endingLength);
	const view = new DataView(record.buffer);
	record.set(keyOf(slot));
	record.set(key, keyAt);
	record.set(base, baseAt);
	view.setUint32(baseNumberAt, number);
	view.setUint32(lastTakingAt, lastTaking);
	return record;
}
