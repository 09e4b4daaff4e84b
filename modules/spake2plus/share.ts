import {
	addPoints,
	CryptoError,
	decodePoint,
	multiply,
	multiplyBase,
	negateScalar,
	Secrets,
	type Steps
} from "../crypto/crypto.js";
import { Spake2PlusError } from "./spake2plus-error.js";

/**
 * ephemeral * P + w0 * generator: the public share (64 bytes) of a side, its password masked by `ephemeral`.
 * Two products and a sum; a sum of two products at once is not constant time on every host.
 */
export function* makeShare(ephemeral: Uint8Array, w0: Uint8Array, generator: Uint8Array): Steps<Uint8Array> {
	const secrets = new Secrets();
	try {
		yield;
		const blind = secrets.keep(multiplyBase(ephemeral));
		yield;
		const mask = secrets.keep(multiply(w0, generator));
		yield;
		const share = addPoints(blind, mask);
		// One ephemeral in 2^256; a share at infinity would say what w0 is to the ephemeral.
		if (share === undefined) throw new Spake2PlusError("this ephemeral gives no share: take another");
		return share;
	} finally {
		secrets.wipe();
	}
}

/** -w0 * generator: what takes the mask off the other side's share. 64 bytes, secret. One operation on the curve. */
export function oppositeMask(w0: Uint8Array, generator: Uint8Array): Uint8Array {
	const opposite = negateScalar(w0);
	try {
		return multiply(opposite, generator);
	} finally {
		opposite.fill(0);
	}
}

/**
 * The other side's share (65 bytes) without its mask, by what `oppositeMask` gave. Throws a Spake2PlusError when the
 * share is no point of the curve, or is nothing but the mask: then Z would be the point at infinity, which everybody
 * knows.
 */
export function unmask(share: Uint8Array, opposite: Uint8Array): Uint8Array {
	const unmasked = addPoints(decodeShare(share, "the share"), opposite);
	if (unmasked === undefined) throw new Spake2PlusError("a share of the identity");
	return unmasked;
}

/** The point of 65 bytes from elsewhere. Throws a Spake2PlusError naming `what` when it is none. */
export function decodeShare(encoded: Uint8Array, what: string): Uint8Array {
	try {
		return decodePoint(encoded);
	} catch (error) {
		if (error instanceof CryptoError) throw new Spake2PlusError(`${what} is no point of P-256`);
		throw error;
	}
}
