import { concat } from "../bytes/bytes.js";
import { SecurityContext } from "./context.js";
import type { KeyTimes } from "./key-freshness.js";

/** What is kept of a session over a restart: enough to make fresh keys with the peer, and used for nothing else. */
export interface StoredSecret {
	/** Names the peer. */
	readonly name: string;
	readonly masterSecret: Uint8Array;
	readonly masterSalt?: Uint8Array;
	/** At most 7 bytes each. */
	readonly senderId: Uint8Array;
	readonly recipientId: Uint8Array;
}

/** Bytes of R1, R2 and R3. */
export const RENEWAL_NONCE_BYTES = 8;
const BYTE_STRING_HEAD = 0x40;

/** What contexts made from a secret have in common. */
export interface DerivationOptions {
	readonly limit?: number;
	/** As of a `SecurityContext`. */
	readonly sequence?: number;
	/** When the nonces were made and heard. */
	readonly times?: KeyTimes;
	onSpent?(context: SecurityContext): void;
}

/**
 * A context under fresh nonces (RFC 8613 appendix B.2): their row is its ID Context, and requests carry it, as a
 * CBOR byte string, in the kid context.
 */
export function deriveRenewed(
	secret: StoredSecret,
	options: DerivationOptions,
	...nonces: readonly Uint8Array[]
): SecurityContext {
	const idContext = concat(...nonces);
	return new SecurityContext({ ...options, ...secret, idContext, kidContext: wrapNonces(idContext) });
}

/** As a CBOR byte string; at most 16 bytes, so the head is one byte. */
export function wrapNonces(nonces: Uint8Array): Uint8Array {
	return concat(Uint8Array.of(BYTE_STRING_HEAD + nonces.length), nonces);
}

/** The one or two nonces in a kid context, without their CBOR head; undefined when it holds something else. */
export function unwrapNonces(kidContext: Uint8Array): Uint8Array | undefined {
	const length = kidContext.length - 1;
	if (length !== RENEWAL_NONCE_BYTES && length !== 2 * RENEWAL_NONCE_BYTES) return undefined;
	return kidContext[0] === BYTE_STRING_HEAD + length ? kidContext.subarray(1) : undefined;
}
