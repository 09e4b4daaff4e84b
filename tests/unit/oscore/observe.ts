import {
	Blockwise,
	type ClientRequest,
	Code,
	decodeMessage,
	encodeMessage,
	findOption,
	findUint,
	MessageType,
	Observers,
	OptionNumber,
	observe,
	uintOption
} from "../../../modules/coap/coap.js";
import { ContextError, decodeOscoreOption, OscoreError } from "../../../modules/oscore/oscore.js";
import { bytes, equal, hex, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { body, counter, DELAY, rough } from "../coap/network.js";
import { damaged, start } from "./pair.js";

const { Observe } = OptionNumber;

/** A watched state on `b`, seen by `aa` under protection; `size` makes it need blocks. */
function watched(size = 1) {
	const observers = new Observers();
	let version = 1;
	const reply = () => ({ code: Code.Content, payload: body(size).fill(version, 0, 1) });
	const it = start(() => undefined);
	const serving = new Blockwise({ layer: it.serving, clock: it.clock, random: counter(3) });
	const asking = new Blockwise({ layer: it.asking, clock: it.clock, random: counter(4) });
	serving.setHandler((request, exchange) => observers.answer(request, exchange, reply()));
	const watch = (more: Partial<ClientRequest> = {}) => {
		const request = it.request(more);
		const { onNotification = () => undefined } = request;
		const pending = observe(asking, { ...request, onNotification });
		it.clock.advance(1000);
		return pending;
	};
	const change = () => {
		version += 1;
		observers.notify(reply());
		it.clock.advance(1000);
	};
	const seen = () => it.result.notifications.map(({ payload }) => payload[0]);
	return { ...it, observers, watch, change, seen };
}

function partialIv(message: Uint8Array): string {
	const option = findOption(decodeMessage(message).options, OptionNumber.Oscore);
	ok(option);
	return hex(decodeOscoreOption(option.value).partialIv ?? bytes(""));
}

export default suite("oscore: observing", {
	"states arrive under protection, in their order; only the first goes without a number of its own": () => {
		const it = watched();
		it.watch();
		equal(it.result.last?.payload, bytes("01"));
		for (let i = 0; i < 3; i += 1) it.change();
		equal(it.seen(), [2, 3, 4]);
		const sent = it.network.sent.filter(({ from }) => from === "b").map(({ bytes: message }) => message);
		equal(sent.map(partialIv), ["", "00", "01", "02"]);
		for (const message of it.network.from("b")) {
			equal(message.code, Code.Content);
			ok(findUint(message.options, Observe) !== undefined, "proxies see that it is a notification");
		}
		const [asked] = it.network.from("aa");
		equal([asked?.code, findUint(asked?.options ?? [], Observe)], [Code.Fetch, 0]);
		const numbers = it.result.notifications.map(({ options }) => findUint(options, Observe));
		equal(numbers, [0, 1, 2], "the observer sees the protected order");
	},
	"the number outside does not count: altered ones neither stop nor mix up what is told": () => {
		const it = watched();
		it.watch();
		const { fate } = it.network;
		it.network.fate = datagram => {
			if (datagram.from !== "b") return fate(datagram);
			const message = decodeMessage(datagram.bytes);
			const others = message.options.filter(({ number }) => number !== Observe);
			it.network.fate = fate;
			it.network.send("b", "aa", encodeMessage({ ...message, options: [uintOption(Observe, 0), ...others] }));
			return [];
		};
		it.change();
		it.change();
		equal(it.seen(), [2, 3]);
	},
	"an old notification that is played again, or overtaken, is ignored": () => {
		const it = watched();
		it.watch();
		it.change();
		it.change();
		const notifications = it.network.sent.filter(({ from }) => from === "b").map(({ bytes: sent }) => sent);
		let id = 5000;
		for (const sent of notifications) {
			const message = decodeMessage(sent);
			id += 1;
			// With a new id, as confirmable and a high number outside: only what is inside can tell.
			const others = message.options.filter(({ number }) => number !== Observe);
			const options = [uintOption(Observe, 5000 + id), ...others];
			it.network.send("b", "aa", encodeMessage({ ...message, type: MessageType.Confirmable, id, options }));
		}
		it.clock.advance(1000);
		equal(it.seen(), [2, 3]);
		it.change();
		equal(it.seen(), [2, 3, 4], "it goes on");
	},
	"a forged, changed or bare notification is ignored, and ends nothing": () => {
		const it = watched();
		it.watch();
		it.network.fate = () => [];
		it.change();
		const sent = it.network.sent.filter(({ from }) => from === "b")[1];
		ok(sent);
		it.network.fate = () => [DELAY];
		const message = decodeMessage(sent.bytes);
		let id = 5000;
		for (const payload of damaged(message.payload)) {
			id += 1;
			it.network.send("b", "aa", encodeMessage({ ...message, id, payload }));
		}
		for (const code of [Code.Content, Code.NotFound, Code.Unauthorized]) {
			id += 1;
			it.network.send("b", "aa", encodeMessage({ ...message, id, code, options: [uintOption(Observe, 99)] }));
		}
		it.clock.advance(10_000);
		equal(it.seen(), [2], "the true one, when it was repeated");
		it.change();
		equal([it.seen(), it.result.failures.length], [[2, 3], 0]);
	},
	"an error is the last word, under protection": () => {
		const it = watched();
		it.watch();
		it.observers.notify({ code: Code.NotFound, payload: bytes("6f7574") });
		it.clock.advance(1000);
		equal(it.result.notifications[0]?.code, Code.NotFound);
		equal([it.below.a.pending, it.below.b.observations, it.clock.pending], [0, 0, 0]);
		ok(!hex(it.network.sent[2]?.bytes ?? bytes("")).includes("6f7574"));
	},
	"who cancels is told no more": () => {
		const it = watched();
		const pending = it.watch();
		pending.cancel();
		it.change();
		equal([it.seen(), it.below.b.observations, it.observers.size], [[], 0, 0]);
		it.client.close();
		equal(it.result.failures, []);
	},
	"Observe that is put outside, or taken away, on the way registers nothing": () => {
		for (const added of [true, false]) {
			const it = watched();
			const { fate } = it.network;
			it.network.fate = datagram => {
				it.network.fate = fate;
				const message = decodeMessage(datagram.bytes);
				const others = message.options.filter(({ number }) => number !== Observe);
				const options = added ? [uintOption(Observe, 0), ...others] : others;
				it.network.send("aa", "b", encodeMessage({ ...message, code: Code.Fetch, options }));
				return [];
			};
			if (added) it.asking.request(it.request());
			else it.watch();
			it.clock.advance(1000);
			equal(it.result.last?.payload, bytes("01"));
			equal(findOption(it.result.last?.options ?? [], Observe), undefined);
			equal([it.below.b.observations, it.below.a.pending], [0, 0], `${added}`);
		}
	},
	"an observation ends with its context, on either side": () => {
		const it = watched();
		it.watch();
		it.server.close();
		equal([it.below.b.observations, it.observers.size], [0, 0]);
		it.change();
		equal(it.seen(), []);
		it.client.close();
		ok(it.result.failures[0] instanceof ContextError);
		equal([it.below.a.pending, it.clock.pending], [0, 0]);
	},
	"a notification whose Observe was taken away is told, and the observer learns that it was the last": () => {
		const it = watched();
		it.watch();
		const { fate } = it.network;
		it.network.fate = datagram => {
			it.network.fate = fate;
			const message = decodeMessage(datagram.bytes);
			const options = message.options.filter(({ number }) => number !== Observe);
			it.network.send("b", "aa", encodeMessage({ ...message, options }));
			return [];
		};
		it.change();
		equal(it.seen(), [2]);
		ok(it.result.failures[0] instanceof OscoreError);
		equal(it.below.a.pending, 0);
	},
	"large states come whole, in protected blocks": () => {
		const it = watched(4000);
		it.watch();
		equal(it.result.last?.payload.length, 4000);
		for (let i = 0; i < 3; i += 1) it.change();
		equal(it.seen(), [2, 3, 4]);
		for (const { payload } of it.result.notifications) equal(payload.slice(1), body(4000).slice(1));
		for (const { options } of [...it.network.from("aa"), ...it.network.from("b")]) {
			ok(!options.some(({ number }) => number === OptionNumber.Block1 || number === OptionNumber.Block2));
		}
		for (const { bytes: sent } of it.network.sent) ok(sent.length <= 1152);
	},
	"over a bad network the last state arrives, and none after a newer one": () => {
		for (let seed = 1; seed <= 10; seed += 1) {
			const it = watched(seed % 2 === 0 ? 1 : 3000);
			it.watch();
			it.network.fate = rough(seed, 0.25, 0.2, 800);
			for (let i = 0; i < 8; i += 1) {
				it.change();
				it.clock.advance(4000);
			}
			it.network.fate = () => [DELAY];
			it.clock.advance(60_000);
			const seen = it.seen();
			equal(
				seen,
				[...seen].sort((a, b) => (a ?? 0) - (b ?? 0)),
				`seed ${seed}`
			);
			// Five losses in a row end an observation at the server; its watcher asks again after a silence.
			const kept = it.below.b.observations === 1 && it.result.failures.length === 0;
			if (kept) equal(seen[seen.length - 1], 9, `seed ${seed}`);
			equal(it.network.errors, []);
		}
	}
});
