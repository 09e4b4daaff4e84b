import { concat, equalBytes, Records } from "../bytes/bytes.js";
import { CborError, decode, encode, isArray, isBytes } from "../cbor/cbor.js";
import { IdMemo, type IdText, idLength } from "../chain/chain.js";
import { type Store, StoreError } from "../store/store.js";
import { type Address, isPlace } from "./address.js";

/** The name under which the addresses are kept. */
export const peersName = "peers";

/** Most peers whose addresses are known: all the others of a full home. */
const limit = 63;
/** Most that are kept, the latest of them: what one value takes. Those who are met again tell of the others. */
const keptLimit = 42;

/** A kept address: node id, IPv4 address, port, and whether the node was seen there or only heard of. */
const portAt = idLength + 4;
const placeEnd = portAt + 2;
const recordLength = placeEnd + 1;
/** What is known beside that until the next start: when it was last heard, in seconds of the clock and one; 0 for never. */
const heardAt = recordLength;
const heldLength = heardAt + 4;
const isSeen = 1;
const notHeard = new Uint8Array(heldLength - heardAt);

/**
 * Where the other members were last seen, or are said to be, kept over a restart. The oldest sighting goes first when
 * there are too many. Who claims to be where is judged by the caller.
 */
export class Peers {
	readonly #store: Store;
	readonly #mayWrite: (id: IdText) => boolean;
	readonly #now: () => number;
	/** Told who was seen. */
	onSeen: (id: IdText) => void = () => undefined;
	/** Told who was seen elsewhere than before, and where that was. */
	onMoved: (id: IdText, before: Address) => void = () => undefined;
	/** The latest sighting: mostly the next one is the same. */
	#latest: { readonly id: IdText; readonly address: Address } | undefined;
	/** In the order of their sightings, the latest last. */
	readonly #records = new Records(heldLength);
	readonly #ids = new IdMemo();

	/**
	 * `mayWrite`: whether a peer may have written what it is the cause of; else that is known until the next start. `now`: the
	 * milliseconds of a clock.
	 */
	constructor(store: Store, mayWrite: (id: IdText) => boolean = () => true, now: () => number = () => 0) {
		this.#store = store;
		this.#now = now;
		this.#mayWrite = mayWrite;
	}

	/** Takes in what was kept; a damaged record is as good as none, since peers are found again. Returns the fault. */
	load(): string | undefined {
		try {
			const kept = this.#store.get(peersName);
			if (kept === undefined) return undefined;
			const list = decode(kept);
			if (!isArray(list)) return "the addresses of the peers are damaged";
			for (const item of list.slice(0, limit)) {
				if (!isBytes(item, recordLength)) return "the addresses of the peers are damaged";
				this.#records.add(concat(item, notHeard));
			}
			return undefined;
		} catch (error) {
			if (error instanceof StoreError || error instanceof CborError) return error.message;
			throw error;
		}
	}

	get all(): readonly IdText[] {
		const all: IdText[] = [];
		for (let number = 0; number < this.#records.count; number += 1) all.push(this.idAt(number));
		return all;
	}

	/** Who is where, the one seen last first; ids as bytes, since to write all of them as texts takes a board long. */
	*places(): Generator<{ readonly id: Uint8Array; readonly address: Address }, void, undefined> {
		for (let number = this.#records.count - 1; number >= 0; number -= 1) {
			const record = this.#records.at(number);
			yield { id: record.slice(0, idLength), address: addressIn(record) };
		}
	}

	/** How many milliseconds ago a member was heard; undefined where it was not since the start. */
	heardAgo(id: IdText): number | undefined {
		const number = this.#records.find(this.#ids.bytesOf(id));
		return number < 0 ? undefined : this.agoOf(this.#records.at(number));
	}

	/** Those heard last, the latest first, `most` of them at most; ids as bytes. */
	latestHeard(most: number): { readonly id: Uint8Array; readonly ago: number }[] {
		const heard: { readonly id: Uint8Array; readonly ago: number }[] = [];
		for (let number = this.#records.count - 1; number >= 0 && heard.length < most; number -= 1) {
			const record = this.#records.at(number);
			const ago = this.agoOf(record);
			if (ago !== undefined) heard.push({ id: record.slice(0, idLength), ago });
		}
		return heard.sort((a, b) => a.ago - b.ago);
	}

	private agoOf(record: Uint8Array): number | undefined {
		const heard = new DataView(record.buffer, record.byteOffset).getUint32(heardAt);
		return heard === 0 ? undefined : Math.max(0, this.#now() - (heard - 1) * 1000);
	}

	/** The record `number` is of a member that is heard now. */
	private mark(number: number): void {
		const record = this.#records.at(number);
		new DataView(record.buffer, record.byteOffset).setUint32(heardAt, Math.floor(this.#now() / 1000) + 1);
	}

	addressOf(id: IdText): Address | undefined {
		if (id === this.#latest?.id) return this.#latest.address;
		const number = this.#records.find(this.#ids.bytesOf(id));
		return number < 0 ? undefined : addressIn(this.#records.at(number));
	}

	/** Whether a member was seen at an address, or is said to be there. */
	hasAt(address: Address): boolean {
		return this.isTaken(packed(new Uint8Array(idLength), address));
	}

	/** The member last seen at an address; `isSeen` false: also one that is only said to be there. */
	at(address: Address, isSeen = true): IdText | undefined {
		const place = placeIn(packed(new Uint8Array(idLength), address));
		for (let number = 0; number < this.#records.count; number += 1)
			if (this.isAt(number, place) && (!isSeen || this.wasSeen(number))) return this.idAt(number);
		return undefined;
	}

	/**
	 * Notes where a peer, the `teller`, says that others are: for what nothing is known of yet, never in place of anything,
	 * and with one write for all, of the teller's share. Throws as `learn` does.
	 */
	hear(teller: IdText, places: readonly { readonly id: Uint8Array; readonly address: Address }[]): void {
		const records = this.#records;
		let isNews = false;
		for (const { id, address } of places) {
			const record = packed(id, address, 0);
			const isKnown = records.find(id) >= 0 || this.isTaken(record);
			if (isKnown || records.count === limit || !isPlace(address)) continue;
			// Before all that were seen.
			records.insert(0, record);
			isNews = true;
		}
		if (isNews && this.#mayWrite(teller)) this.write();
	}

	/**
	 * Notes where a member is. Throws a StoreError when that cannot be kept; it is known all the same. `isShown`: whether it has
	 * shown that it is there; where anybody may have said so, it is known until the next start.
	 */
	learn(id: IdText, address: Address, isShown = true): void {
		this.onSeen(id);
		const { host, port } = this.#latest?.address ?? {};
		if (id === this.#latest?.id && host === address.host && port === address.port) {
			if (isShown) this.mark(this.#records.count - 1);
			return;
		}
		this.#latest = isShown ? { id, address } : undefined;
		const records = this.#records;
		const key = this.#ids.bytesOf(id);
		const record = packed(key, address, isShown ? isSeen : 0);
		const number = records.find(key);
		const isKnown = number >= 0 && equalBytes(placeIn(records.at(number)), placeIn(record));
		if (isKnown && !isShown) return;
		const wasSeen = isKnown && this.wasSeen(number);
		if (wasSeen && number === records.count - 1) {
			this.mark(number);
			return;
		}
		const before = number >= 0 && !isKnown && this.wasSeen(number) ? records.at(number) : undefined;
		const former = before && addressIn(before);
		if (number >= 0) {
			record.set(records.at(number).subarray(heardAt), heardAt);
			records.remove(number);
		}
		if (!wasSeen) {
			const place = placeIn(record);
			// What anybody may have said puts nobody out who was seen there.
			for (let other = records.count - 1; other >= 0; other -= 1)
				if (this.isAt(other, place) && (isShown || !this.wasSeen(other))) records.remove(other);
			if (records.count === limit) records.remove(0);
		}
		// Whether it was seen there or said to be is not worth a write of its own.
		records.add(record);
		if (isShown) this.mark(records.count - 1);
		if (former !== undefined && isShown) this.onMoved(id, former);
		if (!isKnown && isShown && this.#mayWrite(id)) this.write();
	}

	/** Forgets all others; what is kept over a restart is as it was until the next write. */
	keep(isKept: (id: Uint8Array) => boolean): void {
		const records = this.#records;
		for (let number = records.count - 1; number >= 0; number -= 1) {
			if (!isKept(records.at(number).subarray(0, idLength))) records.remove(number);
		}
		this.#latest = undefined;
	}

	private write(): void {
		const records = this.#records;
		const all: Uint8Array[] = [];
		const first = Math.max(0, records.count - keptLimit);
		for (let each = first; each < records.count; each += 1) all.push(records.at(each).slice(0, recordLength));
		this.#store.set(peersName, encode(all));
	}

	private idAt(number: number): IdText {
		return this.#ids.textOf(this.#records.at(number).subarray(0, idLength));
	}

	/** Whether somebody is where a record says. */
	private isTaken(record: Uint8Array): boolean {
		const place = placeIn(record);
		for (let number = 0; number < this.#records.count; number += 1) if (this.isAt(number, place)) return true;
		return false;
	}

	private isAt(number: number, place: Uint8Array): boolean {
		return equalBytes(placeIn(this.#records.at(number)), place);
	}

	private wasSeen(number: number): boolean {
		return this.#records.at(number)[placeEnd] === isSeen;
	}
}

/** Where peers were last seen, the latest first, for a node that is not yet what its identity says. */
export function keptAddresses(store: Store): Address[] {
	const peers = new Peers(store);
	peers.load();
	return [...peers.places()].map(({ address }) => address);
}

function packed(id: Uint8Array, { host, port }: Address, seen = isSeen): Uint8Array {
	const place = Uint8Array.of(port >> 8, port & 255, seen);
	return concat(id, Uint8Array.from(host.split("."), Number), place, notHeard);
}

function addressIn(record: Uint8Array): Address {
	return {
		host: record.subarray(idLength, portAt).join("."),
		port: (record[portAt] ?? 0) * 256 + (record[portAt + 1] ?? 0)
	};
}

/** The address in a record. */
function placeIn(record: Uint8Array): Uint8Array {
	return record.subarray(idLength, placeEnd);
}
