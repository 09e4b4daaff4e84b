import { CoapError } from "../coap/coap.js";

/** What goes wrong in this room; every error it throws or reports is one of these, and a CoapError too. */
export class OscoreError extends CoapError {
	override readonly name: string = "OscoreError";
}

/** A context cannot be made of these parameters, has been closed, or there is none. */
export class ContextError extends OscoreError {
	override readonly name = "ContextError";
}

/** All sequence numbers of a context have been used (RFC 8613 section 7.2.1): it must be renewed. */
export class SequenceError extends OscoreError {
	override readonly name = "SequenceError";
}

/** An OSCORE option, or what was sealed, is not as RFC 8613 has it; or a message cannot be protected. */
export class FormatError extends OscoreError {
	override readonly name = "FormatError";
}

/** A message was not sealed under this context, or was changed on its way. */
export class VerificationError extends OscoreError {
	override readonly name = "VerificationError";
}

/** A message came before, or is too old to tell (RFC 8613 section 7.4). */
export class ReplayError extends OscoreError {
	override readonly name = "ReplayError";
}

/**
 * The peer answered a protected request with an error in the clear (RFC 8613 section 8.2): 4.01 when it has no such
 * context, 4.00 or 4.02 when it could not open the message. Anyone can forge one: it proves nothing.
 */
export class UnprotectedError extends OscoreError {
	override readonly name = "UnprotectedError";
	/** One of `Code`, of class 4 or 5. */
	readonly code: number;

	constructor(message: string, code: number) {
		super(message);
		this.code = code;
	}
}
