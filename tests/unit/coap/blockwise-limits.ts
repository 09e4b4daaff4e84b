import { ByteBudget } from "../../../modules/coap/byte-budget.js";
import {
	BlockError,
	Blockwise,
	Code,
	encodeMessage,
	findUint,
	MessageType,
	OptionNumber,
	pathOptions,
	SizeError,
	uintOption
} from "../../../modules/coap/coap.js";
import { TransferStore } from "../../../modules/coap/transfer-store.js";
import { equal, hex, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { body, counter, type Datagram, DELAY, Network, PORT } from "./network.js";
import { big, echo, start } from "./pair.js";

const { Confirmable, Acknowledgement } = MessageType;

/** A store of numbers. */
function transfers(limits: { maxTransfers: number }) {
	const clock = new VirtualClock();
	const store = new TransferStore<number>({ clock, lifetime: 93_000, maxBytes: 1000, ...limits });
	return { clock, store };
}

const stranger = (peer: string) => ({ peer, secured: false });
const member = (peer: string) => ({ peer, secured: true });

export default suite("coap: block-wise transfer, limits", {
	"a body over the limit is refused with 4.13, also when it does not announce its size": () => {
		const it = start(echo, { maxBody: 2000 });
		const answer = it.run({ code: Code.Post, payload: body(2001) });
		equal(answer?.code, Code.RequestEntityTooLarge);
		equal(findUint(answer?.options ?? [], OptionNumber.Size1), 2000);
		equal(it.network.sent.length, 2, "on the first block");
		equal(it.run({ code: Code.Post, payload: body(2000) })?.code, Code.Changed);
		const peer = it.network.peer("c");
		const block = { type: Confirmable, code: Code.Put, payload: body(1024) };
		equal(peer.ask("b", { ...block, id: 1, options: [uintOption(27, 0x0e)] })?.code, Code.Continue);
		equal(
			peer.ask("b", { ...block, id: 2, options: [uintOption(27, 0x1e)] })?.code,
			Code.RequestEntityTooLarge
		);
		it.quiet();
		throws(() => it.ask({ code: Code.Post, payload: body(65_537) }), SizeError, "65537");
	},
	"an answer over the client's limit fails cleanly": () => {
		const it = start(big, {}, { maxBody: 3000 });
		it.run({});
		equal(it.result.failures[0] instanceof SizeError, true);
		it.clock.advance(100_000);
		it.quiet();
	},
	"4.13 with a smaller size makes the client begin again with it": () => {
		const network = new Network();
		const peer = network.peer("b");
		const asking = new Blockwise({ layer: network.endpoint("aa"), clock: network.clock, random: counter(1) });
		asking.request({
			address: "b",
			port: PORT,
			code: Code.Put,
			payload: body(300),
			onResponse: () => undefined,
			onFailure: () => undefined
		});
		network.clock.advance(DELAY);
		const { id, token } = peer.last;
		equal(peer.last.payload.length, 300);
		const options = [uintOption(OptionNumber.Block1, 2)];
		peer.send("aa", { type: Acknowledgement, code: Code.RequestEntityTooLarge, id, token, options });
		network.clock.advance(2 * DELAY);
		equal(peer.last.payload, body(300).slice(0, 64));
		equal(findUint(peer.last.options, OptionNumber.Block1), 0x0a);
	},
	"a missing first block or a gap is answered 4.08, and the reserved size 7 with 4.00": () => {
		const it = start(echo);
		const peer = it.network.peer("c");
		const put = { type: Confirmable, code: Code.Put, payload: body(16) };
		equal(
			peer.ask("b", { ...put, id: 1, options: [uintOption(27, 0x18)] })?.code,
			Code.RequestEntityIncomplete
		);
		equal(peer.ask("b", { ...put, id: 2, options: [uintOption(27, 0x08)] })?.code, Code.Continue);
		equal(
			peer.ask("b", { ...put, id: 3, options: [uintOption(27, 0x28)] })?.code,
			Code.RequestEntityIncomplete
		);
		equal(peer.ask("b", { ...put, id: 4, options: [uintOption(27, 0x0f)] })?.code, Code.BadRequest);
		equal(peer.ask("b", { ...put, id: 5, options: [uintOption(23, 0x07)] })?.code, Code.BadRequest);
		equal(
			peer.ask("b", { ...put, id: 6, options: [uintOption(27, 0x09)] })?.code,
			Code.BadRequest,
			"16 of 32 bytes"
		);
		it.quiet();
	},
	"a block that comes again under another id is acknowledged and not added twice": () => {
		const it = start(echo);
		const peer = it.network.peer("c");
		const put = { type: Confirmable, code: Code.Put };
		for (const [id, number] of [0, 1, 0, 1, 1, 2].entries()) {
			const payload = body(48).slice(16 * number, 16 * number + 16);
			const more = number < 2 ? 8 : 0;
			peer.ask("b", { ...put, id, payload, options: [uintOption(27, number * 16 + more)] });
		}
		// The second block 0 begins anew, as a client that starts over would.
		equal(
			peer.inbox.map(({ code }) => code),
			[Code.Continue, Code.Continue, Code.Continue, Code.Continue, Code.Continue, Code.Changed]
		);
		equal(peer.last.payload, body(48));
	},
	"blocks beyond the body's end, or of a POST's answer that is gone, are refused": () => {
		const it = start(big);
		const peer = it.network.peer("c");
		const get = { type: Confirmable, code: Code.Get };
		equal(peer.ask("b", { ...get, id: 1, options: [uintOption(23, 5 * 16 + 6)] })?.code, Code.BadRequest);
		equal(
			peer.ask("b", { ...get, id: 2, options: [uintOption(23, 4 * 16 + 6)] })?.payload,
			body(5000).slice(4096)
		);
		const post = { ...get, code: Code.Post, options: [uintOption(23, 16 + 6)] };
		equal(peer.ask("b", { ...post, id: 3 })?.code, Code.RequestEntityIncomplete);
	},
	"an answer that changes while it is fetched is fetched again, and given up when it never stays": () => {
		for (const changes of [1, 9]) {
			let asked = 0;
			const it = start(
				(_request, exchange) => {
					asked += 1;
					exchange.respond({ code: Code.Content, payload: body(3000).fill(asked) });
				},
				{ lifetime: 1 }
			);
			// A second block that comes too late finds the body gone, and is of another one.
			let slow = changes;
			it.network.fate = ({ from, bytes: sent }: Datagram) => {
				if (from !== "aa" || slow === 0 || hex(sent).indexOf("16", 8) < 0) return [0];
				slow -= 1;
				return [5];
			};
			it.run({});
			if (changes === 1) {
				equal(it.result.responses[0]?.payload, body(3000).fill(asked));
			} else {
				equal(
					it.result.failures.map(({ name }) => name),
					["BlockError"]
				);
				equal(it.result.failures[0] instanceof BlockError, true);
			}
			it.quiet();
		}
	},
	"a POST whose answer changes is not sent again": () => {
		let asked = 0;
		const it = start(
			(_request, exchange) => {
				asked += 1;
				exchange.respond({ code: Code.Content, payload: body(3000) });
			},
			{ lifetime: 1 }
		);
		it.network.fate = () => [5];
		equal(it.run({ code: Code.Post })?.code, Code.RequestEntityIncomplete);
		equal(asked, 1);
		it.quiet();
	},
	"a transfer that stops is forgotten after its lifetime": () => {
		const it = start(big, { lifetime: 5000 });
		const peer = it.network.peer("c");
		const options = [uintOption(OptionNumber.Block1, 0x08)];
		peer.ask("b", { type: Confirmable, code: Code.Put, id: 1, payload: body(16), options });
		peer.ask("b", { type: Confirmable, code: Code.Get, id: 2 });
		equal(it.serving.transfers, 2);
		it.clock.advance(5000);
		equal(it.serving.transfers, 0);
		it.quiet();
	},
	"more transfers than there is room for push out the one longest unused": () => {
		for (const limits of [{ maxTransfers: 3 }, { maxBytes: 48 }]) {
			const it = start(echo, limits);
			const peer = it.network.peer("c");
			const put = (id: number, name: string, number: number) => {
				const options = [...pathOptions(name), uintOption(27, number * 16 + (number < 1 ? 8 : 0))];
				const payload = number < 1 ? body(16) : body(0);
				return peer.ask("b", { type: Confirmable, code: Code.Put, id, payload, options })?.code;
			};
			for (let i = 0; i < 5; i += 1) equal(put(i, `${i}`, 0), Code.Continue);
			equal(it.serving.transfers, 3);
			equal(put(10, "1", 1), Code.RequestEntityIncomplete);
			equal(put(11, "2", 1), Code.Changed);
			equal(put(12, "4", 1), Code.Changed);
		}
	},
	"a body keeps its own bytes, and none of the datagrams that it came in, however much else these carry":
		() => {
			const it = start(echo);
			const endpoint = it.network.endpoint("d");
			const peer = it.network.peer("c");
			const whole = body(64);
			const got: Uint8Array[] = [];
			new Blockwise({ layer: endpoint, clock: it.clock, random: counter(5) }).setHandler(
				({ payload }, exchange) => {
					got.push(payload.slice());
					exchange.respond({ code: Code.Changed });
				}
			);
			// Elective, and unknown: what a stranger may send with each block of 16 bytes.
			const padding = { number: 65_000, value: new Uint8Array(1000) };
			for (let number = 0; number < 4; number += 1) {
				const value = number * 16 + (number < 3 ? 8 : 0);
				const payload = whole.slice(16 * number, 16 * number + 16);
				const options = [uintOption(OptionNumber.Block1, value), padding];
				const datagram = encodeMessage({
					type: Confirmable,
					code: Code.Put,
					id: number,
					token: new Uint8Array(0),
					options,
					payload
				});
				endpoint.receive(datagram, "c", PORT);
				it.clock.advance(2 * DELAY);
				if (number < 3) equal(peer.last.code, Code.Continue);
				// Whoever still looked into it would see this.
				datagram.fill(0);
			}
			equal(got, [whole]);
		},
	"strangers' transfers give way to those of who was verified, and never the other way round": () => {
		const { clock, store } = transfers({ maxTransfers: 2 });
		const [a, b] = [member("a"), member("b")];
		equal([store.set("1", 1, 16, stranger("x")), store.set("2", 2, 16, stranger("y"))], [true, true]);
		equal([store.set("3", 3, 16, a), store.set("4", 4, 16, b)], [true, true]);
		equal(
			["1", "2", "3", "4"].map(key => store.get(key)),
			[undefined, undefined, 3, 4]
		);
		for (let count = 0; count < 10; count += 1)
			equal(store.set(`x${count}`, 0, 16, stranger(`${count}`)), false);
		equal([store.get("3"), store.get("4")], [3, 4]);
		clock.advance(100_000);
		equal([store.size, store.bytes], [0, 0]);
		equal(store.set("5", 5, 16, stranger("x")), true);
	},
	"who has most of those that were verified makes room, so that nobody's many take another's one": () => {
		const { store } = transfers({ maxTransfers: 3 });
		const [a, b] = [member("a"), member("b")];
		store.set("a", 0, 16, a);
		for (let count = 0; count < 10; count += 1) store.set(`b${count}`, count, 16, b);
		equal(
			["a", "b7", "b8", "b9"].map(key => store.get(key)),
			[0, undefined, 8, 9]
		);
		store.set("c", 1, 16, member("c"));
		equal(
			["a", "b8", "b9", "c"].map(key => store.get(key)),
			[0, undefined, 9, 1]
		);
	},
	"nine members that begin bodies without end keep no other's from coming to an end, on a board": () => {
		for (const pause of [10, 100, 1000]) {
			const { clock, store } = transfers({ maxTransfers: 2 });
			let number = 0;
			const flood = () => {
				number += 1;
				store.set(`bad ${number % 9}`, 0, 16, member(`bad ${number % 9}`));
				clock.after(pause, flood);
			};
			flood();
			let whole = 0;
			const more = (left: number) => {
				// One that was put out begins anew, a little later.
				const isKept = left === 10 || store.get("own") !== undefined;
				if (isKept && store.set("own", left, 16, member("own"))) {
					if (left > 0) {
						clock.after(30, () => more(left - 1));
						return;
					}
					whole += 1;
					store.delete("own");
				}
				clock.after(2_000, () => more(10));
			};
			more(10);
			clock.advance(120_000);
			ok(whole >= 30, `${whole} of about 50, one of the others' every ${pause} ms`);
		}
	},
	"nor do nine members whose answers never end keep another's out": () => {
		const clock = new VirtualClock();
		const budget = new ByteBudget({ clock, maxBodies: 2, maxBytes: 12_288 });
		/** Takes room for a while; tells whether it was not put out meanwhile. */
		const hold = (peer: string, time: number, done: (isWhole: boolean) => void) => {
			let end = (_isWhole: boolean) => {};
			const one = { peer, giveWay: () => end(false) };
			if (!budget.open(one)) {
				done(false);
				return;
			}
			const bytes = budget.take(one, 6_144) ? 6_144 : 0;
			const cancel = clock.after(time, () => end(bytes > 0));
			end = isWhole => {
				cancel();
				budget.close(one, bytes);
				done(isWhole);
			};
		};
		for (let number = 0; number < 9; number += 1) {
			const again = () => hold(`bad ${number}`, 8_000, () => clock.after(50, again));
			again();
		}
		let [tries, whole] = [0, 0];
		const again = () => {
			tries += 1;
			hold("own", 300, isWhole => {
				if (isWhole) whole += 1;
				clock.after(2_000, again);
			});
		};
		again();
		clock.advance(120_000);
		ok(whole * 2 >= tries, `${whole} of ${tries}`);
	},
	"a junk block of a stranger a round trip ends no member's body, on a board": () => {
		const it = start(echo, { maxTransfers: 2, maxBytes: 12_288, maxBody: 12_288 });
		const peer = it.network.peer("c");
		const other = it.network.peer("d");
		const first = { type: Confirmable, code: Code.Put, payload: body(16), options: [uintOption(27, 0x08)] };
		// What the layer below has verified keeps its place.
		it.verified = "c";
		equal(peer.ask("b", { ...first, id: 1 })?.code, Code.Continue);
		for (let id = 1; id < 6; id += 1) {
			const options = [...pathOptions(`${id}`), uintOption(27, 0x08)];
			equal(other.ask("b", { ...first, id, options })?.code, Code.Continue);
		}
		const last = { ...first, id: 2, payload: body(3), options: [uintOption(27, 0x10)] };
		equal(peer.ask("b", last)?.code, Code.Changed);
	},
	"strangers' answers that never end give way to that of a peer, and take no room of such, on a board":
		() => {
			const it = start(big, {}, { maxTransfers: 2, maxBytes: 12_288, maxBody: 12_288 });
			const failed: string[] = [];
			const askStranger = (address: string) => {
				const peer = it.network.peer(address);
				it.ask({ address, onFailure: ({ name }) => void failed.push(`${address} ${name}`) });
				it.clock.advance(DELAY);
				const { id, token } = peer.last;
				const block = [uintOption(OptionNumber.Block2, 8 + 6)];
				peer.send("aa", {
					...{ type: Acknowledgement, code: Code.Content, id, token },
					...{ options: block, payload: body(1024) }
				});
				it.clock.advance(DELAY);
				return peer;
			};
			for (const address of ["c", "d"]) askStranger(address);
			it.ask({ peer: "b", timeout: 5_000 });
			it.clock.advance(1_000);
			equal([it.result.responses.at(-1)?.payload, failed], [body(5000), ["c BusyError"]]);
			askStranger("e");
			it.network.fate = () => [1_000];
			for (const path of ["/one", "/two"])
				it.ask({ peer: "b", options: pathOptions(path), timeout: 100_000 });
			it.clock.advance(5_000);
			equal(failed, ["c BusyError", "d BusyError", "e BusyError"]);
			it.network.fate = () => [DELAY];
			askStranger("f");
			equal(failed.at(-1), "f BusyError", "there are two of peers");
			it.clock.advance(20_000);
			equal(it.result.responses.length, 3);
			it.clock.advance(1_000_000);
			it.quiet();
		},
	"a cancelled transfer sends no further block": () => {
		const it = start(big);
		const pending = it.ask({});
		it.clock.advance(3 * DELAY);
		pending.cancel();
		const { length } = it.network.sent;
		it.clock.advance(200_000);
		equal(it.network.sent.length <= length + 1, true);
		equal([it.result.responses.length, it.result.failures.length], [0, 0]);
		it.quiet();
	},
	"the request's limit counts for all its blocks together": () => {
		const it = start(big);
		it.network.fate = () => [400];
		it.run({ timeout: 2000 });
		equal(
			it.result.failures.map(({ name }) => name),
			["TimeoutError"]
		);
		it.quiet();
	}
});
