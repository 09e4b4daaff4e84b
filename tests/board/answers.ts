import * as primitives from "primitives";
import { exit } from "terminal";
import Time from "time";
import { fromHex, toHex } from "../../modules/bytes/bytes.js";
import { hkdfExpand, hkdfExtract } from "../../modules/crypto/crypto.js";
import { openLines } from "../harness/open-lines.js";

/*
 * A program that answers calls of the host's primitives, so that test vectors too large for the project reach
 * them where they run: inside XS, on Linux or on a board's serial line. Program.mjs beside this is its other end.
 *
 *     field HEX           the next argument (may be empty)
 *     more HEX            goes on with it, for a line has at most 1023 bytes
 *     do NAME NUMBER...   calls, and forgets the arguments; the answer is one line
 *     time COUNT NAME ... calls so many times; the answer is milliseconds for one call
 *
 * Answers: `= HEX`, `= true`, `= undefined`, or `! ERROR`, the error's name.
 */

type Call = (fields: readonly Uint8Array[], numbers: readonly number[]) => unknown;

const calls: Readonly<Record<string, Call>> = {
	sha256: ([message]) => sha256(message),
	hmac: ([key, message]) => primitives.hmac(key, message),
	hkdf: ([secret, salt, info], [length]) => hkdfExpand(hkdfExtract(salt, secret), info, length),
	pbkdf2: ([password, salt], [rounds, length]) => {
		const work = new primitives.PBKDF2(password, salt, rounds, length);
		let key = work.step();
		while (key === undefined) key = work.step();
		return key;
	},
	ccmSeal: ([key, nonce, aad, text], [tag]) => primitives.ccmSeal(key, nonce, aad, text, tag),
	ccmOpen: ([key, nonce, aad, text], [tag]) => primitives.ccmOpen(key, nonce, aad, text, tag),
	baseMultiply: ([k]) => primitives.baseMultiply(k),
	multiply: ([k, point]) => primitives.multiply(k, point),
	multiplySum: ([a, p, b, q]) => primitives.multiplySum(a, p, b, q),
	isOnCurve: ([point]) => primitives.isOnCurve(point),
	decompress: ([point]) => primitives.decompress(point),
	sign: ([key, message, nonce]) => primitives.sign(key, sha256(message), nonce),
	verify: ([key, message, signature]) => primitives.verify(key, sha256(message), signature)
};

function sha256(message: Uint8Array): ArrayBuffer {
	const hash = new primitives.SHA256();
	hash.write(message);
	return hash.close();
}

function shown(value: unknown): string {
	if (value instanceof ArrayBuffer) return toHex(new Uint8Array(value));
	return value instanceof Uint8Array ? toHex(value) : String(value);
}

/** Runs a call given as its name and numbers. */
function run(fields: readonly Uint8Array[], words: readonly string[]): unknown {
	const [name, ...numbers] = words;
	return calls[name](fields, numbers.map(Number));
}

function timed(fields: readonly Uint8Array[], words: readonly string[]): number {
	const [count, ...call] = words;
	const start = Time.ticks;
	for (let i = 0; i < Number(count); i++) run(fields, call);
	return (Time.ticks - start) / Number(count);
}

const terminal = openLines({
	onLine(line) {
		const [verb, ...words] = (line ?? "").split(" ");
		if (verb === "field") fields.push(words[0]);
		else if (verb === "more") fields.push(`${fields.pop()}${words[0]}`);
		else terminal.write(`${answer(verb, words)}\n`);
	},
	onEnd: () => exit(0)
});
const fields: string[] = [];

function answer(verb: string, words: readonly string[]): string {
	const bytes = fields.splice(0).map(fromHex);
	try {
		return `= ${shown(verb === "time" ? timed(bytes, words) : run(bytes, words))}`;
	} catch (error) {
		return `! ${error instanceof Error ? error.name : String(error)}`;
	}
}
