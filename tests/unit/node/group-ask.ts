import { Rank, Roster } from "../../../modules/chain/chain.js";
import { CoapError } from "../../../modules/coap/coap.js";
import { Device, type State } from "../../../modules/devices/devices.js";
import { LinkError, type LinkRequest } from "../../../modules/node/link.js";
import { type TaskResult, Tasks } from "../../../modules/node/tasks.js";
import { secureNotation } from "../../../modules/secure/secure-notation.js";
import { equal, ok } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

const { taskRequest, taskReply } = secureNotation;

/**
 * A node that knows many others, which answer after so many milliseconds, or never; `strangers`: those, by the first byte of their
 * ids, that it has no keys with, and for which it agrees on keys with one at a time.
 */
function asker(count: number, answerAfter: number | undefined, strangers: readonly number[] = []) {
	const clock = new VirtualClock();
	const roster = new Roster();
	for (let number = 0; number < count; number += 1) {
		const id = new Uint8Array(16).fill(number + 1);
		const standing = { turn: 0, isFrozen: false, rank: Rank.member, sponsor: null, guards: 0 };
		roster.put({ id, name: `n${number}`, types: Uint8Array.of(0), key: new Uint8Array(33), ...standing });
	}
	const nothing = () => undefined;
	const hasKeys = (peer: string) => !strangers.includes(Number.parseInt(peer.slice(0, 2), 16));
	const asked: { peer: string; action: string; at: number }[] = [];
	const request = (sent: LinkRequest) => {
		try {
			sent.onSealing?.(clock.now());
		} catch (error) {
			if (!(error instanceof CoapError)) throw error;
			sent.onFailure(new LinkError(error.message));
			return { cancel: nothing };
		}
		const { action } = taskRequest.read(sent.payload);
		asked.push({ peer: sent.peer, action, at: clock.now() });
		const state: State = action === "off" ? "off" : "on";
		if (answerAfter !== undefined) clock.after(answerAfter, () => sent.onReply(taskReply.write(state)));
		return { cancel: nothing };
	};
	const tasks = new Tasks({
		chain: { digest: new Uint8Array(32) },
		link: {
			request,
			serve: () => nothing,
			observe: () => nothing,
			hasKeys,
			isAgreeing: strangers.length > 0
		},
		notation: secureNotation,
		device: new Device({ type: "light" }),
		clock,
		random: length => new Uint8Array(length),
		judge: { before: () => nothing, refusal: nothing },
		onPerformed: nothing,
		onDifference: nothing
	});
	const told = new Map<string, { result: TaskResult; at: number }[]>();
	const ask = (numbers: readonly number[], action: "on" | "off" | "read") => {
		const members = numbers.map(number => roster.at(number));
		tasks.ask(members, action, ({ idText }, result) => {
			const before = told.get(idText) ?? [];
			told.set(idText, [...before, { result, at: clock.now() }]);
		});
	};
	return { clock, roster, asked, told, ask };
}

const all = Array.from({ length: 63 }, (_, number) => number);

export default suite("a task for many devices", {
	"has no more of it under way at once than there are turns": () => {
		const { clock, told, ask, asked } = asker(63, 50);
		ask(all, "on");
		ok(clock.pending <= 12, `${clock.pending} timers`);
		for (let waited = 0; waited < 2_000; waited += 10) {
			clock.advance(10);
			ok(clock.pending <= 12, `${clock.pending} timers`);
		}
		equal([told.size, asked.length], [63, 63]);
		for (const results of told.values()) equal(results[0]?.result, { state: "on" });
	},
	"asks those first with whom it has keys, and of the others no more than one while keys are agreed on":
		() => {
			const strangers = [1, 2, 3, 4];
			const { clock, told, ask, asked, roster } = asker(6, 700, strangers);
			ask([0, 1, 2, 3, 4, 5], "on");
			clock.advance(100);
			const at = (number: number) => roster.at(number).idText;
			equal(
				asked.map(({ peer }) => peer),
				[at(4), at(5)]
			);
			for (const expected of [3, 4, 5, 6]) {
				clock.advance(800);
				equal(asked.length, expected);
			}
			clock.advance(800);
			equal(told.size, 6);
		},
	"a task for one does not wait for those of another": () => {
		const { clock, ask, asked, roster } = asker(3, undefined, [1, 2, 3]);
		ask([0, 1], "on");
		clock.advance(600);
		ask([2], "on");
		clock.advance(600);
		equal(asked.at(-1)?.peer, roster.at(2).idText);
	},
	"is over for all of them when its 10 seconds are, also for who has had no turn": () => {
		const { clock, told, ask, asked } = asker(63, undefined);
		ask(all, "on");
		clock.advance(9_999);
		equal(told.size, 0);
		clock.advance(1);
		equal(told.size, 63);
		for (const results of told.values()) equal(results, [{ result: "no answer", at: 10_000 }]);
		const { length } = asked;
		ok(length >= 50, `${length} asked`);
		clock.advance(60_000);
		equal([asked.length, clock.pending], [length, 0]);
	},
	"does not come after a newer one for one of them, whether that is under way or over": () => {
		for (const answerAfter of [50, 400]) {
			const { clock, told, ask, asked, roster } = asker(63, answerAfter);
			const { idText } = roster.at(60);
			ask(all, "on");
			clock.advance(10);
			ask([60], "off");
			clock.advance(10_000);
			equal(
				asked.filter(({ peer }) => peer === idText).map(({ action }) => action),
				["off"]
			);
			equal(
				told.get(idText)?.map(({ result }) => result),
				["replaced", { state: "off" }]
			);
			equal(told.size, 63);
		}
	},
	"which is refused since too many wait changes nothing for those that wait, and takes the place of one that was all of it":
		() => {
			const { clock, told, ask, asked, roster } = asker(63, undefined);
			for (let count = 0; count < 15; count += 1) ask(all.slice(0, 40), "read");
			ask([50, 51], "on");
			const resultsOf = (number: number) =>
				(told.get(roster.at(number).idText) ?? []).map(({ result }) =>
					typeof result === "object" ? Object.keys(result)[0] : result
				);
			const refused = "refused";
			ask([50, 52], "off");
			equal([resultsOf(50), resultsOf(51), resultsOf(52)], [[refused], [], [refused]]);
			ask([50, 51, 52], "off");
			const replaced = "replaced";
			equal([resultsOf(50), resultsOf(51), resultsOf(52)], [[refused, replaced], [replaced], [refused]]);
			clock.advance(10_000);
			const { idText } = roster.at(50);
			equal(
				asked.filter(({ peer }) => peer === idText).map(({ action }) => action),
				["off"]
			);
		},
	"takes its place at a device also where that is to be read as often as there is room for": () => {
		const { clock, told, ask, roster } = asker(20, undefined);
		const some = all.slice(0, 20);
		ask(some, "on");
		for (let count = 0; count < 12; count += 1) ask(some, "read");
		ask([19], "off");
		clock.advance(5_000);
		const results = told.get(roster.at(19).idText)?.map(({ result }) => result) ?? [];
		equal(
			[results.length, results[0]],
			[5, "replaced"],
			"eight readings wait, and four of twelve were refused"
		);
		clock.advance(5_000);
		equal(told.get(roster.at(19).idText)?.length, 14);
	},
	"and one for all again takes its place with those that it has not come to": () => {
		const { clock, told, ask, asked } = asker(20, 100);
		const some = all.slice(0, 20);
		ask(some, "on");
		clock.advance(150);
		ask(some, "off");
		clock.advance(10_000);
		const last = new Map<string, string>();
		for (const { peer, action } of asked) last.set(peer, action);
		equal(new Set(last.values()), new Set(["off"]));
		for (const results of told.values()) equal(results.length, 2);
	}
});
