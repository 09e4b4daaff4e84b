/**
 * SPAKE2+ (RFC 9383) with P-256, SHA-256, HKDF-SHA-256 and HMAC-SHA-256: two sides, of which one knows a
 * password and the other a record made of it, come to a key that nobody else has, and who listens or meddles
 * can test no more than one password an exchange. Each step pauses before its operations on the curve (`Steps`
 * of the crypto room).
 */

export { Prover, type ProverOptions, type VerifierAnswer } from "./prover.js";
export {
	deriveScalars,
	type PasswordScalars,
	type RegistrationRecord,
	reduceScalars,
	register
} from "./registration.js";
export { ConfirmationError, Spake2PlusError } from "./spake2plus-error.js";
export { type Setting, withLengths } from "./transcript.js";
export { Verifier, type VerifierOptions } from "./verifier.js";
