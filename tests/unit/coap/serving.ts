import {
	Code,
	type Endpoint,
	type Exchange,
	type Handler,
	MessageType,
	type Parameters,
	pathOptions,
	type ServerRequest
} from "../../../modules/coap/coap.js";
import { bytes, equal } from "../../harness/assert.js";
import { Network } from "./network.js";

const { Confirmable } = MessageType;

export const get = {
	type: Confirmable,
	code: Code.Get,
	id: 100,
	token: bytes("0a"),
	options: pathOptions("/t")
};

export function start(parameters: Partial<Parameters> = {}, act: Handler = () => undefined) {
	const network = new Network();
	const endpoint = network.endpoint("a", parameters);
	const requests: ServerRequest[] = [];
	const exchanges: Exchange[] = [];
	endpoint.setHandler((request, exchange) => {
		requests.push(request);
		exchanges.push(exchange);
		act(request, exchange);
	});
	return { network, clock: network.clock, endpoint, peer: network.peer("b"), requests, exchanges };
}

export const content: Handler = (_request, exchange) =>
	exchange.respond({ code: Code.Content, payload: bytes("2a") });

export function quiet({ network, endpoint }: { network: Network; endpoint: Endpoint }): void {
	equal(endpoint.pending, 0, "exchanges");
	equal(network.clock.pending, 0, "timers");
	equal(network.errors, [], "errors");
}
