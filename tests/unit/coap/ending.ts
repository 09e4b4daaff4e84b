import type { Cancel, TurnOwner } from "../../../modules/clock/clock.js";
import { Code, defaultParameters } from "../../../modules/coap/coap.js";
import { Retransmission } from "../../../modules/coap/retransmission.js";
import { runInTurns } from "../../../modules/crypto/crypto.js";
import { equal, throws } from "../../harness/assert.js";
import { anyHandling, everyExchangeEnds } from "../../harness/ending-exchanges.js";
import { Dice } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { get, start } from "./serving.js";

/** A handler that goes on in a later turn, and throws there. */
function later(goOn: (act: () => void, clock: VirtualClock) => void) {
	const it = start({}, () =>
		goOn(() => {
			throw new RangeError("late");
		}, it.clock)
	);
	it.peer.send("a", get);
	return it;
}

export default suite("coap: every exchange ends", {
	"also one whose message throws as it is sent: that is tried again, and given up after the last wait":
		() => {
			const clock = new VirtualClock();
			const done: string[] = [];
			const message = {
				transmit: () => {
					done.push("sent");
					throw new RangeError("sent");
				},
				exhausted: () => done.push("exhausted")
			};
			const random = (count: number) => new Uint8Array(count);
			const retransmission = new Retransmission({ clock, parameters: defaultParameters, random }, message);
			throws(() => retransmission.start(), RangeError);
			for (let sent = 1; sent <= defaultParameters.maxRetransmit; sent += 1) {
				throws(() => clock.advance(100_000), RangeError);
			}
			clock.advance(100_000);
			equal(done, [...new Array(defaultParameters.maxRetransmit + 1).fill("sent"), "exhausted"]);
			equal(clock.pending, 0);
		},
	"when its handler throws in a later turn: 5.00, and the error is told": () => {
		const ways: Record<string, (act: () => void, clock: VirtualClock) => void> = {
			"a timer": (act, clock) => clock.after(100, act),
			"a timer of a timer": (act, clock) => clock.after(0, () => clock.after(100, act)),
			"work in turns": (act, clock) =>
				runInTurns({
					clock,
					steps: (function* () {
						yield;
						act();
					})(),
					done: () => undefined,
					failed: error => {
						throw error;
					}
				}),
			"what work in turns came to": (act, clock) =>
				runInTurns({
					clock,
					steps: (function* () {
						yield;
					})(),
					done: act,
					failed: () => undefined
				})
		};
		for (const [name, way] of Object.entries(ways)) {
			const it = later(way);
			it.clock.advance(1000);
			equal(
				it.peer.inbox.map(({ code }) => code),
				[Code.InternalServerError],
				name
			);
			equal(it.network.errors.map(String), ["RangeError: late"], name);
			equal([it.endpoint.pending, it.clock.pending], [0, 0], name);
		}
	},
	"when the answer to a request of its handler's makes it throw": () => {
		const it = start({}, request => {
			it.endpoint.request({
				address: request.address,
				port: request.port,
				code: Code.Get,
				onResponse: () => undefined,
				onFailure: () => {
					throw new RangeError("late");
				}
			});
		});
		it.peer.send("a", get);
		it.clock.advance(50);
		it.peer.send("a", { type: 3, id: it.peer.last.id });
		it.clock.advance(50);
		equal(it.peer.last.code, Code.InternalServerError);
		equal([it.endpoint.pending, it.network.errors.length], [0, 1]);
	},
	"and what goes on after that has no owner any more, also where it repeats itself": () => {
		const clock = new VirtualClock();
		const failed: unknown[] = [];
		let isOpen = true;
		const owner: TurnOwner = {
			get open() {
				return isOpen;
			},
			failed: error => failed.push(error)
		};
		let cancel: Cancel | undefined;
		const owners: boolean[] = [];
		const repeat = () => {
			owners.push(clock.owner === owner);
			cancel = clock.after(10, repeat);
		};
		clock.runFor(owner, repeat);
		clock.advance(15);
		isOpen = false;
		clock.advance(20);
		isOpen = true;
		clock.advance(10);
		equal(owners, [true, true, false, false, false]);
		equal(failed, []);
		cancel?.();
		equal(clock.owner, undefined);
	},
	"whatever handlers do, in whatever turns": () => {
		let told = 0;
		for (let seed = 1; seed <= 40; seed += 1) {
			const dice = new Dice(seed);
			told += everyExchangeEnds(Array.from({ length: 8 }, () => anyHandling(dice)));
		}
		return `${told} errors`;
	}
});
