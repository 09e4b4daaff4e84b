import { Code, decodeMessage, encodeMessage, OptionNumber } from "../../../modules/coap/coap.js";
import {
	ContextError,
	type ContextHint,
	encodeOscoreOption,
	RenewalServer,
	SecurityContext
} from "../../../modules/oscore/oscore.js";
import { bytes, equal, ok, throws } from "../../harness/assert.js";
import { Dice } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { DELAY, Network } from "../coap/network.js";
import { Node, secrets } from "./node.js";

import { ROUND, running, start } from "./renewing.js";

/** A context with a peer that does nothing. */
function other(name: string, id: number): SecurityContext {
	return new SecurityContext({
		name,
		masterSecret: bytes("01"),
		senderId: bytes("01"),
		recipientId: Uint8Array.of(id)
	});
}

export default suite("oscore: limits of contexts", {
	"one peer's old requests 1 do not take the R2s of others": () => {
		const { clock } = new Network();
		let count = 0;
		const renewed: string[] = [];
		const server = new RenewalServer({
			clock,
			derivation: {},
			random: length => {
				count += 1;
				return new Uint8Array(length).fill(count);
			},
			lifetime: 10_000,
			maxOffers: 8,
			onRenewed: ({ name }) => renewed.push(name)
		});
		const secretOf = (name: string) => {
			const stored = secrets().b.get("a");
			ok(stored);
			return { ...stored, name };
		};
		const first = (name: string, byte: number) =>
			server.accept(secretOf(name), Uint8Array.of(0x48, ...new Uint8Array(8).fill(byte)))?.challenge?.();
		const offer = first("honest", 1);
		ok(offer);
		for (let i = 0; i < 50; i += 1) first("bad", i);
		equal(server.offers, 3, "a quarter for each");
		const nonces = [...offer.kidContext.slice(1), ...new Uint8Array(8)];
		const second = () => server.accept(secretOf("honest"), Uint8Array.of(0x50, ...nonces));
		second()?.verified?.();
		equal([renewed, second()], [["honest"], undefined], "good once");
		for (let i = 0; i < 20; i += 1) first(`peer ${i}`, 1);
		equal(server.offers, 8);
		server.forget("peer 19");
		equal(server.offers, 7);
		clock.advance(10_000);
		equal([server.offers, clock.pending], [0, 0]);
		for (const text of ["", "48", "4701020304050607", "490102030405060708ff", "580801020304050607"]) {
			equal(server.accept(secretOf("x"), bytes(text)), undefined, text);
		}
	},
	"nor do old requests 1 of five peers, of which one gives up an R2 for another's": () => {
		const dice = new Dice(7);
		const server = new RenewalServer({
			clock: new Network().clock,
			derivation: {},
			random: count => dice.bytes(count),
			lifetime: 10_000,
			maxOffers: 16,
			onRenewed: () => undefined
		});
		const stored = secrets().b.get("a");
		ok(stored);
		const secretOf = (name: string) => ({ ...stored, name });
		const first = (name: string, byte: number) =>
			server.accept(secretOf(name), Uint8Array.of(0x48, ...new Uint8Array(8).fill(byte)))?.challenge?.();
		const flood = () => {
			for (let byte = 0; byte < 8; byte += 1) for (let bad = 0; bad < 5; bad += 1) first(`bad ${bad}`, byte);
		};
		flood();
		const offer = first("honest", 1);
		ok(offer);
		flood();
		equal(server.offers, 16);
		const nonces = Uint8Array.of(0x50, ...offer.kidContext.slice(1), ...new Uint8Array(8));
		ok(server.accept(secretOf("honest"), nonces));
	},
	"nor does a peer's own fresh request 1 surely lose its R2 to five old ones of its own": () => {
		let kept = 0;
		for (let seed = 1; seed <= 60; seed += 1) {
			const dice = new Dice(seed);
			const server = new RenewalServer({
				clock: new Network().clock,
				derivation: {},
				random: count => dice.bytes(count),
				lifetime: 10_000,
				maxOffers: 16,
				onRenewed: () => undefined
			});
			const stored = secrets().b.get("a");
			ok(stored);
			const first = (byte: number) =>
				server.accept(stored, Uint8Array.of(0x48, ...new Uint8Array(8).fill(byte)))?.challenge?.();
			const offer = first(1);
			ok(offer);
			for (let old = 2; old <= 6; old += 1) first(old);
			equal(server.offers, 4);
			const nonces = Uint8Array.of(0x50, ...offer.kidContext.slice(1), ...new Uint8Array(8));
			if (server.accept(stored, nonces) !== undefined) kept += 1;
		}
		ok(kept >= 20, `${kept} of 60`);
	},
	"keys that were derived for a request which does not verify are wiped": () => {
		// Request 1, then request 2.
		for (const which of [0, 2]) {
			const { network, clock, a, b } = start();
			const made: SecurityContext[] = [];
			const inbound = b.contexts.inbound.bind(b.contexts);
			// Defined, not assigned: in a preloaded build the prototype is frozen.
			Object.defineProperty(b.contexts, "inbound", {
				value: (hint: ContextHint) => {
					const found = inbound(hint);
					for (const { context } of found) made.push(context);
					return found;
				}
			});
			network.fate = ({ index }) => (index === which ? [] : [DELAY]);
			a.ask();
			clock.advance(2 * DELAY + 1);
			const lost = network.sent[which];
			ok(lost);
			const forged = lost.bytes.slice();
			forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
			made.splice(0);
			network.send("x", "bb", forged);
			clock.advance(DELAY);
			equal([made.length, made.every(({ closed }) => closed)], [1, true], `${which}`);
			clock.advance(30_000);
			equal([a.text, b.acted.length], ["ok", 1], "and the genuine one is taken when it comes again");
		}
	},
	"an R2 that waits for its request 2 holds no keys: those of each answer are wiped once it has gone": () => {
		const { network, clock, a, b } = start();
		const made: SecurityContext[] = [];
		const inbound = b.contexts.inbound.bind(b.contexts);
		Object.defineProperty(b.contexts, "inbound", {
			value: (hint: ContextHint) =>
				inbound(hint).map(each => ({
					...each,
					challenge: () => {
						const challenge = each.challenge?.();
						if (challenge !== undefined) made.push(challenge.context);
						return challenge;
					}
				}))
		});
		a.ask();
		clock.advance(DELAY + 1);
		const [first] = network.sent;
		ok(first);
		network.send("x", "bb", encodeMessage({ ...decodeMessage(first.bytes), id: 77 }));
		clock.advance(DELAY + 1);
		equal(new Set(made).size, 2);
		equal(
			made.map(({ closed }) => closed),
			[true, true]
		);
		clock.advance(4 * ROUND);
		equal([a.text, b.acted.length], ["ok", 1]);
	},
	"a context that has seen its share is renewed, and nothing fails meanwhile": () => {
		const network = new Network();
		const stored = secrets();
		const a = new Node(network, "a", stored.a, { limit: 10 });
		const b = new Node(network, "bb", stored.b);
		for (let i = 0; i < 50; i += 1) {
			a.ask();
			network.clock.advance(1000);
		}
		equal([a.responses.length, b.acted.length, a.failures.length], [50, 50, 0]);
		ok(a.renewed.length >= 4, `${a.renewed.length} times`);
	},
	"a context that does not open what comes, as under forgeries, is renewed by the next request": () => {
		const network = new Network();
		const stored = secrets();
		const spent: string[] = [];
		const a = new Node(network, "a", stored.a);
		const b = new Node(network, "bb", stored.b, { limit: 10, onSpent: ({ name }) => spent.push(name) });
		a.ask();
		network.clock.advance(1000);
		const live = b.contexts.live("a");
		ok(live);
		const sealed = network.sent[network.sent.length - 2]?.bytes;
		ok(sealed);
		for (let id = 0; id < 10; id += 1) {
			const { options, ...rest } = decodeMessage(sealed);
			// The same kid, without the kid context of the renewal, and another number.
			const header = { kid: live.recipientId, partialIv: Uint8Array.of(100 + id) };
			const forged = [{ number: OptionNumber.Oscore, value: encodeOscoreOption(header) }];
			network.send("a", "bb", encodeMessage({ ...rest, id: 5000 + id, options: forged }));
			equal(spent, [], `after ${id}`);
			network.clock.advance(ROUND);
		}
		equal([spent, live.spent, live.failed], [["a"], true, 10]);
		b.ask();
		network.clock.advance(1000);
		equal([b.text, b.contexts.live("a") === live], ["ok", false], "under fresh keys");
	},
	"without a secret there is no context, and who is removed has none any more": () => {
		const it = running();
		throws(() => it.a.layer.request({ ...blank, peer: "nobody" }), ContextError);
		let failed = 0;
		it.network.fate = () => [];
		it.a.ask({
			onFailure: () => {
				failed += 1;
			}
		});
		const live = it.a.contexts.live("bb");
		it.a.contexts.remove("bb");
		equal([failed, live?.closed, it.a.contexts.size], [1, true, 0]);
	},
	"who still has to answer does not make room before others": () => {
		const network = new Network();
		const stored = secrets();
		const a = new Node(network, "a", stored.a, { maxPeers: 2 });
		const b = new Node(network, "bb", stored.b);
		a.ask();
		for (const [index, name] of ["x", "y", "z"].entries()) a.contexts.add(other(name, 7 + index));
		network.clock.advance(1000);
		equal([a.failures.length, b.acted.length], [0, 1], "fresh keys, with others meanwhile");
		a.ask();
		a.contexts.add(other("u", 10));
		a.contexts.add(other("v", 11));
		network.clock.advance(1000);
		equal([a.failures.length, b.acted.length], [0, 2], "and under what is live");
	},
	"the peer longest unused makes room, with its keys": () => {
		const network = new Network();
		const stored = secrets();
		const a = new Node(network, "a", stored.a, { maxPeers: 2 });
		const b = new Node(network, "bb", stored.b);
		a.ask();
		network.clock.advance(1000);
		const live = a.contexts.live("bb");
		ok(live);
		a.contexts.add(other("x", 7));
		a.ask();
		network.clock.advance(1000);
		a.contexts.add(other("y", 8));
		equal([a.contexts.live("x"), live.closed, a.contexts.size], [undefined, false, 2], "x was the older");
		a.contexts.add(other("z", 9));
		network.clock.advance(1);
		equal(live.closed, true);
		a.ask();
		network.clock.advance(1000);
		equal([a.failures.length, b.acted.length], [0, 3], "evicted, and renewed");
	},
	"who is asked finds room also where who makes it has others asked at once": () => {
		const network = new Network();
		const stored = secrets();
		const a = new Node(network, "a", stored.a, { maxPeers: 2 });
		const b = new Node(network, "bb", stored.b);
		for (const [index, name] of ["x", "y"].entries()) {
			const context = other(name, 7 + index);
			context.support({ contextClosed: () => a.contexts.add(other(`${name} again`, 9 + index)) });
			a.contexts.add(context);
		}
		a.ask();
		network.clock.advance(1000);
		equal([a.text, b.acted.length, a.contexts.size], ["ok", 1, 2]);
	},
	"a flood of requests 1 leaves nothing behind but a few R2s, for 10 seconds": () => {
		const it = running();
		const stored = secrets().a.get("bb");
		ok(stored);
		for (let i = 0; i < 100; i += 1) {
			const idContext = new Uint8Array(8).fill(i);
			const first = new SecurityContext({
				...stored,
				idContext,
				kidContext: Uint8Array.of(0x48, ...idContext)
			});
			const node = new Node(it.network, "a", secrets().a);
			node.contexts.add(first);
			node.ask({ onFailure: () => undefined });
			it.clock.advance(ROUND);
			node.contexts.close();
			node.endpoint.close();
		}
		equal(it.b.acted.length, 1);
		it.clock.advance(10_000);
		equal(it.b.endpoint.pending, 0);
		const again = new Node(it.network, "a", secrets().a);
		again.ask();
		it.clock.advance(2 * ROUND);
		equal(again.text, "ok");
	}
});

const blank = {
	address: "bb",
	port: 5683,
	code: Code.Get,
	onResponse: () => undefined,
	onFailure: () => undefined
};
