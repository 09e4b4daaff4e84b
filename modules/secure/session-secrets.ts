import { equalBytes, fromHex, toHex } from "../bytes/bytes.js";
import { CborError, type CborValue, decode, encode, isArray, isBytes } from "../cbor/cbor.js";
import { type IdText, idLength } from "../chain/chain.js";
import type { StoredSecret } from "../oscore/oscore.js";
import { type Store, StoreError } from "../store/store.js";

const prefix = "s";
/** Digits of the peer's id in the name of a record, which has at most 15 characters. */
const digits = 14;

interface Pair {
	readonly current: StoredSecret;
	/** Kept until the peer has used the current one: it may not have got the last message of the handshake. */
	readonly previous: StoredSecret | undefined;
}

/**
 * What a handshake with each peer left, kept over restarts in one record a peer. It is used only to make fresh keys
 * (RFC 8613 appendix B.2), never as a context itself.
 */
export class SessionSecrets {
	readonly #store: Store;
	readonly #report: (text: string) => void;
	/** The records as they are kept: a board has no room for an object of each. */
	readonly #records = new Map<IdText, Uint8Array>();

	/** Takes in what the store holds; a damaged record is reported and costs a new handshake. */
	constructor(options: { store: Store; report: (text: string) => void }) {
		this.#store = options.store;
		this.#report = options.report;
		for (const name of this.#store.names()) {
			if (!new RegExp(`^${prefix}[0-9a-f]{${digits}}$`).test(name)) continue;
			this.#try(() => {
				const record = this.#store.get(name);
				const read = record && readRecord(record);
				if (record !== undefined && read !== undefined) this.#records.set(read.id, record);
			});
		}
	}

	has(peer: IdText): boolean {
		return this.#records.has(peer);
	}

	get peers(): readonly IdText[] {
		return [...this.#records.keys()];
	}

	secretOf(peer: IdText): StoredSecret | undefined {
		return this.#pair(peer)?.current;
	}

	/** The secret under which a peer calls this node by `id`. */
	byRecipientId(id: Uint8Array): StoredSecret | undefined {
		for (const peer of this.#records.keys()) {
			const pair = this.#pair(peer);
			for (const secret of [pair?.current, pair?.previous]) {
				if (secret !== undefined && equalBytes(secret.recipientId, id)) return secret;
			}
		}
		return undefined;
	}

	/** Keeps a new secret, and of those before the last that the peer is known to have. */
	put(peer: IdText, current: StoredSecret): void {
		const before = this.#pair(peer);
		this.#write(peer, { current, previous: before?.previous ?? before?.current });
	}

	/**
	 * The peer has sent under keys made of a secret under which it calls this node by `recipientId`. When that is the
	 * current one, the one before is of no use any more; under the one before, the peer may not know the current.
	 */
	settle(peer: IdText, recipientId: Uint8Array): void {
		const pair = this.#pair(peer);
		if (pair?.previous === undefined || !equalBytes(pair.current.recipientId, recipientId)) return;
		this.#write(peer, { current: pair.current, previous: undefined });
	}

	/** Forgets what is shared with a peer. */
	remove(peer: IdText): void {
		if (!this.#records.delete(peer)) return;
		this.#try(() => this.#store.delete(recordName(peer)));
	}

	/** An OSCORE Recipient ID of one byte that no peer uses for this node yet, and not `taken`. */
	freeId(random: (count: number) => Uint8Array, taken?: Uint8Array): Uint8Array {
		for (;;) {
			const id = random(1);
			const isTaken = taken !== undefined && equalBytes(id, taken);
			if (!isTaken && this.byRecipientId(id) === undefined) return id;
		}
	}

	#pair(peer: IdText): Pair | undefined {
		const record = this.#records.get(peer);
		return record && readRecord(record)?.pair;
	}

	#write(peer: IdText, { current, previous }: Pair): void {
		const record = encode([fromHex(peer), fields(current), previous === undefined ? null : fields(previous)]);
		this.#records.set(peer, record);
		this.#try(() => this.#store.set(recordName(peer), record));
	}

	/** Without its record a session works until the next restart, and then takes a handshake. */
	#try(action: () => void): void {
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

/** Undefined for what another version may have written. */
function readRecord(record: Uint8Array): { id: IdText; pair: Pair } | undefined {
	let value: CborValue;
	try {
		value = decode(record);
	} catch (error) {
		if (error instanceof CborError) return undefined;
		throw error;
	}
	if (!isArray(value)) return undefined;
	const [id, first, second] = value;
	if (!isBytes(id, idLength)) return undefined;
	const name = toHex(id);
	const current = readSecret(name, first);
	return current && { id: name, pair: { current, previous: readSecret(name, second) } };
}

function readSecret(name: IdText, value: CborValue): StoredSecret | undefined {
	if (!isArray(value)) return undefined;
	const [masterSecret, masterSalt, senderId, recipientId] = value;
	if (!isBytes(masterSecret) || !isBytes(masterSalt) || !isBytes(senderId) || !isBytes(recipientId)) {
		return undefined;
	}
	return { name, masterSecret, masterSalt, senderId, recipientId };
}
