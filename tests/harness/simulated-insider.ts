import { Guard } from "../../modules/application/guard.js";
import { limits } from "../../modules/application/limits.js";
import { Stack } from "../../modules/application/stack.js";
import { Chain } from "../../modules/chain/chain.js";
import { type ClientRequest, Code, type Handler, type PendingRequest } from "../../modules/coap/coap.js";
import { HomeSecret, type Link, loadIdentity } from "../../modules/node/node.js";
import { Peers } from "../../modules/node/peers.js";
import { secureSuite } from "../../modules/secure/secure.js";
import { BlockFile, Store } from "../../modules/store/store.js";
import { ok } from "./assert.js";
import type { SimulatedNetwork, SimulatedNode } from "./simulation.js";

/** What it says to one node, of its own choice. */
export type Said = Pick<ClientRequest, "code" | "options" | "payload"> & Partial<ClientRequest>;

/** A bad member: has the keys of a node that is switched off, at its place, and says and answers what a test likes. */
export class SimulatedInsider {
	/** How many answers of nodes have come. */
	answers = 0;
	readonly #stack: Stack;
	readonly #link: Link;
	readonly #peers: Peers;

	constructor(network: SimulatedNetwork, node: SimulatedNode) {
		node.cut();
		node.preference.powerUp();
		const { clock, dice } = network;
		const store = new Store({ preference: node.preference, domain: "verifichain" });
		const identity = loadIdentity(store);
		ok(identity !== undefined);
		const { id: self, home } = identity;
		const nothing = () => undefined;
		const random = (count: number) => dice.bytes(count);
		const guard = new Guard({ now: () => clock.now(), report: nothing, onTooMany: nothing });
		const transport = {
			send: (host: string, port: number, bytes: Uint8Array) => network.send(node.address, host, port, bytes)
		};
		const stack = new Stack({ clock, random, limits: limits.large, transport, guard });
		network.attach(node.address, (bytes, host, port) => stack.receive(bytes, host, port));
		const chain = new Chain({ storage: new BlockFile(store), home, self });
		chain.load();
		this.#peers = new Peers(store);
		this.#stack = stack;
		this.#link = secureSuite.createLink({
			identity,
			homeSecret: new HomeSecret(store, identity),
			chain,
			peers: this.#peers,
			store,
			clock,
			random,
			layer: stack.layer,
			resources: stack.resources,
			seats: stack.seats,
			maxContexts: 72,
			locate: (peer, found) => found(this.#peers.addressOf(peer)),
			onMissed: nothing,
			onStranger: nothing,
			onOpening: nothing,
			onUnknown: nothing,
			onRemoved: nothing,
			report: nothing
		});
		stack.online();
	}

	/** Agrees on keys with a node whose id this is. */
	greet(peer: string, { address }: SimulatedNode): void {
		const [host = "", port = ""] = address.split(":");
		this.#peers.learn(peer, { host, port: Number(port) });
		const done = () => undefined;
		const payload = new Uint8Array(0);
		const reading = { code: Code.Get, path: "/tasks", payload, timeout: 5_000 };
		this.#link.request({ peer, ...reading, onReply: done, onFailure: done });
	}

	/** Says something to a node, sealed, whether or not any node would say it. */
	say(peer: string, { address }: SimulatedNode, said: Said): PendingRequest {
		const [host = "", port = ""] = address.split(":");
		const heard = () => {
			this.answers += 1;
		};
		return this.#stack.layer.request({
			peer,
			address: host,
			port: Number(port),
			onResponse: heard,
			onFailure: () => undefined,
			...said
		});
	}

	/** Answers so what others ask it sealed; the rest as a node does. */
	answer(handler: Handler): void {
		const { layer, resources } = this.#stack;
		layer.setHandler((request, exchange) => {
			if (request.secured) handler(request, exchange);
			else resources.handle(request, exchange);
		});
	}
}
