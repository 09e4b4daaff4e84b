import { compareBytes } from "../bytes/bytes.js";
import { CborError, type CborValue, Items, isBytes } from "../cbor/cbor.js";
import { nameFault } from "../names/names.js";
import {
	autoLockLimit,
	type Body,
	checkpointLimit,
	hashLength,
	Kind,
	keyLength,
	type Limits,
	type OwnerKey,
	type Permission,
	type Policy,
	prefixLength,
	removeLimit,
	roundsRange,
	type Scope,
	tagLength,
	turnLimit,
	typesLimit
} from "./body.js";
import { BlockError } from "./chain-error.js";
import { idLength } from "./node-id.js";
import { ownersLimit } from "./rank.js";

const signatureLength = 64;
/** Highest era, number of a taking, time in a grant. */
const countLimit = 0xffff_ffff;

export function bodyToCbor(body: Body): CborValue {
	switch (body.kind) {
		case Kind.genesis:
			return [body.name, body.types, body.key, body.suite, body.rounds, body.recovery];
		case Kind.add: {
			const { number, tag, name, types, key, sponsor, signature } = body;
			return [number, tag, name, types, key, sponsor, signature];
		}
		case Kind.remove:
			return [body.taking, [...body.ids]];
		case Kind.rotate:
			return [body.key, body.proof, body.base, body.number, body.lastTaking];
		case Kind.grant: {
			const { id, action, node, device, limits, counted } = body;
			return [id, action, node, device, limitsToCbor(limits), counted];
		}
		case Kind.withdraw:
			return [body.taking, body.id, body.action, body.node, body.device];
		case Kind.checkpoint:
			return [body.era, body.opening, body.number, body.hash];
		case Kind.confirm:
			return [body.id, body.guards];
		case Kind.describe:
			return [body.name, body.types];
		case Kind.demand:
			return [body.taking, body.node, body.device, body.asksTwo, body.autoLock];
		case Kind.waive:
			return [body.node, body.device, body.asksTwo, body.autoLock];
		case Kind.opening:
			return [body.era, body.hash, body.owners.map(({ id, key, turn }): CborValue => [id, key, turn])];
		case undefined:
			return body.value;
	}
}

/** Throws a BlockError ("malformed") for anything but the body that the format has for `kind`. */
export function bodyFromCbor(kind: number, value: CborValue): Body {
	try {
		return readBody(kind, value);
	} catch (error) {
		if (!(error instanceof CborError)) throw error;
		throw new BlockError("malformed", error.message);
	}
}

function readBody(kind: number, value: CborValue): Body {
	switch (kind) {
		case Kind.genesis: {
			const items = new Items({ value, what: "a genesis", count: 6 });
			return {
				kind,
				name: nameIn(items),
				types: typesIn(items),
				key: items.bytes(keyLength),
				suite: items.integer(0, 255),
				rounds: items.integer(roundsRange.least, roundsRange.most),
				recovery: items.skipNull() ? null : items.bytes(keyLength)
			};
		}
		case Kind.add: {
			const items = new Items({ value, what: "an add", count: 7 });
			return {
				kind,
				number: items.integer(0, countLimit),
				tag: items.bytes(tagLength),
				name: nameIn(items),
				types: typesIn(items),
				key: items.bytes(keyLength),
				sponsor: items.skipNull() ? null : items.bytes(idLength),
				signature: items.bytes(signatureLength)
			};
		}
		case Kind.remove: {
			const items = new Items({ value, what: "a remove", count: 2 });
			const taking = items.integer(1, countLimit);
			const ids = items.array().map(id => idIn(id));
			if (ids.length < 1 || ids.length > removeLimit) {
				throw new CborError(`a remove names 1 to ${removeLimit} nodes`);
			}
			checkAscending(ids);
			return { kind, taking, ids };
		}
		case Kind.rotate: {
			const items = new Items({ value, what: "a rotate", count: 5 });
			return {
				kind,
				key: items.bytes(keyLength),
				proof: items.bytes(signatureLength),
				base: items.bytes(prefixLength),
				number: items.integer(0, countLimit),
				lastTaking: items.integer(0, countLimit)
			};
		}
		case Kind.grant: {
			const items = new Items({ value, what: "a grant", count: 6 });
			return {
				kind,
				...permissionIn(items),
				limits: limitsFromCbor(items.value()),
				counted: items.skipNull() ? null : items.bytes(prefixLength)
			};
		}
		case Kind.withdraw: {
			const items = new Items({ value, what: "a withdraw", count: 5 });
			return { kind, taking: items.integer(1, countLimit), ...permissionIn(items) };
		}
		case Kind.checkpoint: {
			const items = new Items({ value, what: "a checkpoint", count: 4 });
			return {
				kind,
				era: items.integer(0, countLimit),
				opening: items.bytes(hashLength),
				number: items.integer(1, checkpointLimit),
				hash: items.bytes(hashLength)
			};
		}
		case Kind.confirm: {
			const items = new Items({ value, what: "a confirm", count: 2 });
			return { kind, id: items.bytes(idLength), guards: items.integer(0, 255) };
		}
		case Kind.describe: {
			const items = new Items({ value, what: "a describe", count: 2 });
			return { kind, name: nameIn(items), types: typesIn(items) };
		}
		case Kind.demand: {
			const items = new Items({ value, what: "a demand", count: 5 });
			return { kind, taking: items.integer(1, countLimit), ...policyIn(items) };
		}
		case Kind.waive: {
			const items = new Items({ value, what: "a waive", count: 4 });
			return {
				kind,
				node: items.bytes(idLength),
				device: deviceIn(items),
				asksTwo: items.boolean(),
				autoLock: items.boolean()
			};
		}
		case Kind.opening: {
			const items = new Items({ value, what: "an opening", count: 3 });
			const era = items.integer(1, countLimit);
			const hash = items.bytes(hashLength);
			const owners = items.array().map(ownerIn);
			if (owners.length < 1 || owners.length > ownersLimit) {
				throw new CborError(`an opening names 1 to ${ownersLimit} owners`);
			}
			checkAscending(owners.map(({ id }) => id));
			return { kind, era, hash, owners };
		}
		default:
			return { kind: undefined, number: kind, value };
	}
}

function idIn(value: CborValue): Uint8Array {
	if (!isBytes(value, idLength)) throw new CborError("not a node id");
	return value;
}

function permissionIn(items: Items): Permission {
	return { id: items.bytes(idLength), action: items.integer(0, 255), ...scopeIn(items) };
}

function policyIn(items: Items): Policy {
	return { node: items.bytes(idLength), device: deviceIn(items), ...askedIn(items) };
}

/** Reads the number of a device, or null. */
export function deviceIn(items: Items): number | null {
	return items.skipNull() ? null : items.integer(0, typesLimit - 1);
}

/** Reads what a policy asks. */
export function askedIn(items: Items): Pick<Policy, "asksTwo" | "autoLock"> {
	return {
		asksTwo: items.boolean(),
		autoLock: items.skipNull() ? null : items.integer(1, autoLockLimit)
	};
}

function ownerIn(value: CborValue): OwnerKey {
	const items = new Items({ value, what: "an owner", count: 3 });
	return { id: items.bytes(idLength), key: items.bytes(keyLength), turn: items.integer(0, turnLimit) };
}

function scopeIn(items: Items): Scope {
	const node = items.skipNull() ? null : items.bytes(idLength);
	const device = deviceIn(items);
	if (node === null && device !== null) throw new CborError("a device without its node");
	return { node, device };
}

export function limitsToCbor(limits: Limits | null): CborValue {
	if (limits === null) return null;
	const { times, notBefore, notAfter, weekdays, minutes } = limits;
	return [times, notBefore, notAfter, weekdays, minutes && [...minutes]];
}

/** Throws a CborError. */
export function limitsFromCbor(value: CborValue): Limits | null {
	if (value === null) return null;
	const items = new Items({ value, what: "limits", count: 5 });
	const limits = {
		times: items.skipNull() ? null : items.integer(1, 65_535),
		notBefore: items.skipNull() ? null : items.integer(0, countLimit),
		notAfter: items.skipNull() ? null : items.integer(0, countLimit),
		weekdays: items.skipNull() ? null : items.integer(1, 127),
		minutes: items.skipNull() ? null : minutesIn(items.value())
	};
	if (Object.values(limits).every(limit => limit === null)) throw new CborError("limits that limit nothing");
	return limits;
}

function minutesIn(value: CborValue): readonly [number, number] {
	const items = new Items({ value, what: "minutes", count: 2 });
	return [items.integer(0, 1439), items.integer(1, 1440)];
}

function checkAscending(ids: readonly Uint8Array[]): void {
	for (const [index, id] of ids.entries()) {
		const before = ids[index - 1];
		if (before !== undefined && compareBytes(before, id) >= 0) {
			throw new CborError("the ids are not in ascending order");
		}
	}
}

function nameIn(items: Items): string {
	const name = items.text();
	const fault = nameFault(name);
	if (fault !== undefined) throw new CborError(fault);
	return name;
}

/** Reads the numbers of 1 to 8 device types. */
export function typesIn(items: Items): Uint8Array {
	const types = items.bytes();
	if (types.length < 1 || types.length > typesLimit) {
		throw new CborError(`a node has 1 to ${typesLimit} devices`);
	}
	return types;
}
