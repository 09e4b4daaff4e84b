/** What we use of the SDK's `bin`. */
declare const Bin: {
	/** A new buffer with the bytes of `a` and `b` combined; `b` is at least as long as `a`. */
	xor(a: ArrayBuffer | Uint8Array, b: ArrayBuffer | Uint8Array): ArrayBuffer;
};
export default Bin;
