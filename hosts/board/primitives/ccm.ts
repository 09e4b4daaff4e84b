import { type Bytes, exactly, view, whole } from "./bytes.js";
import { BlockCipher, Mode } from "./crypt.js";

/*
 * AES-CCM (RFC 3610) over the SDK's AES in CBC for the authentication and CTR for the rest, each natively over a
 * whole message. The SDK's AES uses tables: on a processor with a data cache its time tells of the key.
 */

const blockSize = 16;
const keySize = 16;

/** One message's parameters, checked, with the cipher made of the key. */
interface Message {
	readonly cipher: BlockCipher;
	readonly nonce: Uint8Array;
	readonly aad: Uint8Array;
	readonly tagLength: number;
}

/** See hosts/types/primitives.d.ts. */
export function ccmSeal(
	key: Bytes,
	nonce: Bytes,
	aad: Bytes,
	plaintext: Bytes,
	tagLength: number
): ArrayBuffer {
	const text = view(plaintext);
	const message = prepare(key, nonce, aad, text.length, tagLength);
	const blocks = new Uint8Array(blockSize + text.length);
	authenticate(message, text, blocks);
	blocks.set(text, blockSize);
	encrypt(message, blocks);
	const sealed = new Uint8Array(text.length + tagLength);
	sealed.set(blocks.subarray(blockSize));
	sealed.set(blocks.subarray(0, tagLength), text.length);
	return sealed.buffer;
}

/** See hosts/types/primitives.d.ts. */
export function ccmOpen(
	key: Bytes,
	nonce: Bytes,
	aad: Bytes,
	ciphertext: Bytes,
	tagLength: number
): ArrayBuffer | undefined {
	const sealed = view(ciphertext);
	const length = sealed.length - tagLength;
	const message = prepare(key, nonce, aad, Math.max(0, length), tagLength);
	if (length < 0) return undefined;
	const blocks = new Uint8Array(blockSize + length);
	blocks.set(sealed.subarray(length));
	blocks.set(sealed.subarray(0, length), blockSize);
	encrypt(message, blocks);
	const text = blocks.slice(blockSize);
	const expected = new Uint8Array(blockSize);
	authenticate(message, text, expected);
	const same = equal(blocks, expected, tagLength);
	blocks.fill(0);
	expected.fill(0);
	if (same) return text.buffer;
	text.fill(0);
	return undefined;
}

function prepare(key: Bytes, nonce: Bytes, aad: Bytes, textLength: number, tagLength: number): Message {
	const secret = exactly(key, keySize);
	const number = view(nonce);
	whole(number.length, 7, 13, "nonce length");
	whole(tagLength / 2, 2, 8, "tag length");
	whole(textLength, 0, 2 ** (8 * (15 - number.length)) - 1, "text length");
	const copy = secret.slice();
	const cipher = new BlockCipher("AES", copy.buffer);
	copy.fill(0);
	return { cipher, nonce: number, aad: view(aad), tagLength };
}

/** Writes the authentication value of section 2.2, 16 bytes not yet encrypted, to the beginning of `result`. */
function authenticate(message: Message, text: Uint8Array, result: Uint8Array): void {
	const { cipher, nonce, aad, tagLength } = message;
	const head = aadHead(aad.length);
	const textStart = blockSize + whole16(head.length + aad.length);
	const blocks = new Uint8Array(textStart + whole16(text.length));
	const sizeOfLength = 15 - nonce.length;
	blocks[0] = (aad.length > 0 ? 0x40 : 0) | ((tagLength / 2 - 1) << 3) | (sizeOfLength - 1);
	blocks.set(nonce, 1);
	let rest = text.length;
	for (let i = blockSize - 1; rest > 0; i--) {
		blocks[i] = rest;
		rest = Math.floor(rest / 256);
	}
	blocks.set(head, blockSize);
	blocks.set(aad, blockSize + head.length);
	blocks.set(text, textStart);
	new Mode("CBC", cipher, new ArrayBuffer(blockSize)).encrypt(blocks.buffer, blocks.buffer);
	result.set(blocks.subarray(blocks.length - blockSize));
	blocks.fill(0);
}

/** How the length of the additional data is written before them (section 2.2). */
function aadHead(length: number): Uint8Array {
	if (length === 0) return new Uint8Array(0);
	if (length < 0xff00) return Uint8Array.of(length >>> 8, length);
	return Uint8Array.of(0xff, 0xfe, length >>> 24, length >>> 16, length >>> 8, length);
}

/** The key stream of section 2.3 over the authentication value (counter 0) and the text (1 and on), in place. */
function encrypt({ cipher, nonce }: Message, blocks: Uint8Array<ArrayBuffer>): void {
	const counter = new Uint8Array(blockSize);
	counter[0] = 14 - nonce.length;
	counter.set(nonce, 1);
	new Mode("CTR", cipher, counter.buffer).encrypt(blocks.buffer, blocks.buffer);
}

/** Whether the first bytes are the same, in a time that does not tell where they differ. */
function equal(a: Uint8Array, b: Uint8Array, length: number): boolean {
	let difference = 0;
	for (let i = 0; i < length; i++) difference |= a[i] ^ b[i];
	return difference === 0;
}

function whole16(length: number): number {
	return Math.ceil(length / blockSize) * blockSize;
}
