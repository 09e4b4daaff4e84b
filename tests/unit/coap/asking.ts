import {
	type ClientRequest,
	type CoapError,
	Code,
	type Endpoint,
	pathOptions,
	type Response
} from "../../../modules/coap/coap.js";
import { equal, hex } from "../../harness/assert.js";
import { Network, PORT } from "./network.js";

/** What became of a request. */
export class Outcome {
	readonly responses: Response[] = [];
	readonly failures: CoapError[] = [];

	of(to: string, more: Partial<ClientRequest> = {}): ClientRequest {
		return {
			address: to,
			port: PORT,
			code: Code.Get,
			options: pathOptions("/t"),
			onResponse: response => this.responses.push(response),
			onFailure: error => this.failures.push(error),
			...more
		};
	}

	get text(): string {
		const answered = this.responses.map(({ payload }) => hex(payload));
		return [...answered, ...this.failures.map(({ name }) => name)].join(" ");
	}
}

export function start(parameters: ConstructorParameters<typeof Endpoint>[0]["parameters"] = {}) {
	const network = new Network();
	const endpoint = network.endpoint("a", parameters);
	const peer = network.peer("b");
	return { network, clock: network.clock, endpoint, peer, outcome: new Outcome() };
}

/** Nothing waits any more. */
export function quiet({ network, endpoint }: { network: Network; endpoint: Endpoint }): void {
	equal(endpoint.pending, 0, "exchanges");
	equal(network.clock.pending, 0, "timers");
	equal(network.errors, [], "errors");
}
