import { printable } from "../bytes/bytes.js";
import { type CborValue, isInteger, isText } from "../cbor/cbor.js";
import { EdhocError, PeerError } from "./edhoc-error.js";
import { parseSuites } from "./suites.js";

/** Most characters of a text of the peer. */
const textLimit = 80;

/**
 * What an error message (ERR_CODE, ERR_INFO; RFC 9528, section 6) says, from its decoded items. Throws an
 * EdhocError when they are none.
 */
export function parseErrorMessage(items: readonly CborValue[]): PeerError {
	const [code, info] = items;
	if (!isInteger(code) || items.length !== 2) throw new EdhocError("neither a message nor an error message");
	switch (code) {
		case 1:
			if (!isText(info)) throw new EdhocError("an error message without its text");
			return new PeerError({ message: `the peer refused: ${printable(info, textLimit)}`, code });
		case 2: {
			const suites = parseSuites(info);
			return new PeerError({ message: `the peer has the cipher suites ${suites.join(", ")}`, code, suites });
		}
		case 3:
			if (info !== true) throw new EdhocError("an error message of code 3 without true");
			return new PeerError({ message: "the peer does not know our credential", code });
		default:
			return new PeerError({ message: `the peer refused with code ${code}`, code });
	}
}
