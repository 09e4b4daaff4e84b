import {
	Code,
	decodeMessage,
	encodeMessage,
	MessageType,
	OptionNumber,
	pathOptions,
	queryOptions,
	stringOption,
	uintOption
} from "../../../modules/coap/coap.js";
import { UnprotectedError } from "../../../modules/oscore/oscore.js";
import { bytes, equal, hex, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { DELAY } from "../coap/network.js";
import { content, damaged, keeping, quiet, start } from "./pair.js";

/** A datagram as it was, but with another message id: no duplicate to the endpoint. */
function withId(datagram: Uint8Array, id: number): Uint8Array {
	return encodeMessage({ ...decodeMessage(datagram), id });
}

export default suite("oscore: layer, under attack", {
	"what does not open gets 4.00, a damaged option 4.02, and neither is handled": () => {
		const { keep, requests } = keeping();
		const it = start(keep);
		const peer = it.network.peer("x");
		const oscore = (value: string, payload = "00112233445566778899") =>
			peer.ask("b", {
				code: Code.Post,
				id: it.network.sent.length,
				options: [{ number: OptionNumber.Oscore, value: bytes(value) }],
				payload: bytes(payload)
			})?.code;
		equal(oscore("09000a"), Code.BadRequest);
		equal(oscore("09000a", ""), Code.BadRequest, "no ciphertext");
		for (const value of ["", "0100", "080a", "ff", "0d00", "0900000a"])
			equal(oscore(value), value === "0900000a" ? Code.Unauthorized : Code.BadOption, value);
		equal(oscore("0a00000a"), Code.BadOption, "a Partial IV too long");
		equal(requests.length, 0);
	},
	"blocks made outside the protection are refused": () => {
		const it = start(content);
		const peer = it.network.peer("x");
		for (const number of [OptionNumber.Block1, OptionNumber.Block2]) {
			const options = [{ number: OptionNumber.Oscore, value: bytes("09000a") }, uintOption(number, 8)];
			equal(peer.ask("b", { code: Code.Post, id: number, options })?.code, Code.BadOption);
		}
	},
	"a replay gets no answer and is not handled, also when deduplication has forgotten it": () => {
		const { keep, requests } = keeping();
		const it = start(keep);
		it.run();
		const [asked] = it.network.sent;
		ok(asked);
		it.clock.advance(1_000_000);
		const before = it.network.sent.length;
		// The same datagram long after; under other ids; from elsewhere.
		for (let id = 0; id < 20; id += 1)
			it.network.send("aa", "b", id === 0 ? asked.bytes : withId(asked.bytes, id));
		it.network.send("x", "b", asked.bytes);
		it.clock.advance(1_000_000);
		const sent = it.network.sent.slice(before);
		equal(
			sent.filter(({ from }) => from === "b").map(({ bytes: answer }) => hex(answer)),
			[]
		);
		equal(requests.length, 1);
		quiet(it);
	},
	"a duplicate within its lifetime gets the same answer again, and is handled once": () => {
		const { keep, requests } = keeping();
		const it = start(keep);
		it.asking.request(it.request());
		it.clock.advance(2 * DELAY);
		const [asked, answered] = it.network.sent;
		ok(asked && answered);
		it.network.send("aa", "b", asked.bytes);
		it.clock.advance(DELAY);
		const again = it.network.sent[3];
		equal([again?.from, again?.bytes], ["b", answered.bytes]);
		equal(requests.length, 1);
	},
	"each datagram of a request flipped or cut on its way is not handled; the true one is, once": () => {
		const { keep, requests } = keeping();
		const it = start(keep);
		const original = it.network.fate;
		it.network.fate = () => [];
		const pending = it.asking.request(it.request({ code: Code.Post, payload: bytes("01") }));
		pending.cancel();
		it.network.fate = original;
		const [asked] = it.network.sent;
		ok(asked);
		const handled = () => requests.filter(({ secured }) => secured).length;
		// Type, code, token and message id are not part of what OSCORE protects: such a message is the same request.
		const tail = hex(asked.bytes.slice(8));
		const all = [...damaged(asked.bytes)];
		const changed = all.filter(datagram => hex(datagram.slice(8)) !== tail);
		ok(changed.length > 100 && changed.length < all.length);
		for (const datagram of changed) it.network.send("x", "b", datagram);
		it.clock.advance(1_000_000);
		equal(handled(), 0);
		equal(it.server.window.fresh(0), true, "nothing has come");
		for (const datagram of all) it.network.send("x", "b", datagram);
		it.network.send("x", "b", asked.bytes);
		it.clock.advance(1_000_000);
		equal(handled(), 1);
	},
	"responses flipped, cut, or in the clear with a success are ignored, and the true one is taken": () => {
		const it = start(content);
		const network = it.network;
		const deliver = network.fate;
		network.fate = ({ from }) => (from === "b" ? [] : [DELAY]);
		it.asking.request(it.request());
		it.clock.advance(DELAY);
		const answer = network.sent[1];
		ok(answer);
		network.fate = deliver;
		const { id, token, type } = decodeMessage(answer.bytes);
		const body = decodeMessage(answer.bytes);
		for (const payload of damaged(body.payload)) {
			network.send("b", "aa", encodeMessage({ ...body, payload }));
		}
		for (const code of [Code.Content, Code.Changed]) {
			network.send("b", "aa", encodeMessage({ type, id, token, code, options: [], payload: bytes("2a") }));
		}
		it.clock.advance(DELAY);
		equal([it.result.responses.length, it.result.failures.length, it.below.a.pending], [0, 0, 1]);
		network.send("b", "aa", answer.bytes);
		it.clock.advance(DELAY);
		equal(it.result.last?.payload, bytes("2a"));
		quiet(it);
	},
	"the answer to one request is not taken for another's": () => {
		let count = 0;
		const it = start((_request, exchange) => {
			count += 1;
			exchange.respond({ code: Code.Content, payload: Uint8Array.of(count) });
		});
		it.run();
		const first = it.network.from("b")[0];
		ok(first);
		it.network.fate = ({ from }) => (from === "b" ? [] : [DELAY]);
		it.asking.request(it.request());
		it.clock.advance(DELAY);
		const second = it.network.from("aa")[1];
		ok(second);
		it.network.fate = () => [DELAY];
		// Under the second request's id and token, with the first one's content.
		it.network.send("b", "aa", encodeMessage({ ...first, id: second.id, token: second.token }));
		it.clock.advance(DELAY);
		equal(it.result.responses.length, 1);
		it.clock.advance(1_000_000);
		equal(it.result.last?.payload, bytes("02"), "the repeated one brought the true answer");
	},
	"an error in the clear fails the request and leaves the context as it was": () => {
		const it = start(content);
		it.network.fate = () => [];
		it.asking.request(it.request());
		const [asked] = it.network.from("aa");
		ok(asked);
		it.network.fate = () => [DELAY];
		const { id, token } = asked;
		const forged = { type: MessageType.Acknowledgement, id, token, options: [], payload: bytes("") };
		it.network.send("b", "aa", encodeMessage({ ...forged, code: Code.Unauthorized }));
		it.clock.advance(DELAY);
		ok(it.result.failures[0] instanceof UnprotectedError);
		equal(it.client.closed, false);
		equal(it.run()?.payload, bytes("2a"), "the next goes as before");
	},
	"options that were put outside on the way count for nothing": () => {
		const { keep, requests } = keeping();
		const it = start(keep);
		it.network.fate = () => [];
		it.asking.request(it.request()).cancel();
		it.network.fate = () => [DELAY];
		const [asked] = it.network.from("aa");
		ok(asked);
		const added = [...pathOptions("/other"), ...queryOptions("q"), uintOption(OptionNumber.Accept, 9)];
		const host = stringOption(OptionNumber.UriHost, "h");
		it.network.send("x", "b", encodeMessage({ ...asked, options: [...asked.options, ...added, host] }));
		it.clock.advance(2 * DELAY);
		equal([requests[0]?.path, requests[0]?.query], [["t"], []]);
		equal(
			requests[0]?.options.map(({ number }) => number),
			[OptionNumber.UriHost, OptionNumber.UriPath]
		);
	}
});
