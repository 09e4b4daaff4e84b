import { BytesError, encodeUtf8 } from "../bytes/bytes.js";
import type { Clock } from "../clock/clock.js";
import {
	Code,
	type Exchange,
	findOption,
	type Handler,
	OptionNumber,
	recogniseOptions,
	type ServerRequest,
	stringValues,
	uintOption
} from "../coap/coap.js";
import type { ContextHint, ContextLookup, Inbound } from "./lookup.js";
import { FormatError, OscoreError, ReplayError, VerificationError } from "./oscore-error.js";
import { decodeOscoreOption, type OscoreOption } from "./oscore-option.js";
import { ProtectedExchange } from "./protected-exchange.js";
import { type Content, openRequest, protectResponse, type RequestBinding } from "./protection.js";
import { SealedFreshness } from "./sealed-freshness.js";

interface Opened {
	readonly inbound: Inbound;
	readonly request: Content;
	readonly binding: RequestBinding;
}

const EMPTY = new Uint8Array(0);

/** The requests of others: those under a context are opened, all others pass as they are. */
export class OscoreServer {
	readonly #clock: Clock;
	readonly #contexts: ContextLookup;
	#handler: Handler | undefined;

	constructor({ clock, contexts }: { readonly clock: Clock; readonly contexts: ContextLookup }) {
		this.#clock = clock;
		this.#contexts = contexts;
	}

	setHandler(handler: Handler): void {
		this.#handler = handler;
	}

	handle(request: ServerRequest, exchange: Exchange): void {
		const option = findOption(request.options, OptionNumber.Oscore);
		if (option === undefined) {
			if (this.#handler === undefined) exchange.respond({ code: Code.NotFound });
			else this.#handler(request, exchange);
			return;
		}
		let opened: Opened | undefined;
		try {
			const header = decodeOscoreOption(option.value);
			checkBlocks(request);
			opened = this.open(header, request, exchange);
		} catch (error) {
			if (!(error instanceof FormatError)) throw error;
			refuse(exchange, Code.BadOption, error.message);
		}
		if (opened !== undefined) this.verified(opened, request, exchange);
	}

	/** Undefined when it has been refused, or dropped. Throws FormatError for the option. */
	private open(header: OscoreOption, request: ServerRequest, exchange: Exchange): Opened | undefined {
		const { kid, kidContext, partialIv } = header;
		if (kid === undefined || partialIv === undefined)
			throw new FormatError("a request without kid or Partial IV");
		const hint: ContextHint = { kid, kidContext, address: request.address, port: request.port };
		const candidates = this.#contexts.inbound(hint);
		const count = candidates.length;
		if (count === 0) {
			refuse(exchange, Code.Unauthorized, "Security context not found");
			return undefined;
		}
		let replayed = false;
		for (let i = 0; i < count; i += 1) {
			const inbound = candidates[i];
			try {
				const { request: inner, binding } = openRequest(inbound.context, header, request);
				return { inbound, request: inner, binding };
			} catch (error) {
				inbound.discard?.();
				if (error instanceof ReplayError) {
					replayed = true;
				} else if (!(error instanceof VerificationError)) {
					if (!(error instanceof OscoreError)) throw error;
					refuse(exchange, Code.BadRequest, error.message);
					return undefined;
				}
			}
		}
		// RFC 8613 would have 4.01 for a replay; nobody who may ask needs an answer to one.
		if (replayed) exchange.drop();
		else if (candidates.every(({ isProvisional }) => isProvisional))
			refuse(exchange, Code.Unauthorized, "Security context not found");
		else refuse(exchange, Code.BadRequest, "Decryption failed");
		return undefined;
	}

	private verified({ binding, inbound, request }: Opened, outer: ServerRequest, exchange: Exchange): void {
		const { context } = inbound;
		const challenge = inbound.challenge?.();
		if (challenge !== undefined) {
			const { context: other, kidContext } = challenge;
			const content = { code: Code.Unauthorized, options: [], payload: EMPTY };
			const reply = protectResponse(other, binding, content, { kidContext });
			other.close();
			exchange.respond(reply);
			return;
		}
		inbound.verified?.();
		const answer = new ProtectedExchange({ exchange, context, binding, request });
		if (!exchange.verified(context.name, answer)) return;
		const { options, refused } = recogniseOptions(request.options);
		if (refused !== undefined) {
			answer.respond({ code: Code.BadOption, payload: encodeUtf8(`option ${refused}`) });
			return;
		}
		const { code, payload } = request;
		const { address, port, confirmable } = outer;
		let path: readonly string[];
		let query: readonly string[];
		try {
			path = stringValues(options, OptionNumber.UriPath);
			query = stringValues(options, OptionNumber.UriQuery);
		} catch (error) {
			if (!(error instanceof BytesError)) throw error;
			answer.respond({ code: Code.BadOption, payload: encodeUtf8("path or query is not UTF-8") });
			return;
		}
		const { name: peer } = context;
		const { sequence } = binding;
		const freshness = new SealedFreshness({ clock: this.#clock, context, sequence, options });
		const inner = {
			code,
			options,
			path,
			query,
			payload,
			address,
			port,
			peer,
			confirmable,
			secured: true,
			freshness
		};
		if (this.#handler === undefined) answer.respond({ code: Code.NotFound });
		else this.#handler(inner, answer);
	}
}

/** Blocks that a proxy has made of a message (RFC 8613 section 4.1.3.4.2): we take none. Throws FormatError. */
function checkBlocks({ options }: ServerRequest): void {
	const block = findOption(options, OptionNumber.Block1) ?? findOption(options, OptionNumber.Block2);
	if (block !== undefined) throw new FormatError("blocks around a protected message");
}

/** An error in the clear, which no proxy shall keep (RFC 8613 section 8.2). */
function refuse(exchange: Exchange, code: number, text: string): void {
	exchange.respond({ code, options: [uintOption(OptionNumber.MaxAge, 0)], payload: encodeUtf8(text) });
}
