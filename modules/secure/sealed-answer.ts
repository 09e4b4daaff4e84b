import { encodeUtf8 } from "../bytes/bytes.js";
import { Code, type Exchange, type Freshness, type Option } from "../coap/coap.js";
import type { Answer } from "../node/node.js";

/** Answers a member's sealed request. */
export class SealedAnswer implements Answer {
	readonly #exchange: Exchange;
	readonly #freshness: Freshness | undefined;

	constructor(exchange: Exchange, freshness: Freshness | undefined) {
		this.#exchange = exchange;
		this.#freshness = freshness;
	}

	reply(payload: Uint8Array, withEcho = false): void {
		this.#exchange.respond({ code: Code.Content, options: withEcho ? this.echo() : [], payload });
	}

	refuse(code: number, reason: string): void {
		this.#exchange.respond({ code, payload: encodeUtf8(reason) });
	}

	challenge(): void {
		this.#exchange.respond({ code: Code.Unauthorized, options: this.echo() });
	}

	private echo(): readonly Option[] {
		const echo = this.#freshness?.newEcho();
		return echo === undefined ? [] : [echo];
	}
}
