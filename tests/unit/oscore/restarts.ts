import {
	Code,
	decodeMessage,
	encodeMessage,
	MessageType,
	type Notifier,
	OptionNumber,
	pathOptions,
	uintOption
} from "../../../modules/coap/coap.js";
import { UnprotectedError } from "../../../modules/oscore/oscore.js";
import { bytes, equal, hex, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { DELAY, Network, rough } from "../coap/network.js";
import { agreed, Node, secrets } from "./node.js";

import { kidContext, ROUND, running, settle, shakeHands, start } from "./renewing.js";

export default suite("oscore: fresh keys after restarts and losses", {
	"a recorded request 2 is not acted on again: not at once, not later, not after a restart": () => {
		const it = running();
		const recorded = it.network.sent[2];
		ok(recorded);
		const play = () => {
			for (let id = 0; id < 3; id += 1) {
				it.network.send("a", "bb", encodeMessage({ ...decodeMessage(recorded.bytes), id }));
			}
			it.clock.advance(100);
			return it.b.acted.length;
		};
		const before = it.network.sent.length;
		equal(play(), 1);
		equal(it.network.sent.length - before, 3, "no answers while its context lives");
		it.clock.advance(1_000_000);
		equal(play(), 1);
		agreed(it.network, it.a, it.b);
		it.b.restart();
		equal(play(), it.b.acted.length, "after a restart");
		equal(it.b.contexts.size, 0);
	},
	"after a restart of the asked, its 4.01 leads to fresh keys, and the request is acted on once": () => {
		const it = running();
		it.clock.advance(1000);
		it.b.restart();
		const acted = it.b.acted.length;
		it.a.ask();
		it.clock.advance(ROUND);
		ok(it.a.failures[0] instanceof UnprotectedError);
		const live = it.a.contexts.live("bb");
		ok(it.a.contexts.doubt("bb"));
		ok(it.a.contexts.live("bb") === live, "nothing is discarded");
		it.a.ask();
		it.clock.advance(2 * ROUND);
		equal(it.b.acted.length - acted, 1);
		ok(it.a.contexts.live("bb") !== live);
		equal(live?.closed, false, "the one before still opens");
		agreed(it.network, it.a, it.b);
		equal(live?.closed, true, "until both have used the new one");
		settle(it);
	},
	"after a restart of the asker, its first request makes fresh keys, which replace the live ones": () => {
		const it = running();
		const live = it.b.contexts.live("a");
		it.clock.advance(1_000_000);
		it.a.restart();
		it.a.ask();
		it.clock.advance(3 * DELAY - 1);
		ok(it.b.contexts.live("a") === live, "not before request 2");
		it.clock.advance(2 * DELAY);
		ok(it.b.contexts.live("a") !== live);
		equal([it.a.text, it.b.acted.length], ["ok ok", 2]);
		agreed(it.network, it.a, it.b);
	},
	"after a restart of both, either may ask first, and neither derives what was before": () => {
		for (const first of ["a", "b"] as const) {
			const it = running();
			const before = it.network.sent
				.map(({ bytes: sent }) => kidContext(sent))
				.filter(text => text !== undefined);
			it.a.restart();
			it.b.restart();
			it[first].ask();
			it.clock.advance(2 * ROUND);
			agreed(it.network, it.a, it.b);
			const after = it.network.sent.slice(4).map(({ bytes: sent }) => kidContext(sent));
			for (const text of after) ok(text === undefined || !before.includes(text));
		}
	},
	"both may ask for fresh keys at the same time": () => {
		for (let shift = 0; shift <= 4 * DELAY; shift += 5) {
			const it = start();
			it.a.ask();
			it.clock.advance(shift);
			it.b.ask();
			it.clock.advance(5000);
			equal([it.a.text, it.b.text, it.a.acted.length, it.b.acted.length], ["ok", "ok", 1, 1], `${shift}`);
			agreed(it.network, it.a, it.b);
			settle(it);
		}
	},
	"several requests of one run share it, and each is acted on once": () => {
		const it = start();
		for (let i = 0; i < 5; i += 1) it.a.ask();
		it.clock.advance(5000);
		equal([it.a.text, it.b.acted.length], ["ok ok ok ok ok", 5]);
		equal([it.a.renewed.length, it.b.renewed.length], [1, 1]);
		agreed(it.network, it.a, it.b);
		settle(it);
	},
	"a request whose R2 comes when the run is over goes under the keys that there are then": () => {
		for (let late = 1; late < 3; late += 1) {
			const network = new Network();
			const stored = secrets();
			const a = new Node(network, "a", stored.a, {}, 3);
			const b = new Node(network, "bb", stored.b);
			let answers = 0;
			network.fate = ({ from }) => {
				if (from !== "bb") return [DELAY];
				answers += 1;
				return [answers === late ? 50 * DELAY : DELAY];
			};
			for (let i = 0; i < 3; i += 1) a.ask();
			network.clock.advance(1900);
			equal([a.text, b.acted.length], ["ok ok ok", 3], `${late}`);
			agreed(network, a, b);
		}
	},
	"forged errors in the clear begin at most one run a second, and end no context": () => {
		const it = running();
		const live = it.a.contexts.live("bb");
		equal(it.a.contexts.doubt("bb"), false, "the first run was just now");
		it.clock.advance(1000);
		const begun: boolean[] = [];
		for (let i = 0; i < 40; i += 1) {
			begun.push(it.a.contexts.doubt("bb"));
			it.clock.advance(100);
		}
		equal(begun.filter(Boolean).length, 1, "one, while that is waiting");
		ok(it.a.contexts.live("bb") === live && !live?.closed);
		// The run's own request: no harm is done.
		it.a.ask();
		it.clock.advance(5000);
		equal(it.a.text, "ok ok");
		agreed(it.network, it.a, it.b);
		settle(it);
	},
	"a run that nobody answers is given up, and the live context is used again": () => {
		const it = running();
		it.clock.advance(1000);
		ok(it.a.contexts.doubt("bb"));
		it.clock.advance(10_000);
		const sent = it.network.sent.length;
		it.a.ask();
		it.clock.advance(ROUND);
		equal([it.a.text, it.network.sent.length - sent], ["ok ok", 2]);
		settle(it);
	},
	"the last answer may be lost for good: what the other side sends, or the next request, proves the new keys":
		() => {
			for (const other of [false, true]) {
				const it = running();
				it.b.restart();
				it.clock.advance(1000);
				ok(it.a.contexts.doubt("bb"));
				it.network.fate = ({ from, index }) => (from === "bb" && index >= 7 ? [] : [DELAY]);
				it.a.ask({ timeout: 2000 });
				it.clock.advance(3000);
				it.network.fate = () => [DELAY];
				equal(it.b.renewed.length, 2, "request 2 has come");
				const asker = other ? it.b : it.a;
				const before = asker.responses.length;
				asker.ask();
				it.clock.advance(ROUND);
				equal(asker.responses.length - before, 1, "answered at once");
				agreed(it.network, it.a, it.b);
			}
		},
	"an invented 4.01 after request 2 discards nothing: what the peer sends under the new keys still opens":
		() => {
			const it = running();
			it.a.restart();
			it.network.fate = ({ from }) => (from === "bb" && it.b.renewed.length === 2 ? [] : [DELAY]);
			it.a.ask({ timeout: 1500 });
			it.clock.advance(2000);
			equal([it.a.renewed.length, it.b.renewed.length], [1, 2], "request 2 has come, its answer not");
			ok(it.a.contexts.doubt("bb"));
			it.network.fate = () => [DELAY];
			const acted = it.a.acted.length;
			it.b.ask();
			it.clock.advance(ROUND);
			equal([it.a.acted.length - acted, it.b.text], [1, "ok"]);
			it.a.ask();
			it.clock.advance(2 * ROUND);
			agreed(it.network, it.a, it.b);
		},
	"response 2 may come when another run has begun: its keys are good": () => {
		const it = start();
		it.network.fate = ({ from, index }) => (from === "bb" && index > 1 ? [1500] : [DELAY]);
		it.a.ask();
		it.clock.advance(1100);
		ok(it.a.contexts.doubt("bb"));
		it.clock.advance(700);
		equal([it.a.text, it.a.renewed.length], ["ok", 1]);
		it.network.fate = () => [DELAY];
		agreed(it.network, it.a, it.b);
		settle(it);
	},
	"what comes late under older keys does not put them in the place of newer ones": () => {
		for (const isNotification of [false, true]) {
			const it = start();
			const { a, b, clock, network } = it;
			const late = isNotification ? 4 : 3;
			network.fate = ({ from, index }) => (from === "bb" && index === late ? [3_000] : [DELAY]);
			let notifier: Notifier | undefined;
			b.layer.setHandler((request, exchange) => {
				b.acted.push(request);
				if (exchange.observable) notifier = exchange.observe({ code: Code.Content }, () => undefined);
				else exchange.respond({ code: Code.Changed });
			});
			const observing = { code: Code.Get, options: [uintOption(OptionNumber.Observe, 0)] };
			a.ask(isNotification ? { ...observing, onNotification: () => undefined } : {});
			clock.advance(2 * ROUND);
			notifier?.notify({ code: Code.Content });
			clock.advance(DELAY);
			const newer = shakeHands(it);
			if (isNotification) a.ask();
			clock.advance(4_000);
			ok(a.contexts.live("bb") === newer, `${isNotification}`);
			agreed(network, a, b);
			equal(network.errors, []);
		}
	},
	"a second request that comes late makes no keys: not after those of a handshake, nor of a later run":
		() => {
			for (const isHandshake of [true, false]) {
				const it = start();
				const { a, b, clock, network } = it;
				network.fate = ({ index }) => (index === 2 ? [3_000] : [DELAY]);
				a.ask();
				clock.advance(2 * ROUND);
				if (isHandshake) {
					shakeHands(it);
				} else {
					a.restart();
					a.ask();
					clock.advance(2 * ROUND);
				}
				const newer = b.contexts.live("a");
				const acted = b.acted.length;
				clock.advance(4_000);
				equal([b.contexts.live("a") === newer, b.acted.length], [true, acted], `${isHandshake}`);
				agreed(network, a, b);
				equal(network.errors, []);
			}
		},
	"a handshake ends the renewal that was begun before it": () => {
		// Response 1, or the answer to request 2, comes after the handshake.
		for (const late of [1, 3]) {
			const it = start();
			const { a, b, clock, network } = it;
			network.fate = ({ from, index }) => (from === "bb" && index === late ? [1_000] : [DELAY]);
			a.ask();
			clock.advance(2 * ROUND);
			const newer = shakeHands(it);
			clock.advance(1_500);
			equal([a.text, b.acted.length, a.contexts.live("bb") === newer], ["ok", 1, true], `${late}`);
			agreed(network, a, b);
		}
	},
	"an invented 4.01 in the middle of a run does not end it for good": () => {
		const it = start();
		it.a.ask();
		it.clock.advance(2 * DELAY + 1);
		const second = it.network.from("a")[1];
		ok(second);
		const { id, token } = second;
		const type = MessageType.Acknowledgement;
		const forged = { type, id, token, code: Code.Unauthorized, options: [], payload: bytes("") };
		it.network.send("bb", "a", encodeMessage(forged));
		it.network.fate = () => [DELAY];
		it.clock.advance(5000);
		equal(it.b.acted.length, 1, "it was acted on");
		it.a.ask();
		it.clock.advance(5000);
		equal(it.b.acted.length, 2);
		agreed(it.network, it.a, it.b);
	},
	"over a bad network every request is acted on at most once, and all is well when it is good again": () => {
		for (let seed = 1; seed <= 12; seed += 1) {
			const it = start();
			it.network.fate = rough(seed, 0.3, 0.3, 3000);
			for (let i = 0; i < 6; i += 1) {
				for (const node of [it.a, it.b]) {
					node.ask({ payload: Uint8Array.of(i) });
					it.clock.advance(7000);
					if (node.failures.length > 0) node.contexts.doubt(node === it.a ? "bb" : "a");
				}
				if (i === 3) (seed % 2 === 0 ? it.a : it.b).restart();
			}
			it.clock.advance(100_000);
			for (const node of [it.a, it.b]) {
				const seen = node.acted.map(({ payload }) => hex(payload));
				equal(new Set(seen).size, seen.length, `seed ${seed}`);
			}
			it.network.fate = () => [DELAY];
			for (let i = 0; i < 3; i += 1) {
				for (const [node, peer] of [
					[it.a, "bb"],
					[it.b, "a"]
				] as const) {
					const failures = node.failures.length;
					node.ask();
					it.clock.advance(2000);
					if (node.failures.length > failures) node.contexts.doubt(peer);
				}
			}
			agreed(it.network, it.a, it.b);
		}
	},
	"a registration that asks for fresh keys leaves nothing, whoever adds Observe to the answer": () => {
		const it = start();
		const { a, network, clock } = it;
		let added = 0;
		network.fate = datagram => {
			if (datagram.from !== "bb" || kidContext(datagram.bytes) === undefined) return [DELAY];
			const message = decodeMessage(datagram.bytes);
			added += 1;
			network.fate = () => [DELAY];
			const options = [uintOption(OptionNumber.Observe, 1), ...message.options];
			network.send("bb", "a", encodeMessage({ ...message, options }));
			return [];
		};
		a.ask({
			code: Code.Get,
			options: [...pathOptions("/t"), uintOption(OptionNumber.Observe, 0)],
			onNotification: () => undefined
		});
		clock.advance(2 * ROUND + 1000);
		equal(added, 1);
		equal(a.text, "ok");
		clock.advance(10_000_000);
		equal(a.endpoint.pending, 0, "under way");
	}
});
