/** Bytes of an Echo: a counter of the keys. */
const ECHO_BYTES = 2;
/** Echoes that a context can issue: the number 0 is the nonce in the keys themselves. */
const ECHO_END = 256 ** ECHO_BYTES;
/** Echoes that are known at once: the last ones issued. */
const KNOWN = 4;
/**
 * Milliseconds for which an Echo that was heard is used. The two clocks may run apart by 500 s in a million meanwhile
 * (crystals that nobody slews do not), and the half second between the time to act and the time to say "no answer" is
 * not used up.
 */
const HELD_FOR = 900_000;

/** When the two sides made their last nonces in some keys, in milliseconds of this node's clock. */
export interface KeyTimes {
	/** This node made its own last nonce then, or later. */
	readonly made: number;
	/** It had heard the peer's last nonce by then. */
	readonly heard: number;
}

/** What a request can carry to show that it is fresh. */
export interface Proof {
	/** Undefined: the keys themselves are it. */
	readonly echo: Uint8Array | undefined;
	/** When this node heard it, in milliseconds of its clock. */
	readonly heard: number;
}

const unknown: KeyTimes = Object.freeze({ made: Number.NEGATIVE_INFINITY, heard: Number.POSITIVE_INFINITY });

/**
 * What is known of the time under the keys of one context: the Echoes (RFC 9175 section 2) that this node has issued
 * and heard under them, with their full times, so that nothing wraps. They go inside OSCORE, so a counter will do: nobody
 * else can have issued one. A nonce that went into the keys is as good as an Echo for the first request.
 */
export class KeyFreshness {
	/** These keys are known by it: no others have the same object. */
	readonly times: KeyTimes;
	/** Echoes issued so far. */
	#count = 0;
	/** The numbers of those that are known, the oldest first, `served` for those that have, and when each was issued. */
	readonly #numbers = [0];
	readonly #instants: number[];
	/** The last Echo heard that has not been used. */
	#held: Uint8Array | undefined;
	#heldSince: number;
	/** Whether there is something to show: at first it is the peer's nonce in the keys. */
	#isHolding = true;
	#hasServed = false;

	/** Without times, keys prove nothing and are newer than no others. */
	constructor({ made, heard }: KeyTimes = unknown) {
		this.times = { made, heard };
		this.#instants = [made];
		this.#heldSince = heard;
	}

	/**
	 * Whether these keys are newer than others with the same peer. Both sides go by this rule, each by its own clock:
	 * this node makes its nonce for the new keys only after it has heard the peer's for the old ones. Then no message
	 * can make the two sides disagree: where one of them takes these for newer, the other never takes those for newer.
	 */
	supersedes(other: KeyTimes): boolean {
		return this.times.made > other.heard;
	}

	/** A new Echo of 2 bytes, issued now; undefined once all were used. */
	issue(now: number): Uint8Array | undefined {
		if (this.#count + 1 >= ECHO_END) return undefined;
		this.#count += 1;
		this.#numbers.push(this.#count);
		this.#instants.push(now);
		while (this.#count - (this.#numbers[0] ?? this.#count) >= KNOWN) {
			this.#numbers.shift();
			this.#instants.shift();
		}
		return Uint8Array.of(this.#count >> 8, this.#count & 255);
	}

	/** When an Echo was issued that came back, or with undefined the keys were made. Each serves once. */
	redeem(echo: Uint8Array | undefined): number | undefined {
		const number = echo === undefined ? 0 : numberOf(echo);
		const place = number === undefined ? -1 : this.#numbers.indexOf(number);
		if (place < 0) return undefined;
		this.#numbers[place] = served;
		this.#hasServed = true;
		return this.#instants[place];
	}

	/** Whether the peer has asked for something that acts. */
	get hasServed(): boolean {
		return this.#hasServed;
	}

	/** An Echo of the peer's was heard: the latest is kept. */
	hold(echo: Uint8Array, now: number): void {
		if (numberOf(echo) === undefined) return;
		this.#held = echo.slice();
		this.#heldSince = now;
		this.#isHolding = true;
	}

	/** What the next request shows; undefined when that was used before, or was heard too long ago. */
	take(now: number): Proof | undefined {
		if (!this.#isHolding) return undefined;
		this.#isHolding = false;
		const proof = { echo: this.#held, heard: this.#heldSince };
		this.#held = undefined;
		const age = now - proof.heard;
		return age >= 0 && age <= HELD_FOR ? proof : undefined;
	}
}

/** In place of the number of an Echo that has served: it goes when it is the oldest. */
const served = -1;

function numberOf(echo: Uint8Array): number | undefined {
	const [high = 0, low = 0] = echo;
	return echo.length === ECHO_BYTES && high + low > 0 ? high * 256 + low : undefined;
}
