import { Records } from "../bytes/bytes.js";
import { CborError, type CborValue, decodeArrayHead, decodeFirst, Items } from "../cbor/cbor.js";
import { runAtOnce, type Steps } from "../crypto/crypto.js";
import { nameFault } from "../names/names.js";
import { keyLength, type Policy, prefixLength, turnLimit } from "./body.js";
import { askedIn, deviceIn, limitsFromCbor, typesIn } from "./body-format.js";
import { BlockError } from "./chain-error.js";
import { type Grant, grantRecord, grantsLimit, originLength } from "./grants.js";
import { idLength, nodeIdOf } from "./node-id.js";
import { addPolicy, policiesLimit } from "./policies.js";
import { ownersLimit, Rank, rankOf } from "./rank.js";
import { type MemberRow, Roster } from "./roster.js";
import { type Cover, extraLimit, membersLimit, removedLimit, type Table, tableLimit } from "./table.js";
import { frozenBit, rowsAtOnce, tableVersion } from "./table-format.js";

/** Highest number of a taking, of a password. */
const countLimit = 0xffff_ffff;
const nobody = new Uint8Array(0);

/**
 * Throws a BlockError ("table") for anything but what `encodeTable` writes, and for a table that no home has: no owner or
 * more than three, more than 64 members or 128 removed ids, somebody twice.
 */
export function decodeTable(bytes: Uint8Array): Table {
	return runAtOnce(readTable(bytes));
}

/** The same, with a pause after each few members: a board takes 0.7 seconds for 64. */
export function* readTable(bytes: Uint8Array): Steps<Table> {
	if (bytes.length > tableLimit) throw new BlockError("table", "the checkpoint's table is too long");
	try {
		return yield* new Reader(bytes).table();
	} catch (error) {
		if (!(error instanceof CborError)) throw error;
		throw new BlockError("table", `not a checkpoint's table: ${error.message}`);
	}
}

class Reader {
	readonly #bytes: Uint8Array;
	#offset = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	*table(): Steps<Table> {
		if (this.open() !== 8) throw new CborError("it has not eight parts");
		if (this.next() !== tableVersion) throw new CborError("it is of another version");
		const members = yield* this.members();
		const covers = coversIn(this.next(), members);
		const granted = this.open();
		if (granted > grantsLimit) throw new CborError("it has too many grants");
		members.grants.reserve(granted);
		for (let left = granted; left > 0; left -= 1) {
			// Of several that say the same the first counts.
			members.grants.give(grantRecord(grantIn(this.next(), members)));
			if (left % rowsAtOnce === 0) yield;
		}
		const count = this.open();
		if (count > policiesLimit) throw new CborError("it has too many policies");
		const policies: Policy[] = [];
		for (let left = count; left > 0; left -= 1) readPolicy(this.next(), members, policies);
		if (policies.length !== count) throw new CborError("two policies for a device");
		const items = new Items({ value: [this.next(), this.next(), this.next()], what: "the table" });
		const passwordVersion = items.integer(0, countLimit);
		const extra = items.bytes();
		if (extra.length > extraLimit) throw new CborError("its last part is too long");
		const removed = removedIn(items.bytes());
		if (this.#offset < this.#bytes.length) throw new CborError("bytes after the end");
		return { members, covers, policies, passwordVersion, extra, removed };
	}

	private *members(): Steps<Roster> {
		const count = this.open();
		if (count > membersLimit) throw new CborError(`it has more than ${membersLimit} members`);
		const sponsors: (number | null)[] = [];
		const members = new Roster(count);
		let owners = 0;
		for (let left = count; left > 0; left -= 1) {
			if (left % rowsAtOnce === 0) yield;
			const { sponsor, row } = memberIn(this.next());
			if (members.has(row.id)) throw new CborError("a member stands there twice");
			if (row.rank === Rank.owner) owners += 1;
			if (sponsor !== null && sponsor >= count) throw new CborError("a sponsor that is not there");
			sponsors.push(sponsor);
			members.put(row);
		}
		if (owners < 1 || owners > ownersLimit) throw new CborError(`a home has 1 to ${ownersLimit} owners`);
		for (const [place, sponsor] of sponsors.entries()) {
			if (sponsor === null) continue;
			members.setSponsor(place, members.idAt(sponsor));
		}
		return members;
	}

	private next(): CborValue {
		const { value, end } = decodeFirst(this.#bytes, this.#offset);
		this.#offset = end;
		return value;
	}

	private open(): number {
		const { count, end } = decodeArrayHead(this.#bytes, this.#offset);
		this.#offset = end;
		return count;
	}
}

/** A row without its sponsor, and the sponsor's place. An owner's key is all zero here: see `rowOf`. */
function memberIn(value: CborValue): { row: MemberRow; sponsor: number | null } {
	const items = new Items({ value, what: "a member", count: 8 });
	const named = items.skipNull() ? undefined : items.bytes(idLength);
	const name = items.text();
	if (nameFault(name) !== undefined) throw new CborError("a member's name is none");
	const types = typesIn(items);
	const key = items.skipNull() ? undefined : items.bytes(keyLength);
	const turn = items.integer(0, turnLimit);
	const standing = items.integer(0, frozenBit + Rank.member);
	const rank = rankOf(standing % frozenBit);
	const isOwner = rank === Rank.owner;
	if (rank === undefined || isOwner !== (key === undefined)) throw new CborError("a member's rank is none");
	if (
		isOwner
			? named === undefined || turn !== 0 || standing >= frozenBit
			: (named === undefined) !== (turn === 0)
	) {
		throw new CborError("a member's id is not where it should be");
	}
	const sponsor = items.skipNull() ? null : items.integer(0, membersLimit - 1);
	if (sponsor !== null && isOwner) throw new CborError("a sponsor of an owner");
	const guards = items.integer(0, 255);
	const id = named ?? nodeIdOf(key ?? nobody);
	const isFrozen = standing >= frozenBit;
	const row = {
		id,
		name,
		types,
		key: key ?? new Uint8Array(keyLength),
		turn,
		isFrozen,
		rank,
		sponsor: null,
		guards
	};
	return { row, sponsor };
}

function coversIn(value: CborValue, members: Roster): Cover[] {
	const covers: Cover[] = [];
	const items = new Items({ value, what: "what is covered" });
	for (let place = 0; place < members.size; place += 1) {
		if (members.rankAt(place) !== Rank.owner) continue;
		const cover = new Items({ value: items.value(), what: "what is covered of an owner", count: 2 });
		const taking = cover.integer(0, countLimit);
		covers.push({
			id: members.idAt(place).slice(),
			taking,
			hash: cover.skipNull() ? null : cover.bytes(prefixLength)
		});
	}
	if (items.remaining > 0) throw new CborError("it covers more than owners have");
	return covers;
}

function idAt(items: Items, members: Roster): Uint8Array {
	return members.idAt(items.integer(0, members.size - 1)).slice();
}

function grantIn(value: CborValue, members: Roster): Grant {
	const items = new Items({ value, what: "a grant", count: 6 });
	const id = idAt(items, members);
	const action = items.integer(0, 255);
	const node = items.skipNull() ? null : idAt(items, members);
	const device = deviceIn(items);
	if (node === null && device !== null) throw new CborError("a device without its node");
	const limits = limitsFromCbor(items.value());
	const origin = items.skipNull() ? new Uint8Array(originLength) : items.bytes(originLength);
	return { id, action, node, device, limits, origin };
}

function readPolicy(value: CborValue, members: Roster, policies: Policy[]): void {
	const items = new Items({ value, what: "a policy", count: 4 });
	addPolicy(policies, { node: idAt(items, members), device: deviceIn(items), ...askedIn(items) });
}

function removedIn(row: Uint8Array): Records {
	if (row.length % idLength !== 0) throw new CborError("the removed ids are cut off");
	if (row.length > removedLimit * idLength) throw new CborError("it has too many removed ids");
	const removed = new Records(idLength, row.length / idLength);
	for (let at = 0; at < row.length; at += idLength) {
		const id = row.slice(at, at + idLength);
		if (removed.find(id) >= 0) throw new CborError("a removed id stands there twice");
		removed.add(id);
	}
	return removed;
}
