import { encodeUtf8 } from "../bytes/bytes.js";

/** Most bytes of UTF-8 that a node's name may have. */
export const nameLimit = 24;

/**
 * Why a text cannot be a node's name, in words for the person who chose it; undefined when it can. A name has 1
 * to 24 bytes of UTF-8 and no control characters (C0, DEL, C1).
 */
export function nameFault(name: string): string | undefined {
	if (name === "") return "a name needs at least one character";
	for (const character of name) {
		const point = character.codePointAt(0) ?? 0;
		if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return "a name has no control characters";
		if (point >= 0xd800 && point < 0xe000) return "a name is valid Unicode text";
	}
	if (encodeUtf8(name).length > nameLimit) return `a name has at most ${nameLimit} bytes`;
	return undefined;
}
