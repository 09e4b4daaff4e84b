import {
	Blockwise,
	type BlockwiseOptions,
	type ClientRequest,
	type CoapError,
	Code,
	findUint,
	type Handler,
	type Layer,
	pathOptions,
	type Response
} from "../../../modules/coap/coap.js";
import { equal, ok } from "../../harness/assert.js";
import { body, counter, Network, PORT } from "./network.js";

export interface Result {
	responses: Response[];
	failures: CoapError[];
}

/** Two endpoints with block-wise transfer on each; the server's handler is given. */
export function start(
	handler: Handler,
	server: Partial<BlockwiseOptions> = {},
	client: Partial<BlockwiseOptions> = {}
) {
	const network = new Network();
	const { clock } = network;
	const below = { a: network.endpoint("aa"), b: network.endpoint("b") };
	const it = { verified: "" };
	const { b } = below;
	// In the place of a security layer.
	const layer: Layer = {
		request: request => b.request(request),
		setHandler: above =>
			b.setHandler((request, exchange) =>
				above({ ...request, secured: request.address === it.verified }, exchange)
			)
	};
	const serving = new Blockwise({ layer, clock, random: counter(3), ...server });
	const asking = new Blockwise({ layer: below.a, clock, random: counter(4), ...client });
	serving.setHandler(handler);
	const result: Result = { responses: [], failures: [] };
	const ask = (more: Partial<ClientRequest>) =>
		asking.request({
			address: "b",
			port: PORT,
			code: Code.Get,
			options: pathOptions("/big"),
			onResponse: response => result.responses.push(response),
			onFailure: error => result.failures.push(error),
			...more
		});
	const run = (more: Partial<ClientRequest>) => {
		ask(more);
		clock.advance(1_000_000);
		return result.responses[result.responses.length - 1];
	};
	const quiet = () => {
		equal(network.errors, [], "errors");
		equal([below.a.pending, below.b.pending, serving.transfers], [0, 0, 0], "under way");
		equal(clock.pending, 0, "timers");
		for (const { bytes: sent } of network.sent) ok(sent.length <= 1152, "fits a datagram");
	};
	return Object.assign(it, { network, clock, serving, asking, result, ask, run, quiet });
}

export const echo: Handler = (request, exchange) =>
	exchange.respond({ code: Code.Changed, payload: request.payload });
export const big: Handler = (_request, exchange) =>
	exchange.respond({ code: Code.Content, payload: body(5000) });

/** `number/more/size` of each Block option of a kind that an address sent. */
export function blocks(network: Network, from: string, number: number): string[] {
	const texts: string[] = [];
	for (const { options } of network.from(from)) {
		const value = findUint(options, number);
		if (value !== undefined) texts.push(`${value >> 4}/${(value >> 3) & 1}/${16 << (value & 7)}`);
	}
	return texts;
}
