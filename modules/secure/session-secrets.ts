import { concat, equalBytes, fromHex, Records } from "../bytes/bytes.js";
import { CborError, type CborValue, decode, encode, isArray, isBytes } from "../cbor/cbor.js";
import { IdMemo, type IdText, idLength } from "../chain/chain.js";
import { MAX_ID_BYTES, type StoredSecret } from "../oscore/oscore.js";
import { type Store, StoreError } from "../store/store.js";

const prefix = "s";
/**
 * Digits of the peer's id in the name of a record, which has at most 15 characters. Of two peers whose ids begin with them
 * one has a record, and a session: the last to have had a handshake. Who knows how to make such ids costs the other a handshake
 * each time, and gets nothing of it.
 */
const digits = 14;

/**
 * What is kept in RAM of each: the peer's id, by what it calls this node now and called it before, its key's beginning, and
 * whether this node had another key then.
 */
const callsAt = idLength;
const beforeAt = callsAt + 1;
const keyAt = beforeAt + 1;
const keyBytes = 8;
const outdatedAt = keyAt + keyBytes;

interface Pair {
	/** What the key begins with by which the peer has proven itself. */
	readonly key: Uint8Array;
	/** The same of this node's own key then. */
	readonly own: Uint8Array;
	readonly current: StoredSecret;
	/** Kept until the peer has asked or answered under the current one: it may not have got the last message of the handshake. */
	readonly previous: StoredSecret | undefined;
}

/**
 * What a handshake with each peer left, kept over restarts in one record a peer. It is used only to make fresh keys
 * (RFC 8613 appendix B.2), never as a context itself; so it stays in the store until then.
 */
export class SessionSecrets {
	readonly #store: Store;
	readonly #own: () => Uint8Array;
	readonly #mayWrite: (peer: IdText) => boolean;
	readonly #report: (text: string) => void;
	readonly #index = new Records(outdatedAt + 1);
	readonly #ids = new IdMemo();
	/** Mostly none is outdated, and none is looked for. */
	#hasOutdated = false;

	/**
	 * Looks at what the store holds; a damaged record is reported and costs a new handshake. `own`: this node's public key, as it
	 * is now.
	 */
	constructor(options: {
		store: Store;
		own: () => Uint8Array;
		mayWrite: (peer: IdText) => boolean;
		report: (text: string) => void;
	}) {
		this.#store = options.store;
		this.#own = options.own;
		this.#mayWrite = options.mayWrite;
		this.#report = options.report;
		const names = new RegExp(`^${prefix}[0-9a-f]{${digits}}$`);
		for (const name of this.#store.names()) {
			if (!names.test(name)) continue;
			const read = this.read(name);
			if (read !== undefined) this.note(read.id, read.pair);
		}
	}

	has(peer: IdText): boolean {
		return this.find(peer) >= 0;
	}

	get count(): number {
		return this.#index.count;
	}

	get peers(): readonly IdText[] {
		const peers: IdText[] = [];
		for (let number = 0; number < this.#index.count; number += 1) peers.push(this.peerAt(number));
		return peers;
	}

	secretOf(peer: IdText): StoredSecret | undefined {
		return this.pair(peer)?.current;
	}

	/** The secret under which a peer calls this node by `id`. */
	byRecipientId(id: Uint8Array): StoredSecret | undefined {
		const number = this.calledBy(id);
		if (number < 0) return undefined;
		const pair = this.pair(this.peerAt(number));
		return [pair?.current, pair?.previous].find(secret => secret && equalBytes(secret.recipientId, id));
	}

	/** Whether a peer has proven itself by another key than this one. */
	hasOtherKey(peer: IdText, key: Uint8Array): boolean {
		const number = this.find(peer);
		if (number < 0) return false;
		return !equalBytes(this.#index.at(number).subarray(keyAt, outdatedAt), key.subarray(0, keyBytes));
	}

	/** Whether what is shared with a peer was agreed on under a key that this node has given up since. */
	isOutdated(peer: IdText): boolean {
		if (!this.#hasOutdated) return false;
		const number = this.find(peer);
		return number >= 0 && this.#index.at(number)[outdatedAt] === 1;
	}

	/** This node has another key: all that is shared is of the one before. */
	ownKeyChanged(): void {
		for (let number = 0; number < this.#index.count; number += 1) this.#index.at(number)[outdatedAt] = 1;
		this.#hasOutdated = this.#index.count > 0;
	}

	/**
	 * Keeps a new secret and the key by which the peer has proven itself, and of those before the last that the peer is known to have.
	 * Returns whose place it took, where another's id begins alike: nobody looks here any more whether that one is still a member.
	 */
	put(peer: IdText, current: StoredSecret, key: Uint8Array): IdText | undefined {
		const displaced = this.displace(peer);
		const before = this.pair(peer);
		const previous = before?.previous ?? before?.current;
		this.write(peer, {
			key: key.slice(0, keyBytes),
			own: this.#own().slice(0, keyBytes),
			current,
			previous
		});
		return displaced;
	}

	/**
	 * The peer has asked or answered under keys made of a secret under which it calls this node by `recipientId`. When that is the
	 * current one, the one before is of no use any more: the peer has kept the current one in the turn in which it came to it, and
	 * after a power cut asks by that. Where its flash refused, it asks by the one before, in vain, and there is a handshake. Under
	 * the one before, the peer may not know the current.
	 */
	settle(peer: IdText, recipientId: Uint8Array): void {
		const pair = this.pair(peer);
		if (pair?.previous === undefined || !equalBytes(pair.current.recipientId, recipientId)) return;
		this.write(peer, { ...pair, previous: undefined });
	}

	/** Forgets what is shared with a peer. */
	remove(peer: IdText): void {
		const number = this.find(peer);
		if (number < 0) return;
		this.#index.remove(number);
		this.try(() => this.#store.delete(recordName(peer)));
	}

	/** An OSCORE Recipient ID of one byte that no peer uses for this node yet, and not `taken`. */
	freeId(random: (count: number) => Uint8Array, taken?: Uint8Array): Uint8Array {
		for (;;) {
			const id = random(1);
			const isTaken = taken !== undefined && equalBytes(id, taken);
			if (!isTaken && this.calledBy(id) < 0) return id;
		}
	}

	private find(peer: IdText): number {
		return this.#index.find(this.#ids.bytesOf(peer));
	}

	private peerAt(number: number): IdText {
		return this.#ids.textOf(this.#index.at(number).subarray(0, idLength));
	}

	private calledBy(id: Uint8Array): number {
		const [called] = id;
		if (id.length !== 1) return -1;
		for (let number = 0; number < this.#index.count; number += 1) {
			const record = this.#index.at(number);
			if (record[callsAt] === called || record[callsAt + 1] === called) return number;
		}
		return -1;
	}

	private pair(peer: IdText): Pair | undefined {
		const number = this.find(peer);
		const read = number < 0 ? undefined : this.read(recordName(peer));
		// Where it could not be written, it is of who was here before, or of keys that were given up.
		if (read === undefined) return undefined;
		const noted = this.noted(read.id, read.pair);
		// What was used before may not be written yet.
		noted[beforeAt] = this.#index.at(number)[beforeAt] ?? 0;
		return equalBytes(noted, this.#index.at(number)) ? read.pair : undefined;
	}

	private read(name: string): { id: IdText; pair: Pair } | undefined {
		let record: Uint8Array | undefined;
		this.try(() => {
			record = this.#store.get(name);
		});
		return record && this.readRecord(record);
	}

	private note(peer: IdText, pair: Pair): void {
		const record = this.noted(peer, pair);
		if (record[outdatedAt] === 1) this.#hasOutdated = true;
		const number = this.find(peer);
		if (number >= 0) this.#index.at(number).set(record);
		else this.#index.add(record);
	}

	private noted(peer: IdText, { key, own, current, previous = current }: Pair): Uint8Array {
		const [now = 0] = current.recipientId;
		const [before = 0] = previous.recipientId;
		const isOutdated = !equalBytes(own, this.#own().subarray(0, keyBytes));
		const end = Uint8Array.of(isOutdated ? 1 : 0);
		return concat(this.#ids.bytesOf(peer), Uint8Array.of(now, before), key, end);
	}

	private write(peer: IdText, pair: Pair): void {
		const { key, own, current, previous } = pair;
		const before = previous === undefined ? null : fields(previous);
		const record = encode([this.#ids.bytesOf(peer), fields(current), before, key, own]);
		this.note(peer, pair);
		// Without it the session works all the same, as below.
		if (!this.#mayWrite(peer)) return;
		this.try(() => this.#store.set(recordName(peer), record));
	}

	/** Forgets the other peer whose record has the name that this peer's gets, and returns it. */
	private displace(peer: IdText): IdText | undefined {
		const number = this.#index.find(fromHex(peer.slice(0, digits)));
		const other = number < 0 ? peer : this.peerAt(number);
		if (other === peer) return undefined;
		this.#index.remove(number);
		return other;
	}

	/** Undefined for what another version may have written. */
	private readRecord(record: Uint8Array): { id: IdText; pair: Pair } | undefined {
		let value: CborValue;
		try {
			value = decode(record);
		} catch (error) {
			if (error instanceof CborError) return undefined;
			throw error;
		}
		if (!isArray(value)) return undefined;
		const [id, first, second, key, own] = value;
		if (!isBytes(id, idLength) || !isBytes(key, keyBytes) || !isBytes(own, keyBytes)) return undefined;
		const name = this.#ids.textOf(id);
		const current = readSecret(name, first);
		return current && { id: name, pair: { key, own, current, previous: readSecret(name, second) } };
	}

	/** Without its record a session works until the next restart, and then takes a handshake. */
	private try(action: () => void): void {
		try {
			action();
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#report(error.message);
		}
	}
}

function recordName(peer: IdText): string {
	return prefix + peer.slice(0, digits);
}

function fields({ masterSecret, masterSalt, senderId, recipientId }: StoredSecret): CborValue {
	return [masterSecret, masterSalt ?? new Uint8Array(0), senderId, recipientId];
}

function readSecret(name: IdText, value: CborValue): StoredSecret | undefined {
	if (!isArray(value)) return undefined;
	const [masterSecret, masterSalt, senderId, recipientId] = value;
	if (!isBytes(masterSecret) || !isBytes(masterSalt) || !isBytes(senderId) || !isBytes(recipientId, 1)) {
		return undefined;
	}
	// What no context can be made of would fail at each request.
	if (senderId.length > MAX_ID_BYTES || equalBytes(senderId, recipientId)) return undefined;
	return { name, masterSecret, masterSalt, senderId, recipientId };
}
