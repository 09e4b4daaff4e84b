import { concat, toHex } from "../bytes/bytes.js";
import type { Cancel, Clock } from "../clock/clock.js";
import type { SecurityContext } from "./context.js";
import type { Challenge, Inbound } from "./lookup.js";
import {
	type DerivationOptions,
	deriveRenewed,
	RENEWAL_NONCE_BYTES,
	type StoredSecret,
	unwrapNonces,
	wrapNonces
} from "./stored-secret.js";

export interface RenewalServerOptions {
	readonly clock: Clock;
	readonly derivation: DerivationOptions;
	random(count: number): Uint8Array;
	/** Milliseconds that an R2 is good for. */
	readonly lifetime: number;
	/** R2s kept at once; for one peer at most a quarter of them. */
	readonly maxOffers: number;
	/** Request 2 has verified. */
	onRenewed(secret: StoredSecret, context: SecurityContext): void;
}

/** An R2 given out. The keys for an answer are made for each: kept, they would take a board 2 KB. */
interface Offer {
	readonly name: string;
	readonly nonce: Uint8Array;
	/** When it was made, in milliseconds. */
	readonly made: number;
	/** The Partial IV of the next answer: request 1 is answered each time it comes, and no nonce serves twice. */
	sequence: number;
	readonly expiry: Cancel;
}

/**
 * Who is asked for fresh keys (RFC 8613 appendix B.2). Request 1 may be a replay, so it is never acted on: it gets
 * 4.01 and an R2 that is kept in RAM, for a while, and is good once. Request 2, under R2 || R3, is fresh.
 */
export class RenewalServer {
	readonly #options: RenewalServerOptions;
	/** By peer and R1. */
	readonly #offers = new Map<string, Offer>();

	constructor(options: RenewalServerOptions) {
		this.#options = options;
	}

	/** R2s that wait for their request 2. */
	get offers(): number {
		return this.#offers.size;
	}

	/** What a request with this kid context may be, if it belongs to a renewal at all. */
	accept(secret: StoredSecret, kidContext: Uint8Array): Inbound | undefined {
		const nonces = unwrapNonces(kidContext);
		if (nonces === undefined) return undefined;
		return nonces.length === RENEWAL_NONCE_BYTES ? this.first(secret, nonces) : this.second(secret, nonces);
	}

	/** Forgets the R2s of a peer. */
	forget(name: string): void {
		for (const [key, offer] of [...this.#offers]) {
			if (offer.name === name) this.remove(key, offer);
		}
	}

	close(): void {
		for (const [key, offer] of [...this.#offers]) this.remove(key, offer);
	}

	private first(secret: StoredSecret, nonce: Uint8Array): Inbound {
		const first = nonce.slice();
		// Made anew for each: nothing that comes under it counts, so its window has nothing to remember.
		const context = deriveRenewed(secret, this.#options.derivation, first);
		return {
			context,
			discard: () => context.close(),
			challenge: () => {
				context.close();
				return this.answer(secret, this.offer(secret.name, first), first);
			}
		};
	}

	/** Under R2 || R1. */
	private answer(secret: StoredSecret, offer: Offer, first: Uint8Array): Challenge {
		const { nonce, sequence } = offer;
		offer.sequence += 1;
		const context = deriveRenewed(secret, { ...this.#options.derivation, sequence }, nonce, first);
		return { context, kidContext: wrapNonces(nonce) };
	}

	private offer(name: string, first: Uint8Array): Offer {
		const { clock, lifetime, random } = this.#options;
		const key = `${name} ${toHex(first)}`;
		const known = this.#offers.get(key);
		if (known !== undefined) return known;
		this.makeRoom(name);
		const nonce = random(RENEWAL_NONCE_BYTES);
		const offer: Offer = {
			name,
			nonce,
			made: clock.now(),
			sequence: 0,
			expiry: clock.after(lifetime, () => this.remove(key, offer))
		};
		this.#offers.set(key, offer);
		return offer;
	}

	private second(secret: StoredSecret, nonces: Uint8Array): Inbound | undefined {
		const given = toHex(nonces.subarray(0, RENEWAL_NONCE_BYTES));
		for (const [key, offer] of this.#offers) {
			if (offer.name !== secret.name || toHex(offer.nonce) !== given) continue;
			const { clock, derivation } = this.#options;
			const times = { made: offer.made, heard: clock.now() };
			const context = deriveRenewed(secret, { ...derivation, times }, concat(nonces));
			return {
				context,
				discard: () => context.close(),
				verified: () => {
					this.remove(key, offer);
					context.kidContext = undefined;
					this.#options.onRenewed(secret, context);
				}
			};
		}
		return undefined;
	}

	/**
	 * One of this peer, or of who has the most, makes room: old requests of few peers cannot keep the others out. Which one of
	 * a peer's is chance: whatever the order in which its old requests are played again, a fresh one may stay.
	 */
	private makeRoom(name: string): void {
		const { maxOffers } = this.#options;
		const own = this.of(name);
		if (own.length >= maxOffers / 4) this.removeOne(own);
		else if (this.#offers.size >= maxOffers) {
			let most = own;
			// The oldest first.
			for (const offer of this.#offers.values()) {
				const others = this.of(offer.name);
				if (others.length > most.length) most = others;
			}
			this.removeOne(most);
		}
	}

	private of(name: string): (readonly [string, Offer])[] {
		return [...this.#offers].filter(([, offer]) => offer.name === name);
	}

	private removeOne(offers: readonly (readonly [string, Offer])[]): void {
		const [chosen = 0] = this.#options.random(1);
		const one = offers[chosen % offers.length];
		if (one !== undefined) this.remove(...one);
	}

	private remove(key: string, offer: Offer): void {
		offer.expiry();
		this.#offers.delete(key);
	}
}
