import {
	Blockwise,
	Code,
	findOption,
	findUint,
	OptionNumber,
	pathOptions,
	queryOptions,
	stringOption
} from "../../../modules/coap/coap.js";
import { bytes, equal, hex, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { body, counter, Network, PORT, rough } from "./network.js";
import { big, blocks, echo, start } from "./pair.js";

export default suite("coap: block-wise transfer", {
	"what fits a block passes unchanged": () => {
		const it = start(echo);
		equal(it.run({ code: Code.Post, payload: body(1024) })?.payload, body(1024));
		equal(it.network.sent.length, 2);
		for (const { options } of [...it.network.from("aa"), ...it.network.from("b")]) {
			equal(
				options.filter(({ number }) => number !== OptionNumber.UriPath),
				[]
			);
		}
		it.quiet();
	},
	"an answer of 5000 bytes is fetched in five blocks under one ETag": () => {
		const it = start(big);
		equal(it.run({})?.payload, body(5000));
		equal(blocks(it.network, "b", OptionNumber.Block2), [
			"0/1/1024",
			"1/1/1024",
			"2/1/1024",
			"3/1/1024",
			"4/0/1024"
		]);
		equal(blocks(it.network, "aa", OptionNumber.Block2), ["1/0/1024", "2/0/1024", "3/0/1024", "4/0/1024"]);
		const tags = it.network.from("b").map(({ options }) => findOption(options, OptionNumber.ETag)?.value);
		equal(new Set(tags.map(tag => tag && hex(tag))).size, 1);
		equal(
			it.result.responses[0]?.options.map(({ number }) => number),
			[OptionNumber.ETag]
		);
		it.quiet();
	},
	"a handler is asked once for an answer in many blocks": () => {
		let asked = 0;
		const it = start((request, exchange) => {
			asked += 1;
			big(request, exchange);
		});
		it.run({});
		equal(asked, 1);
	},
	"a request of 5000 bytes is sent in five blocks, and its handler sees one body": () => {
		const seen: number[] = [];
		const it = start((request, exchange) => {
			seen.push(request.payload.length);
			equal(request.payload, body(5000));
			equal(
				request.options.filter(({ number }) => number === OptionNumber.Block1),
				[]
			);
			exchange.respond({ code: Code.Changed });
		});
		equal(it.run({ code: Code.Post, payload: body(5000) })?.code, Code.Changed);
		equal(seen, [5000]);
		equal(blocks(it.network, "aa", OptionNumber.Block1), [
			"0/1/1024",
			"1/1/1024",
			"2/1/1024",
			"3/1/1024",
			"4/0/1024"
		]);
		const codes = it.network.from("b").map(({ code }) => code);
		equal(codes, [Code.Continue, Code.Continue, Code.Continue, Code.Continue, Code.Changed]);
		equal(findUint(it.network.from("aa")[0]?.options ?? [], OptionNumber.Size1), 5000);
		it.quiet();
	},
	"POST and FETCH carry large bodies both ways": () => {
		for (const code of [Code.Post, Code.Fetch]) {
			const it = start(echo);
			equal(it.run({ code, payload: body(3000) })?.payload, body(3000));
			it.quiet();
		}
	},
	"bodies at the edges of a block and of a datagram arrive": () => {
		for (const length of [0, 1, 15, 16, 17, 1023, 1024, 1025, 1100, 2047, 2048, 2049, 65_536]) {
			const it = start(echo);
			equal(it.run({ code: Code.Post, payload: body(length), timeout: 900_000 })?.payload.length, length);
			equal(it.result.responses[0]?.payload, body(length));
			it.quiet();
		}
	},
	"a FETCH in one message with a large answer repeats its body, so two of them do not mix": () => {
		const it = start((request, exchange) => {
			const payload = body(3000);
			payload.fill(request.payload[0] ?? 0, 0, 3000);
			exchange.respond({ code: Code.Content, payload });
		});
		for (const byte of [1, 2, 3]) it.ask({ code: Code.Fetch, payload: Uint8Array.of(byte) });
		it.clock.advance(1_000_000);
		const got = it.result.responses.map(({ payload }) => [payload.length, new Set(payload).size, payload[0]]);
		equal(got, [
			[3000, 1, 1],
			[3000, 1, 2],
			[3000, 1, 3]
		]);
		it.quiet();
	},
	"a server with smaller blocks has them used both ways": () => {
		const it = start(echo, { szx: 2 });
		equal(it.run({ code: Code.Post, payload: body(2000) })?.payload, body(2000));
		const up = blocks(it.network, "aa", OptionNumber.Block1);
		equal(up.slice(0, 3), ["0/1/1024", "16/1/64", "17/1/64"]);
		equal(blocks(it.network, "b", OptionNumber.Block2)[0], "0/1/64");
		it.quiet();
	},
	"a client with smaller blocks says so before the first": () => {
		const it = start(big, {}, { szx: 3 });
		equal(it.run({})?.payload, body(5000));
		equal(blocks(it.network, "aa", OptionNumber.Block2).slice(0, 2), ["0/0/128", "1/0/128"]);
		equal(blocks(it.network, "b", OptionNumber.Block2)[0], "0/1/128");
		it.quiet();
	},
	"long options make for smaller blocks, so that every datagram fits": () => {
		const options = [...pathOptions("/big"), ...queryOptions("x".repeat(200), "y".repeat(250))];
		const tag = stringOption(OptionNumber.LocationPath, "z".repeat(200));
		const it = start((request, exchange) =>
			exchange.respond({ code: Code.Changed, payload: request.payload, options: [tag] })
		);
		equal(it.run({ code: Code.Post, options, payload: body(1000) })?.payload, body(1000));
		equal(it.run({ code: Code.Post, options, payload: body(4000) })?.payload, body(4000));
		it.quiet();
	},
	"transfers of two clients, and two of one client, do not mix": () => {
		const it = start(echo);
		const other = new Blockwise({
			layer: it.network.endpoint("ccc", { nstart: 2 }),
			clock: it.clock,
			random: counter(8)
		});
		const got: [string, Uint8Array][] = [];
		for (const [name, from, fill] of [
			["one", it.asking, 1],
			["two", other, 2],
			["three", other, 3]
		] as const) {
			from.request({
				address: "b",
				port: PORT,
				code: Code.Post,
				options: pathOptions("/big"),
				payload: body(4000).fill(fill),
				onResponse: ({ payload }) => got.push([name, payload]),
				onFailure: error => got.push([error.message, bytes("")])
			});
		}
		it.clock.advance(1_000_000);
		got.sort(([a], [b]) => (a < b ? -1 : 1));
		equal(got, [
			["one", body(4000).fill(1)],
			["three", body(4000).fill(3)],
			["two", body(4000).fill(2)]
		]);
		it.quiet();
	},
	"large bodies arrive whole both ways over a link that loses, doubles and reorders": () => {
		for (let seed = 1; seed <= 12; seed += 1) {
			let handled = 0;
			const it = start((request, exchange) => {
				handled += 1;
				echo(request, exchange);
			});
			it.network.fate = rough(seed, 0.15, 0.2, 1500);
			const answer = it.run({ code: Code.Post, payload: body(6000), timeout: 900_000 });
			if (it.result.failures.length === 0) equal(answer?.payload, body(6000), `seed ${seed}`);
			ok(handled <= 1, "acted on at most once");
			it.quiet();
		}
	},
	"it works within one process, where every answer comes before the request returns": () => {
		const network = new Network();
		const { clock } = network;
		const below = { a: network.endpoint("aa"), b: network.endpoint("b") };
		network.send = (from, to, sent) => (to === "b" ? below.b : below.a).receive(sent, from, PORT);
		const serving = new Blockwise({ layer: below.b, clock, random: counter(1) });
		serving.setHandler(echo);
		const asking = new Blockwise({ layer: below.a, clock, random: counter(2) });
		const got: Uint8Array[] = [];
		asking.request({
			address: "b",
			port: PORT,
			code: Code.Post,
			payload: body(5000),
			onResponse: ({ payload }) => got.push(payload),
			onFailure: error => network.errors.push(error)
		});
		equal(got, [body(5000)]);
		equal([network.errors, below.a.pending, below.b.pending, clock.pending], [[], 0, 0, 0]);
	}
});
