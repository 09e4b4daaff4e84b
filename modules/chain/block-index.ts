import { concat, equalBytes } from "../bytes/bytes.js";
import { type Block, compareInOrder, hashLength } from "./block.js";
import { type Body, Kind, kindNumber } from "./body.js";
import { idLength, nodeIdOf } from "./node-id.js";

/** Where a block stands. */
export interface Place {
	readonly height: number;
	/** Where the storage has the block, below 65,536. */
	readonly slot: number;
	/** Whether it is older than the checkpoint and kept to show who the founders are. */
	readonly isAnchor: boolean;
}

const heightAt = hashLength;
const sequenceAt = heightAt + 4;
const slotAt = sequenceAt + 4;
const kindAt = slotAt + 2;
const flagsAt = kindAt + 1;
const actionAt = flagsAt + 1;
const deviceAt = actionAt + 1;
const authorAt = deviceAt + 1;
const subjectAt = authorAt + idLength;
const entryLength = subjectAt + idLength;
/** Entries for which room is made at a time. */
const growth = 32;
const anchorFlag = 1;
const grantedFlag = 2;
/** Most devices that grants name and the index knows: as many as a home has members. */
const devicesLimit = 64;
/** In place of a device's number: all devices; one that the index does not know. */
const allDevices = 255;
const otherDevice = 254;
const nobody = new Uint8Array(idLength);

/**
 * The blocks in their order, packed at 62 bytes each: an object per block would not fit a microcontroller. Takes room as
 * they come, since most homes are small. Heights and sequences are below 2^32. Of what a block says it has what the
 * rules ask for, so that they need not read from the flash: of a removal whom it is about where that is one node, of a
 * grant everything, where grants name at most 64 devices.
 */
export class BlockIndex {
	/** Most blocks that fit. */
	readonly capacity: number;
	#bytes = new Uint8Array(0);
	#view = new DataView(this.#bytes.buffer);
	#length = 0;
	/** The ids of devices that grants name, 8 bytes each. */
	#devices = new Uint8Array(0);

	constructor(capacity: number) {
		this.capacity = capacity;
	}

	get length(): number {
		return this.#length;
	}

	/** Inserts in order and returns the block's number. The caller has seen that there is room. */
	insert({ hash, sequence, author, body }: Block, { height, slot, isAnchor }: Place): number {
		if (this.#length * entryLength === this.#bytes.length) this.#grow();
		let number = this.#length;
		while (number > 0 && this.#comesBefore(height, hash, number - 1)) number -= 1;
		const at = number * entryLength;
		this.#bytes.copyWithin(at + entryLength, at, this.#length * entryLength);
		this.#bytes.set(hash, at);
		this.#view.setUint32(at + heightAt, height);
		this.#view.setUint32(at + sequenceAt, sequence);
		this.#view.setUint16(at + slotAt, slot);
		this.#bytes[at + kindAt] = Math.min(kindNumber(body), 255);
		this.#bytes[at + flagsAt] = isAnchor ? anchorFlag : 0;
		this.#bytes.set(author, at + authorAt);
		this.#bytes.set(subjectOf(body), at + subjectAt);
		if (body.kind === Kind.grant) {
			if (body.granted) this.#bytes[at + flagsAt] |= grantedFlag;
			this.#bytes[at + actionAt] = body.action;
			this.#bytes[at + deviceAt] = body.device === null ? allDevices : this.#numberOfDevice(body.device);
		}
		this.#length += 1;
		return number;
	}

	clear(): void {
		this.#length = 0;
		this.#devices = new Uint8Array(0);
	}

	remove(number: number): void {
		const at = this.#at(number);
		this.#bytes.copyWithin(at, at + entryLength, this.#length * entryLength);
		this.#length -= 1;
	}

	/** The number of the block whose hash begins with `prefix` (4 to 32 bytes), or -1. */
	find(prefix: Uint8Array): number {
		const first = prefix[0];
		// What is looked for is mostly among the latest.
		for (let number = this.#length - 1; number >= 0; number -= 1) {
			const at = number * entryLength;
			if (this.#bytes[at] !== first) continue;
			if (equalBytes(this.#bytes.subarray(at, at + prefix.length), prefix)) return number;
		}
		return -1;
	}

	/** Whether the block of that hash, which has this height, is here. */
	has(hash: Uint8Array, height: number): boolean {
		for (let number = this.#length - 1; number >= 0 && this.height(number) >= height; number -= 1) {
			if (this.height(number) === height && equalBytes(this.hash(number), hash)) return true;
		}
		return false;
	}

	hash(number: number): Uint8Array {
		const at = this.#at(number);
		return this.#bytes.slice(at, at + hashLength);
	}

	height(number: number): number {
		return this.#view.getUint32(this.#at(number) + heightAt);
	}

	slot(number: number): number {
		return this.#view.getUint16(this.#at(number) + slotAt);
	}

	kind(number: number): number {
		return this.#view.getUint8(this.#at(number) + kindAt);
	}

	sequence(number: number): number {
		return this.#view.getUint32(this.#at(number) + sequenceAt);
	}

	isAnchor(number: number): boolean {
		return (this.#view.getUint8(this.#at(number) + flagsAt) & anchorFlag) !== 0;
	}

	/** The action of a grant. */
	action(number: number): number {
		return this.#view.getUint8(this.#at(number) + actionAt);
	}

	/** Whether a grant grants. */
	isGranted(number: number): boolean {
		return (this.#view.getUint8(this.#at(number) + flagsAt) & grantedFlag) !== 0;
	}

	/** The device of a grant, null for all; undefined where the index does not know: the block does. */
	device(number: number): Uint8Array | null | undefined {
		const device = this.#view.getUint8(this.#at(number) + deviceAt);
		if (device === allDevices) return null;
		return device === otherDevice
			? undefined
			: this.#devices.slice(device * idLength, (device + 1) * idLength);
	}

	/** A view of the author's id, good until the next change. */
	author(number: number): Uint8Array {
		const at = this.#at(number) + authorAt;
		return this.#bytes.subarray(at, at + idLength);
	}

	/**
	 * A view of the id of the node that an add, a grant or a removal is about, good until the next change. Eight zeros for
	 * other kinds, and for a removal of several.
	 */
	subject(number: number): Uint8Array {
		const at = this.#at(number) + subjectAt;
		return this.#bytes.subarray(at, at + idLength);
	}

	isBy(number: number, author: Uint8Array): boolean {
		return this.#has(this.#at(number) + authorAt, author);
	}

	/** Whether a block is about that node: see `subject`. */
	isAbout(number: number, id: Uint8Array): boolean {
		return this.#has(this.#at(number) + subjectAt, id);
	}

	#grow(): void {
		const entries = Math.min(this.#length + growth, this.capacity);
		const bytes = new Uint8Array(entries * entryLength);
		bytes.set(this.#bytes);
		this.#bytes = bytes;
		this.#view = new DataView(bytes.buffer);
	}

	#at(number: number): number {
		if (number < 0 || number >= this.#length) throw new RangeError(`no block ${number}`);
		return number * entryLength;
	}

	/** Without an object: this is asked of each block, for each that comes. */
	#has(at: number, id: Uint8Array): boolean {
		for (let index = 0; index < idLength; index += 1) {
			if (this.#bytes[at + index] !== id[index]) return false;
		}
		return true;
	}

	#numberOfDevice(device: Uint8Array): number {
		const devices = this.#devices;
		const count = devices.length / idLength;
		for (let number = 0; number < count; number += 1) {
			if (equalBytes(devices.subarray(number * idLength, (number + 1) * idLength), device)) return number;
		}
		if (count === devicesLimit) return otherDevice;
		this.#devices = concat(devices, device);
		return count;
	}

	#comesBefore(height: number, hash: Uint8Array, number: number): boolean {
		const at = number * entryLength;
		const other = this.#bytes.subarray(at, at + hashLength);
		return compareInOrder(height, hash, this.#view.getUint32(at + heightAt), other) < 0;
	}
}

function subjectOf(body: Body): Uint8Array {
	switch (body.kind) {
		case Kind.add:
			return nodeIdOf(body.key);
		case Kind.grant:
			return body.id;
		case Kind.remove: {
			const [id = nobody, ...others] = body.ids;
			return others.length === 0 ? id : nobody;
		}
		default:
			return nobody;
	}
}
