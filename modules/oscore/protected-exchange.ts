import {
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
import type { Dependent, SecurityContext } from "./context.js";
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
const own: ProtectResponseOptions = Object.freeze({ ownPartialIv: true });

/** Answers a request under the context that it came under. */
export class ProtectedExchange implements Exchange {
	readonly context: SecurityContext;
	readonly #below: Exchange;
	readonly #binding: RequestBinding;
	/** Whether the verified request asks for later states too. */
	readonly #registers: boolean;

	constructor({ exchange, context, binding, request }: ProtectedExchangeOptions) {
		const { code, options } = request;
		const reads = code === Code.Get || code === Code.Fetch;
		this.context = context;
		this.#below = exchange;
		this.#binding = binding;
		this.#registers = reads && findUint(options, OptionNumber.Observe) === REGISTER;
	}

	/** The verified Observe option must say so, and the layer below too. */
	get observable(): boolean {
		return this.#registers && !this.context.closed && this.#below.observable;
	}

	/** When the context has ended meanwhile, the answer cannot be protected, and none goes. */
	respond(reply: Reply): void {
		if (this.context.closed) this.#below.drop();
		else this.#below.respond(this.protect(reply));
	}

	drop(): void {
		this.#below.drop();
	}

	observe(reply: Reply, onEnd: () => void): Notifier | undefined {
		if (!this.observable) throw new ExchangeError("this request observes nothing");
		const notifier = new ProtectedNotifier(this, onEnd);
		const below = this.#below.observe(this.protectState(reply), () => notifier.ended());
		if (below === undefined) return undefined;
		notifier.begin(below);
		return notifier;
	}

	verified(peer: string, above: Pick<Exchange, "respond">): boolean {
		return this.#below.verified(peer, above);
	}

	/** A state for who observes; all but the first have a Partial IV of their own. */
	protectState(reply: Reply, how?: ProtectResponseOptions): Reply {
		if (codeClass(reply.code) !== 2) throw new ExchangeError("an error is no state to observe");
		const options = [...replyOptions(reply), uintOption(OptionNumber.Observe, 0)];
		return this.protect({ ...reply, contentFormat: undefined, options }, how);
	}

	protect(reply: Reply, how?: ProtectResponseOptions): Reply {
		const { code, payload = EMPTY } = reply;
		const content = { code, options: replyOptions(reply), payload };
		return protectResponse(this.context, this.#binding, content, how);
	}
}

/** Tells an observer of later states. The observation ends with its context. */
class ProtectedNotifier implements Notifier, Dependent {
	readonly #exchange: ProtectedExchange;
	readonly #onEnd: () => void;
	#below: Notifier | undefined;
	#ended = false;

	constructor(exchange: ProtectedExchange, onEnd: () => void) {
		this.#exchange = exchange;
		this.#onEnd = onEnd;
	}

	begin(below: Notifier): void {
		this.#below = below;
		// Within one process the other side may have ended it before this line.
		if (!this.#ended) this.#exchange.context.support(this);
	}

	notify(state: Reply, confirmable?: boolean): void {
		if (this.#ended || this.#exchange.context.closed) return;
		try {
			this.#below?.notify(this.#exchange.protectState(state, own), confirmable);
		} catch (error) {
			// A context without numbers left, or ended meanwhile, has nothing more to tell.
			if (!(error instanceof OscoreError)) throw error;
			if (!this.#ended) this.contextClosed();
		}
	}

	end(last?: Reply): void {
		const { context } = this.#exchange;
		context.release(this);
		if (this.#ended) return;
		this.#ended = true;
		this.#below?.end(last && !context.closed ? this.#exchange.protect(last, own) : undefined);
	}

	contextClosed(): void {
		this.#below?.end();
		this.ended();
	}

	/** The other side has ended it, or the context has. */
	ended(): void {
		this.#ended = true;
		this.#exchange.context.release(this);
		this.#onEnd();
	}
}
