import { concat, encodeUtf8 } from "../bytes/bytes.js";
import type { Clock } from "../clock/clock.js";
import {
	Code,
	findOption,
	type Option,
	OptionNumber,
	type Reply,
	type Response,
	type ServerRequest,
	uintOption
} from "../coap/coap.js";
import { constantTimeEqual, hmacSha256 } from "../crypto/crypto.js";

export interface EchoOptions {
	/** 32 random bytes, made at start and kept in RAM. */
	readonly key: Uint8Array;
	readonly clock: Clock;
	/** Milliseconds that a challenge may be answered. Default 10 s. */
	readonly lifetime?: number;
}

const TIME_BYTES = 4;
const TAG_BYTES = 8;
const DEFAULT_LIFETIME = 10_000;

/**
 * Makes strangers show that they receive at the address they send from, and now, before anything costly is done for
 * them (RFC 9175 section 2). Nothing is kept for a challenge: its value holds the time under a key (appendix A.2).
 */
export class EchoChallenge {
	readonly #options: EchoOptions;

	constructor(options: EchoOptions) {
		this.#options = options;
	}

	/** Whether a request carries a challenge of ours that was given to its sender, lately. */
	passes(request: ServerRequest): boolean {
		const value = findOption(request.options, OptionNumber.Echo)?.value;
		if (value?.length !== TIME_BYTES + TAG_BYTES) return false;
		const time = value.subarray(0, TIME_BYTES);
		if (!constantTimeEqual(value.subarray(TIME_BYTES), this.tag(time, request))) return false;
		const [a, b, c, d] = time;
		const made = a * 0x1000000 + ((b << 16) | (c << 8) | d);
		const age = (this.now() - made) >>> 0;
		return age <= (this.#options.lifetime ?? DEFAULT_LIFETIME);
	}

	/** 4.01 with a challenge (section 2.3): 12 bytes, for the sender to repeat with its request. */
	challenge(request: ServerRequest): Reply {
		const now = this.now();
		const time = Uint8Array.of(now >>> 24, now >>> 16, now >>> 8, now);
		const value = concat(time, this.tag(time, request));
		return {
			code: Code.Unauthorized,
			options: [{ number: OptionNumber.Echo, value }, uintOption(OptionNumber.MaxAge, 0)]
		};
	}

	private tag(time: Uint8Array, { address, port }: ServerRequest): Uint8Array {
		return hmacSha256(this.#options.key, time, encodeUtf8(`${address} ${port}`)).subarray(0, TAG_BYTES);
	}

	/** Milliseconds, counted in 32 bits. */
	private now(): number {
		return Math.floor(this.#options.clock.now()) >>> 0;
	}
}

/** The challenge in a response, to be repeated as an option of the request; undefined when there is none. */
export function echoOf(response: Response): Option | undefined {
	if (response.code !== Code.Unauthorized) return undefined;
	return findOption(response.options, OptionNumber.Echo);
}
