import { decodeUtf8, encodeUtf8 } from "../../../modules/bytes/bytes.js";
import { keyFromBytes, Vigenere, VigenereError } from "../../../modules/vigenere/vigenere.js";
import { bytes, equal, ok, throws } from "../../harness/assert.js";
import { type Suite, suite } from "../../harness/suite.js";

/** The alphabet: space to tilde. */
const alphabet = () => Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i)).join("");

function encipher(text: string, key: string): string {
	return decodeUtf8(new Vigenere(encodeUtf8(key)).encipher(encodeUtf8(text)));
}

function decipher(text: string, key: string): string {
	return decodeUtf8(new Vigenere(encodeUtf8(key)).decipher(encodeUtf8(text)));
}

export default [
	suite("vigenere", {
		"each letter moves on by the place of the key's letter, and the key repeats"() {
			// Places: ! is 1, " is 2, space is 0; ~ is the last, 94.
			equal(encipher("aaaa", '!" '), "bcab");
			equal(encipher("~~", '!"'), " !");
			equal(encipher("light on", "KEY"), "8/A4:Y;4");
		},
		"every letter under every key letter comes back"() {
			for (const key of alphabet()) {
				const enciphered = encipher(alphabet(), key);
				equal(new Set(enciphered).size, 95);
				equal(decipher(enciphered, key), alphabet());
			}
		},
		"long text and long keys come back"() {
			const text = '{"type":"task","target":"lamp","action":"on"}'.repeat(20);
			equal(decipher(encipher(text, alphabet()), alphabet()), text);
			equal(decipher(encipher("on", alphabet()), alphabet()), "on");
			equal(encipher("", "k"), "");
		},
		"one cipher serves many texts, each from the key's first letter"() {
			const cipher = new Vigenere(encodeUtf8("key"));
			const first = cipher.encipher(encodeUtf8("light"));
			cipher.decipher(encodeUtf8("another text"));
			equal(cipher.encipher(encodeUtf8("light")), first);
		},
		"another key gives another text, without an error"() {
			ok(decipher(encipher("unlock", "right"), "wrong") !== "unlock");
		},
		"bytes outside the alphabet and an empty key are refused"() {
			for (const text of ["\n", "a\u007f", "ü", "\u001f", "𐅑"]) {
				throws(() => encipher(text, "key"), VigenereError, "text");
				throws(() => decipher(text, "key"), VigenereError, "text");
				throws(() => encipher("text", text), VigenereError, "key");
			}
			throws(() => encipher("text", ""), VigenereError, "empty");
			throws(() => decipher("", ""), VigenereError, "empty");
		},
		"a key from bytes uses every letter equally and skips what would prefer some"() {
			equal(keyFromBytes(bytes("00 5e 5f bd be ff")), encodeUtf8(" ~ ~"));
			const counts = new Map<number, number>();
			for (const letter of keyFromBytes(Uint8Array.from({ length: 256 }, (_, i) => i))) {
				counts.set(letter, (counts.get(letter) ?? 0) + 1);
			}
			equal(counts.size, 95);
			ok([...counts.values()].every(count => count === 2));
			equal(keyFromBytes(bytes("be ff")), new Uint8Array(0));
		}
	})
] as Suite[];
