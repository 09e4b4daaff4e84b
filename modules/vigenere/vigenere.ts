/** The letters of the cipher: the 95 printable ASCII characters, from space (0x20) to tilde (0x7e), in order. */
const firstLetter = 0x20;
const letters = 95;

/** A text or key with bytes outside the alphabet, or an empty key. */
export class VigenereError extends Error {
	override readonly name = "VigenereError";
}

/**
 * The paper's cipher: each letter moved on by the place of the key's letter, modulo 95, the key repeated as
 * often as the text needs.
 *
 * **This is not secure.** It is here so that the paper can be studied and compared with. Repetition and known
 * text give the key away at once (two letters of text and ciphertext give two letters of the key), and nothing
 * notices a changed message.
 */
export class Vigenere {
	/** The place of each letter of the key in the alphabet. */
	readonly #places: Uint8Array;

	/** `key`: one or more printable ASCII characters. Throws a VigenereError for anything else. */
	constructor(key: Uint8Array) {
		if (key.length === 0) throw new VigenereError("the key is empty");
		this.#places = key.map(letter => place(letter, "key"));
	}

	/** `text`: printable ASCII, of any length. Throws a VigenereError for anything else. */
	encipher(text: Uint8Array): Uint8Array {
		const places = this.#places;
		const result = new Uint8Array(text.length);
		for (let i = 0, k = 0; i < text.length; i += 1) {
			const moved = place(text[i], "text") + places[k];
			result[i] = firstLetter + (moved < letters ? moved : moved - letters);
			k += 1;
			if (k === places.length) k = 0;
		}
		return result;
	}

	/** The text that `encipher` was given; another text for another key, since nothing in the cipher can tell. */
	decipher(text: Uint8Array): Uint8Array {
		const places = this.#places;
		const result = new Uint8Array(text.length);
		for (let i = 0, k = 0; i < text.length; i += 1) {
			const moved = place(text[i], "text") - places[k];
			result[i] = firstLetter + (moved < 0 ? moved + letters : moved);
			k += 1;
			if (k === places.length) k = 0;
		}
		return result;
	}
}

function place(letter: number, what: string): number {
	const found = letter - firstLetter;
	if (found < 0 || found >= letters) {
		throw new VigenereError(`the ${what} has a byte outside the alphabet: ${letter}`);
	}
	return found;
}

/**
 * A key of letters from (random) bytes, every letter equally likely: bytes from 190 on are skipped, so the key
 * is shorter than the bytes by about a quarter, and empty if all are skipped.
 */
export function keyFromBytes(bytes: Uint8Array): Uint8Array {
	return bytes.filter(byte => byte < 2 * letters).map(byte => firstLetter + (byte % letters));
}
