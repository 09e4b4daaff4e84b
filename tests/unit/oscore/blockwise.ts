import {
	Blockwise,
	type ClientRequest,
	Code,
	type Handler,
	OptionNumber,
	pathOptions,
	Resources,
	type ServerRequest
} from "../../../modules/coap/coap.js";
import { bytes, equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { body, counter, DELAY, PORT, rough } from "../coap/network.js";
import { contexts, quiet, start } from "./pair.js";

/** Endpoint, OSCORE, blocks and resources, on both sides. */
function stack(handler: Handler, pair = contexts()) {
	const it = start(() => undefined, {}, pair);
	const asking = new Blockwise({ layer: it.asking, clock: it.clock, random: counter(4) });
	const serving = new Blockwise({ layer: it.serving, clock: it.clock, random: counter(3) });
	const resources = new Resources(serving);
	resources.serve("/t", { [Code.Get]: handler, [Code.Post]: handler, [Code.Fetch]: handler });
	const ask = (more: Partial<ClientRequest>) => {
		asking.request(it.request({ code: Code.Post, ...more }));
		it.clock.advance(1_000_000);
		return it.result.last;
	};
	return { ...it, transfers: () => serving.transfers, ask, asker: asking };
}

const echo: Handler = (request, exchange) =>
	exchange.respond({ code: Code.Changed, payload: request.payload });

export default suite("oscore: blocks under protection", {
	"bodies go both ways, each block protected by itself and none shown outside": () => {
		for (const length of [0, 1, 1000, 1024, 1025, 5000, 20_000]) {
			const it = stack(echo);
			equal(it.ask({ payload: body(length) })?.payload, body(length), `${length}`);
			for (const { options } of [...it.network.from("aa"), ...it.network.from("b")]) {
				equal(
					options.map(({ number }) => number),
					[OptionNumber.Oscore]
				);
			}
			for (const { bytes: sent } of it.network.sent) ok(sent.length <= 1152, `${sent.length}`);
			equal(it.transfers(), 0);
			quiet(it);
		}
	},
	"over a lossy network a body arrives whole and is acted on once": () => {
		for (let seed = 1; seed <= 10; seed += 1) {
			const requests: ServerRequest[] = [];
			const it = stack((request, exchange) => {
				requests.push(request);
				exchange.respond({ code: Code.Changed, payload: body(3000) });
			});
			it.network.fate = rough(seed, 0.2, 0.2, 1500);
			const response = it.ask({ payload: body(4000), timeout: 900_000 });
			if (response !== undefined) {
				equal([response.code, response.payload], [Code.Changed, body(3000)], `seed ${seed}`);
				equal(
					requests.map(({ payload }) => payload),
					[body(4000)],
					`seed ${seed}`
				);
			}
			ok(requests.length <= 1);
			ok(response !== undefined || it.result.failures.length === 1);
			equal(it.network.errors, []);
		}
	},
	"blocks in the clear, with the same request tag and from the same address, join no protected body": () => {
		const bodies: (readonly [boolean, number])[] = [];
		const it = stack((request, exchange) => {
			bodies.push([request.secured, request.payload.length]);
			exchange.respond({ code: Code.Changed });
		});
		const mine = { payload: body(3000) };
		it.asker.request(it.request({ code: Code.Post, ...mine }));
		it.asker.request(it.request({ code: Code.Post, peer: undefined, payload: body(2000) }));
		it.clock.advance(100_000);
		equal(
			[...bodies].sort((a, b) => a[1] - b[1]),
			[
				[false, 2000],
				[true, 3000]
			]
		);
	},
	"what was answered in blocks under protection is not handed out in the clear": () => {
		let asked = 0;
		// Even when a context is named as an address is.
		const pair = contexts({}, { name: `aa ${PORT}` });
		const it = stack((request, exchange) => {
			asked += 1;
			if (request.secured) exchange.respond({ code: Code.Content, payload: body(3000) });
			else exchange.respond({ code: Code.Unauthorized });
		}, pair);
		it.network.fate = ({ index }) => (index > 1 ? [] : [DELAY]);
		it.asker.request(it.request({ code: Code.Get }));
		it.clock.advance(100);
		it.network.fate = () => [DELAY];
		const options = [...pathOptions("/t"), { number: OptionNumber.Block2, value: bytes("16") }];
		const before = it.result.responses.length;
		it.network.peer("aa").send("b", { code: Code.Get, id: 77, token: bytes("01"), options });
		it.clock.advance(100);
		const answer = it.network.from("b")[it.network.from("b").length - 1];
		equal([answer?.code, it.result.responses.length], [Code.Unauthorized, before]);
		equal(asked, 2);
	}
});
