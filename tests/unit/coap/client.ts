import { Code, MessageType, OptionError, ResetError, TimeoutError } from "../../../modules/coap/coap.js";
import { bytes, equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { Outcome, quiet, start } from "./asking.js";
import { DELAY, empty, PORT } from "./network.js";

const { Confirmable, NonConfirmable, Acknowledgement, Reset } = MessageType;

export default suite("coap: requests", {
	"a response in the acknowledgement ends the request": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		const { id, token, type } = it.peer.last;
		equal(type, Confirmable);
		equal(token.length, 4);
		it.peer.send("a", { type: Acknowledgement, code: Code.Content, id, token, payload: bytes("07") });
		it.clock.advance(DELAY);
		equal(it.outcome.text, "07");
		equal([it.outcome.responses[0]?.address, it.outcome.responses[0]?.port], ["b", PORT]);
		quiet(it);
	},
	"an empty acknowledgement stops the repetitions, and the response may come later": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		const { id, token } = it.peer.last;
		it.peer.send("a", { type: Acknowledgement, id });
		it.clock.advance(100_000);
		equal(it.peer.inbox.length, 1, "not repeated");
		it.peer.send("a", { type: Confirmable, code: Code.Content, id: 77, token, payload: bytes("05") });
		it.clock.advance(2 * DELAY);
		equal([it.peer.last.type, it.peer.last.code, it.peer.last.id], [Acknowledgement, Code.Empty, 77]);
		equal(it.outcome.text, "05");
		quiet(it);
	},
	"a peer that is heard again is asked again at once, when it has been waited for long": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		equal(it.peer.inbox.length, 1);
		const stir = () => {
			it.peer.send("a", { type: NonConfirmable, code: Code.Content, id: 9, token: bytes("ff") });
			it.clock.advance(2 * DELAY);
		};
		stir();
		equal(it.peer.inbox.length, 1, "not before the first wait is over");
		it.clock.advance(11_500);
		const before = it.peer.inbox.length;
		ok(before >= 2, `${before}`);
		stir();
		equal(it.peer.inbox.length, before + 1, "at once");
		equal(it.peer.last.id, it.peer.inbox[0]?.id, "the same message");
		stir();
		equal(it.peer.inbox.length, before + 1, "and once");
	},
	"what waits is sent again at once when the network is there again": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		it.endpoint.reconnected();
		it.clock.advance(DELAY);
		equal(it.peer.inbox.length, 2);
		equal(it.peer.last.id, it.peer.inbox[0]?.id, "the same message");
		it.peer.send("a", { type: Acknowledgement, id: it.peer.last.id });
		it.clock.advance(2 * DELAY);
		it.endpoint.reconnected();
		it.clock.advance(DELAY);
		equal(it.peer.inbox.length, 2, "not what was acknowledged");
	},
	"a ping is answered by who is there, and is forgotten where nobody is": () => {
		const it = start();
		let answers = 0;
		const ping = { address: "b", port: PORT, milliseconds: 1000, alive: () => (answers += 1) };
		it.endpoint.ping(ping);
		it.clock.advance(DELAY);
		const { id, type, code } = it.peer.last;
		equal([type, code], [Confirmable, Code.Empty]);
		it.peer.send("a", { type: Reset, id });
		it.clock.advance(2 * DELAY);
		equal(answers, 1);
		it.endpoint.ping(ping);
		it.clock.advance(2_000);
		equal(it.peer.inbox.length, 2, "never repeated");
		it.peer.send("a", { type: Reset, id: it.peer.last.id });
		it.clock.advance(2_000);
		equal(answers, 1, "too late");
	},
	"a separate response counts as an acknowledgement, and one that comes after it is ignored": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		const { id, token } = it.peer.last;
		it.peer.send("a", { type: Confirmable, code: Code.Content, id: 77, token, payload: bytes("05") });
		it.clock.advance(2 * DELAY);
		it.peer.send("a", { type: Acknowledgement, id });
		it.clock.advance(100_000);
		equal(it.outcome.text, "05");
		equal(it.peer.inbox.length, 2, "the request and the acknowledgement");
		quiet(it);
	},
	"a separate response that comes again is acknowledged again and delivered once": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		const response = {
			type: Confirmable,
			code: Code.Content,
			id: 77,
			token: it.peer.last.token,
			payload: bytes("05")
		};
		for (let i = 0; i < 3; i += 1) equal(it.peer.ask("a", response)?.type, Acknowledgement);
		equal(it.outcome.text, "05");
	},
	"a non-confirmable response also answers a confirmable request": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		it.peer.send("a", { type: NonConfirmable, code: Code.Content, id: 77, token: it.peer.last.token });
		it.clock.advance(100_000);
		equal(it.outcome.responses.length, 1);
		equal(it.peer.inbox.length, 1);
		quiet(it);
	},
	"a Reset makes the request fail, before and after the acknowledgement": () => {
		for (const acknowledged of [false, true]) {
			const it = start();
			it.endpoint.request(it.outcome.of("b"));
			it.clock.advance(DELAY);
			const { id } = it.peer.last;
			if (acknowledged) it.peer.send("a", { type: Acknowledgement, id });
			it.peer.send("a", { type: Reset, id });
			it.clock.advance(DELAY);
			equal(it.outcome.failures[0] instanceof ResetError, true);
			quiet(it);
		}
	},
	"an answer with a wrong token, id, address or type does not count": () => {
		const it = start();
		const stranger = it.network.peer("c");
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		const { id, token } = it.peer.last;
		const answer = { type: Acknowledgement, code: Code.Content, id, token };
		it.peer.send("a", { ...answer, token: bytes("00") });
		it.peer.send("a", { ...answer, id: id ^ 1 });
		stranger.send("a", answer);
		stranger.send("a", { type: Reset, id });
		it.clock.advance(DELAY);
		equal(stranger.ask("a", { ...answer, type: Confirmable })?.type, Reset, "a stranger's response");
		equal(it.outcome.text, "");
		equal(it.endpoint.pending, 1);
		it.peer.send("a", answer);
		it.clock.advance(DELAY);
		equal(it.outcome.responses.length, 1);
		quiet(it);
	},
	"a confirmable response that nobody awaits is reset, a non-confirmable one ignored": () => {
		const it = start();
		const stray = { code: Code.Content, id: 9, token: bytes("01020304") };
		equal(it.peer.ask("a", { ...stray, type: Confirmable })?.type, Reset);
		equal(it.peer.ask("a", { ...stray, type: NonConfirmable, id: 10 }), undefined);
		equal(it.peer.ask("a", { type: Acknowledgement, id: 11 }), undefined);
		equal(it.peer.ask("a", { type: Reset, id: 12 }), undefined);
	},
	"a response with an unknown critical option is rejected and fails the request": () => {
		for (const type of [Confirmable, NonConfirmable, Acknowledgement]) {
			const it = start();
			it.endpoint.request(it.outcome.of("b"));
			it.clock.advance(DELAY);
			const { id, token } = it.peer.last;
			const options = [{ number: 2049, value: empty }];
			const reply = it.peer.ask("a", { type, code: Code.Content, id, token, options });
			equal(reply?.type, type === Confirmable ? Reset : undefined);
			equal(it.outcome.failures[0] instanceof OptionError, true);
			quiet(it);
		}
	},
	"a non-confirmable request is sent once and takes its response in any message": () => {
		const it = start();
		it.endpoint.request(it.outcome.of("b", { confirmable: false, timeout: 5000 }));
		it.clock.advance(4000);
		equal(it.network.sent.length, 1);
		equal(it.peer.last.type, NonConfirmable);
		const { id, token } = it.peer.last;
		it.peer.send("a", { type: Acknowledgement, id });
		it.peer.send("a", { type: Acknowledgement, code: Code.Content, id, token });
		it.clock.advance(DELAY);
		equal(it.outcome.responses.length, 0, "nothing of it is to be acknowledged");
		it.peer.send("a", { type: NonConfirmable, code: Code.Content, id: 1, token: it.peer.last.token });
		it.clock.advance(DELAY);
		equal(it.outcome.responses.length, 1);
		quiet(it);
	},
	"the overall limit ends a request in whatever state it is": () => {
		for (const state of ["sent", "acknowledged", "queued", "non-confirmable"]) {
			const it = start();
			if (state === "queued") it.endpoint.request(new Outcome().of("b", { timeout: 5000 }));
			it.endpoint.request(it.outcome.of("b", { timeout: 1000, confirmable: state !== "non-confirmable" }));
			it.clock.advance(DELAY);
			if (state === "acknowledged") it.peer.send("a", { type: Acknowledgement, id: it.peer.last.id });
			it.clock.advance(1000 - DELAY - 1);
			equal(it.outcome.text, "", state);
			it.clock.advance(1);
			equal(it.outcome.text, "TimeoutError", state);
			equal(it.outcome.failures[0] instanceof TimeoutError, true);
			it.clock.advance(4000);
			quiet(it);
		}
	},
	"a cancelled request calls nothing back, whether sent or queued": () => {
		const it = start();
		const first = it.endpoint.request(it.outcome.of("b"));
		const second = it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		const { id, token } = it.peer.last;
		second.cancel();
		first.cancel();
		first.cancel();
		it.peer.send("a", { type: Acknowledgement, code: Code.Content, id, token });
		it.clock.advance(100_000);
		equal(it.outcome.text, "");
		equal(it.peer.inbox.length, 1);
		quiet(it);
	},
	"one request to a peer waits for its acknowledgement, others queue in order, other peers do not wait":
		() => {
			const it = start();
			const other = it.network.peer("c");
			const outcomes = [1, 2, 3].map(() => new Outcome());
			for (const outcome of outcomes) it.endpoint.request(outcome.of("b"));
			it.endpoint.request(it.outcome.of("c"));
			it.clock.advance(DELAY);
			equal([it.peer.inbox.length, other.inbox.length], [1, 1]);
			const [first] = it.peer.inbox;
			// Acknowledged, though not answered: the next may go.
			it.peer.send("a", { type: Acknowledgement, id: first?.id ?? 0 });
			it.clock.advance(2 * DELAY);
			equal(it.peer.inbox.length, 2);
			const { id, token } = it.peer.last;
			it.peer.send("a", { type: Acknowledgement, code: Code.Content, id, token, payload: bytes("02") });
			it.clock.advance(2 * DELAY);
			equal(it.peer.inbox.length, 3);
			it.peer.send("a", { type: Reset, id: it.peer.last.id });
			it.clock.advance(DELAY);
			equal(
				outcomes.map(({ text }) => text),
				["", "02", "ResetError"]
			);
			it.endpoint.close();
			quiet(it);
		},
	"what a callback throws is reported and stops nothing": () => {
		const it = start();
		const broken = () => {
			throw new RangeError("mine");
		};
		it.endpoint.request(it.outcome.of("b", { onFailure: broken }));
		it.endpoint.request(it.outcome.of("b"));
		it.clock.advance(DELAY);
		it.peer.send("a", { type: Reset, id: it.peer.last.id });
		it.clock.advance(2 * DELAY);
		equal(it.network.errors.map(String), ["RangeError: mine"]);
		equal(it.peer.inbox.length, 2);
		it.endpoint.close();
	},
	"a broadcast takes answers of many peers, each once, until its lifetime ends": () => {
		const it = start();
		const third = it.network.peer("c");
		const heard: string[] = [];
		let ends = 0;
		it.endpoint.broadcast({
			address: "*",
			port: PORT,
			code: Code.Get,
			lifetime: 3000,
			onResponse: ({ address }) => heard.push(address),
			onEnd: () => {
				ends += 1;
			}
		});
		it.clock.advance(DELAY);
		equal(it.peer.last.type, NonConfirmable);
		const { token } = it.peer.last;
		const answer = { type: NonConfirmable, code: Code.Content, id: 5, token };
		it.peer.send("a", answer);
		it.peer.send("a", answer);
		third.send("a", { ...answer, options: [{ number: 2049, value: empty }] });
		third.send("a", { ...answer, type: Confirmable, id: 6 });
		it.clock.advance(2 * DELAY);
		equal(heard, ["b", "c"]);
		equal(third.last.type, Acknowledgement);
		it.clock.advance(3000);
		equal(ends, 1);
		equal(third.ask("a", { ...answer, type: Confirmable, id: 7 })?.type, Reset, "too late");
		equal(heard.length, 2);
		quiet(it);
	},
	"a cancelled broadcast hears nothing more": () => {
		const it = start();
		const broadcast = it.endpoint.broadcast({
			address: "*",
			port: PORT,
			code: Code.Get,
			onResponse: response => it.outcome.responses.push(response),
			onEnd: () => it.network.errors.push("ended")
		});
		it.clock.advance(DELAY);
		const { token } = it.peer.last;
		broadcast.cancel();
		it.peer.send("a", { type: NonConfirmable, code: Code.Content, id: 5, token });
		it.clock.advance(20_000);
		equal(it.outcome.text, "");
		quiet(it);
	}
});
