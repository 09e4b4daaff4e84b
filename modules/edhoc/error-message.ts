import { type CborValue, isInteger, isText } from "../cbor/cbor.js";
import { EdhocError, PeerError } from "./edhoc-error.js";
import { parseSuites } from "./suites.js";

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
			return new PeerError({ message: `the peer refused: ${printable(info)}`, code });
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

/** A stranger's text for our console: a line of it, without control characters. */
function printable(text: string): string {
	const shown: string[] = [];
	for (const character of text) {
		if (shown.length === 80) break;
		const code = character.codePointAt(0) ?? 0;
		shown.push(
			code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code < 0x202f) ? " " : character
		);
	}
	return shown.join("");
}
