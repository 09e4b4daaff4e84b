import { equalBytes } from "../bytes/bytes.js";
import type { CborValue } from "../cbor/cbor.js";
import { isOnCurve, isPrivateKey, pointOfX, Secrets, type Steps } from "../crypto/crypto.js";
import type { Credential, CredentialLookup } from "./credential.js";
import { type EadItem, parseEad } from "./ead.js";
import { EdhocError, OrderError, UnknownCredentialError } from "./edhoc-error.js";

/** What an initiator and a responder both need. */
export interface PartyOptions {
	/** Our own credential, and the private key to it (32 bytes), for signatures or static Diffie-Hellman. */
	readonly credential: Credential;
	readonly privateKey: Uint8Array;
	/** X or Y: 32 fresh random bytes for which `isPrivateKey` says yes. For one run of EDHOC only. */
	readonly ephemeral: Uint8Array;
	/** Finds the credentials of peers; those that it does not give are refused. */
	readonly lookup: CredentialLookup;
	/** Labels of the EAD items that the caller understands; other critical ones are refused. */
	readonly recognizedEad?: readonly number[];
}

/** What the two roles have in common. */
export abstract class Party {
	protected readonly credential: Credential;
	protected readonly privateKey: Uint8Array;
	protected readonly ephemeral: Uint8Array;
	#closed = false;
	readonly #secrets = new Secrets();
	readonly #lookup: CredentialLookup;
	readonly #recognizedEad: readonly number[];

	constructor({ credential, privateKey, ephemeral, lookup, recognizedEad = [] }: PartyOptions) {
		if (!isPrivateKey(privateKey) || !isPrivateKey(ephemeral)) throw new EdhocError("a key out of range");
		this.credential = credential;
		this.privateKey = this.#secrets.keep(privateKey.slice());
		this.ephemeral = this.#secrets.keep(ephemeral.slice());
		this.#lookup = lookup;
		this.#recognizedEad = recognizedEad;
	}

	/**
	 * Ends the run and wipes its secrets, but not a Session that the caller has got of it. A step under way fails
	 * after its next pause.
	 */
	close(): void {
		this.#closed = true;
		this.#secrets.wipe();
	}

	protected expectOpen(): void {
		if (this.#closed) throw new OrderError("this run is over");
	}

	/** The peer's ephemeral point of its x. A square root: a pause before it. */
	protected *peerPoint(x: Uint8Array): Steps<Uint8Array> {
		yield;
		const point = pointOfX(x);
		if (point === undefined) throw new EdhocError("an ephemeral key that is no point of P-256");
		return point;
	}

	/** The credential of the peer's choice. A pause before it, for the lookup may well compute a point. */
	protected *peerCredential(kid: Uint8Array): Steps<Credential> {
		// Our own messages sent back, or one identity at both ends (RFC 9528, appendix D.2).
		if (equalBytes(kid, this.credential.kid)) throw new EdhocError("the peer poses as ourselves");
		yield;
		const credential = this.#lookup(kid);
		if (credential === undefined || !equalBytes(credential.kid, kid)) throw new UnknownCredentialError(kid);
		if (!isOnCurve(credential.publicKey)) throw new EdhocError("a credential for what is no public key");
		if (equalBytes(credential.publicKey, this.credential.publicKey)) {
			throw new EdhocError("the peer poses as ourselves");
		}
		return credential;
	}

	protected readEad(values: readonly CborValue[]): readonly EadItem[] {
		return parseEad(values, this.#recognizedEad);
	}
}
