/** Content-Format numbers that we use (the IANA registry of RFC 7252 section 12.3). */
export const ContentFormat = Object.freeze({
	Text: 0,
	LinkFormat: 40,
	OctetStream: 42,
	Json: 50,
	Cbor: 60,
	CidEdhocCborSeq: 65,
	EdhocCborSeq: 64
} as const);
