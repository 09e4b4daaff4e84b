import { equalBytes } from "../bytes/bytes.js";
import type { Chain, IdText } from "../chain/chain.js";
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
	hasStanding,
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

export interface RecordExchangeOptions {
	readonly identity: Identity;
	readonly chain: Chain;
	readonly homeSecret: HomeSecret;
	readonly link: Pick<Link, "request" | "serve">;
	/** Whether a peer may have what it brings written; else it is taken when it comes again. */
	readonly mayWrite: (peer: IdText) => boolean;
	/** Asks a member at an address that this node does not know it by. */
	readonly sendTo: (request: LinkRequest, address: Address) => void;
	readonly report: (text: string) => void;
}

const ignore = (): void => undefined;

/**
 * Hands the record of the home's password on from member to member: each side sends its own, sealed, and both keep the
 * one that counts more. Every member may have it anyway.
 */
export class RecordExchange {
	readonly #options: RecordExchangeOptions;
	/** With which key of this node's its own signature was last seen to fit. */
	#signedWith: Uint8Array | undefined;

	constructor(options: RecordExchangeOptions) {
		this.#options = options;
		options.link.serve(recordPath, {
			[Code.Post]: (from, payload, answer) => this.#received(from.idText, payload, answer)
		});
	}

	/** Makes a peer's record and this node's the same; what fails is made up for the next time. */
	with(peer: IdText): void {
		this.#options.link.request(this.#request(peer, ignore));
	}

	/** The same with a peer at an address where it may be; `done` once, whether it is or not. */
	at(peer: IdText, address: Address, done: () => void): void {
		this.#options.sendTo(this.#request(peer, done), address);
	}

	#request(peer: IdText, done: () => void): LinkRequest {
		const onReply = (payload: Uint8Array): void => {
			done();
			this.#take(peer, payload);
		};
		const payload = this.#own();
		return { peer, code: Code.Post, path: recordPath, payload, timeout, onReply, onFailure: done };
	}

	#received(from: IdText, payload: Uint8Array, answer: Answer): void {
		this.#take(from, payload);
		answer.reply(this.#own());
	}

	/** This node's record; signed anew where it was signed with a key that this node has given up, and nobody could check it. */
	#own(): Uint8Array {
		const { chain, homeSecret, identity, report } = this.#options;
		const { home, members } = chain;
		const { id, publicKey } = identity;
		const record = readRecord(homeSecret.value);
		const isOwn = record?.signed !== undefined && equalBytes(record.signed.by, id);
		if (!isOwn || home === undefined || this.#signedWith === publicKey) return homeSecret.value;
		// Not before the chain says that it is this node's key.
		if (!equalBytes(members.get(id)?.key ?? id, publicKey)) return homeSecret.value;
		this.#signedWith = publicKey;
		if (isSignedRecord(record, home, members)) return homeSecret.value;
		try {
			homeSecret.replace(writeRecord(signRecord(record, home, identity)));
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
		return homeSecret.value;
	}

	/** Takes a record over that counts more than this node's, and that a founder or an admin signed. */
	#take(from: IdText, payload: Uint8Array): void {
		const { chain, homeSecret, mayWrite, report } = this.#options;
		const theirs = readRecord(payload);
		const ours = readRecord(homeSecret.value);
		const { home } = chain;
		if (theirs === undefined || !isSoundRecord(theirs)) throw new MessageError("not a record");
		if (ours === undefined || home === undefined) return;
		const order = compareRecords(theirs, ours);
		const isOther = !equalBytes(payload, homeSecret.value);
		const completes = order === 0 && isOther && !isSignedRecord(ours, home, chain.members);
		const brings = order > 0 || completes || !hasStanding(ours, chain.members);
		if (!brings) return;
		if (!isSignedRecord(theirs, home, chain.members) || !mayWrite(from)) return;
		try {
			homeSecret.replace(payload.slice());
			if (order !== 0) report("the home has a new password");
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
	}
}
