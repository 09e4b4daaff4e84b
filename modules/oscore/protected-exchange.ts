import {
	CoapError,
	Code,
	codeClass,
	type Exchange,
	ExchangeError,
	findUint,
	type Notifier,
	OptionNumber,
	type Reply,
	replyOptions,
	uintOption
} from "../coap/coap.js";
import type { SecurityContext } from "./context.js";
import { OscoreError } from "./oscore-error.js";
import {
	type Content,
	type ProtectResponseOptions,
	protectResponse,
	type RequestBinding
} from "./protection.js";

export interface ProtectedExchangeOptions {
	/** The exchange below. */
	readonly exchange: Exchange;
	readonly context: SecurityContext;
	readonly binding: RequestBinding;
	readonly request: Content;
}

const EMPTY = new Uint8Array(0);
const REGISTER = 0;

/** Answers a request under the context that it came under. */
export class ProtectedExchange implements Exchange {
	readonly #options: ProtectedExchangeOptions;

	constructor(options: ProtectedExchangeOptions) {
		this.#options = options;
	}

	/** The verified Observe option must say so, and the layer below too. */
	get observable(): boolean {
		const { context, exchange, request } = this.#options;
		const { code, options } = request;
		const reads = code === Code.Get || code === Code.Fetch;
		return (
			reads && findUint(options, OptionNumber.Observe) === REGISTER && !context.closed && exchange.observable
		);
	}

	/** When the context has ended meanwhile, the answer cannot be protected, and none goes. */
	respond(reply: Reply): void {
		const { context, exchange } = this.#options;
		if (context.closed) exchange.drop();
		else exchange.respond(this.#protect(reply));
	}

	drop(): void {
		this.#options.exchange.drop();
	}

	observe(reply: Reply, onEnd: () => void): Notifier {
		const { context, exchange } = this.#options;
		if (!this.observable) throw new ExchangeError("this request observes nothing");
		let release: () => void = () => undefined;
		let ended = false;
		const end = () => {
			ended = true;
			release();
			onEnd();
		};
		const below = exchange.observe(this.#protectState(reply, {}), end);
		// An observation ends with its context.
		const stop = () => {
			below.end();
			end();
		};
		if (!ended) release = context.whenClosed(stop);
		return {
			notify: (state, confirmable) => {
				if (context.closed || ended) return;
				try {
					below.notify(this.#protectState(state, { ownPartialIv: true }), confirmable);
				} catch (error) {
					// A context without numbers left, or ended meanwhile, has nothing more to tell.
					if (!(error instanceof OscoreError)) throw error;
					if (!ended) stop();
				}
			},
			end: last => {
				release();
				if (ended) return;
				ended = true;
				below.end(last && !context.closed ? this.#protect(last, { ownPartialIv: true }) : undefined);
			}
		};
	}

	/** The handler has thrown: 5.00, unless it had answered or dropped the request before. */
	failed(): void {
		try {
			this.respond({ code: Code.InternalServerError });
		} catch (error) {
			if (!(error instanceof CoapError)) throw error;
		}
	}

	#protectState(reply: Reply, how: ProtectResponseOptions): Reply {
		if (codeClass(reply.code) !== 2) throw new ExchangeError("an error is no state to observe");
		const options = [...replyOptions(reply), uintOption(OptionNumber.Observe, 0)];
		return this.#protect({ ...reply, contentFormat: undefined, options }, how);
	}

	#protect(reply: Reply, how: ProtectResponseOptions = {}): Reply {
		const { binding, context } = this.#options;
		const { code, payload = EMPTY } = reply;
		return protectResponse(context, binding, { code, options: replyOptions(reply), payload }, how);
	}
}
