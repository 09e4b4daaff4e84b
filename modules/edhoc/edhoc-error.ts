import { encodeSequence } from "../cbor/cbor.js";

/** Whatever EDHOC refuses. */
export class EdhocError extends Error {
	override readonly name: string = "EdhocError";

	/**
	 * The error message (RFC 9528, section 6) that the peer is to get, undefined when it is to get none. Its
	 * text does not repeat ours, which may tell a stranger what lay behind the encryption of message_2.
	 */
	get reply(): Uint8Array | undefined {
		return encodeSequence([1, "refused"]);
	}
}

/** message_1 selects a cipher suite that we do not have, or not the first of its list that we have: code 2. */
export class CipherSuiteError extends EdhocError {
	override readonly name = "CipherSuiteError";
	/** What we have. */
	readonly supported: readonly number[];

	constructor(message: string, supported: readonly number[]) {
		super(message);
		this.supported = supported;
	}

	override get reply(): Uint8Array {
		return encodeSequence([2, this.supported.length === 1 ? this.supported[0] : this.supported]);
	}
}

/** The peer names a credential that the lookup does not know: code 3. */
export class UnknownCredentialError extends EdhocError {
	override readonly name = "UnknownCredentialError";
	readonly kid: Uint8Array;

	constructor(kid: Uint8Array) {
		super("the peer's credential is unknown");
		this.kid = kid;
	}

	override get reply(): Uint8Array {
		return encodeSequence([3, true]);
	}
}

/** The peer did not prove itself by the credential that the lookup gave: it has another key, or is somebody else. */
export class UnprovenError extends EdhocError {
	override readonly name = "UnprovenError";
}

/** A message in the wrong order, twice, or after the end. Not answered: the peer may have got what it waits for. */
export class OrderError extends EdhocError {
	override readonly name = "OrderError";

	override get reply(): undefined {
		return undefined;
	}
}

/**
 * The peer sent an error message in place of the one expected. It is not authenticated: anybody may have sent
 * it.
 */
export class PeerError extends EdhocError {
	override readonly name = "PeerError";
	/** ERR_CODE: 1 unspecified, 2 wrong cipher suite, 3 unknown credential, or one that we do not know. */
	readonly code: number;
	/** With code 2, the suites that the peer says it has, else undefined. */
	readonly suites: readonly number[] | undefined;

	constructor({ message, code, suites }: { message: string; code: number; suites?: readonly number[] }) {
		super(message);
		this.code = code;
		this.suites = suites;
	}

	override get reply(): undefined {
		return undefined;
	}
}
