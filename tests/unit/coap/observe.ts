import { blockOption } from "../../../modules/coap/block.js";
import {
	Blockwise,
	type BlockwiseOptions,
	Code,
	findOption,
	findUint,
	MessageType,
	NotificationOrder,
	Observers,
	OptionError,
	OptionNumber,
	observe,
	type PendingRequest,
	pathOptions,
	type Response,
	uintOption
} from "../../../modules/coap/coap.js";
import { bytes, equal, hex, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { Outcome } from "./asking.js";
import { body, counter, DELAY, Network, rough } from "./network.js";

const { Acknowledgement, Confirmable, NonConfirmable, Reset } = MessageType;
const { Observe } = OptionNumber;

/** An observer, and a server that the test speaks for. */
function start() {
	const network = new Network();
	const endpoint = network.endpoint("a");
	const peer = network.peer("b");
	const outcome = new Outcome();
	const states: Response[] = [];
	const onNotification = (response: Response) => states.push(response);
	const pending = observe(endpoint, { ...outcome.of("b"), onNotification });
	network.clock.advance(DELAY);
	const { id, token } = peer.last;
	const answer = (options: Parameters<typeof peer.send>[1]["options"] = [uintOption(Observe, 5)]) => {
		peer.send("a", { type: Acknowledgement, code: Code.Content, id, token, options, payload: bytes("01") });
		network.clock.advance(DELAY);
	};
	let next = 1000;
	/** Sends a notification and returns what came back. */
	const tell = (number: number | undefined, payload: string, type: MessageType = Confirmable) => {
		next += 1;
		const options = number === undefined ? [] : [uintOption(Observe, number)];
		return peer.ask("a", { type, code: Code.Content, id: next, token, options, payload: bytes(payload) })
			?.type;
	};
	const seen = () => states.map(({ payload }) => hex(payload));
	return {
		network,
		clock: network.clock,
		endpoint,
		peer,
		outcome,
		states,
		pending,
		answer,
		tell,
		seen,
		token
	};
}

/** A server and an observer of a body that changes. */
function pair(size: (version: number) => number, server: Partial<BlockwiseOptions> = {}) {
	const network = new Network();
	const { clock } = network;
	const below = { a: network.endpoint("aa"), b: network.endpoint("b") };
	const asking = new Blockwise({ layer: below.a, clock, random: counter(4) });
	const serving = new Blockwise({ layer: below.b, clock, random: counter(3), ...server });
	const observers = new Observers();
	let version = 0;
	const reply = () => ({ code: Code.Content, payload: body(size(version)).fill(version, 0, 8) });
	serving.setHandler((request, exchange) => observers.answer(request, exchange, reply()));
	const outcome = new Outcome();
	const states: Response[] = [];
	const watch = (): PendingRequest =>
		observe(asking, { ...outcome.of("b"), onNotification: response => states.push(response) });
	const change = () => {
		version += 1;
		observers.notify(reply());
	};
	const versions = () => states.map(({ payload }) => payload[0]);
	return { network, clock, below, observers, outcome, states, watch, change, versions, size };
}

export default suite("coap: observing", {
	"the answer comes once, then each newer state, and confirmable ones are acknowledged": () => {
		const it = start();
		equal(it.peer.inbox[0]?.options, [...[uintOption(Observe, 0)], ...pathOptions("/t")]);
		it.answer();
		equal(it.outcome.text, "01");
		equal(it.tell(6, "02"), Acknowledgement);
		equal(it.tell(7, "03", NonConfirmable), undefined);
		equal(it.seen(), ["02", "03"]);
		equal([it.outcome.responses.length, it.outcome.failures.length], [1, 0]);
		it.clock.advance(1_000_000);
		equal([it.endpoint.pending, it.clock.pending], [1, 0], "it has no end of its own");
	},
	"older and repeated states are acknowledged, and ignored": () => {
		const it = start();
		it.answer();
		it.tell(9, "09");
		equal(it.tell(8, "08"), Acknowledgement);
		equal(it.tell(5, "05"), Acknowledgement);
		equal(it.tell(9, "09"), Acknowledgement);
		it.tell(10, "10");
		equal(it.seen(), ["09", "10"]);
	},
	"the order is that of section 3.4: numbers wrap, and after 128 s anything is newer": () => {
		const clock = new VirtualClock();
		const order = new NotificationOrder(clock);
		const accepts = (number: number) => order.accepts([uintOption(Observe, number)]);
		const half = 2 ** 23;
		equal([100, 101, 101, 100, 99].map(accepts), [true, true, false, false, false]);
		equal(
			[101 + half - 1, 101 + half - 1 + half].map(accepts),
			[true, false],
			"half the circle is not newer"
		);
		const wrapping = new NotificationOrder(clock);
		const wraps = (number: number) => wrapping.accepts([uintOption(Observe, number)]);
		equal([2 ** 24 - 1, 0, 2 ** 24 - 1, 1].map(wraps), [true, true, false, true]);
		clock.advance(128_000);
		equal(wraps(0), false);
		clock.advance(1);
		equal(wraps(0), true);
	},
	"an answer without Observe is all there is": () => {
		const it = start();
		it.answer([]);
		equal(it.outcome.text, "01");
		equal(it.endpoint.pending, 0);
		equal(it.tell(6, "02"), Reset);
		equal(it.seen(), []);
	},
	"a state without Observe, or an error, is the last": () => {
		const it = start();
		it.answer();
		equal(it.tell(undefined, "02"), Acknowledgement);
		equal([it.seen(), it.endpoint.pending], [["02"], 0]);
		equal(it.tell(7, "03"), Reset);
		const other = start();
		other.answer();
		const error = { type: Confirmable, code: Code.NotFound, id: 7, token: other.token };
		equal(other.peer.ask("a", error)?.type, Acknowledgement);
		equal([other.states[0]?.code, other.endpoint.pending], [Code.NotFound, 0]);
	},
	"after cancelling, the next notification is rejected, which ends it at the server": () => {
		const it = start();
		it.answer();
		it.pending.cancel();
		equal(it.endpoint.pending, 0);
		equal(it.tell(6, "02"), Reset);
		equal([it.seen(), it.outcome.failures.length], [[], 0]);
	},
	"a state with an option that must be understood breaks it off": () => {
		const it = start();
		it.answer();
		const options = [uintOption(Observe, 6), uintOption(2049, 1)];
		const asked = { type: Confirmable, code: Code.Content, id: 7, token: it.token, options };
		equal(it.peer.ask("a", asked)?.type, Reset);
		ok(it.outcome.failures[0] instanceof OptionError);
		equal(it.endpoint.pending, 0);
	},
	"who observes does not stand in the way of other requests to the peer": () => {
		const it = start();
		it.answer();
		const sent = it.network.from("a").length;
		it.endpoint.request(it.outcome.of("b"));
		equal(it.network.from("a").length - sent, 1);
		it.endpoint.close();
	},
	"large states come whole, each under its own ETag, and small ones in one message": () => {
		const it = pair(version => (version % 2 === 0 ? 3000 : 20));
		const pending = it.watch();
		it.clock.advance(1000);
		equal(it.outcome.responses[0]?.payload.length, 3000);
		for (let i = 0; i < 4; i += 1) {
			it.change();
			it.clock.advance(1000);
		}
		equal(it.versions(), [1, 2, 3, 4]);
		equal(
			it.states.map(({ payload }) => payload.length),
			[20, 3000, 20, 3000]
		);
		for (const { options } of it.states) ok(findUint(options, Observe) !== undefined);
		const tags = it.states.map(({ options }) => findOption(options, OptionNumber.ETag)?.value);
		equal([tags[0], tags[1] === undefined], [undefined, false]);
		equal(it.below.b.observations, 1, "fetching blocks registers nothing more");
		pending.cancel();
		it.change();
		it.clock.advance(1000);
		equal([it.below.a.pending, it.below.b.observations, it.observers.size], [0, 0, 0]);
	},
	"who asks for a later block of a state registers nothing, and is answered": () => {
		for (const [size, number, code] of [
			[1, 1, Code.BadRequest],
			[40, 2, Code.Content],
			[40, 3, Code.BadRequest]
		] as const) {
			const it = pair(() => size);
			const peer = it.network.peer("c");
			const block = blockOption(OptionNumber.Block2, { number, more: false, szx: 0 });
			const options = [uintOption(Observe, 0), ...pathOptions("/t"), block];
			const answer = peer.ask("b", { code: Code.Get, id: 1, token: bytes("0a"), options });
			equal([answer?.code, findOption(answer?.options ?? [], Observe)], [code, undefined]);
			equal([it.observers.size, it.below.b.observations, it.network.errors], [0, 0, []]);
		}
	},
	"where there is no room to keep the rest of a state, who observes is told, and observes no longer": () => {
		const full = pair(() => 3000, { maxTransfers: 0 });
		full.watch();
		full.clock.advance(1000);
		equal(full.outcome.responses[0]?.code, Code.ServiceUnavailable);
		equal([full.observers.size, full.below.b.observations, full.network.errors], [0, 0, []]);
		const later = pair(version => (version === 0 ? 20 : 3000), { maxTransfers: 0 });
		later.watch();
		later.clock.advance(1000);
		equal([later.outcome.responses[0]?.code, later.observers.size], [Code.Content, 1]);
		later.change();
		later.clock.advance(1000);
		equal(
			later.states.map(({ code }) => code),
			[Code.ServiceUnavailable]
		);
		equal([later.observers.size, later.below.b.observations, later.network.errors], [0, 0, []]);
	},
	"a state that changes while it is being fetched gives way to the next": () => {
		for (let wait = 0; wait < 100; wait += 10) {
			const it = pair(() => 5000);
			it.watch();
			it.clock.advance(1000);
			it.change();
			it.clock.advance(wait);
			it.change();
			it.clock.advance(30_000);
			const versions = it.versions();
			equal(versions[versions.length - 1], 2, `${wait}: ${versions}`);
			equal(it.outcome.failures.length, 0);
			for (const { payload } of it.states) equal(payload.slice(8), body(5000).slice(8));
		}
	},
	"a state that changes before the answer is whole comes as the answer": () => {
		const it = pair(() => 5000);
		it.watch();
		it.clock.advance(35);
		it.change();
		it.clock.advance(30_000);
		equal(it.outcome.responses.length, 1);
		equal(it.outcome.responses[0]?.payload[0], 1);
	},
	"over a bad network the last state arrives, and none after a newer one": () => {
		for (let seed = 1; seed <= 10; seed += 1) {
			for (const size of [20, 3000]) {
				const it = pair(() => size);
				it.watch();
				it.clock.advance(1000);
				it.network.fate = rough(seed, 0.25, 0.2, 800);
				for (let i = 0; i < 8; i += 1) {
					it.change();
					it.clock.advance(4000);
				}
				it.network.fate = () => [DELAY];
				it.clock.advance(60_000);
				const versions = it.versions();
				const sorted = [...versions].sort((a, b) => (a ?? 0) - (b ?? 0));
				equal(versions, sorted, `seed ${seed}`);
				// Blocks that had to be fetched anew may be those of the next state, which is then told as well.
				if (size === 20) equal(new Set(versions).size, versions.length);
				// Five losses in a row end an observation at the server; its watcher asks again after a silence.
				const kept = it.below.b.observations === 1 && it.outcome.failures.length === 0;
				if (kept) equal(versions[versions.length - 1], 8, `seed ${seed} ${size}`);
			}
		}
	}
});
