/**
 * The host's primitives with signatures that cost nothing: r is a hash over key and message. Whoever knows the public key could
 * make them, so they are for comparing rules in volume alone.
 */
import { hash as hashWhole } from "node:crypto";
import { arrayBuffer, view } from "../node/hosts/bytes.mjs";

export * from "../node/hosts/primitives.mjs";

const hashOf = (...parts) =>
	hashWhole("sha256", Buffer.concat(parts.map(part => Buffer.from(part))), "buffer");

/** As the host's, in one call. */
export class SHA256 {
	#parts = [];

	write(bytes) {
		// The same buffer may be written into before the end.
		this.#parts.push(view(bytes).slice());
	}

	close() {
		const [first] = this.#parts;
		const bytes = this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
		const { buffer, byteOffset, byteLength } = hashWhole("sha256", bytes, "buffer");
		return buffer.slice(byteOffset, byteOffset + byteLength);
	}
}

/** x is a hash of the private key, y zero. */
export function baseMultiply(privateKey) {
	const point = new Uint8Array(64);
	point.set(hashOf("public", view(privateKey)));
	return arrayBuffer(point);
}

export function isOnCurve(point) {
	return view(point)
		.subarray(32)
		.every(byte => byte === 0);
}

export function decompress(compressed) {
	const bytes = view(compressed);
	if (bytes[0] !== 2) return undefined;
	const point = new Uint8Array(64);
	point.set(bytes.subarray(1));
	return arrayBuffer(point);
}

function signatureOf(x, hash) {
	const signature = new Uint8Array(64);
	signature.set(hashOf(x, view(hash)));
	signature[0] = 1;
	signature[63] = 1;
	return signature;
}

export function sign(privateKey, hash) {
	return arrayBuffer(signatureOf(hashOf("public", view(privateKey)), hash));
}

export function verify(publicKey, hash, signature) {
	const wanted = signatureOf(view(publicKey).subarray(0, 32), hash);
	return view(signature).every((byte, at) => byte === wanted[at]);
}
