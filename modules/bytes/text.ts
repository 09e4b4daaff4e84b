/**
 * How many code points are made a text at once: as arguments of a call each takes a slot of XS's small stack, and in an
 * array one of its heap, 16 bytes on a board, which has no room for as many as a body has bytes.
 */
export const atOnce = 32;

/** The text of these Unicode code points. They must be valid; surrogates are not checked for. */
export function fromCodePoints(codes: readonly number[]): string {
	if (codes.length <= atOnce) return String.fromCodePoint(...codes);
	const pieces: string[] = [];
	for (let i = 0; i < codes.length; i += atOnce) {
		pieces.push(String.fromCodePoint(...codes.slice(i, i + atOnce)));
	}
	return pieces.join("");
}
