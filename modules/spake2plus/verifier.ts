import {
	constantTimeEqual,
	encodePoint,
	guardSteps,
	isPrivateKey,
	multiply,
	Secrets,
	type Steps
} from "../crypto/crypto.js";
import { M, N } from "./generators.js";
import type { VerifierAnswer } from "./prover.js";
import type { RegistrationRecord } from "./registration.js";
import { decodeShare, makeShare, oppositeMask, unmask } from "./share.js";
import { ConfirmationError, Spake2PlusError } from "./spake2plus-error.js";
import { deriveKeys, type Keys, type Setting } from "./transcript.js";

export interface VerifierOptions extends Setting {
	readonly record: RegistrationRecord;
	/** y of the RFC: 32 fresh random bytes for which `isPrivateKey` says yes. */
	readonly ephemeral: Uint8Array;
}

/**
 * The side that keeps the registration record (RFC 9383, section 3.3), for one exchange: `answer` takes shareP
 * and gives shareV and confirmV to send, `finish` takes confirmP and gives the key. Who sent shareP can test one
 * guess at the password by confirmV: from then on the try counts. Works on copies of the secrets and wipes these
 * in `close`.
 */
export class Verifier {
	readonly #setting: Setting;
	readonly #secrets = new Secrets();
	readonly #w0: Uint8Array;
	readonly #L: Uint8Array;
	readonly #ephemeral: Uint8Array;
	#keys: Keys | undefined;
	#closed = false;

	/** Throws a Spake2PlusError for scalars of 0 or out of range and for an L off the curve. */
	constructor({ context, idProver, idVerifier, record, ephemeral }: VerifierOptions) {
		if (![record.w0, ephemeral].every(isPrivateKey)) throw new Spake2PlusError("a scalar out of range");
		this.#setting = { context, idProver, idVerifier };
		this.#w0 = this.#secrets.keep(record.w0.slice());
		this.#L = this.#secrets.keep(decodeShare(record.L, "L"));
		this.#ephemeral = this.#secrets.keep(ephemeral.slice());
	}

	/**
	 * shareV (65 bytes) and confirmV (32 bytes). Five operations on the curve and two sums. Throws a
	 * Spake2PlusError when shareP is no point that will do, after which another may come. One shareP only is
	 * answered.
	 */
	answer(shareP: Uint8Array): Steps<VerifierAnswer> {
		return guardSteps(() => this.expectShare(), this.#answer(shareP));
	}

	/**
	 * The key, 32 bytes, when `confirmP` is right; the exchange is over then. Throws a ConfirmationError when it
	 * is not, after which another may come: it tells whoever guesses nothing that confirmV has not told.
	 */
	finish(confirmP: Uint8Array): Uint8Array {
		const keys = this.#keys;
		if (keys === undefined || this.#closed) throw new Spake2PlusError("no confirmation is expected");
		if (!constantTimeEqual(keys.confirmP, confirmP)) {
			throw new ConfirmationError("the prover's confirmation does not fit");
		}
		const sharedKey = keys.sharedKey.slice();
		this.close();
		return sharedKey;
	}

	/** Ends the exchange and wipes its secrets; a step under way fails after its next pause. */
	close(): void {
		this.#closed = true;
		this.#keys?.sharedKey.fill(0);
		this.#secrets.wipe();
	}

	*#answer(shareP: Uint8Array): Steps<VerifierAnswer> {
		const secrets = new Secrets();
		try {
			decodeShare(shareP, "the share");
			yield;
			const opposite = secrets.keep(oppositeMask(this.#w0, M));
			yield;
			const unmasked = secrets.keep(unmask(shareP, opposite));
			const shareV = encodePoint(yield* makeShare(this.#ephemeral, this.#w0, N));
			yield;
			const Z = secrets.keep(encodePoint(secrets.keep(multiply(this.#ephemeral, unmasked))));
			yield;
			const V = secrets.keep(encodePoint(secrets.keep(multiply(this.#ephemeral, this.#L))));
			const keys = deriveKeys(this.#setting, { shareP, shareV, Z, V, w0: this.#w0 });
			this.#keys = keys;
			this.#secrets.keep(keys.confirmP);
			return { shareV, confirmV: keys.confirmV };
		} finally {
			secrets.wipe();
		}
	}

	private expectShare(): void {
		if (this.#closed) throw new Spake2PlusError("this exchange is over");
		if (this.#keys !== undefined) throw new Spake2PlusError("a share was answered already");
	}
}
