import {
	Code,
	ContentFormat,
	ExchangeError,
	encodeMessage,
	type Handler,
	MessageType,
	OptionNumber,
	pathOptions,
	queryOptions,
	SizeError
} from "../../../modules/coap/coap.js";
import { bytes, equal, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { counter, DELAY, empty, Network, PORT } from "./network.js";
import { content, get, quiet, start } from "./serving.js";

const { Confirmable, NonConfirmable, Acknowledgement, Reset } = MessageType;

export default suite("coap: answers", {
	"a handler gets method, path, query, payload and who asks": () => {
		const it = start({}, content);
		const options = [...pathOptions("/a/ü"), ...queryOptions("x=1", "y"), { number: 2048, value: empty }];
		it.peer.ask("a", { ...get, code: 0x1f, options, payload: bytes("0102") });
		const [request] = it.requests;
		equal(request?.code, 0x1f);
		equal(
			[request?.path, request?.query],
			[
				["a", "ü"],
				["x=1", "y"]
			]
		);
		equal([request?.payload, request?.address, request?.port], [bytes("0102"), "b", PORT]);
		equal(request?.options.length, 5);
		quiet(it);
	},
	"an answer given at once goes in the acknowledgement": () => {
		const it = start({}, content);
		const answer = it.peer.ask("a", get);
		equal(answer, {
			type: Acknowledgement,
			code: Code.Content,
			id: 100,
			token: bytes("0a"),
			options: [],
			payload: bytes("2a")
		});
		quiet(it);
	},
	"an answer given later but before the acknowledgement is still in it": () => {
		const it = start();
		it.peer.send("a", get);
		it.clock.advance(DELAY + 400);
		it.exchanges[0]?.respond({ code: Code.Changed });
		it.clock.advance(1000);
		equal(
			it.peer.inbox.map(({ type, code }) => [type, code]),
			[[Acknowledgement, Code.Changed]]
		);
		quiet(it);
	},
	"a repetition of a request that is being handled waits, and is acknowledged again when it was acknowledged":
		() => {
			const it = start();
			it.peer.send("a", get);
			it.clock.advance(100);
			equal(it.peer.ask("a", get), undefined);
			it.clock.advance(1000);
			it.peer.ask("a", get);
			equal(
				it.peer.inbox.map(({ type, code }) => [type, code]),
				[
					[Acknowledgement, 0],
					[Acknowledgement, 0]
				]
			);
			equal(it.requests.length, 1);
		},
	"a separate answer whose acknowledgement is lost is repeated until one comes": () => {
		const it = start();
		it.peer.send("a", get);
		it.clock.advance(1000);
		it.exchanges[0]?.respond({ code: Code.Content });
		it.clock.advance(10_000);
		const answers = it.peer.inbox.filter(({ type }) => type === Confirmable);
		equal(answers.length, 3, "at 0, 2 to 3 and 6 to 9 s");
		equal(answers[2], answers[0]);
		it.peer.send("a", { type: Acknowledgement, id: it.peer.last.id });
		it.clock.advance(100_000);
		equal(it.peer.inbox.length, 4);
		quiet(it);
	},
	"a separate answer ends with a Reset, or when nobody acknowledges it": () => {
		for (const reset of [true, false]) {
			const it = start();
			it.peer.send("a", get);
			it.clock.advance(1000);
			it.exchanges[0]?.respond({ code: Code.Content });
			it.clock.advance(DELAY);
			if (reset) it.peer.send("a", { type: Reset, id: it.peer.last.id });
			it.clock.advance(100_000);
			equal(it.peer.inbox.length, reset ? 2 : 6);
			quiet(it);
		}
	},
	"a request is answered once": () => {
		const it = start({}, content);
		it.peer.ask("a", get);
		throws(() => it.exchanges[0]?.respond({ code: Code.Content }), ExchangeError, "answered");
		it.exchanges[0]?.drop();
		equal(it.peer.inbox.length, 1);
	},
	"an answer needs a response's code and to fit a datagram, and can be given again when it did not": () => {
		const it = start({}, (_request, exchange) => {
			throws(() => exchange.respond({ code: Code.Get }), ExchangeError, "0.01");
			throws(() => exchange.respond({ code: Code.Empty }), ExchangeError, "0.00");
			const payload = new Uint8Array(1152 - 4 - 1 - 1);
			throws(
				() => exchange.respond({ code: Code.Content, payload: new Uint8Array(1147) }),
				SizeError,
				"1153"
			);
			exchange.respond({ code: Code.Content, payload });
		});
		equal(it.peer.ask("a", get)?.payload.length, 1146);
		quiet(it);
	},
	"a content format goes out as its option": () => {
		const it = start({}, (_request, exchange) =>
			exchange.respond({ code: Code.Content, contentFormat: ContentFormat.Cbor, payload: bytes("00") })
		);
		equal(it.peer.ask("a", get)?.options, [{ number: OptionNumber.ContentFormat, value: bytes("3c") }]);
	},
	"a handler that throws costs a 5.00 without detail and is reported": () => {
		const broken: Handler = () => {
			throw new RangeError("secret");
		};
		const it = start({}, broken);
		const answer = it.peer.ask("a", get);
		equal([answer?.code, answer?.payload], [Code.InternalServerError, empty]);
		equal(it.network.errors.map(String), ["RangeError: secret"]);
		const after = start({}, (request, exchange) => {
			content(request, exchange);
			throw new RangeError("late");
		});
		equal(after.peer.ask("a", get)?.code, Code.Content);
		equal(after.network.errors.length, 1);
		equal(after.peer.inbox.length, 1);
	},
	"an unknown critical option is answered 4.02 when confirmable, and ignored when not": () => {
		const it = start({}, content);
		const options = [...pathOptions("/t"), { number: 2049, value: empty }];
		equal(it.peer.ask("a", { ...get, options })?.code, Code.BadOption);
		equal(it.peer.ask("a", { ...get, id: 101, type: NonConfirmable, options }), undefined);
		const twice = [...pathOptions("/t"), { number: 17, value: empty }, { number: 17, value: empty }];
		equal(it.peer.ask("a", { ...get, id: 102, options: twice })?.code, Code.BadOption);
		const notText = [{ number: OptionNumber.UriPath, value: bytes("ff") }];
		equal(it.peer.ask("a", { ...get, id: 103, options: notText })?.code, Code.BadOption);
		equal(it.requests, []);
		quiet(it);
	},
	"a ping is answered with a Reset": () => {
		const it = start({}, content);
		const answer = it.peer.ask("a", { type: Confirmable, id: 4711 });
		equal([answer?.type, answer?.code, answer?.id], [Reset, 0, 4711]);
		quiet(it);
	},
	"an endpoint without a handler resets confirmable requests and ignores the others": () => {
		const network = new Network();
		network.endpoint("a");
		const peer = network.peer("b");
		equal(peer.ask("a", get)?.type, Reset);
		equal(peer.ask("a", { ...get, id: 101, type: NonConfirmable }), undefined);
	},
	"a malformed confirmable message is reset, any other ignored": () => {
		const it = start({}, content);
		const forms: [string, boolean][] = [
			["40 01 1234 ff", true],
			["4f 01 1234", true],
			["40 20 1234", true],
			["50 01 1234 ff", false],
			["60 45 1234 ff", false],
			["70 00 1234 ff", false],
			["80 01 1234", false],
			["40 01 12", false],
			["", false]
		];
		for (const [form, reset] of forms) {
			const before = it.peer.inbox.length;
			it.network.send("b", "a", bytes(form));
			it.clock.advance(2 * DELAY);
			equal(it.peer.inbox.length - before, reset ? 1 : 0, form);
			if (reset) equal([it.peer.last.type, it.peer.last.id], [Reset, 0x1234]);
		}
		equal(it.requests, []);
		quiet(it);
	},
	"every truncation, every flipped bit and noise leave the endpoint working": () => {
		const it = start({}, content);
		const options = [
			...pathOptions("/a/b"),
			...queryOptions("q"),
			{ number: OptionNumber.Block1, value: bytes("08") }
		];
		const whole = encodeMessage({ ...get, type: Confirmable, options, payload: bytes("0102") });
		const random = counter(9);
		for (let length = 0; length < whole.length; length += 1)
			it.endpoint.receive(whole.slice(0, length), "b", PORT);
		for (let bit = 0; bit < whole.length * 8; bit += 1) {
			const damaged = whole.slice();
			damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			it.endpoint.receive(damaged, "b", PORT);
		}
		for (let i = 0; i < 1000; i += 1) it.endpoint.receive(random(i % 50), "b", PORT);
		it.clock.advance(300_000);
		equal(it.peer.ask("a", { ...get, id: 9999 })?.code, Code.Content);
		quiet(it);
	},
	"a closed endpoint neither hears nor speaks": () => {
		const it = start();
		it.peer.send("a", get);
		it.clock.advance(DELAY);
		it.endpoint.close();
		it.exchanges[0]?.respond({ code: Code.Content });
		it.peer.send("a", { ...get, id: 101 });
		it.clock.advance(10_000);
		equal(it.peer.inbox, []);
		equal(it.requests.length, 1);
		quiet(it);
	}
});
