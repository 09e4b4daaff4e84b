import {
	type ClientRequest,
	type CoapError,
	Code,
	type Content as DecodedContent,
	decodeMessage,
	type Endpoint,
	type Handler,
	type Parameters,
	pathOptions,
	type Response,
	type ServerRequest
} from "../../../modules/coap/coap.js";
import {
	type ContextLookup,
	type Inbound,
	OscoreLayer,
	SecurityContext,
	type SecurityContextOptions
} from "../../../modules/oscore/oscore.js";
import { bytes, equal, hex } from "../../harness/assert.js";
import { Network, PORT } from "../coap/network.js";

export const secret = bytes("0102030405060708090a0b0c0d0e0f10");
export const salt = bytes("9e7ca92223786340");

/** A client's context and its server's. */
export function contexts(more: Partial<SecurityContextOptions> = {}, serverMore = more) {
	const common = { masterSecret: secret, masterSalt: salt };
	const [a, b] = [bytes("0a"), bytes("0b")];
	return {
		client: new SecurityContext({ ...common, name: "server", senderId: a, recipientId: b, ...more }),
		server: new SecurityContext({ ...common, name: "client", senderId: b, recipientId: a, ...serverMore })
	};
}

/** Everything goes under one context, which is found by its kid. */
export function only(context: SecurityContext): ContextLookup {
	return {
		outbound: ({ peer }) => (peer === context.name ? { context } : undefined),
		inbound: ({ kid }): readonly Inbound[] => (hex(kid) === hex(context.recipientId) ? [{ context }] : [])
	};
}

export class Result {
	readonly responses: Response[] = [];
	readonly notifications: Response[] = [];
	readonly failures: CoapError[] = [];

	get last(): Response | undefined {
		return this.responses[this.responses.length - 1];
	}
}

/** Answers with one byte. */
export const content: Handler = (_request, exchange) =>
	exchange.respond({ code: Code.Content, contentFormat: 60, payload: bytes("2a") });

/** Keeps what came, and answers. */
export function keeping(handler: Handler = content) {
	const requests: ServerRequest[] = [];
	const keep: Handler = (request, exchange) => {
		requests.push(request);
		handler(request, exchange);
	};
	return { requests, keep };
}

/** A client `aa` and a server `b` on a network, each with one context. */
export function start(
	handler: Handler,
	parameters: Partial<Parameters> = {},
	{ client, server } = contexts()
) {
	const network = new Network();
	const { clock } = network;
	const below = { a: network.endpoint("aa", parameters), b: network.endpoint("b", parameters) };
	const asking = new OscoreLayer({ layer: below.a, clock, contexts: only(client) });
	const serving = new OscoreLayer({ layer: below.b, clock, contexts: only(server) });
	serving.setHandler(handler);
	const result = new Result();
	const request = (more: Partial<ClientRequest> = {}): ClientRequest => ({
		address: "b",
		port: PORT,
		peer: "server",
		code: Code.Get,
		options: pathOptions("/t"),
		onResponse: response => result.responses.push(response),
		onNotification: response => result.notifications.push(response),
		onFailure: error => result.failures.push(error),
		...more
	});
	const run = (more: Partial<ClientRequest> = {}) => {
		const before = result.responses.length;
		asking.request(request(more));
		clock.advance(1_000_000);
		return result.responses[before];
	};
	return { network, clock, below, asking, serving, result, request, run, client, server };
}

/** Nothing waits any more. */
export function quiet({ network, below }: { network: Network; below: { a: Endpoint; b: Endpoint } }): void {
	equal(network.errors, [], "errors");
	equal([below.a.pending, below.b.pending], [0, 0], "under way");
	equal(network.clock.pending, 0, "timers");
}

/** Code, options and payload of a message in hexadecimal. */
export function contentOf(text: string): DecodedContent & { readonly code: number } {
	const { code, options, payload } = decodeMessage(bytes(text));
	return { code, options, payload };
}

/** Every text that differs in one bit, and every beginning. */
export function* damaged(whole: Uint8Array): Generator<Uint8Array> {
	for (let i = 0; i < whole.length * 8; i += 1) {
		const copy = whole.slice();
		copy[i >> 3] = (copy[i >> 3] ?? 0) ^ (1 << (i & 7));
		yield copy;
	}
	for (let length = 0; length < whole.length; length += 1) yield whole.slice(0, length);
}
