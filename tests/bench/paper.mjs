/** As much of the paper suite as a client needs, written anew: what is measured is not also the ruler. */
import { pbkdf2Sync } from "node:crypto";

/** The letters of the cipher: printable ASCII. */
const letters = 95;

/** The home's key: 32 letters of what PBKDF2 makes of password and PIN, each after its length. */
export function homeKey({ password, pin, home, rounds }) {
	const parts = [];
	for (const text of [password, pin]) {
		const length = Buffer.alloc(8);
		length.writeUInt32LE(Buffer.byteLength(text));
		parts.push(length, Buffer.from(text));
	}
	const stretched = pbkdf2Sync(Buffer.concat(parts), Buffer.from(home, "hex"), rounds, 128, "sha256");
	const key = [...stretched].filter(byte => byte < 2 * letters).map(byte => 32 + (byte % letters));
	return String.fromCharCode(...key.slice(0, 32));
}

/** The Vigenere cipher over printable ASCII; `direction` -1 deciphers. */
export function vigenere(text, key, direction = 1) {
	return text.replace(/./gs, (letter, i) => {
		const shift = direction * (key.charCodeAt(i % key.length) - 32);
		return String.fromCharCode(32 + ((letter.charCodeAt(0) - 32 + shift + letters) % letters));
	});
}
