import { concat, encodeUtf8 } from "../bytes/bytes.js";
import { CborError, type CborValue, decode, encode, isArray, isBytes } from "../cbor/cbor.js";
import { type IdText, idLength, idText, nodeIdOf, roundsRange } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { derivePublicKey, hkdfExpand, hkdfExtract, isPrivateKey, Pbkdf2 } from "../crypto/crypto.js";
import { nameFault } from "../names/names.js";
import { type Store, StoreError } from "../store/store.js";
import { isPrintable } from "./password.js";

/** Who this node is: everything that it must never lose and never tell. */
export interface Identity {
	/** P-256 scalar, 32 bytes; changes with the key. */
	privateKey: Uint8Array;
	/** Compressed, 33 bytes; changes with the key. */
	publicKey: Uint8Array;
	/** The private key that is to be the next one, kept from before its rotate block is issued; or undefined. */
	nextKey: Uint8Array | undefined;
	/** Node id, 16 bytes: of the first key. */
	readonly id: Uint8Array;
	readonly idText: IdText;
	/** Changes when the node is renamed. */
	name: string;
	/** The device type's number. */
	readonly type: number;
	/** Home id, 8 bytes. */
	readonly home: Uint8Array;
	readonly suite: number;
	/** Rounds of PBKDF2 that the home asks for. */
	readonly rounds: number;
	/** What the home's suite made of password and PIN, never these themselves; changes when the home gets new ones. */
	secret: Uint8Array;
	/** Whether the home has confirmed this node; until then nothing is lost by beginning anew. */
	isConfirmed: boolean;
}

/** The name under which the identity is kept: written last when a home is founded, deleted last in a reset. */
export const identityName = "identity";

/** 4: with node ids of 16 bytes, and a chain of logs. */
const recordVersion = 4;

/** Throws a StoreError when there is one and it is damaged: then the node must not pretend to be new. */
export function loadIdentity(store: Store): Identity | undefined {
	const record = store.get(identityName);
	if (record === undefined) return undefined;
	let fields: CborValue;
	try {
		fields = decode(record);
	} catch (error) {
		if (error instanceof CborError) throw new StoreError(`"${identityName}" is damaged: ${error.message}`);
		throw error;
	}
	if (!isArray(fields)) throw new StoreError(`"${identityName}" is damaged`);
	const [version, privateKey, name, type, home, suite, rounds, secret, isConfirmed, id, nextKey] = fields;
	if (typeof version === "number" && version < recordVersion) {
		throw new StoreError(
			"this node was set up by older software, whose homes cannot be read: the home has to be founded anew"
		);
	}
	if (version !== recordVersion) throw new StoreError("this node was set up by newer software");
	if (
		!(privateKey instanceof Uint8Array && isPrivateKey(privateKey)) ||
		!(typeof name === "string" && nameFault(name) === undefined) ||
		!(home instanceof Uint8Array && secret instanceof Uint8Array) ||
		!(typeof type === "number" && typeof suite === "number" && typeof rounds === "number") ||
		typeof isConfirmed !== "boolean" ||
		!isBytes(id, idLength) ||
		!(nextKey === null || (isBytes(nextKey) && isPrivateKey(nextKey)))
	) {
		throw new StoreError(`"${identityName}" is damaged`);
	}
	const publicKey = derivePublicKey(privateKey);
	const kept = { privateKey, name, type, home, suite, rounds, secret, isConfirmed };
	return { ...kept, publicKey, id, idText: idText(id), nextKey: nextKey ?? undefined };
}

/** A new identity with what follows from its first private key. */
export function identityOf(kept: Omit<Identity, "publicKey" | "id" | "idText" | "nextKey">): Identity {
	const publicKey = derivePublicKey(kept.privateKey);
	const id = nodeIdOf(publicKey);
	return { ...kept, publicKey, id, idText: idText(id), nextKey: undefined };
}

/** The next key takes the place of the present one. Throws a StoreError, and then the node goes on with both. */
export function takeNextKey(store: Store, identity: Identity): void {
	const { nextKey } = identity;
	if (nextKey === undefined) return;
	const old = identity.privateKey;
	identity.privateKey = nextKey;
	identity.publicKey = derivePublicKey(nextKey);
	identity.nextKey = undefined;
	saveIdentity(store, identity);
	old.fill(0);
}

export function saveIdentity(store: Store, identity: Identity): void {
	const { privateKey, name, type, home, suite, rounds, secret, isConfirmed, id, nextKey } = identity;
	const fields = [privateKey, name, type, home, suite, rounds, secret, isConfirmed, id, nextKey ?? null];
	store.set(identityName, encode([recordVersion, ...fields]));
}

/**
 * What is stretched: the length of each part before it, 8 bytes little endian, as RFC 9383 3.2 does. Throws a RangeError
 * for anything but printable ASCII: a host that did not ask by `passwordFault` must not make keys of what cannot be typed
 * again elsewhere.
 */
export function passwordBytes(password: string, pin: string): Uint8Array {
	const parts: Uint8Array[] = [];
	for (const text of [password, pin]) {
		if (!isPrintable(text)) throw new RangeError("a password and a PIN are of printable ASCII");
		const part = encodeUtf8(text);
		const length = new Uint8Array(8);
		new DataView(length.buffer).setUint32(0, part.length, true);
		parts.push(length, part);
	}
	return concat(...parts);
}

/**
 * PBKDF2-HMAC-SHA-256, a slice in each turn of the loop. `password` is wiped when it ends. `length` of the
 * result: 1 to 128 bytes.
 */
export function stretch(
	options: { clock: Clock; password: Uint8Array; salt: Uint8Array; rounds: number; length: number },
	done: (key: Uint8Array) => void
): void {
	const { clock, password, salt, rounds, length } = options;
	const pbkdf2 = new Pbkdf2({ password, salt, rounds, length });
	password.fill(0);
	const step = () => {
		const key = pbkdf2.step();
		if (key === undefined) clock.after(0, step);
		else done(key);
	};
	clock.after(0, step);
}

/**
 * Rounds of PBKDF2 for the identity key. The least of all: what keeps the key is the entropy in it, and a person waits.
 */
export const keyRounds = roundsRange.least;

/**
 * The identity key: HKDF-SHA-256 over what was stretched from password and PIN, with 32 bytes of the host's
 * entropy as salt, so that neither the chain nor a guessed password gives it away.
 */
export function privateKeyFrom(stretched: Uint8Array, entropy: Uint8Array): Uint8Array {
	const secret = hkdfExtract(entropy, stretched);
	const info = encodeUtf8("verifichain identity");
	// One output in 2^32 is no scalar; the next one is taken then.
	for (let counter = 0; ; counter += 1) {
		const key = hkdfExpand(secret, concat(info, Uint8Array.of(counter)), 32);
		if (isPrivateKey(key)) return key;
	}
}

/** A fresh private key that rests on entropy alone. */
export function randomPrivateKey(random: (count: number) => Uint8Array): Uint8Array {
	for (;;) {
		const key = random(32);
		if (isPrivateKey(key)) return key;
	}
}
