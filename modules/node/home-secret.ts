import type { Store } from "../store/store.js";
import { type Identity, saveIdentity } from "./identity.js";

/** What the home's suite made of password and PIN, as this node has it now: a home can get a new password. */
export class HomeSecret {
	readonly #store: Store;
	readonly #identity: Identity;

	constructor(store: Store, identity: Identity) {
		this.#store = store;
		this.#identity = identity;
	}

	get value(): Uint8Array {
		return this.#identity.secret;
	}

	/** Keeps a new one. Throws a StoreError, and then the old one stays. */
	replace(secret: Uint8Array): void {
		saveIdentity(this.#store, { ...this.#identity, secret, isConfirmed: true });
		this.#identity.secret = secret;
		this.#identity.isConfirmed = true;
	}
}
