/**
 * What we use of the SDK's `crypt`. The manifest gives it this name of ours, because the declaration that the SDK has
 * for its own name lacks most of it. `Digest` takes any buffer, the others ArrayBuffers only.
 */
export class Digest {
	constructor(type: "SHA256");
	/** Also takes a string, which we never give it. */
	write(bytes: ArrayBuffer | Uint8Array): void;
	/** The state stays as the last block left it, until `reset`. */
	close(): ArrayBuffer;
	reset(): void;
}

export class BlockCipher {
	/** Copies the key. */
	constructor(cipher: "AES", key: ArrayBuffer);
}

export class Mode {
	/** Without an initial value the state is whatever the memory held. */
	constructor(mode: "CBC" | "CTR", cipher: BlockCipher, initial: ArrayBuffer);
	/** Whole blocks with CBC. Source and result may be the same; the state goes on from call to call. */
	encrypt(data: ArrayBuffer, result: ArrayBuffer): ArrayBuffer;
}
