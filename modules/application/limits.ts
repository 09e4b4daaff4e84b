import type { BlockwiseOptions, Parameters } from "../coap/coap.js";

/** What bounds the memory that others can have a node use. */
export interface Limits {
	/** Peers with security contexts at once; with one that is left out, fresh keys are agreed on when it is next needed. */
	readonly contexts: number;
	readonly coap: Partial<Parameters>;
	readonly bodies: Pick<BlockwiseOptions, "maxBody" | "maxTransfers" | "maxBytes">;
}

/** Bytes of the largest body: 16 blocks of the largest size, or a checkpoint with its table. */
const maxBody = 12_288;

/** Of a host with megabytes, and of a microcontroller. */
export const limits: { readonly large: Limits; readonly small: Limits } = Object.freeze({
	large: Object.freeze({
		// For every other member of the largest home, and some.
		contexts: 72,
		coap: Object.freeze({}),
		bodies: Object.freeze({ maxBody, maxTransfers: 8, maxBytes: 8 * maxBody })
	}),
	small: Object.freeze({
		contexts: 6,
		coap: Object.freeze({
			maxRequests: 16,
			maxExchanges: 8,
			maxUnverified: 6,
			maxObservations: 8,
			maxRemembered: 24,
			maxRememberedBytes: 4096
		}),
		bodies: Object.freeze({ maxBody, maxTransfers: 2, maxBytes: maxBody })
	})
} as const);
