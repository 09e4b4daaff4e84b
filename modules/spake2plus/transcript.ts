import { concat, encodeUtf8 } from "../bytes/bytes.js";
import { encodePoint, hkdfExpand, hkdfExtract, hmacSha256, sha256 } from "../crypto/crypto.js";
import { M, N } from "./generators.js";

/** What both sides must agree on from elsewhere (RFC 9383, section 3.1); any of it may be empty. */
export interface Setting {
	/** Names the protocol and what it is used for. */
	readonly context: Uint8Array;
	readonly idProver: Uint8Array;
	readonly idVerifier: Uint8Array;
}

/** What the two sides have said and computed: points of 65 bytes, w0 of 32. */
export interface Exchange {
	readonly shareP: Uint8Array;
	readonly shareV: Uint8Array;
	readonly Z: Uint8Array;
	readonly V: Uint8Array;
	readonly w0: Uint8Array;
}

/** What comes out (RFC 9383, section 3.4), 32 bytes each. */
export interface Keys {
	readonly confirmP: Uint8Array;
	readonly confirmV: Uint8Array;
	/** K_shared. */
	readonly sharedKey: Uint8Array;
}

/**
 * Each part after its length as 8 bytes, the lowest first: no two lists of parts give the same bytes. The form
 * of RFC 9383 for the transcript and for what is stretched (section 3.2).
 */
export function withLengths(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
	return concat(...parts.flatMap(part => [lengthOf(part), part]));
}

function lengthOf({ length }: Uint8Array): Uint8Array {
	return Uint8Array.of(length, length >> 8, length >> 16, length >> 24, 0, 0, 0, 0);
}

/** TT of RFC 9383, section 3.3. It holds w0 and what the key is made of: to be wiped. */
export function transcript(setting: Setting, exchange: Exchange): Uint8Array<ArrayBuffer> {
	const { context, idProver, idVerifier } = setting;
	const { shareP, shareV, Z, V, w0 } = exchange;
	return withLengths(
		...[context, idProver, idVerifier, encodePoint(M), encodePoint(N)],
		...[shareP, shareV, Z, V, w0]
	);
}

/** The confirmations and the key that TT gives (RFC 9383, section 3.4). */
export function deriveKeys(setting: Setting, exchange: Exchange): Keys {
	const text = transcript(setting, exchange);
	const main = sha256(text);
	const key = hkdfExtract(new Uint8Array(0), main);
	const confirmation = hkdfExpand(key, encodeUtf8("ConfirmationKeys"), 64);
	try {
		return {
			confirmP: hmacSha256(confirmation.subarray(0, 32), exchange.shareV),
			confirmV: hmacSha256(confirmation.subarray(32), exchange.shareP),
			sharedKey: hkdfExpand(key, encodeUtf8("SharedKey"), 32)
		};
	} finally {
		for (const secret of [text, main, key, confirmation]) secret.fill(0);
	}
}
