/** What a host accepts as bytes: an ArrayBuffer or a view of one; the view returned shares its memory. */
export function view(bytes, what = "bytes") {
	if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
	if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	throw new TypeError(`${what}: neither an ArrayBuffer nor a view`);
}

/** A new ArrayBuffer of just these bytes (a Buffer's own is often a slice of a pool). */
export function arrayBuffer(bytes) {
	return Uint8Array.from(bytes).buffer;
}
