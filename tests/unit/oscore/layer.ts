import {
	Code,
	decodeMessage,
	type Exchange,
	ExchangeError,
	findOption,
	findUint,
	OptionError,
	OptionNumber,
	pathOptions,
	queryOptions,
	Resources,
	TimeoutError,
	uintOption
} from "../../../modules/coap/coap.js";
import {
	ContextError,
	OscoreLayer,
	SecurityContext,
	UnprotectedError
} from "../../../modules/oscore/oscore.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { DELAY, PORT } from "../coap/network.js";
import { content, contexts, keeping, quiet, secret, start } from "./pair.js";

export default suite("oscore: layer", {
	"a request arrives as it was, from the peer that the context names, and its answer too": () => {
		const { keep, requests } = keeping();
		const it = start(keep);
		const options = [...pathOptions("/a/b"), ...queryOptions("x=1"), uintOption(OptionNumber.Accept, 60)];
		const response = it.run({ code: Code.Post, options, payload: bytes("0102") });
		const [request] = requests;
		ok(request && response);
		equal([request.code, request.path, request.query], [Code.Post, ["a", "b"], ["x=1"]]);
		equal([request.payload, request.peer, request.secured], [bytes("0102"), "client", true]);
		equal([request.address, request.port], ["aa", PORT]);
		equal([response.code, response.payload], [Code.Content, bytes("2a")]);
		equal(findUint(response.options, OptionNumber.ContentFormat), 60);
		quiet(it);
	},
	"on the wire there are a POST, a 2.04 and nothing of what is meant": () => {
		const it = start(content);
		it.run({ options: pathOptions("/secret-path") });
		const messages = it.network.sent.map(({ bytes: sent }) => decodeMessage(sent));
		equal(
			messages.map(({ code, options }) => [code, options.map(({ number }) => number)]),
			[
				[Code.Post, [OptionNumber.Oscore]],
				[Code.Changed, [OptionNumber.Oscore]]
			]
		);
		for (const { bytes: sent } of it.network.sent) ok(!hex(sent).includes(hex(bytes("736563726574"))));
	},
	"requests in the clear pass, marked as such, and what needs protection answers 4.01": () => {
		const { keep, requests } = keeping((request, exchange) => {
			if (request.secured) content(request, exchange);
			else exchange.respond({ code: Code.Unauthorized });
		});
		const it = start(keep);
		equal(it.run({ peer: undefined })?.code, Code.Unauthorized);
		equal([requests[0]?.secured, requests[0]?.peer], [false, `aa ${PORT}`]);
		equal(it.run()?.code, Code.Content);
	},
	"a request that names a peer without a context is not sent at all": () => {
		const it = start(content);
		throws(() => it.asking.request(it.request({ peer: "nobody" })), ContextError, "nobody");
		equal([it.network.sent.length, it.below.a.pending], [0, 0]);
	},
	"an unknown kid gets 4.01 in the clear, with Max-Age 0, and the request fails as unprotected": () => {
		const pair = { ...contexts(), server: contexts({ idContext: bytes("01") }).server };
		const unknown = new SecurityContext({
			name: "server",
			masterSecret: secret,
			senderId: bytes("77"),
			recipientId: bytes("0b")
		});
		const it = start(content, {}, { ...pair, client: unknown });
		it.run();
		const error = it.result.failures[0];
		ok(error instanceof UnprotectedError);
		equal(error.code, Code.Unauthorized);
		const [answer] = it.network.from("b");
		ok(answer);
		equal([answer.code, findUint(answer.options, OptionNumber.MaxAge)], [Code.Unauthorized, 0]);
		quiet(it);
	},
	"a critical option inside that nobody knows is refused under protection": () => {
		const { keep, requests } = keeping();
		const it = start(keep);
		const response = it.run({ options: [...pathOptions("/t"), uintOption(2049, 1)] });
		equal([response?.code, requests.length], [Code.BadOption, 0]);
		const path = { number: OptionNumber.UriPath, value: bytes("ff") };
		equal(it.run({ options: [path] })?.code, Code.BadOption);
		const answering = start((_request, exchange) =>
			exchange.respond({ code: Code.Content, options: [uintOption(2049, 1)] })
		);
		answering.run();
		ok(answering.result.failures[0] instanceof OptionError);
		quiet(answering);
	},
	"a handler that throws, or is missing, is answered under protection": () => {
		const it = start(() => {
			throw new Error("broken");
		});
		equal(it.run()?.code, Code.InternalServerError);
		equal(it.network.errors.map(String), ["Error: broken"]);
		equal(it.network.from("b")[0]?.code, Code.Changed, "outside");
		const routed = start(() => undefined);
		const resources = new Resources(routed.serving);
		resources.serve("/t", { [Code.Post]: content });
		equal(routed.run()?.code, Code.MethodNotAllowed);
		equal(routed.run({ options: pathOptions("/none") })?.code, Code.NotFound);
	},
	"a handler that throws in a later turn, or never answers, is answered under protection too": () => {
		const late = start(() => {
			late.clock.after(100, () => {
				throw new Error("broken");
			});
		});
		equal(late.run()?.code, Code.InternalServerError);
		equal(late.network.errors.map(String), ["Error: broken"]);
		const never = start(() => undefined);
		equal(never.run()?.code, Code.ServiceUnavailable);
		quiet(never);
	},
	"a slow answer comes in a message of its own, and only one goes": () => {
		const exchanges: Exchange[] = [];
		const it = start((_request, exchange) => exchanges.push(exchange));
		it.asking.request(it.request());
		it.clock.advance(5000);
		const [exchange] = exchanges;
		ok(exchange);
		exchange.respond({ code: Code.Content, payload: bytes("07") });
		throws(() => exchange.respond({ code: Code.Content }), ExchangeError);
		it.clock.advance(1_000_000);
		equal(it.result.last?.payload, bytes("07"));
		quiet(it);
	},
	"a dropped request stays without an answer, and fails at its time": () => {
		const it = start((_request, exchange) => exchange.drop());
		it.run({ timeout: 3000 });
		ok(it.result.failures[0] instanceof TimeoutError);
		quiet(it);
	},
	"when its context ends, requests under way fail and answers do not go": () => {
		const exchanges: Exchange[] = [];
		const it = start((_request, exchange) => exchanges.push(exchange));
		it.asking.request(it.request());
		it.clock.advance(DELAY);
		it.server.close();
		exchanges[0]?.respond({ code: Code.Content });
		it.client.close();
		ok(it.result.failures[0] instanceof ContextError);
		it.clock.advance(1_000_000);
		equal(it.result.responses.length, 0);
		equal(it.network.from("b"), []);
		quiet(it);
	},
	"a cancelled request calls nothing, and its context forgets it": () => {
		const it = start(content);
		it.asking.request(it.request()).cancel();
		it.clock.advance(1_000_000);
		it.client.close();
		equal([it.result.responses.length, it.result.failures.length], [0, 0]);
		quiet(it);
	},
	"two contexts under one kid are told apart by what opens": () => {
		const { keep, requests } = keeping();
		const it = start(keep);
		const wrong = contexts({ idContext: bytes("99") }).server;
		const alone = start(keep, {}, { client: it.client, server: wrong });
		alone.run();
		ok(alone.result.failures[0] instanceof UnprotectedError);
		equal(requests.length, 0, "the wrong one alone opens nothing");
		const contextsOf = {
			outbound: () => undefined,
			inbound: () => [{ context: wrong }, { context: it.server }]
		};
		new OscoreLayer({ layer: it.below.b, clock: it.clock, contexts: contextsOf }).setHandler(keep);
		equal([it.run()?.code, requests.length, wrong.failed], [Code.Content, 1, 2]);
	},
	"a task of one byte with its reply takes 51 bytes of UDP payload, 45 with tokens of one byte": () => {
		for (const [tokenLength, total] of [
			[4, 51],
			[1, 45]
		] as const) {
			const it = start(
				(_request, exchange) => exchange.respond({ code: Code.Changed, payload: bytes("01") }),
				{
					tokenLength
				}
			);
			it.run({ code: Code.Post, options: pathOptions("/tasks"), payload: bytes("01") });
			const sizes = it.network.sent.map(({ bytes: sent }) => sent.length);
			equal(sizes.length, 2);
			equal([(sizes[0] ?? 0) + (sizes[1] ?? 0)], [total], `${sizes}`);
			ok(total <= 62, "the design's budget");
			ok(findOption(it.network.from("b")[0]?.options ?? [], OptionNumber.Oscore)?.value.length === 0);
		}
	}
});
