/** The largest datagram that is sent (RFC 7252 section 4.6, and DESIGN's limit). */
export const MAX_DATAGRAM_BYTES = 1152;

/** The protocol's times, in milliseconds, and our limits. */
export interface Parameters {
	/** First wait for an acknowledgement, before the random factor (RFC 7252 section 4.8). */
	readonly ackTimeout: number;
	/** The first wait is between ackTimeout and ackTimeout times this. */
	readonly ackRandomFactor: number;
	/** The same for a request that is urgent, and by how much its waits grow, where others double. */
	readonly urgentTimeout: number;
	readonly urgentGrowth: number;
	/** How often a confirmable message is repeated after its first sending. */
	readonly maxRetransmit: number;
	/** The same for a request that is urgent: for as long as a task may act, or what is sent after it would wait for a new one. */
	readonly urgentRetransmit: number;
	/** Confirmable requests to one peer that may wait for an acknowledgement at once. */
	readonly nstart: number;
	/** How long a datagram may be under way. */
	readonly maxLatency: number;
	/** How long a peer may take to acknowledge. */
	readonly processingDelay: number;
	/** How long we wait for the handler before we acknowledge with an empty message (section 5.2.2). */
	readonly acknowledgeDelay: number;
	/** After how long a request that its handler has not answered gets 5.03, as the last resort. */
	readonly handlingLimit: number;
	/** Bytes of our tokens, 1 to 8. */
	readonly tokenLength: number;
	/** Requests to one peer that may wait for their turn. */
	readonly maxQueued: number;
	/** Requests of ours under way or queued, all peers together, observations aside; four more of those that are urgent. */
	readonly maxRequests: number;
	/** Requests of others being handled. When there are more, one of who has the most gets 5.03. */
	readonly maxExchanges: number;
	/** Of these, requests of which no security layer has verified who asks: the oldest gives way to another. */
	readonly maxUnverified: number;
	/** Observations of others at once; requests for more are answered once. */
	readonly maxObservations: number;
	/** A notification is confirmable when the last that was confirmed is this old (RFC 7641 section 4.5: a day). */
	readonly confirmEvery: number;
	/** Messages remembered to recognise duplicates; must be above maxExchanges. */
	readonly maxRemembered: number;
	/** Bytes of replies kept to repeat them to duplicates. */
	readonly maxRememberedBytes: number;
}

export const defaultParameters: Parameters = {
	ackTimeout: 2000,
	ackRandomFactor: 1.5,
	urgentTimeout: 500,
	urgentGrowth: 1.2,
	maxRetransmit: 4,
	urgentRetransmit: 8,
	nstart: 1,
	maxLatency: 100_000,
	processingDelay: 2000,
	acknowledgeDelay: 500,
	handlingLimit: 15_000,
	tokenLength: 4,
	maxQueued: 8,
	maxRequests: 32,
	maxExchanges: 16,
	maxUnverified: 8,
	maxObservations: 16,
	confirmEvery: 3_600_000,
	maxRemembered: 64,
	maxRememberedBytes: 16_384
};

/** MAX_TRANSMIT_SPAN: from a message's first sending to its last (RFC 7252 section 4.8.2). */
export function maxTransmitSpan(parameters: Parameters): number {
	return parameters.ackTimeout * (2 ** parameters.maxRetransmit - 1) * parameters.ackRandomFactor;
}

/** MAX_TRANSMIT_WAIT: from a message's first sending to giving up on its acknowledgement. */
export function maxTransmitWait(parameters: Parameters): number {
	return parameters.ackTimeout * (2 ** (parameters.maxRetransmit + 1) - 1) * parameters.ackRandomFactor;
}

/** EXCHANGE_LIFETIME: how long a confirmable message's id means that message. */
export function exchangeLifetime(parameters: Parameters): number {
	return maxTransmitSpan(parameters) + 2 * parameters.maxLatency + parameters.processingDelay;
}

/** NON_LIFETIME: how long a non-confirmable message's id means that message. */
export function nonLifetime(parameters: Parameters): number {
	return maxTransmitSpan(parameters) + parameters.maxLatency;
}
