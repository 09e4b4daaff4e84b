/** Methods and response codes, class * 32 + detail (RFC 7252 section 12.1, RFC 7959, RFC 8132). */
export const Code = Object.freeze({
	Empty: 0x00,
	Get: 0x01,
	Post: 0x02,
	Put: 0x03,
	Delete: 0x04,
	Fetch: 0x05,
	Patch: 0x06,
	IPatch: 0x07,
	Created: 0x41,
	Deleted: 0x42,
	Valid: 0x43,
	Changed: 0x44,
	Content: 0x45,
	Continue: 0x5f,
	BadRequest: 0x80,
	Unauthorized: 0x81,
	BadOption: 0x82,
	Forbidden: 0x83,
	NotFound: 0x84,
	MethodNotAllowed: 0x85,
	NotAcceptable: 0x86,
	RequestEntityIncomplete: 0x88,
	Conflict: 0x89,
	PreconditionFailed: 0x8c,
	RequestEntityTooLarge: 0x8d,
	UnsupportedContentFormat: 0x8f,
	UnprocessableEntity: 0x96,
	TooManyRequests: 0x9d,
	InternalServerError: 0xa0,
	NotImplemented: 0xa1,
	BadGateway: 0xa2,
	ServiceUnavailable: 0xa3,
	GatewayTimeout: 0xa4,
	ProxyingNotSupported: 0xa5
} as const);

/** The class of a code: 0 request, 2 success, 4 the client's error, 5 the server's. */
export function codeClass(code: number): number {
	return code >> 5;
}

export function isRequest(code: number): boolean {
	return codeClass(code) === 0 && code !== Code.Empty;
}

export function isResponse(code: number): boolean {
	const kind = codeClass(code);
	return kind === 2 || kind === 4 || kind === 5;
}

/** As people write it: `4.04`. */
export function codeText(code: number): string {
	return `${codeClass(code)}.${String(code & 0x1f).padStart(2, "0")}`;
}
