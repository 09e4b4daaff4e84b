import { FormatError } from "./oscore-error.js";
import { decodePartialIv, MAX_PARTIAL_IV_BYTES } from "./partial-iv.js";

/** What an OSCORE option says: the header of a compressed COSE_Encrypt0 (RFC 8613 section 6.1). */
export interface OscoreOption {
	/** 1 to 5 bytes. */
	readonly partialIv?: Uint8Array;
	/** At most 255 bytes. */
	readonly kidContext?: Uint8Array;
	readonly kid?: Uint8Array;
}

const KID_CONTEXT_FLAG = 0x10;
const KID_FLAG = 0x08;
const LENGTH_MASK = 0x07;
const RESERVED_MASK = 0xe0;
const EMPTY = new Uint8Array(0);

/** The option's value: nothing at all when it says nothing. Throws FormatError. */
export function encodeOscoreOption({ kid, kidContext, partialIv = EMPTY }: OscoreOption): Uint8Array {
	if (partialIv.length > MAX_PARTIAL_IV_BYTES) throw new FormatError("the Partial IV is too long");
	if (kidContext !== undefined && kidContext.length > 0xff)
		throw new FormatError("the kid context is too long");
	let flags = partialIv.length;
	let length = 1 + partialIv.length;
	if (kidContext !== undefined) {
		flags |= KID_CONTEXT_FLAG;
		length += 1 + kidContext.length;
	}
	if (kid !== undefined) {
		flags |= KID_FLAG;
		length += kid.length;
	}
	if (flags === 0) return EMPTY;
	const value = new Uint8Array(length);
	value[0] = flags;
	value.set(partialIv, 1);
	let at = 1 + partialIv.length;
	if (kidContext !== undefined) {
		value[at] = kidContext.length;
		value.set(kidContext, at + 1);
		at += 1 + kidContext.length;
	}
	if (kid !== undefined) value.set(kid, at);
	return value;
}

/**
 * Reads an option's value; the result holds views into it. Throws FormatError for reserved bits and lengths, a
 * Partial IV with zeros in front, what is cut off, bytes that belong to nothing, and a single zero byte (section 6.1: that is the empty value).
 */
export function decodeOscoreOption(value: Uint8Array): OscoreOption {
	if (value.length === 0) return {};
	const flags = value[0];
	const length = flags & LENGTH_MASK;
	if (flags === 0 || (flags & RESERVED_MASK) !== 0 || length > MAX_PARTIAL_IV_BYTES) {
		throw new FormatError(`the flags ${flags} of an OSCORE option are reserved`);
	}
	let at = 1 + length;
	if (at > value.length) throw new FormatError("the Partial IV is cut off");
	const partialIv = length === 0 ? undefined : value.subarray(1, at);
	if (partialIv !== undefined) decodePartialIv(partialIv);
	let kidContext: Uint8Array | undefined;
	if ((flags & KID_CONTEXT_FLAG) !== 0) {
		if (at >= value.length || at + 1 + value[at] > value.length) {
			throw new FormatError("the kid context is cut off");
		}
		kidContext = value.subarray(at + 1, at + 1 + value[at]);
		at += 1 + kidContext.length;
	}
	if ((flags & KID_FLAG) !== 0) return { partialIv, kidContext, kid: value.subarray(at) };
	if (at !== value.length) throw new FormatError("bytes after the end of an OSCORE option");
	return { partialIv, kidContext };
}
