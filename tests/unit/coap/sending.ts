import {
	BusyError,
	CoapError,
	Code,
	defaultParameters,
	Endpoint,
	ExchangeError,
	exchangeLifetime,
	MessageType,
	maxTransmitSpan,
	maxTransmitWait,
	nonLifetime,
	OptionNumber,
	SizeError,
	uintOption
} from "../../../modules/coap/coap.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { Outcome, quiet, start } from "./asking.js";
import { DELAY, Network } from "./network.js";

const { Acknowledgement, Reset } = MessageType;

export default suite("coap: sending", {
	"the times that follow from the parameters are those of RFC 7252 section 4.8.2": () => {
		equal(maxTransmitSpan(defaultParameters), 45_000);
		equal(maxTransmitWait(defaultParameters), 93_000);
		equal(exchangeLifetime(defaultParameters), 247_000);
		equal(nonLifetime(defaultParameters), 145_000);
	},
	"an unanswered request is repeated after 2 to 3 s, doubling four times, and then fails": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(200_000);
		const times = it.network.sent.map(({ at }) => at);
		equal(times.length, 5, "sent");
		const first = times[1] ?? 0;
		ok(first >= 2000 && first <= 3000, `first wait ${first}`);
		equal(times, [0, first, 3 * first, 7 * first, 15 * first]);
		equal(new Set(it.network.sent.map(sent => hex(sent.bytes))).size, 1, "the same bytes each time");
		equal(it.outcome.text, "TimeoutError");
		quiet(it);
	},
	"an urgent request is repeated sooner, and waits for none that goes on in the background": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(10);
		it.endpoint.request({ ...it.outcome.of("b"), isUrgent: true });
		it.clock.advance(1_900);
		const times = it.network.sent.map(({ at }) => at).slice(1);
		const wait = (times[1] ?? 0) - 10;
		equal(times[0], 10, "at once");
		ok(wait >= 500 && wait <= 750, `first wait ${wait}`);
		equal(Math.round((times[2] ?? 0) - (times[1] ?? 0)), Math.round(1.2 * wait));
		it.clock.advance(10_400 - 1_910);
		equal(it.outcome.text, "", "neither has failed while a task may act");
		it.clock.advance(200_000);
		equal(it.network.sent.length, 5 + 9);
	},
	"the first wait is 2 s at the least and 3 s at the most": () => {
		for (const [byte, wait] of [
			[0, 2000],
			[255, 3000]
		]) {
			const network = new Network();
			const sends: number[] = [];
			let token = 0;
			const edge = new Endpoint({
				clock: network.clock,
				transport: { send: () => sends.push(network.clock.now()) },
				random: count => {
					token += 1;
					return new Uint8Array(count).fill(count === 2 ? (byte ?? 0) : token);
				}
			});
			edge.request(new Outcome().of("b"));
			network.clock.advance((wait ?? 0) - 1);
			equal(sends, [0]);
			network.clock.advance(1);
			equal(sends, [0, wait]);
			edge.close();
			equal(network.clock.pending, 0);
		}
	},
	"it gives up only after the last wait has passed too": () => {
		const it = start({ ackRandomFactor: 1 });
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(61_999);
		equal(it.outcome.text, "");
		it.clock.advance(1);
		equal(it.outcome.text, "TimeoutError");
		quiet(it);
	},
	"a lost request is answered when it is repeated": () => {
		const it = start();
		it.network.fate = ({ index }) => (index < 2 ? [] : [DELAY]);
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(9_100);
		const { id, token } = it.peer.last;
		it.peer.send("a", { type: Acknowledgement, code: Code.Content, id, token, payload: bytes("01") });
		it.clock.advance(100_000);
		equal(it.outcome.text, "01");
		equal(it.peer.inbox.length, 1);
		quiet(it);
	},
	"a larger NSTART lets more go at once": () => {
		const it = start({ nstart: 3 });
		for (let i = 0; i < 5; i += 1) it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		equal(it.peer.inbox.length, 3);
		it.endpoint.close();
	},
	"a request made from a callback has its turn": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b", { onFailure: () => it.endpoint.request(it.outcome.of("b")) }));
		it.clock.advance(DELAY);
		it.peer.send("a", { type: Reset, id: it.peer.last.id });
		it.clock.advance(2 * DELAY);
		equal(it.peer.inbox.length, 2);
		it.endpoint.close();
		quiet(it);
	},
	"more requests than the queue, or the table, holds are refused and leave nothing behind": () => {
		const it = start({ maxQueued: 2, maxRequests: 4 });
		for (let i = 0; i < 3; i += 1) it.endpoint.request(it.outcome.of("b"));
		throws(() => it.endpoint.request(it.outcome.of("b")), BusyError, "wait for b");
		it.endpoint.request(it.outcome.of("c"));
		throws(() => it.endpoint.request(it.outcome.of("b")), BusyError, "under way");
		equal(it.endpoint.pending, 4);
		it.endpoint.close();
		it.clock.advance(DELAY);
		quiet(it);
		equal(it.outcome.text, "");
	},
	"who acknowledges all that it is asked and answers none of it keeps nobody else from being asked": () => {
		const it = start({ maxRequests: 4 });
		const acknowledge = () => {
			it.clock.advance(DELAY);
			it.peer.send("a", { type: Acknowledgement, id: it.peer.last.id });
			it.clock.advance(DELAY);
		};
		const ask = (place: string, peer: string) => {
			const outcome = new Outcome();
			it.endpoint.request(outcome.of(place, { peer }));
			return outcome;
		};
		const bad = [0, 1, 2, 3].map(() => {
			const outcome = ask("b", "bad");
			acknowledge();
			return outcome;
		});
		throws(() => ask("b", "bad"), BusyError, "under way");
		// Two others find a place each, wherever they are, and the bad one keeps two.
		const others = [ask("c", "one"), ask("d", "other")];
		equal(
			[...bad, ...others].map(({ text }) => text),
			["BusyError", "BusyError", "", "", "", ""]
		);
		throws(() => ask("c", "one"), BusyError, "under way");
		ask("e", "third");
		// Where all have one there is no place, and what a person waits for gives up none.
		throws(() => ask("f", "fourth"), BusyError, "under way");
		for (let count = 0; count < 4; count += 1)
			it.endpoint.request(it.outcome.of("g", { peer: "lamp", isUrgent: true }));
		throws(() => ask("f", "fourth"), BusyError, "under way");
		it.endpoint.close();
		it.clock.advance(DELAY);
		quiet(it);
	},
	"what is observed takes none of the places of requests": () => {
		const it = start({ maxRequests: 2 });
		const options = [uintOption(OptionNumber.Observe, 0)];
		for (let count = 0; count < 3; count += 1) {
			const outcome = new Outcome();
			it.endpoint.request(outcome.of("b", { options, onNotification: () => undefined }));
			it.clock.advance(DELAY);
			const { id, token } = it.peer.last;
			const observe = [uintOption(OptionNumber.Observe, count)];
			it.peer.send("a", { type: Acknowledgement, code: Code.Content, id, token, options: observe });
			it.clock.advance(DELAY);
			equal(outcome.responses.length, 1);
		}
		it.endpoint.request(it.outcome.of("c"));
		it.endpoint.request(it.outcome.of("d"));
		equal(it.outcome.text, "");
		it.endpoint.close();
		it.clock.advance(DELAY);
		quiet(it);
	},
	"what is urgent finds a place beside all that is not, and no more than four such do": () => {
		const it = start({ maxRequests: 4 });
		for (const place of ["b", "c", "d", "e"]) it.endpoint.request(it.outcome.of(place));
		throws(() => it.endpoint.request(it.outcome.of("f")), BusyError, "under way");
		for (const place of ["f", "g", "h", "i"]) {
			it.endpoint.request(it.outcome.of(place, { isUrgent: true }));
		}
		throws(() => it.endpoint.request(it.outcome.of("j", { isUrgent: true })), BusyError, "under way");
		equal(it.endpoint.pending, 8);
		it.endpoint.close();
		it.clock.advance(DELAY);
		quiet(it);
	},
	"a request over 1152 bytes is refused, one of 1152 is sent": () => {
		const it = start();
		const payload = new Uint8Array(1152 - 4 - 4 - 2 - 1);
		it.endpoint.request(it.outcome.of("b", { payload }));
		equal(it.network.sent[0]?.bytes.length, 1152);
		const larger = it.outcome.of("c", { payload: new Uint8Array(payload.length + 1) });
		throws(() => it.endpoint.request(larger), SizeError, "1153");
		equal(it.endpoint.pending, 1);
		throws(() => it.endpoint.request(it.outcome.of("b", { code: Code.Content })), ExchangeError, "2.05");
		it.endpoint.close();
	},
	"a transport that throws is a loss like any other": () => {
		const it = start();
		let refusals = 2;
		it.network.fate = () => {
			if (refusals > 0) {
				refusals -= 1;
				throw new Error("no buffer");
			}
			return [DELAY];
		};
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(10_000);
		equal(it.peer.inbox.length, 1);
		it.endpoint.close();
		quiet(it);
	},
	"tokens differ, ids count up, and an id in use is not given twice": () => {
		const it = start({ nstart: 100, maxRequests: 100 });
		for (let i = 0; i < 50; i += 1) it.endpoint.request(it.outcome.of("b", { options: [uintOption(14, i)] }));
		const sent = it.network.from("a");
		equal(new Set(sent.map(({ token }) => hex(token))).size, 50);
		const first = sent[0]?.id ?? 0;
		equal(
			sent.map(({ id }) => id),
			sent.map((_, i) => (first + i) & 0xffff)
		);
		it.endpoint.close();
	},
	"parameters that contradict each other are refused": () => {
		const network = new Network();
		throws(() => network.endpoint("a", { tokenLength: 0 }), CoapError, "0 bytes");
		throws(() => network.endpoint("a", { tokenLength: 9 }), CoapError, "9 bytes");
		throws(() => network.endpoint("a", { maxExchanges: 64 }), CoapError, "maxRemembered");
	}
});
