import { encode } from "../cbor/cbor.js";
import { ccmOpen, ccmSeal, hkdfExpand, hkdfExtract } from "../crypto/crypto.js";
import { KeyFreshness, type KeyTimes } from "./key-freshness.js";
import { MAX_ID_BYTES, makeNonce, NONCE_BYTES } from "./nonce.js";
import { ContextError, SequenceError } from "./oscore-error.js";
import { encodePartialIv, SEQUENCE_END } from "./partial-iv.js";
import { ReplayWindow } from "./replay-window.js";

export interface SecurityContextOptions {
	/** Names the peer: `ServerRequest.peer` of what it sends. Never like `address port`. */
	readonly name: string;
	readonly masterSecret: Uint8Array;
	/** Default: none. */
	readonly masterSalt?: Uint8Array;
	/** At most 7 bytes each, and not the same. */
	readonly senderId: Uint8Array;
	readonly recipientId: Uint8Array;
	/** Default: none. */
	readonly idContext?: Uint8Array;
	/** What requests carry as kid context, when the peer needs it to find the context. Default: nothing. */
	readonly kidContext?: Uint8Array;
	/** Messages sent, or failed to open, after which the context should be renewed. Default 2^20. */
	readonly limit?: number;
	/** When the nonces in the keys were made and heard; without, the keys prove nothing of the time. */
	readonly times?: KeyTimes | undefined;
	/** The first sequence number, 0 unless a context goes on whose numbers were kept. */
	readonly sequence?: number;
	/** The limit has been reached; called once. */
	onSpent?(context: SecurityContext): void;
}

/** What rests on a context: a request under way, an observation. */
export interface Dependent {
	/** Its keys are forgotten. */
	contextClosed(): void;
	/** Newer keys have taken its place: the peer may forget it before this node does. */
	contextReplaced?(): void;
}

const KEY_BYTES = 16;
/** AES-CCM-16-64-128 in COSE's registry. */
const ALGORITHM = 10;
const EMPTY = new Uint8Array(0);
const DEFAULT_LIMIT = 2 ** 20;

/**
 * What two peers share to protect their messages, as one of them has it (RFC 8613 section 3): AES-CCM-16-64-128,
 * HKDF-SHA-256, a replay window of 64. The keys are forgotten by `close`.
 */
export class SecurityContext {
	readonly name: string;
	readonly senderId: Uint8Array;
	readonly recipientId: Uint8Array;
	readonly idContext: Uint8Array | undefined;
	/** Sent with requests until the peer has shown that it knows which context is meant. */
	kidContext: Uint8Array | undefined;
	/** Numbers of requests that have come from the peer. */
	readonly window = new ReplayWindow();
	readonly #times: KeyTimes | undefined;
	#freshness: KeyFreshness | undefined;
	/** Sender Key, Recipient Key and Common IV, in one buffer: a board has a context for each peer that it talks to. */
	readonly #keys = new Uint8Array(2 * KEY_BYTES + NONCE_BYTES);
	readonly #limit: number;
	readonly #onSpent: ((context: SecurityContext) => void) | undefined;
	/** Made when there is one. */
	#dependents: Set<Dependent> | undefined;
	#sequence: number;
	#sent = 0;
	#failed = 0;
	#spent = false;
	#closed = false;

	/** Throws ContextError for IDs that are too long or equal, and for numbers out of range. */
	constructor(options: SecurityContextOptions) {
		const { idContext, kidContext, limit = DEFAULT_LIMIT, masterSalt = EMPTY, masterSecret, name } = options;
		const { recipientId, senderId, sequence = 0 } = options;
		check(senderId, recipientId, sequence);
		this.name = name;
		this.senderId = senderId;
		this.recipientId = recipientId;
		this.idContext = idContext;
		this.kidContext = kidContext;
		this.#times = options.times;
		this.#sequence = sequence;
		this.#limit = limit;
		this.#onSpent = options.onSpent;
		const key = hkdfExtract(masterSalt, masterSecret);
		const derive = (place: number, id: Uint8Array, type: string, length: number) => {
			const part = hkdfExpand(key, encode([id, idContext ?? null, ALGORITHM, type, length]), length);
			this.#keys.set(part, place);
			part.fill(0);
		};
		derive(0, senderId, "Key", KEY_BYTES);
		derive(KEY_BYTES, recipientId, "Key", KEY_BYTES);
		derive(2 * KEY_BYTES, EMPTY, "IV", NONCE_BYTES);
		key.fill(0);
	}

	/** The Echoes of both sides, and the age of the keys; made when first asked for, since many contexts never are. */
	get freshness(): KeyFreshness {
		this.#freshness ??= new KeyFreshness(this.#times);
		return this.#freshness;
	}

	/** Messages sealed. */
	get sent(): number {
		return this.#sent;
	}

	/** Messages that did not open. */
	get failed(): number {
		return this.#failed;
	}

	/** Whether as many messages were sent, failed to open, or as many Echoes issued, as one context should see. */
	get spent(): boolean {
		return this.#spent;
	}

	get closed(): boolean {
		return this.#closed;
	}

	/** The Partial IV of the next message; never twice the same. Throws SequenceError when all 2^40 are used. */
	nextPartialIv(): Uint8Array {
		if (this.#sequence >= SEQUENCE_END)
			throw new SequenceError("all sequence numbers of the context are used");
		const partialIv = encodePartialIv(this.#sequence);
		this.#sequence += 1;
		return partialIv;
	}

	/** An Echo of 2 bytes for the peer; undefined once all have been issued, and the context is spent. */
	newEcho(now: number): Uint8Array | undefined {
		const echo = this.freshness.issue(now);
		if (echo === undefined) this.spend();
		return echo;
	}

	/** The nonce made of a Partial IV and the ID of who chose it. */
	nonce(id: Uint8Array, partialIv: Uint8Array): Uint8Array {
		return makeNonce(this.#keys.subarray(2 * KEY_BYTES), id, partialIv);
	}

	/** Seals for the peer; 8 bytes are added. A nonce serves once. Throws ContextError when closed. */
	seal(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
		this.checkOpen();
		this.#sent += 1;
		const sealed = ccmSeal({ key: this.#keys.subarray(0, KEY_BYTES), nonce, aad, plaintext });
		this.checkSpent();
		return sealed;
	}

	/** What the peer sealed; undefined when it did not, which is counted. Throws ContextError when closed. */
	open(nonce: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined {
		this.checkOpen();
		const plaintext = ccmOpen({ key: this.#keys.subarray(KEY_BYTES, 2 * KEY_BYTES), nonce, aad, ciphertext });
		if (plaintext === undefined) {
			this.#failed += 1;
			this.checkSpent();
		}
		return plaintext;
	}

	/** Whether a request under way or an observation rests on it. */
	get isInUse(): boolean {
		return this.#dependents !== undefined;
	}

	/** `dependent` is told when the context is closed, unless it is released before. */
	support(dependent: Dependent): void {
		this.#dependents ??= new Set();
		this.#dependents.add(dependent);
	}

	/** Harmless for who is not supported. */
	release(dependent: Dependent): void {
		this.#dependents?.delete(dependent);
		if (this.#dependents?.size === 0) this.#dependents = undefined;
	}

	/** Tells what rests on it that newer keys have taken its place. */
	replaced(): void {
		for (const dependent of [...(this.#dependents ?? [])]) dependent.contextReplaced?.();
	}

	/** Forgets the keys, and ends what rests on them: requests under way, observations. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#keys.fill(0);
		for (const dependent of [...(this.#dependents ?? [])]) dependent.contextClosed();
		this.#dependents = undefined;
	}

	private checkOpen(): void {
		if (this.#closed) throw new ContextError(`the security context with ${this.name} has ended`);
	}

	private checkSpent(): void {
		if (this.#sent >= this.#limit || this.#failed >= this.#limit) this.spend();
	}

	private spend(): void {
		if (this.#spent) return;
		this.#spent = true;
		this.#onSpent?.(this);
	}
}

function check(senderId: Uint8Array, recipientId: Uint8Array, sequence: number): void {
	for (const { length } of [senderId, recipientId]) {
		if (length > MAX_ID_BYTES) throw new ContextError(`an ID of ${length} bytes exceeds ${MAX_ID_BYTES}`);
	}
	// Both would seal with one key and one series of nonces.
	if (senderId.length === recipientId.length && senderId.every((byte, i) => byte === recipientId[i])) {
		throw new ContextError("Sender ID and Recipient ID are the same");
	}
	if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence > SEQUENCE_END) {
		throw new ContextError(`${sequence} is no sequence number`);
	}
}
