import { encodeUtf8 } from "../bytes/bytes.js";
import { Code } from "./code.js";
import type { Exchange, Handler, Layer, ServerRequest } from "./layer.js";
import { findOption, findUint, pathSegments } from "./option.js";
import { isCritical, OptionNumber } from "./option-table.js";

/** The handlers of a resource, by method: `{ [Code.Get]: (request, exchange) => ... }`. */
export type Handlers = Readonly<Record<number, Handler | undefined>>;

/** What a resource reads and writes. */
export interface ResourceOptions {
	/** The Content-Format of its answers: a request with any other Accept gets 4.06 (section 5.10.4). */
	readonly contentFormat?: number;
	/** The Content-Formats that it takes: a request that declares another gets 4.15. */
	readonly takes?: readonly number[];
	/** Critical options beyond those of the URI and Accept that its handlers act on, such as If-Match. */
	readonly understands?: readonly number[];
}

interface Resource {
	readonly handlers: Handlers;
	readonly options: ResourceOptions;
}

/** Critical options that every resource may leave to the router. */
const general: readonly number[] = [
	OptionNumber.UriHost,
	OptionNumber.UriPort,
	OptionNumber.UriPath,
	OptionNumber.UriQuery,
	OptionNumber.Accept
];

/** Gives each request to the resource of its path (RFC 7252 section 5.8), or answers why none takes it. */
export class Resources {
	readonly #resources = new Map<string, Resource>();

	/** With a layer, at once becomes its handler; without, `handle` is called by someone. */
	constructor(layer?: Layer) {
		layer?.setHandler((request, exchange) => this.handle(request, exchange));
	}

	/** Adds a resource, or replaces the one of this path (as `/tasks`; nothing is percent-decoded). */
	serve(path: string, handlers: Handlers, options: ResourceOptions = {}): void {
		this.#resources.set(pathKey(pathSegments(path)), { handlers, options });
	}

	remove(path: string): void {
		this.#resources.delete(pathKey(pathSegments(path)));
	}

	handle(request: ServerRequest, exchange: Exchange): void {
		if (
			findOption(request.options, OptionNumber.ProxyUri) ??
			findOption(request.options, OptionNumber.ProxyScheme)
		) {
			exchange.respond({ code: Code.ProxyingNotSupported });
			return;
		}
		const resource = this.#resources.get(pathKey(request.path));
		if (resource === undefined) {
			// One that nobody took off on the way up changes what is meant: it comes before the path.
			if (!refuseOptions(request, [], exchange)) exchange.respond({ code: Code.NotFound });
			return;
		}
		const { contentFormat, takes, understands = [] } = resource.options;
		if (refuseOptions(request, understands, exchange)) return;
		const handler = resource.handlers[request.code];
		if (handler === undefined) {
			exchange.respond({ code: Code.MethodNotAllowed });
			return;
		}
		const accept = findUint(request.options, OptionNumber.Accept);
		if (accept !== undefined && accept !== contentFormat) {
			exchange.respond({ code: Code.NotAcceptable });
			return;
		}
		const format = findUint(request.options, OptionNumber.ContentFormat);
		if (takes !== undefined && format !== undefined && !takes.includes(format)) {
			exchange.respond({ code: Code.UnsupportedContentFormat });
			return;
		}
		handler(request, exchange);
	}
}

/** Answers 4.02 when the request has a critical option that neither we nor the resource act on (section 5.4.1). */
function refuseOptions(request: ServerRequest, understood: readonly number[], exchange: Exchange): boolean {
	const { options } = request;
	const { length } = options;
	for (let i = 0; i < length; i += 1) {
		const { number } = options[i];
		if (!isCritical(number) || general.includes(number) || understood.includes(number)) continue;
		exchange.respond({ code: Code.BadOption, payload: encodeUtf8(`option ${number}`) });
		return true;
	}
	return false;
}

/** Unambiguous: a segment may hold a slash. */
function pathKey(segments: readonly string[]): string {
	return segments.map(encodeURIComponent).join("/");
}
