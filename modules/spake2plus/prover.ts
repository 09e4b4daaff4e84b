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
import type { PasswordScalars } from "./registration.js";
import { decodeShare, makeShare, oppositeMask, unmask } from "./share.js";
import { ConfirmationError, Spake2PlusError } from "./spake2plus-error.js";
import { deriveKeys, type Setting } from "./transcript.js";

export interface ProverOptions extends Setting, PasswordScalars {
	/** x of the RFC: 32 fresh random bytes for which `isPrivateKey` says yes. */
	readonly ephemeral: Uint8Array;
}

/** What the verifier sends: shareV of 65 bytes and confirmV of 32. */
export interface VerifierAnswer {
	readonly shareV: Uint8Array;
	readonly confirmV: Uint8Array;
}

/**
 * The side that knows the password (RFC 9383, section 3.3), for one exchange: `begin` gives shareP to send,
 * `finish` takes shareV and confirmV and gives confirmP to send and the key. Works on copies of the secrets and
 * wipes these in `close`; the caller's own are the caller's to wipe.
 */
export class Prover {
	readonly #setting: Setting;
	readonly #secrets = new Secrets();
	readonly #w0: Uint8Array;
	readonly #w1: Uint8Array;
	readonly #ephemeral: Uint8Array;
	#shareP: Uint8Array | undefined;
	#opposite: Uint8Array | undefined;
	#state: "begun" | "finishing" | "closed" = "begun";

	/** Throws a Spake2PlusError for scalars of 0 or out of range. */
	constructor({ context, idProver, idVerifier, w0, w1, ephemeral }: ProverOptions) {
		if (![w0, w1, ephemeral].every(isPrivateKey)) throw new Spake2PlusError("a scalar out of range");
		this.#setting = { context, idProver, idVerifier };
		this.#w0 = this.#secrets.keep(w0.slice());
		this.#w1 = this.#secrets.keep(w1.slice());
		this.#ephemeral = this.#secrets.keep(ephemeral.slice());
	}

	/** shareP, 65 bytes. Two operations on the curve and a sum. */
	begin(): Steps<Uint8Array> {
		return guardSteps(() => this.expectOpen(), this.#begin());
	}

	/**
	 * Does what can be done of `finish` while the verifier computes: one operation on the curve. Harmless to leave out,
	 * and when the exchange is over.
	 */
	prepare(): void {
		if (this.#state === "begun") this.mask();
	}

	/**
	 * confirmP to send and the key to use, 32 bytes each. Three operations on the curve and a sum. Throws a
	 * Spake2PlusError, after which another shareV may come, when shareV is no point that will do; throws a
	 * ConfirmationError when confirmV does not fit, after which this exchange is over, so that an exchange
	 * gives whoever poses as a verifier one guess at the password.
	 */
	finish(answer: VerifierAnswer): Steps<{ confirmP: Uint8Array; sharedKey: Uint8Array }> {
		return guardSteps(() => this.expectOpen(), this.#finish(answer));
	}

	/** Ends the exchange and wipes its secrets; a step under way fails after its next pause. */
	close(): void {
		this.#state = "closed";
		this.#secrets.wipe();
	}

	*#begin(): Steps<Uint8Array> {
		this.#shareP ??= encodePoint(yield* makeShare(this.#ephemeral, this.#w0, M));
		return this.#shareP;
	}

	*#finish({ shareV, confirmV }: VerifierAnswer): Steps<{ confirmP: Uint8Array; sharedKey: Uint8Array }> {
		const shareP = this.#shareP;
		if (shareP === undefined) throw new Spake2PlusError("no share was sent yet");
		if (this.#state !== "begun") throw new Spake2PlusError("this exchange is finishing already");
		this.#state = "finishing";
		const secrets = new Secrets();
		try {
			decodeShare(shareV, "the share");
			yield;
			const opposite = this.mask();
			yield;
			const unmasked = secrets.keep(unmask(shareV, opposite));
			yield;
			const Z = secrets.keep(encodePoint(secrets.keep(multiply(this.#ephemeral, unmasked))));
			yield;
			const V = secrets.keep(encodePoint(secrets.keep(multiply(this.#w1, unmasked))));
			const keys = deriveKeys(this.#setting, { shareP, shareV, Z, V, w0: this.#w0 });
			this.close();
			if (!constantTimeEqual(secrets.keep(keys.confirmV), confirmV)) {
				secrets.keep(keys.confirmP);
				secrets.keep(keys.sharedKey);
				throw new ConfirmationError("the verifier's confirmation does not fit");
			}
			return { confirmP: keys.confirmP, sharedKey: keys.sharedKey };
		} finally {
			secrets.wipe();
			if (this.#state === "finishing") this.#state = "begun";
		}
	}

	private mask(): Uint8Array {
		this.#opposite ??= this.#secrets.keep(oppositeMask(this.#w0, N));
		return this.#opposite;
	}

	private expectOpen(): void {
		if (this.#state === "closed") throw new Spake2PlusError("this exchange is over");
	}
}
