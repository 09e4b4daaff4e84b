import { Code, type PendingRequest } from "../../../modules/coap/coap.js";
import type { Link, LinkRequest } from "../../../modules/node/link.js";
import { LinkError } from "../../../modules/node/link.js";
import { TaskAsk, type TaskResult, tellingTime } from "../../../modules/node/task-ask.js";
import { secureNotation } from "../../../modules/secure/secure-notation.js";
import { taskRequest } from "../../../modules/secure/task-forms.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** One ask, and what it has its link send. */
function asking(age = 0) {
	const clock = new VirtualClock();
	const sent: LinkRequest[] = [];
	const results: TaskResult[] = [];
	const link: Pick<Link, "request"> = {
		request(request: LinkRequest): PendingRequest {
			sent.push(request);
			return { cancel: () => undefined };
		}
	};
	const ask = new TaskAsk({
		clock,
		link,
		notation: secureNotation,
		peer: "0123456789abcdef0123456789abcdef",
		action: "unlock",
		asked: clock.now() - age,
		end: clock.now() + tellingTime(age),
		number: 7,
		hint: () => new Uint8Array(4),
		look: found => found(undefined),
		done: result => results.push(result)
	});
	ask.send();
	/** The last request is about to be sealed, with a proof that was heard then; what it says of its ask. */
	const seal = (heard: number | undefined) => {
		const request = sent.at(-1);
		request?.onSealing?.(heard);
		return taskRequest.read(request?.payload ?? new Uint8Array(0)).stamp;
	};
	const fail = (code?: number) => sent.at(-1)?.onFailure(new LinkError("", code));
	return { clock, sent, results, seal, fail };
}

export default suite("node: one ask", {
	"a press that may be old has less time to act, but may be new: no answer is told when that would be over":
		() => {
			const { clock, results, seal } = asking(4_000);
			equal(seal(clock.now())?.rest, 55);
			clock.advance(9_999);
			equal(results, []);
			clock.advance(1);
			equal(results, ["no answer"]);
			const old = asking(9_501);
			old.clock.advance(0);
			equal(old.results, ["no answer"], "it cannot act any more");
		},
	"a challenge says nothing of the copies before the one that it answers": () => {
		const { clock, sent, seal, fail } = asking();
		equal(seal(clock.now())?.isRepeated, false);
		fail();
		clock.advance(1_000);
		seal(undefined);
		fail(Code.Unauthorized);
		equal([sent.length, seal(clock.now())?.isRepeated], [3, true]);
	},
	"after a challenge alone nothing is repeated": () => {
		const { clock, seal, fail } = asking();
		seal(undefined);
		fail(Code.Unauthorized);
		equal(seal(clock.now())?.isRepeated, false);
		fail(Code.Unauthorized);
		equal(seal(clock.now())?.isRepeated, false);
	},
	"an error of the device's own tells not whether it has acted": () => {
		for (const code of [Code.InternalServerError, Code.ServiceUnavailable]) {
			const { clock, sent, results, seal, fail } = asking();
			seal(clock.now());
			fail(code);
			clock.advance(1_000);
			equal([sent.length, results.length, seal(clock.now())?.isRepeated], [2, 0, true]);
			clock.advance(10_000);
			equal(results, ["no answer"]);
		}
	}
});
