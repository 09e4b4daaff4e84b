import { encode, encodeSequence } from "../cbor/cbor.js";
import { ccmOpen, ccmSeal, hkdfExpand, sha256 } from "../crypto/crypto.js";

/** The labels of RFC 9528, figure 6. */
export const label = Object.freeze({
	keystream2: 0,
	salt3e2m: 1,
	mac2: 2,
	key3: 3,
	iv3: 4,
	salt4e3m: 5,
	mac3: 6,
	prkOut: 7,
	key4: 8,
	iv4: 9,
	prkExporter: 10
});

/** Sizes of cipher suite 2, in bytes. */
export const size = Object.freeze({ hash: 32, mac: 8, key: 16, iv: 13, salt: 8, point: 32, signature: 64 });

/** EDHOC_KDF (RFC 9528, section 4.1.2): `length` bytes, at most 8160. */
export function kdf(prk: Uint8Array, infoLabel: number, context: Uint8Array, length: number): Uint8Array {
	return hkdfExpand(prk, encodeSequence([infoLabel, context, length]), length);
}

/** TH_2 = H(G_Y, H(message_1)). */
export function transcript2(gy: Uint8Array, message1Hash: Uint8Array): Uint8Array {
	return sha256(encodeSequence([gy, message1Hash]));
}

/** TH_3 and TH_4: H(the transcript before, plaintext, credential of its sender). */
export function nextTranscript(
	transcript: Uint8Array,
	plaintext: Uint8Array,
	credential: Uint8Array
): Uint8Array {
	return sha256(encode(transcript), plaintext, credential);
}

/** `text` under KEYSTREAM_2, either way (RFC 9528, section 5.3.2): hidden, not protected; 8160 bytes at most. */
export function crypt2(prk2e: Uint8Array, th2: Uint8Array, text: Uint8Array): Uint8Array {
	const stream = kdf(prk2e, label.keystream2, th2, text.length);
	const result = text.map((byte, index) => byte ^ stream[index]);
	stream.fill(0);
	return result;
}

/** What seals message_3 or message_4: the COSE_Encrypt0 of RFC 9528, sections 5.4.2 and 5.5.2. */
export class MessageKey {
	readonly #key: Uint8Array;
	readonly #nonce: Uint8Array;
	readonly #aad: Uint8Array;

	constructor({
		prk,
		labels: [keyLabel, ivLabel],
		transcript
	}: {
		prk: Uint8Array;
		labels: readonly [number, number];
		transcript: Uint8Array;
	}) {
		this.#key = kdf(prk, keyLabel, transcript, size.key);
		this.#nonce = kdf(prk, ivLabel, transcript, size.iv);
		this.#aad = encode(["Encrypt0", new Uint8Array(0), transcript]);
	}

	seal(plaintext: Uint8Array): Uint8Array {
		return ccmSeal({ key: this.#key, nonce: this.#nonce, aad: this.#aad, plaintext });
	}

	/** Undefined when the tag does not fit. */
	open(ciphertext: Uint8Array): Uint8Array | undefined {
		return ccmOpen({ key: this.#key, nonce: this.#nonce, aad: this.#aad, ciphertext });
	}

	wipe(): void {
		this.#key.fill(0);
		this.#nonce.fill(0);
	}
}

/** K_3 and IV_3. */
export function messageKey3(prk3e2m: Uint8Array, th3: Uint8Array): MessageKey {
	return new MessageKey({ prk: prk3e2m, labels: [label.key3, label.iv3], transcript: th3 });
}

/** K_4 and IV_4. */
export function messageKey4(prk4e3m: Uint8Array, th4: Uint8Array): MessageKey {
	return new MessageKey({ prk: prk4e3m, labels: [label.key4, label.iv4], transcript: th4 });
}

/** PRK_exporter (RFC 9528, section 4.2.1) by way of PRK_out. */
export function exporterKey(prk4e3m: Uint8Array, th4: Uint8Array): Uint8Array {
	const prkOut = kdf(prk4e3m, label.prkOut, th4, size.hash);
	const key = kdf(prkOut, label.prkExporter, new Uint8Array(0), size.hash);
	prkOut.fill(0);
	return key;
}
