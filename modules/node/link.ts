import { decodeUtf8 } from "../bytes/bytes.js";
import type { AddBody, Chain, IdText, Member } from "../chain/chain.js";
import type { Cancel, Clock } from "../clock/clock.js";
import {
	codeText,
	type Freshness,
	type Layer,
	type PendingRequest,
	type Resources,
	type Response
} from "../coap/coap.js";
import type { Store } from "../store/store.js";
import type { Address } from "./address.js";
import type { HomeSecret } from "./home-secret.js";
import type { Identity } from "./identity.js";
import type { Peers } from "./peers.js";
import type { Seats } from "./suite.js";

/** A peer did not answer a request as hoped; the message says which way. */
export class LinkError extends Error {
	override readonly name = "LinkError";
	/** The CoAP code of a refusal, by the peer as sure as its suite makes that; undefined for anything else. */
	readonly code: number | undefined;

	constructor(message: string, code?: number) {
		super(message);
		this.code = code;
	}
}

export interface LinkRequest {
	readonly peer: IdText;
	/** A method of CoAP's `Code`. */
	readonly code: number;
	readonly path: string;
	readonly payload: Uint8Array;
	/** Milliseconds for everything, an authentication included. It may be sent, and handled, more than once. */
	readonly timeout: number;
	/** As `ClientRequest.isUrgent`. */
	readonly isUrgent?: boolean;
	/** As `ClientRequest.isActing`. */
	readonly isActing?: boolean;
	/** As `ClientRequest.onSealing`; may be called several times. The payload is read after it. */
	onSealing?(heard: number | undefined): void;
	/** The reply's payload. What it throws as MessageError fails the request. */
	onReply(payload: Uint8Array): void;
	onFailure(error: LinkError): void;
}

/** How a handler answers a member: once, with a payload or with a refusal for people to read. */
export interface Answer {
	/** `withEcho`: with an Echo for the next request of the asker's that acts. */
	reply(payload: Uint8Array, withEcho?: boolean): void;
	refuse(code: number, reason: string): void;
	/** Refuses what is not fresh, with an Echo to ask again with: 4.01, protected (RFC 9175 section 2.3). */
	challenge(): void;
}

/**
 * Handles a member's request; a MessageError that it throws is answered with 4.00. `freshness`: when it can have been
 * sent, in a suite that tells.
 */
export type LinkHandler = (
	from: Member,
	payload: Uint8Array,
	answer: Answer,
	freshness: Freshness | undefined
) => void;

/** Requests between the members of a home, protected as its suite says, and only between members. */
export interface Link {
	/** How many peers are authenticated here. */
	readonly sessions: number;
	/** Whether what is asked of a member goes at once: not where keys are to be agreed on first. */
	hasKeys(peer: IdText): boolean;
	/** Whether some that are asked wait until keys are agreed on with others: who is asked next would wait as well. */
	readonly isAgreeing: boolean;
	/** Makes what members share of the home's password the same with a peer, and a session for it where there is none. */
	agree(peer: IdText): void;
	/** Ends what runs by itself. */
	stop(): void;
	/** Tells of a member that is not on the chain here yet: the sponsor of this node, whose key it has been told. */
	introduce(id: Uint8Array, publicKey: Uint8Array): void;
	/**
	 * This node has a new key. Who had the old one may have copied what it shares with others: that serves to compare chains
	 * alone, by which they hear of the new one, until there is a new handshake.
	 */
	ownKeyChanged(): void;
	/**
	 * Asks a node that this one admitted, which is no member any more, to sign what it said of itself for the base of that number.
	 * `done` once, with the signature, which is not checked; undefined where there is none.
	 */
	askStatement(said: AddBody, number: number, done: (signature: Uint8Array | undefined) => void): void;
	/** Somebody at an address says that it is this member: it is asked there, and known to be there if it answers. */
	visit(peer: IdText, address: Address): void;
	/** Asks a member. Authenticates first where that is needed. Calls back once, unless it is cancelled before. */
	request(request: LinkRequest): PendingRequest;
	/**
	 * Answers members who have authenticated, and nobody else. With a `state`, GET reads it, and members may observe
	 * it where the suite can: what is returned tells them that it has changed.
	 */
	serve(
		path: string,
		handlers: { readonly [method: number]: LinkHandler },
		state?: () => Uint8Array
	): () => void;
	/** Hears a member's state now and whenever it changes, until it is cancelled or fails. */
	observe(request: ObserveRequest): Cancel;
}

/** An observation of a member's state (RFC 7641). */
export interface ObserveRequest {
	readonly peer: IdText;
	readonly path: string;
	onState(payload: Uint8Array): void;
	/** Called once, when there is no observation, or none any more. */
	onEnd(error: LinkError): void;
}

/** What a suite makes its link of. */
export interface LinkOptions {
	readonly identity: Identity;
	readonly homeSecret: HomeSecret;
	readonly chain: Chain;
	readonly peers: Peers;
	readonly store: Store;
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly layer: Layer;
	readonly resources: Resources;
	readonly seats: Seats;
	/** Peers with security contexts at once. */
	readonly maxContexts: number;
	/** Finds a member whose address is not known; calls back once, with undefined when it is not found. */
	readonly locate: (peer: IdText, found: (address: Address | undefined) => void) => void;
	/** A member does not answer where it is known to be, at once or at all, or somebody else does. */
	readonly onMissed: (peer: IdText) => void;
	/** Someone authenticated who is not on the chain here: perhaps it joined elsewhere. */
	readonly onStranger: () => void;
	/** The recovery key has opened an era that is not here yet, and this owner of it has the chain: it is to be asked there. */
	readonly onOpening: (owner: IdText, address: Address) => void;
	/** A peer says that this node was removed, with what is to show it: to be judged. */
	readonly onRemoved: (proof: readonly Uint8Array[]) => void;
	/** A member does not know this node, and shows nothing of why. */
	readonly onUnknown: (address: Address) => void;
	/** Told of what should be seen but stops nothing. */
	readonly report: (text: string) => void;
}

/** What a refusal says: its diagnostic payload (RFC 7252 5.5.2) where it has one. */
export function refusalText(response: Response): string {
	if (response.payload.length > 0 && response.payload.length <= 128) {
		try {
			return decodeUtf8(response.payload);
		} catch {
			// Not a text after all: the code says enough.
		}
	}
	return `refused (${codeText(response.code)})`;
}
