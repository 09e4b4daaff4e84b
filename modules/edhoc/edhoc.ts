/**
 * EDHOC (RFC 9528), cipher suite 2: a key exchange of three messages and a fourth that confirms, between two
 * who know each other's public keys, and the OSCORE context that comes of it. Each step pauses before its
 * operations on the curve (`Steps` of the crypto room). Of what the RFC leaves open: credentials by `kid` only,
 * no PLAINTEXT_2 over 8160 bytes (appendix G), no key update (appendix H).
 */

export { type Credential, type CredentialLookup, makeCredential } from "./credential.js";
export type { EadItem } from "./ead.js";
export {
	CipherSuiteError,
	EdhocError,
	OrderError,
	PeerError,
	UnknownCredentialError,
	UnprovenError
} from "./edhoc-error.js";
export { Initiator, type InitiatorOptions } from "./initiator.js";
export type { Method } from "./method.js";
export { Responder, type ResponderOptions } from "./responder.js";
export type { OscoreParameters, Session } from "./session.js";
export { offerSuites, supportedSuites } from "./suites.js";
export {
	encodeRequest,
	messageFormat,
	type PrefixedMessage,
	parseRequest,
	prefixedFormat
} from "./transfer.js";
