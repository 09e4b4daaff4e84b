/**
 * OSCORE (RFC 8613) with AES-CCM-16-64-128 and HKDF-SHA-256: requests and their responses sealed end to end. An
 * `OscoreLayer` stands between an `Endpoint` and `Blockwise`; `Contexts` holds what it seals with, and makes fresh
 * keys from stored secrets (appendix B.2). `EchoChallenge` is RFC 9175's, for strangers.
 */

export { type Dependent, SecurityContext, type SecurityContextOptions } from "./context.js";
export { Contexts, type ContextsOptions } from "./contexts.js";
export { EchoChallenge, type EchoOptions, echoOf } from "./echo.js";
export { KeyFreshness, type KeyTimes, type Proof } from "./key-freshness.js";
export { OscoreLayer, type OscoreLayerOptions } from "./layer.js";
export type { Challenge, ContextHint, ContextLookup, Inbound, Outbound, Renewed } from "./lookup.js";
export { MAX_ID_BYTES } from "./nonce.js";
export {
	ContextError,
	FormatError,
	OscoreError,
	ReplayError,
	SequenceError,
	UnprotectedError,
	VerificationError
} from "./oscore-error.js";
export { decodeOscoreOption, encodeOscoreOption, type OscoreOption } from "./oscore-option.js";
export {
	type Content,
	openRequest,
	openResponse,
	type ProtectResponseOptions,
	protectRequest,
	protectResponse,
	RequestBinding
} from "./protection.js";
export { RenewalClient, type RenewalClientOptions } from "./renewal-client.js";
export { RenewalServer, type RenewalServerOptions } from "./renewal-server.js";
export { ReplayWindow } from "./replay-window.js";
export type { StoredSecret } from "./stored-secret.js";
