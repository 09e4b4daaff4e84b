import {
	type ClientRequest,
	type CoapError,
	Code,
	Endpoint,
	type Handler,
	pathOptions,
	type Response,
	type ServerRequest
} from "../../../modules/coap/coap.js";
import {
	Contexts,
	type ContextsOptions,
	OscoreLayer,
	type StoredSecret
} from "../../../modules/oscore/oscore.js";
import { bytes, equal } from "../../harness/assert.js";
import { counter, type Network, PORT } from "../coap/network.js";

/** What the nodes of these tests have stored, by name of the peer. */
export type Secrets = Map<string, StoredSecret>;

/** The stored secrets of two nodes `a` and `bb`. */
export function secrets(): { readonly a: Secrets; readonly b: Secrets } {
	const common = { masterSecret: bytes("0102030405060708090a0b0c0d0e0f10"), masterSalt: bytes("99") };
	const [a, b] = [bytes("0a"), bytes("0b")];
	return {
		a: new Map([["bb", { ...common, name: "bb", senderId: a, recipientId: b }]]),
		b: new Map([["a", { ...common, name: "a", senderId: b, recipientId: a }]])
	};
}

/** A node that keeps its contexts in RAM and its secrets in flash: `restart` loses the one and keeps the other. */
export class Node {
	readonly acted: ServerRequest[] = [];
	readonly responses: Response[] = [];
	readonly failures: CoapError[] = [];
	readonly renewed: string[] = [];
	readonly #network: Network;
	readonly #address: string;
	readonly #secrets: Secrets;
	readonly #more: Partial<ContextsOptions>;
	readonly #seed: number;
	readonly #nstart: number;
	#starts = 0;
	endpoint: Endpoint;
	contexts: Contexts;
	layer: OscoreLayer;

	constructor(
		network: Network,
		address: string,
		stored: Secrets,
		more: Partial<ContextsOptions> = {},
		nstart = 1
	) {
		this.#nstart = nstart;
		this.#seed = network.sent.length * 7919 + address.charCodeAt(0) * 1000;
		this.#network = network;
		this.#address = address;
		this.#secrets = stored;
		this.#more = more;
		[this.endpoint, this.contexts, this.layer] = this.#start();
	}

	restart(): void {
		this.endpoint.close();
		[this.endpoint, this.contexts, this.layer] = this.#start();
	}

	/** Asks the other node to act. */
	ask(more: Partial<ClientRequest> = {}): void {
		const to = this.#address === "a" ? "bb" : "a";
		this.layer.request({
			address: to,
			port: PORT,
			peer: to,
			code: Code.Post,
			options: pathOptions("/t"),
			timeout: 60_000,
			onResponse: response => this.responses.push(response),
			onFailure: error => this.failures.push(error),
			...more
		});
	}

	get text(): string {
		const answers = this.responses.map(({ code }) => (code === Code.Changed ? "ok" : `${code}`));
		return [...answers, ...this.failures.map(({ name }) => name)].join(" ");
	}

	#start(): [Endpoint, Contexts, OscoreLayer] {
		this.#starts += 1;
		const network = this.#network;
		const { clock } = network;
		// Other ids and tokens after each start: the same would be taken for duplicates.
		const endpoint = new Endpoint({
			clock,
			random: counter(this.#seed + this.#starts),
			transport: { send: (to, _port, datagram) => network.send(this.#address, to, datagram) },
			onError: error => network.errors.push(error),
			parameters: { nstart: this.#nstart }
		});
		network.attach(this.#address, (datagram, from) => endpoint.receive(datagram, from, PORT));
		const contexts = new Contexts({
			clock,
			random: counter(~(this.#seed + this.#starts)),
			secretOf: name => this.#secrets.get(name),
			secretByKid: kid => [...this.#secrets.values()].find(({ recipientId }) => recipientId[0] === kid[0]),
			onRenewed: ({ name }) => this.renewed.push(name),
			...this.#more
		});
		const layer = new OscoreLayer({ layer: endpoint, clock, contexts });
		const act: Handler = (request, exchange) => {
			this.acted.push(request);
			exchange.respond({ code: request.secured ? Code.Changed : Code.Unauthorized });
		};
		layer.setHandler(act);
		return [endpoint, contexts, layer];
	}
}

/** Both sides seal with the same context: each can ask the other without anything being renewed. */
export function agreed(network: Network, a: Node, b: Node): void {
	for (const [from, to] of [
		[a, b],
		[b, a]
	] as const) {
		const before = [from.responses.length, to.acted.length, a.renewed.length, b.renewed.length];
		const sent = network.sent.length;
		from.ask();
		network.clock.advance(1000);
		const after = [from.responses.length - 1, to.acted.length - 1, a.renewed.length, b.renewed.length];
		equal(after, before, "asked, acted, renewed");
		equal(network.sent.length - sent, 2, "datagrams");
	}
}
