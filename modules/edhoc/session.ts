import type { Credential } from "./credential.js";
import { OrderError } from "./edhoc-error.js";
import { kdf, size } from "./key-schedule.js";
import type { Method } from "./method.js";

/** What an OSCORE context is made of (RFC 9528, appendix A.1), with AES-CCM-16-64-128 and HKDF-SHA-256. */
export interface OscoreParameters {
	/** 16 bytes. */
	readonly masterSecret: Uint8Array;
	/** 8 bytes. */
	readonly masterSalt: Uint8Array;
	readonly senderId: Uint8Array;
	readonly recipientId: Uint8Array;
}

export interface SessionOptions {
	readonly method: Method;
	readonly peer: Credential;
	readonly connectionId: Uint8Array;
	readonly peerConnectionId: Uint8Array;
	readonly exporterKey: Uint8Array;
}

/** What a completed run of EDHOC leaves: who the peer is, and keys. */
export class Session {
	readonly method: Method;
	/** The credential of which the peer has proven to hold the key. */
	readonly peer: Credential;
	/** The identifier that we chose: C_I of the initiator, C_R of the responder. */
	readonly connectionId: Uint8Array;
	/** The identifier that the peer chose. */
	readonly peerConnectionId: Uint8Array;
	readonly #exporterKey: Uint8Array;
	#closed = false;

	constructor({ method, peer, connectionId, peerConnectionId, exporterKey }: SessionOptions) {
		this.method = method;
		this.peer = peer;
		this.connectionId = connectionId;
		this.peerConnectionId = peerConnectionId;
		this.#exporterKey = exporterKey;
	}

	/**
	 * EDHOC_Exporter (RFC 9528, section 4.2.1): `length` bytes, at most 8160, that only the two sides have. A pair
	 * of label and context serves one purpose. Throws an OrderError after `close`.
	 */
	export(label: number, context: Uint8Array, length: number): Uint8Array {
		if (this.#closed) throw new OrderError("this session is closed");
		return kdf(this.#exporterKey, label, context, length);
	}

	/** The parameters of the OSCORE context; each side sends under the identifier that the other chose. */
	oscore(): OscoreParameters {
		const none = new Uint8Array(0);
		return {
			masterSecret: this.export(0, none, size.key),
			masterSalt: this.export(1, none, size.salt),
			senderId: this.peerConnectionId,
			recipientId: this.connectionId
		};
	}

	/** Wipes the key that `export` works from, which gives nothing from then on. */
	close(): void {
		this.#closed = true;
		this.#exporterKey.fill(0);
	}
}
