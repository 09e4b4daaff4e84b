import type { CoapError } from "./errors.js";
import { type Option, uintOption } from "./option.js";
import { OptionNumber } from "./option-table.js";

/** What answers a request: code, options, payload. Option values and payload must not be changed afterwards. */
export interface Reply {
	/** Of class 2, 4 or 5. */
	readonly code: number;
	readonly options?: readonly Option[];
	/** One of `ContentFormat`: short for that option. */
	readonly contentFormat?: number;
	readonly payload?: Uint8Array;
}

/** The options of a reply, its content format among them. */
export function replyOptions(reply: Reply): readonly Option[] {
	const { contentFormat, options = [] } = reply;
	if (contentFormat === undefined) return options;
	return [...options, uintOption(OptionNumber.ContentFormat, contentFormat)];
}

/** An answer to a request of ours, and where it came from. */
export interface Response {
	readonly code: number;
	readonly options: readonly Option[];
	readonly payload: Uint8Array;
	readonly address: string;
	readonly port: number;
}

/**
 * A request of ours. Exactly one of `onResponse` and `onFailure` is called, once, unless it is cancelled; an
 * observation that breaks off later calls `onFailure` too.
 */
export interface ClientRequest {
	/** Names whom it is for, to a security layer that chooses the context by it; without, it may go in the clear. */
	readonly peer?: string;
	/** As the transport reports it for datagrams received: numeric, never a name. */
	readonly address: string;
	readonly port: number;
	/** A method of `Code`. */
	readonly code: number;
	readonly options?: readonly Option[];
	readonly payload?: Uint8Array;
	/** Sent until acknowledged; otherwise sent once. Default true. */
	readonly confirmable?: boolean;
	/** Milliseconds until it fails with TimeoutError, whatever has happened. Default EXCHANGE_LIFETIME. */
	readonly timeout?: number;
	/**
	 * Whether a person waits for it: it does not queue behind what goes on in the background, and is sent again sooner. For
	 * peers one hop away, who answer at once or not at all. Default false.
	 */
	readonly isUrgent?: boolean;
	/** Whether it acts on something: a security layer then has it carry what shows when it was sealed (RFC 9175). */
	readonly isActing?: boolean;
	/**
	 * A security layer is about to seal it; options and payload are read afterwards. `heard`: when this node heard the
	 * Echo, or the peer's nonce in the keys, that the request will carry, in milliseconds of the clock; undefined when
	 * it carries none. A CoapError that is thrown here ends the request: nothing is sealed.
	 */
	onSealing?(heard: number | undefined): void;
	/**
	 * Whether this is an answer at all: one that is refused is ignored, as if it had been lost. Who gives this also
	 * puts notifications in order.
	 */
	accepts?(response: Response): boolean;
	/** Nobody has acknowledged it in time, and it was sent again: the peer may be elsewhere. */
	onSilent?(): void;
	onResponse(response: Response): void;
	/**
	 * Gets the later states when the request registers an observation (a GET or FETCH with Observe 0) and the
	 * response carries an Observe option, until it is cancelled. One without that option is the last.
	 */
	onNotification?(response: Response): void;
	onFailure(error: CoapError): void;
}

/** A request under way. */
export interface PendingRequest {
	/** Ends it without calling its callbacks; harmless when it has ended. */
	cancel(): void;
}

/** A request of someone else's. */
export interface ServerRequest {
	/** A method, perhaps one that we do not know. */
	readonly code: number;
	readonly options: readonly Option[];
	/** The segments of Uri-Path. */
	readonly path: readonly string[];
	/** One text for each Uri-Query. */
	readonly query: readonly string[];
	readonly payload: Uint8Array;
	readonly address: string;
	readonly port: number;
	/**
	 * Names who asks, to keep the transfers of one apart from another's: address and port here; a security layer
	 * puts the name of its context instead (RFC 8613 section 4.1.3.4).
	 */
	readonly peer: string;
	/** Whether it is sent until it is answered; what goes to many at once never is (RFC 7252 section 8.1). */
	readonly confirmable: boolean;
	/** Whether a security layer has verified who asks. False for all that comes in the clear. */
	readonly secured: boolean;
	/** Of a secured request: when it can have been sealed. */
	readonly freshness?: Freshness;
}

/**
 * Where a request stands among all that its sender has sealed: under which keys, known by when the two sides made them, and
 * its number there. It is kept for as long as an earlier one may come, and holds on to no keys.
 */
export interface RequestPlace {
	readonly keys: { readonly made: number; readonly heard: number };
	readonly sequence: number;
}

/** When a request can have been sealed, as its receiver can tell (RFC 9175 section 2). */
export interface Freshness {
	/**
	 * The instant before which it cannot have been sealed, in milliseconds of the clock: when the Echo that it carries
	 * was issued or, without one, when this node made its own last nonce in the keys. Undefined for an Echo that is
	 * not known or has served. Each serves once: a second call finds none.
	 */
	takeInstant(): number | undefined;
	/** Where it stands among its sender's requests. */
	readonly place: RequestPlace;
	/** Whether its sender cannot have sealed it before the request of its own that has this place. */
	isAfter(place: RequestPlace): boolean;
	/** An Echo for the next request of its sender; undefined when the keys have seen too many. */
	newEcho(): Option | undefined;
}

/** Tells one observer of later states (RFC 7641 section 4.2). */
export interface Notifier {
	/**
	 * Sends a state (a code of class 2; the Observe option is added). While an earlier one waits for its
	 * acknowledgement, the newest waits in its place. Confirmable by default. Throws SizeError, as `respond` does;
	 * does nothing when the observation has ended.
	 */
	notify(reply: Reply, confirmable?: boolean): void;
	/** Ends the observation, with a last word if one is given: it then carries no Observe option. */
	end(reply?: Reply): void;
}

/** The way to answer one request: respond once, now or later, or drop it. */
export interface Exchange {
	/**
	 * Throws ExchangeError when it has been answered or dropped, or for a code that is no answer, and SizeError
	 * when the answer exceeds a datagram: then it can still be answered. Does nothing when the asker has given up.
	 */
	respond(reply: Reply): void;
	/** Whether the request registers an observation and there is room for one: then `observe` may answer it. */
	readonly observable: boolean;
	/**
	 * Answers as `respond` does, with a code of class 2, and registers the observation. `onEnd` is called when the
	 * other side ends it: by a Reset, by silence, by asking anew; or when a layer below has no room for a later state.
	 * Undefined when it has none for this one: it has answered with an error, and registered nothing. Throws
	 * ExchangeError unless `observable`.
	 */
	observe(reply: Reply, onEnd: () => void): Notifier | undefined;
	/** Never answers, nor acknowledges, this request or its repetitions; harmless after an answer. */
	drop(): void;
	/**
	 * A security layer has verified that `peer` asks: the request no longer counts among those of strangers, and what is
	 * answered in place of the handler goes by way of that layer. False when this peer has too many under way: it has been
	 * refused then, and is not to be handled.
	 */
	verified(peer: string, above: Pick<Exchange, "respond">): boolean;
}

/**
 * Handles a request. What it throws becomes 5.00, also in a later turn of the clock, or in the answer to a request that
 * it made; and what it has not answered after `handlingLimit` gets 5.03.
 */
export type Handler = (request: ServerRequest, exchange: Exchange) => void;

/**
 * Requests out, requests in: the endpoint is one, and so is every layer put on top of it (block-wise transfer,
 * security), so that each can be inserted or left out.
 */
export interface Layer {
	/** Throws SizeError when it exceeds a datagram and BusyError when too much is under way; nothing is sent then. */
	request(request: ClientRequest): PendingRequest;
	/** Who handles requests from now on; a layer has one handler. */
	setHandler(handler: Handler): void;
}
