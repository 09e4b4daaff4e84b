import { Code, ExchangeError, MessageType, queryOptions } from "../../../modules/coap/coap.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { counter, DELAY, Network, PORT } from "./network.js";
import { content, get, quiet, start } from "./serving.js";

const { Confirmable, NonConfirmable, Acknowledgement } = MessageType;

export default suite("coap: duplicates and limits", {
	"a repeated request gets the same reply and is not handled again": () => {
		const it = start({}, content);
		it.peer.ask("a", get);
		it.clock.advance(246_000);
		it.peer.ask("a", get);
		equal(it.requests.length, 1);
		equal(it.peer.inbox.length, 2);
		equal(it.peer.inbox[1], it.peer.inbox[0]);
		equal(it.peer.ask("a", { ...get, type: NonConfirmable }), undefined, "which asks for no reply");
		quiet(it);
	},
	"after EXCHANGE_LIFETIME the id stands for a new request": () => {
		for (const [wait, handled] of [
			[246_999, 1],
			[247_000, 2]
		]) {
			const it = start({}, content);
			it.peer.send("a", get);
			it.clock.advance(wait ?? 0);
			it.peer.send("a", get);
			it.clock.advance(DELAY);
			equal(it.requests.length, handled);
		}
	},
	"the same id from another peer is another request": () => {
		const it = start({}, content);
		it.peer.ask("a", get);
		it.network.peer("c").ask("a", get);
		equal(
			it.requests.map(({ address }) => address),
			["b", "c"]
		);
	},
	"a repeated non-confirmable request is ignored, until NON_LIFETIME has passed": () => {
		const it = start({}, content);
		const request = { ...get, type: NonConfirmable };
		equal(it.peer.ask("a", request)?.type, NonConfirmable);
		equal(it.peer.last.token, bytes("0a"));
		equal(it.peer.ask("a", request), undefined);
		equal(it.requests.length, 1);
		it.clock.advance(145_000);
		ok(it.peer.ask("a", request) !== undefined);
		equal(it.requests.length, 2);
		quiet(it);
	},
	"a slow handler has its request acknowledged after 500 ms, and then answers in a message of its own":
		() => {
			const it = start();
			it.peer.send("a", get);
			it.clock.advance(DELAY + 499);
			equal(it.peer.inbox.length, 0);
			equal(it.network.sent.length, 1);
			it.clock.advance(1);
			equal(it.network.sent.length, 2);
			it.clock.advance(2000);
			equal([it.peer.last.type, it.peer.last.code, it.peer.last.id], [Acknowledgement, Code.Empty, 100]);
			it.exchanges[0]?.respond({ code: Code.Content, payload: bytes("2a") });
			it.clock.advance(DELAY);
			equal(
				[it.peer.last.type, it.peer.last.token, it.peer.last.payload],
				[Confirmable, bytes("0a"), bytes("2a")]
			);
			equal(it.endpoint.pending, 1);
			it.peer.send("a", { type: Acknowledgement, id: it.peer.last.id });
			it.clock.advance(100_000);
			equal(it.peer.inbox.length, 2);
			quiet(it);
		},
	"a dropped request gets no answer and no acknowledgement, however often it comes": () => {
		for (const late of [false, true]) {
			const it = start({}, (_request, exchange) => {
				if (!late) exchange.drop();
			});
			it.peer.send("a", get);
			it.clock.advance(400);
			it.exchanges[0]?.drop();
			for (let i = 0; i < 4; i += 1) {
				it.peer.send("a", get);
				it.clock.advance(3000);
			}
			equal(it.peer.inbox, []);
			equal(it.requests.length, 1);
			throws(() => it.exchanges[0]?.respond({ code: Code.Content }), ExchangeError);
			quiet(it);
		}
	},
	"a request that is never answered gets 5.03 after 15 seconds when it was acknowledged, and gives its place back":
		() => {
			for (const type of [Confirmable, NonConfirmable]) {
				const it = start();
				it.peer.send("a", { ...get, type });
				it.clock.advance(14_900);
				equal(it.endpoint.pending, 1);
				it.clock.advance(200);
				const answers = it.peer.inbox.filter(({ code }) => code !== 0);
				equal(
					answers.map(({ code }) => code),
					type === Confirmable ? [Code.ServiceUnavailable] : []
				);
				for (const { id } of answers) it.peer.send("a", { type: MessageType.Acknowledgement, id });
				it.clock.advance(1000);
				quiet(it);
				it.exchanges[0]?.respond({ code: Code.Content });
				it.clock.advance(100_000);
				equal(it.peer.inbox.filter(({ code }) => code !== 0).length, answers.length, "too late");
				quiet(it);
			}
		},
	"when every place is taken by who was verified, who has the most is not served, and gives the oldest up for another":
		() => {
			const handled: string[] = [];
			const it = start({ maxExchanges: 3 }, ({ query: [asker = ""] }, exchange) => {
				if (exchange.verified(asker, exchange)) handled.push(asker);
			});
			const ask = (id: number, asker: string) =>
				it.peer.send("a", { ...get, id, options: queryOptions(asker) });
			const told = () => it.peer.inbox.filter(({ code }) => code !== 0).map(({ id, code }) => [id, code]);
			ask(1, "good");
			for (const id of [2, 3, 4, 5]) ask(id, "bad");
			it.clock.advance(2 * DELAY);
			equal(handled, ["good", "bad", "bad"]);
			equal(
				told(),
				[4, 5].map(id => [id, Code.ServiceUnavailable])
			);
			ask(6, "another");
			it.clock.advance(2 * DELAY);
			equal(told().at(-1), [2, Code.ServiceUnavailable]);
			for (const exchange of it.exchanges) exchange.respond({ code: Code.Content });
			it.clock.advance(2 * DELAY);
			const served = told().filter(([, code]) => code === Code.Content);
			equal(
				served.map(([id]) => id),
				[1, 3, 6]
			);
			quiet(it);
		},
	"and when each of those has one, another is served that can be answered at once, and no other": () => {
		const it = start({ maxExchanges: 3 }, ({ query: [asker = "", isQuick] }, exchange) => {
			if (!exchange.verified(asker, exchange)) return;
			if (isQuick !== undefined) exchange.respond({ code: Code.Content });
		});
		const ask = (id: number, ...query: string[]) =>
			it.peer.send("a", { ...get, id, options: queryOptions(...query) });
		for (const id of [1, 2, 3]) ask(id, `bad ${id}`);
		ask(4, "good", "quick");
		ask(5, "good");
		ask(6, "bad 1", "quick");
		it.clock.advance(2 * DELAY);
		equal(
			it.peer.inbox.map(({ id, code }) => [id, code]),
			[
				[4, Code.Content],
				[5, Code.ServiceUnavailable],
				[6, Code.ServiceUnavailable]
			]
		);
		equal(it.endpoint.pending, 3);
		for (const exchange of it.exchanges) exchange.drop();
		quiet(it);
	},
	"an answer that is not acknowledged keeps no place that another request needs": () => {
		const it = start({ maxExchanges: 2 }, ({ query: [asker = ""] }, exchange) => {
			exchange.verified(asker, exchange);
		});
		for (const id of [1, 2]) it.peer.send("a", { ...get, id, options: queryOptions("bad") });
		it.clock.advance(1_000);
		for (const exchange of it.exchanges) exchange.respond({ code: Code.Content });
		it.clock.advance(100);
		equal(it.endpoint.pending, 2);
		for (const id of [3, 4]) it.peer.send("a", { ...get, id, options: queryOptions(`good ${id}`) });
		it.clock.advance(2 * DELAY);
		equal([it.requests.length, it.endpoint.pending], [4, 2]);
		const before = it.peer.inbox.length;
		it.clock.advance(60_000);
		const later = it.peer.inbox.slice(before).filter(({ code }) => code === Code.Content);
		equal(later.length, 0, "nor is it repeated");
	},
	"of requests that nobody has verified the oldest gives way, and never one that was": () => {
		const it = start({ maxExchanges: 4, maxUnverified: 2 }, (request, exchange) => {
			if (request.query.length > 0) exchange.verified("somebody", exchange);
		});
		const sealed = { ...get, options: queryOptions("sealed") };
		it.peer.send("a", { ...sealed, id: 1 });
		for (const id of [2, 3, 4]) it.peer.send("a", { ...get, id });
		it.peer.send("a", { ...sealed, id: 5 });
		it.clock.advance(2 * DELAY);
		const told = () => it.peer.inbox.filter(({ code }) => code !== 0).map(({ id, code }) => [id, code]);
		equal(told(), [[2, Code.ServiceUnavailable]]);
		equal(it.endpoint.pending, 4);
		for (const id of [6, 7]) it.peer.send("a", { ...sealed, id });
		it.clock.advance(2 * DELAY);
		equal(
			told().map(([id]) => id),
			[2, 3, 4]
		);
		it.exchanges.forEach(exchange => {
			exchange.respond({ code: Code.Content });
		});
		it.clock.advance(2 * DELAY);
		equal(
			told()
				.slice(3)
				.map(([id]) => id),
			[1, 5, 6, 7]
		);
		quiet(it);
	},
	"of strangers' requests those give way first that have their answers": () => {
		const it = start({ maxExchanges: 4, maxUnverified: 2 });
		for (const id of [1, 2]) it.peer.send("a", { ...get, id });
		it.clock.advance(1000);
		// In a message of its own, which nobody acknowledges.
		it.exchanges[1]?.respond({ code: Code.Content });
		it.peer.send("a", { ...get, id: 3 });
		it.clock.advance(2 * DELAY);
		const before = it.peer.inbox.length;
		for (const number of [0, 2]) it.exchanges[number]?.respond({ code: Code.Changed });
		it.clock.advance(2 * DELAY);
		equal(
			it.peer.inbox.slice(before).map(({ code }) => code),
			[Code.Changed, Code.Changed]
		);
	},
	"a flood makes it forget the oldest requests, never one that is being handled": () => {
		const it = start({ maxRemembered: 8, maxExchanges: 4 }, (request, exchange) => {
			if (request.query.length === 0) content(request, exchange);
		});
		const slow = { ...get, options: queryOptions("slow") };
		it.peer.send("a", slow);
		it.clock.advance(DELAY);
		for (let id = 1000; id < 1050; id += 1) it.peer.ask("a", { ...get, id });
		it.peer.send("a", slow);
		it.clock.advance(DELAY);
		equal(it.requests.length, 51, "the slow one once");
		it.peer.ask("a", { ...get, id: 1049 });
		equal(it.requests.length, 51, "remembered");
		it.peer.ask("a", { ...get, id: 1000 });
		equal(it.requests.length, 52, "forgotten");
	},
	"what comes under another's next id before it, in its name, is no reason to take that one's request for a duplicate":
		() => {
			const it = start({}, (request, exchange) => {
				if (request.query.length > 0) content(request, exchange);
				else exchange.respond({ code: Code.Unauthorized });
			});
			it.peer.ask("a", { ...get, token: bytes("ee"), payload: bytes("00") });
			const honest = { ...get, token: bytes("0a"), options: queryOptions("honest") };
			equal(it.peer.ask("a", honest)?.code, Code.Content);
			equal(it.peer.ask("a", honest)?.code, Code.Content, "again");
			equal(it.requests.length, 2, "a duplicate all the same");
			quiet(it);
		},
	"a flood of strangers does not make it forget the requests of those who were verified": () => {
		const it = start({ maxRemembered: 8, maxExchanges: 4 }, (request, exchange) => {
			if (request.query.length > 0) exchange.verified("somebody", exchange);
			content(request, exchange);
		});
		const sealed = { ...get, options: queryOptions("sealed") };
		it.peer.ask("a", sealed);
		for (let id = 1000; id < 1050; id += 1) it.peer.ask("a", { ...get, id });
		it.peer.ask("a", sealed);
		equal(it.requests.length, 51, "remembered");
		for (let id = 2000; id < 2020; id += 1) it.peer.ask("a", { ...sealed, id });
		it.peer.ask("a", { ...sealed, id: 2019 });
		equal(it.requests.length, 71, "the latest of them");
		it.peer.ask("a", sealed);
		equal(it.requests.length, 72, "not the oldest");
		it.peer.ask("a", { ...get, id: 3000 });
		it.peer.ask("a", { ...sealed, id: 3001 });
		it.peer.ask("a", { ...sealed, id: 2019 });
		equal(it.requests.length, 74, "of theirs none went");
		it.peer.ask("a", { ...get, id: 3000 });
		equal(it.requests.length, 75, "but the only one of a stranger");
		quiet(it);
	},
	"replies are kept within their room": () => {
		const it = start({ maxRememberedBytes: 2500 }, (_request, exchange) =>
			exchange.respond({ code: Code.Content, payload: new Uint8Array(1000) })
		);
		for (const id of [1, 2, 3]) it.peer.ask("a", { ...get, id });
		it.peer.ask("a", { ...get, id: 3 });
		it.peer.ask("a", { ...get, id: 2 });
		equal(it.requests.length, 3, "2 and 3 are remembered");
		it.peer.ask("a", { ...get, id: 1 });
		equal(it.requests.length, 4, "1 is not");
	},
	"two endpoints come to the same end over a link that loses, doubles and delays": () => {
		for (let seed = 1; seed <= 20; seed += 1) {
			const network = new Network();
			const server = network.endpoint("server");
			const client = network.endpoint("c");
			let handled = 0;
			server.setHandler((request, exchange) => {
				handled += 1;
				const answer = () => exchange.respond({ code: Code.Content, payload: request.payload });
				if (handled % 2 === 0) answer();
				else network.clock.after(700, answer);
			});
			const random = counter(seed);
			network.fate = () => {
				const [chance, delay] = random(2);
				if ((chance ?? 0) < 70) return [];
				const jitter = 5 + (delay ?? 0);
				return (chance ?? 0) < 110 ? [jitter, jitter * 3] : [jitter];
			};
			const got: string[] = [];
			for (let i = 0; i < 8; i += 1) {
				client.request({
					address: "server",
					port: PORT,
					code: Code.Post,
					payload: Uint8Array.of(i),
					onResponse: ({ payload }) => got.push(hex(payload)),
					onFailure: error => got.push(error.name)
				});
			}
			network.clock.advance(1_000_000);
			equal(got.length, 8, `seed ${seed}`);
			equal(new Set(got).size >= 8 - got.filter(text => text.length > 2).length, true, `seed ${seed}`);
			ok(handled <= 8, "each at most once");
			equal([client.pending, server.pending, network.clock.pending], [0, 0, 0], `seed ${seed}`);
		}
	}
});
