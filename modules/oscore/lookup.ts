import type { ClientRequest } from "../coap/coap.js";
import type { SecurityContext } from "./context.js";

/** Under what a request of ours goes out. */
export interface Outbound {
	readonly context: SecurityContext;
	/** A response has verified under the context: the peer has it too. */
	verified?(): void;
	/**
	 * A response names another context by its kid context (RFC 8613 appendix B.2). Undefined when that means nothing
	 * here. Nothing is proven yet: `next` is called when the response has verified.
	 */
	renew?(kidContext: Uint8Array): Renewed | undefined;
}

export interface Renewed {
	/** What the response was sealed under, if it was; to be closed once it has been opened, or has not. */
	readonly context: SecurityContext;
	/** Under what the request, which was not acted on, goes again. */
	next(): Outbound;
}

/** A context that a request from outside may have been sealed under. */
export interface Inbound {
	readonly context: SecurityContext;
	/** Nothing says yet that the peer has it too: what does not open may be sealed under one that is not here any more. */
	readonly isProvisional?: boolean;
	/** A request has verified under the context. */
	verified?(): void;
	/** None has: ends a context that was made for this request alone. */
	discard?(): void;
	/**
	 * The context only begins a renewal (RFC 8613 appendix B.2): what verifies is never acted on, and gets 4.01 under
	 * the context returned here, which the kid context names.
	 */
	challenge?(): Challenge;
}

export interface Challenge {
	/** For one answer, and to be closed after it. */
	readonly context: SecurityContext;
	readonly kidContext: Uint8Array;
}

/** What a request from outside says of its context; nothing of it is verified. */
export interface ContextHint {
	readonly kid: Uint8Array;
	readonly kidContext: Uint8Array | undefined;
	readonly address: string;
	readonly port: number;
}

/** Where the contexts are. */
export interface ContextLookup {
	/**
	 * The context for a request of ours, by its `peer` or its address. Undefined: it goes in the clear, which is
	 * refused for a request that names a peer.
	 */
	outbound(request: ClientRequest): Outbound | undefined;
	/** The contexts that a request may have been sealed under, the likeliest first. */
	inbound(hint: ContextHint): readonly Inbound[];
}
