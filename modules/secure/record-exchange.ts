import { concat, equalBytes } from "../bytes/bytes.js";
import type { Chain, IdText } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { Code } from "../coap/coap.js";
import {
	type Address,
	type Answer,
	type HomeSecret,
	type Identity,
	type Link,
	type LinkRequest,
	MessageError
} from "../node/node.js";
import { StoreError } from "../store/store.js";
import {
	compareRecords,
	type HomeRecord,
	isSignedRecord,
	isSoundRecord,
	readRecord,
	signRecord,
	writeRecord
} from "./record.js";

/** Where members hand on the home's registration record. */
export const recordPath = "/record";

/** Milliseconds for a request. */
const timeout = 8_000;
/** Milliseconds before a record that the flash refused is signed anew: a member could else have a board sign without end. */
const refusedFor = 60_000;

export interface RecordExchangeOptions {
	readonly identity: Identity;
	readonly chain: Chain;
	readonly clock: Clock;
	readonly homeSecret: HomeSecret;
	readonly link: Pick<Link, "request" | "serve">;
	/** Asks a member at an address that this node does not know it by; `isLook`: from which it has just asked something itself. */
	readonly sendTo: (request: LinkRequest, address: Address, isLook: boolean) => void;
	/** Whether a peer may have what it brings checked, and written; else it is looked at when it comes again. */
	readonly mayWrite: (peer: IdText) => boolean;
	readonly report: (text: string) => void;
}

const ignore = (): void => undefined;

/**
 * Hands the record of the home's password on from member to member: each side sends its own, sealed, and both keep the
 * one that counts more. Every member may have it anyway.
 */
export class RecordExchange {
	readonly #options: RecordExchangeOptions;
	/** With which key of this node's, and in which era, its own signature was last seen to fit. */
	#signedWith: Uint8Array | undefined;
	/** When it is looked at again all the same: the flash refused it. */
	#againAt = Number.POSITIVE_INFINITY;

	constructor(options: RecordExchangeOptions) {
		this.#options = options;
		options.link.serve(recordPath, {
			[Code.Post]: (from, payload, answer) => this.received(from.idText, payload, answer)
		});
	}

	/** Makes a peer's record and this node's the same; what fails is made up for the next time. */
	with(peer: IdText): void {
		this.#options.link.request(this.request(peer, ignore));
	}

	/** The same with a peer at an address where it may be; `done` once, whether it is or not. */
	at(peer: IdText, address: Address, done: () => void, isLook: boolean): void {
		this.#options.sendTo(this.request(peer, done), address, isLook);
	}

	private request(peer: IdText, done: () => void): LinkRequest {
		const onReply = (payload: Uint8Array): void => {
			done();
			this.take(peer, payload);
		};
		const payload = this.own();
		return { peer, code: Code.Post, path: recordPath, payload, timeout, onReply, onFailure: done };
	}

	private received(from: IdText, payload: Uint8Array, answer: Answer): void {
		this.take(from, payload);
		// A turn of its own, since it may check a signature too.
		this.#options.clock.after(0, () => answer.reply(this.own()));
	}

	/** This node's record; signed anew by an owner's node where nobody could check the signature: it has another key by now, or the era another id. */
	private own(): Uint8Array {
		const { chain, clock, homeSecret, identity, report } = this.#options;
		const { members, base } = chain;
		const { id, publicKey } = identity;
		const record = readRecord(homeSecret.value);
		const self = members.get(id);
		if (record === undefined || base === undefined || self?.isOwner !== true || self.isFrozen)
			return homeSecret.value;
		if (record.version === 0 || record.version !== members.passwordVersion) return homeSecret.value;
		// Not before the chain says that it is this node's key.
		if (!equalBytes(self.key, publicKey)) return homeSecret.value;
		const seen = concat(publicKey, base.opening);
		const isSeen = this.#signedWith !== undefined && equalBytes(this.#signedWith, seen);
		if (isSeen && clock.now() < this.#againAt) return homeSecret.value;
		this.#signedWith = seen;
		this.#againAt = Number.POSITIVE_INFINITY;
		if (isSignedRecord(record, chain.era, members)) return homeSecret.value;
		try {
			homeSecret.replace(writeRecord(signRecord(record, chain.era, identity)));
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#againAt = clock.now() + refusedFor;
			report(error.message);
		}
		return homeSecret.value;
	}

	/** Takes a record over that an owner signed and the base's version is, where this node's is of another, or counts less. */
	private take(from: IdText, payload: Uint8Array): void {
		const { chain, clock, homeSecret, mayWrite } = this.#options;
		const theirs = readRecord(payload.slice());
		const before = homeSecret.value;
		const ours = readRecord(before);
		const { members, base } = chain;
		if (theirs === undefined || !isSoundRecord(theirs)) throw new MessageError("not a record");
		if (ours === undefined || base === undefined || theirs.version === 0) return;
		if (theirs.version !== members.passwordVersion || equalBytes(payload, before)) return;
		const isCurrent = ours.version === theirs.version;
		const order = isCurrent ? compareRecords(theirs, ours) : 1;
		if (!mayWrite(from)) return;
		if (order > 0) this.keep(theirs, order);
		else if (!isSignedRecord(ours, chain.era, members)) {
			// One signature in a turn: meanwhile others may bring theirs.
			clock.after(0, () => {
				if (homeSecret.value === before) this.keep(theirs, order);
			});
		}
	}

	/** Keeps a record that an owner signed. */
	private keep(record: HomeRecord, order: number): void {
		const { chain, homeSecret, report } = this.#options;
		const { members, era } = chain;
		if (record.version !== members.passwordVersion || !isSignedRecord(record, era, members)) return;
		try {
			homeSecret.replace(writeRecord(record));
			if (order !== 0) report("the home has a new password");
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
	}
}
