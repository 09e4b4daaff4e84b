import { equalBytes } from "../bytes/bytes.js";
import type { Clock } from "../clock/clock.js";
import type { SecurityContext } from "./context.js";
import type { Outbound, Renewed } from "./lookup.js";
import { ContextError } from "./oscore-error.js";
import {
	type DerivationOptions,
	deriveRenewed,
	RENEWAL_NONCE_BYTES,
	type StoredSecret,
	unwrapNonces
} from "./stored-secret.js";

/** What all runs of a node share. */
export interface Runs {
	readonly clock: Clock;
	readonly derivation: DerivationOptions;
	random(count: number): Uint8Array;
	/** The peer, named by the context, has answered a request under it: it has it too. */
	onProven(context: SecurityContext): void;
	/** Under what a request to a peer goes whose response 1 comes when the run is over; undefined when there is nothing. */
	instead(name: string): Outbound | undefined;
}

export interface RenewalClientOptions {
	readonly secret: StoredSecret;
	readonly runs: Runs;
}

/** Request 2. */
class SecondRequest implements Outbound {
	readonly context: SecurityContext;
	readonly #runs: Runs;

	constructor(context: SecurityContext, runs: Runs) {
		this.context = context;
		this.#runs = runs;
	}

	verified(): void {
		this.#runs.onProven(this.context);
	}
}

/**
 * Who asks for fresh keys (RFC 8613 appendix B.2). Request 1 goes under R1 and is acted on by nobody; the response
 * brings R2, verified under R2 || R1; request 2 goes under R2 || R3. All requests meanwhile share the nonces.
 */
export class RenewalClient implements Outbound {
	readonly #secret: StoredSecret;
	readonly #runs: Runs;
	readonly #first: SecurityContext;
	readonly #firstNonce: Uint8Array;
	/** Under R2 || R3. */
	#target: SecurityContext | undefined;
	#over = false;

	constructor({ secret, runs }: RenewalClientOptions) {
		this.#secret = secret;
		this.#runs = runs;
		this.#firstNonce = runs.random(RENEWAL_NONCE_BYTES);
		this.#first = deriveRenewed(secret, runs.derivation, this.#firstNonce);
	}

	/** The new context, once response 1 has verified. */
	get target(): SecurityContext | undefined {
		return this.#target;
	}

	/** Under what a request goes now: as request 1, or as request 2. */
	outbound(): Outbound {
		return this.#target === undefined ? this : new SecondRequest(this.#target, this.#runs);
	}

	/** That of request 1. */
	get context(): SecurityContext {
		return this.#first;
	}

	renew(kidContext: Uint8Array): Renewed | undefined {
		const nonce = unwrapNonces(kidContext);
		if (nonce?.length !== RENEWAL_NONCE_BYTES) return undefined;
		const second = nonce.slice();
		const context = deriveRenewed(this.#secret, this.#runs.derivation, second, this.#firstNonce);
		return { context, next: () => this.next(second) };
	}

	/**
	 * Ends the run and hands over the new context, if there is one: it is the caller's to close. Requests that wait
	 * for a response 1 go on.
	 */
	take(): SecurityContext | undefined {
		const target = this.#target;
		this.#target = undefined;
		this.#over = true;
		if (!this.#first.isInUse) this.#first.close();
		return target;
	}

	/** Forgets all keys; requests that wait for a response 1 fail. */
	close(): void {
		this.#over = true;
		this.#first.close();
		this.#target?.close();
	}

	private next(second: Uint8Array): Outbound {
		const instead = this.#over ? this.#runs.instead(this.#secret.name) : undefined;
		if (instead !== undefined) return instead;
		if (this.#over) throw new ContextError(`fresh keys with ${this.#secret.name} came too late`);
		const { clock, derivation, random } = this.#runs;
		const known = this.#target?.idContext?.subarray(0, RENEWAL_NONCE_BYTES);
		// Another request of this run may have been answered before; a peer that restarted in between has a new R2.
		if (this.#target === undefined || known === undefined || !equalBytes(known, second)) {
			this.#target?.close();
			const now = clock.now();
			const timed = { ...derivation, times: { made: now, heard: now } };
			this.#target = deriveRenewed(this.#secret, timed, second, random(RENEWAL_NONCE_BYTES));
		}
		return this.outbound();
	}
}
