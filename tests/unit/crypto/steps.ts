import type { Cancel } from "../../../modules/clock/clock.js";
import { guardSteps, runAtOnce, runInTurns, Secrets, type Steps } from "../../../modules/crypto/crypto.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** Three stretches of work that note when they are done and, at the end, that they have ended. */
function* work(log: string[]): Steps<number> {
	try {
		log.push("first");
		yield;
		log.push("second");
		yield;
		log.push("third");
		return 3;
	} finally {
		log.push("end");
	}
}

/** The work begun on a clock, and what comes of it. */
function begun(makeSteps: (log: string[]) => Steps<number>) {
	const clock = new VirtualClock();
	const log: string[] = [];
	const note = (text: string) => log.push(text);
	const cancel = runInTurns({
		steps: makeSteps(log),
		clock,
		done: result => note(`done ${result}`),
		failed: error => note(`failed ${error}`)
	});
	return { clock, log, cancel };
}

export default [
	suite("crypto: work in steps", {
		"is done at once where nothing else waits"() {
			const log: string[] = [];
			equal(runAtOnce(work(log)), 3);
			equal(log, ["first", "second", "third", "end"]);
		},
		"is done a stretch a turn, the first not in this one"() {
			const clock = new VirtualClock();
			const log: string[] = [];
			// Something else of the program: it gets its turn between any two stretches.
			const other = () => {
				log.push("other");
				if (log.length < 8) clock.after(0, other);
			};
			runInTurns({ steps: work(log), clock, done: () => log.push("done"), failed: () => log.push("failed") });
			clock.after(0, other);
			equal(log, []);
			clock.advance(0);
			equal(log.slice(0, 6), ["first", "other", "second", "other", "third", "end"]);
			ok(log.includes("done") && !log.includes("failed"));
		},
		"tells what it threw, once"() {
			const { clock, log } = begun(function* () {
				yield;
				throw new Error("no");
			});
			clock.advance(0);
			equal(log, ["failed Error: no"]);
			equal(clock.pending, 0);
		},
		"throws at once what it throws"() {
			const broken = function* (): Steps<number> {
				yield;
				throw new RangeError("no");
			};
			throws(() => runAtOnce(broken()), RangeError, "no");
		},
		"can be given up before it begins and between two stretches, and cleans up"() {
			const early = begun(work);
			early.cancel();
			early.clock.advance(0);
			equal(early.log, []);
			const { clock, log, cancel } = begun(work);
			clock.after(0, cancel);
			clock.advance(0);
			equal(log, ["first", "end"]);
			equal(clock.pending, 0);
			cancel();
		},
		"can be given up from inside, and cleans up"() {
			const clock = new VirtualClock();
			const log: string[] = [];
			let cancel: Cancel | undefined;
			function* steps(): Steps<number> {
				try {
					cancel?.();
					yield;
					log.push("on");
					return 1;
				} finally {
					log.push("end");
				}
			}
			const done = () => log.push("done");
			const failed = () => log.push("failed");
			cancel = runInTurns({ steps: steps(), clock, done, failed });
			clock.advance(0);
			equal(log, ["end"]);
		},
		"under guard ends as soon as the guard throws, and cleans up"() {
			for (const [allowed, expected] of [
				[0, []],
				[1, ["first", "end"]],
				[2, ["first", "second", "end"]],
				[3, ["first", "second", "third", "end"]]
			] as const) {
				const log: string[] = [];
				let left = allowed;
				const guarded = guardSteps(() => {
					if (left-- === 0) throw new RangeError("ended");
				}, work(log));
				if (allowed < 3) throws(() => runAtOnce(guarded), RangeError, "ended");
				else equal(runAtOnce(guarded), 3);
				equal(log, [...expected]);
			}
		},
		"has nothing to give up once it is done"() {
			const { clock, log, cancel } = begun(work);
			clock.advance(0);
			cancel();
			equal(log, ["first", "second", "third", "end", "done 3"]);
		}
	}),
	suite("crypto: secrets", {
		"that are kept are wiped together"() {
			const secrets = new Secrets();
			const [a, b] = [secrets.keep(Uint8Array.of(1, 2)), secrets.keep(Uint8Array.of(3))];
			equal(a, Uint8Array.of(1, 2));
			secrets.wipe();
			equal([a, b], [Uint8Array.of(0, 0), Uint8Array.of(0)]);
			b[0] = 1;
			secrets.wipe();
			equal(b, Uint8Array.of(1), "wiped twice");
		}
	})
];
