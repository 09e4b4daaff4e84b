import {
	Code,
	type Exchange,
	ExchangeError,
	findUint,
	type Handler,
	MessageType,
	Observers,
	OptionNumber,
	type Parameters,
	pathOptions,
	SizeError,
	uintOption
} from "../../../modules/coap/coap.js";
import { bytes, equal, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { body, DELAY, Network } from "./network.js";

const { Acknowledgement, Confirmable, NonConfirmable, Reset } = MessageType;
const { Observe } = OptionNumber;

/** A resource with a state, and a peer that the test speaks for. */
function start(parameters: Partial<Parameters> = {}) {
	const network = new Network();
	const endpoint = network.endpoint("a", parameters);
	const observers = new Observers();
	let state = 1;
	const reply = () => ({ code: Code.Content, payload: Uint8Array.of(state) });
	const read: Handler = (request, exchange) => observers.answer(request, exchange, reply());
	endpoint.setHandler(read);
	const peer = network.peer("b");
	let id = 100;
	const ask = (token: string, value: number | undefined, more: object = {}) => {
		id += 1;
		const observe = value === undefined ? [] : [uintOption(Observe, value)];
		return peer.ask("a", {
			type: Confirmable,
			code: Code.Get,
			id,
			token: bytes(token),
			options: [...observe, ...pathOptions("/t")],
			...more
		});
	};
	const change = (confirmable = true) => {
		state += 1;
		observers.notify(reply(), confirmable);
		network.clock.advance(DELAY);
	};
	const acknowledge = () => {
		peer.send("a", { type: Acknowledgement, id: peer.last.id });
		network.clock.advance(DELAY);
	};
	const number = () => findUint(peer.last.options, Observe);
	return { network, clock: network.clock, endpoint, observers, peer, ask, change, acknowledge, number };
}

function quiet(it: ReturnType<typeof start>): void {
	equal([it.endpoint.observations, it.observers.size, it.endpoint.pending], [0, 0, 0]);
	equal(it.network.errors, []);
	equal(it.clock.pending, 0, "timers");
}

export default suite("coap: being observed", {
	"who registers gets the state with a number, and each later one with a higher, under its token": () => {
		const it = start();
		const first = it.ask("0a", 0);
		ok(first);
		equal([first.type, first.code, first.payload], [Acknowledgement, Code.Content, bytes("01")]);
		let last = findUint(first.options, Observe) ?? -1;
		ok(last >= 0);
		for (let i = 2; i < 6; i += 1) {
			it.change();
			const { code, payload, token, type } = it.peer.last;
			equal([type, code, token, payload], [Confirmable, Code.Content, bytes("0a"), Uint8Array.of(i)]);
			ok((it.number() ?? -1) > last);
			last = it.number() ?? -1;
			it.acknowledge();
		}
		equal([it.endpoint.observations, it.endpoint.pending, it.clock.pending], [1, 0, 0]);
	},
	"a request without Observe, with another value, or to change something is answered once": () => {
		const it = start();
		equal(it.ask("0a", undefined)?.options, []);
		equal(it.ask("0a", 1)?.options, []);
		equal(it.ask("0a", 2)?.options, []);
		equal(it.ask("0a", 0, { code: Code.Post })?.options, []);
		quiet(it);
	},
	"a FETCH may observe as a GET does": () => {
		const it = start();
		ok(findUint(it.ask("0a", 0, { code: Code.Fetch })?.options ?? [], Observe) !== undefined);
		equal(it.endpoint.observations, 1);
	},
	"Observe 1 under the same token ends it, under another not": () => {
		const it = start();
		it.ask("0a", 0);
		it.ask("0b", 1);
		equal(it.endpoint.observations, 1);
		equal(it.ask("0a", 1)?.payload, bytes("01"));
		quiet(it);
		const before = it.peer.inbox.length;
		it.change();
		equal(it.peer.inbox.length, before);
	},
	"registering again under the same token replaces the observation": () => {
		const it = start();
		it.ask("0a", 0);
		it.ask("0a", 0);
		equal([it.endpoint.observations, it.observers.size], [1, 1]);
		const before = it.peer.inbox.length;
		it.change();
		equal(it.peer.inbox.length - before, 1);
	},
	"a request that is refused ends nothing": () => {
		const it = start();
		it.ask("0a", 0);
		it.endpoint.setHandler((_request, exchange) => exchange.respond({ code: Code.Unauthorized }));
		it.ask("0a", 1);
		it.ask("0a", 0);
		equal(it.endpoint.observations, 1);
	},
	"a Reset ends it, of a confirmable notification and of another": () => {
		for (const confirmable of [true, false]) {
			const it = start();
			it.ask("0a", 0);
			it.change(confirmable);
			equal(it.peer.last.type, confirmable ? Confirmable : NonConfirmable);
			it.peer.send("a", { type: Reset, id: it.peer.last.id });
			it.clock.advance(DELAY);
			quiet(it);
		}
	},
	"an observer that acknowledges nothing is given up after the last wait": () => {
		const it = start();
		it.ask("0a", 0);
		const before = it.peer.inbox.length;
		it.change();
		it.clock.advance(200_000);
		equal(it.peer.inbox.length - before, 5);
		quiet(it);
	},
	"while a notification waits, the newest state takes its place at the next repetition, with a new id":
		() => {
			const it = start();
			it.ask("0a", 0);
			it.change();
			const first = it.peer.last;
			const before = it.peer.inbox.length;
			it.change();
			it.change();
			equal(it.peer.inbox.length, before, "nothing more at once");
			it.clock.advance(3000);
			equal([it.peer.inbox.length - before, it.peer.last.payload], [1, bytes("04")]);
			ok(it.peer.last.id !== first.id);
			// The old one's acknowledgement is late; the new one still waits, and its waits went on from the first's.
			it.peer.send("a", { type: Acknowledgement, id: first.id });
			it.clock.advance(6100);
			equal(it.peer.inbox.length - before, 2);
			it.acknowledge();
			equal([it.clock.pending, it.endpoint.observations], [0, 1]);
		},
	"a state that came while one waited goes at once when that is acknowledged": () => {
		const it = start();
		it.ask("0a", 0);
		it.change();
		it.change();
		equal(it.peer.last.payload, bytes("02"));
		it.acknowledge();
		it.clock.advance(DELAY);
		equal(it.peer.last.payload, bytes("03"));
		it.acknowledge();
		equal(it.clock.pending, 0);
	},
	"replacing does not prolong: an observer that acknowledges nothing is given up all the same": () => {
		const it = start();
		it.ask("0a", 0);
		for (let i = 0; i < 100; i += 1) {
			it.change();
			it.clock.advance(1000);
		}
		quiet(it);
	},
	"non-confirmable notifications are confirmed every so often": () => {
		const it = start({ confirmEvery: 10_000 });
		it.ask("0a", 0);
		const types: number[] = [];
		for (let i = 0; i < 12; i += 1) {
			it.clock.advance(2000);
			it.change(false);
			types.push(it.peer.last.type);
			if (it.peer.last.type === Confirmable) it.acknowledge();
		}
		equal(types.filter(type => type === Confirmable).length, 2, `${types}`);
	},
	"an error is the last word, confirmed and without Observe": () => {
		const it = start();
		it.ask("0a", 0);
		it.observers.notify({ code: Code.NotFound });
		it.clock.advance(DELAY);
		const { code, options, token, type } = it.peer.last;
		equal([type, code, options, token], [Confirmable, Code.NotFound, [], bytes("0a")]);
		it.change();
		equal(it.peer.last.code, Code.NotFound);
		it.acknowledge();
		quiet(it);
	},
	"observations of one peer can be ended without a word": () => {
		const it = start();
		it.ask("0a", 0);
		it.observers.end("c 5683");
		equal(it.endpoint.observations, 1);
		it.observers.end("b 5683");
		quiet(it);
	},
	"when there is no room, the request is answered once": () => {
		const it = start({ maxObservations: 2 });
		for (const token of ["01", "02"]) it.ask(token, 0);
		equal(it.ask("03", 0)?.options, []);
		ok(findUint(it.ask("02", 0)?.options ?? [], Observe) !== undefined, "again under its token");
		equal(it.endpoint.observations, 2);
		it.ask("01", 1);
		ok(findUint(it.ask("03", 0)?.options ?? [], Observe) !== undefined);
	},
	"who has the most observations gives one up for somebody who has two fewer": () => {
		const it = start({ maxObservations: 3 });
		for (const token of ["01", "02", "03"]) it.ask(token, 0);
		const others = ["c", "d", "e"].map(name => it.network.peer(name));
		const isObserving = others.map(peer => {
			const options = [uintOption(Observe, 0), ...pathOptions("/t")];
			const answer = peer.ask("a", {
				type: Confirmable,
				code: Code.Get,
				id: 1,
				token: bytes("01"),
				options
			});
			return findUint(answer?.options ?? [], Observe) !== undefined;
		});
		equal(isObserving, [true, true, false]);
		equal([it.endpoint.observations, it.observers.size], [3, 3]);
		it.change();
		equal(it.peer.last.token, bytes("03"), "the oldest went");
	},
	"a slow answer may register, and a Reset of it ends the observation": () => {
		const it = start();
		const exchanges: Exchange[] = [];
		let ended = 0;
		it.endpoint.setHandler((_request, exchange) => exchanges.push(exchange));
		it.ask("0a", 0);
		it.clock.advance(1000);
		exchanges[0]?.observe({ code: Code.Content }, () => {
			ended += 1;
		});
		it.clock.advance(DELAY);
		equal([it.peer.last.type, it.endpoint.observations], [Confirmable, 1]);
		it.peer.send("a", { type: Reset, id: it.peer.last.id });
		it.clock.advance(DELAY);
		equal(ended, 1);
		quiet(it);
	},
	"only a state can be observed, once, by who asked; what is too large can be tried smaller": () => {
		const it = start();
		const exchanges: Exchange[] = [];
		it.endpoint.setHandler((_request, exchange) => exchanges.push(exchange));
		it.ask("0a", 0);
		it.ask("0b", undefined);
		const [first, second] = exchanges;
		ok(first && second);
		const end = () => undefined;
		equal([first.observable, second.observable], [true, false]);
		throws(() => second.observe({ code: Code.Content }, end), ExchangeError);
		throws(() => first.observe({ code: Code.NotFound }, end), ExchangeError);
		throws(() => first.observe({ code: Code.Content, payload: body(1200) }, end), SizeError);
		equal(it.endpoint.observations, 0);
		const notifier = first.observe({ code: Code.Content, contentFormat: 60 }, end);
		ok(notifier);
		throws(() => first.observe({ code: Code.Content }, end), ExchangeError);
		throws(() => notifier.notify({ code: Code.NotFound }), ExchangeError);
		throws(() => notifier.notify({ code: Code.Content, payload: body(1200) }), SizeError);
		notifier.notify({ code: Code.Content, contentFormat: 60, payload: body(1000) });
		it.clock.advance(DELAY);
		equal(findUint(it.peer.last.options, OptionNumber.ContentFormat), 60);
		it.acknowledge();
		second.respond({ code: Code.Content });
		it.clock.advance(DELAY);
		notifier.end();
		notifier.end();
		notifier.notify({ code: Code.Content });
		equal([it.endpoint.observations, it.clock.pending], [0, 0]);
	},
	"closing the endpoint ends all without a word": () => {
		const it = start();
		it.ask("0a", 0);
		it.change();
		it.endpoint.close();
		equal([it.endpoint.observations, it.clock.pending], [0, 0]);
	}
});
