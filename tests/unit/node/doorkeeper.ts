import { actions } from "../../../modules/devices/devices.js";
import { Doorkeeper } from "../../../modules/node/doorkeeper.js";
import type { Finding } from "../../../modules/node/freshness.js";
import { equal, ok } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

export default suite("who may unlock", {
	"of those who may not, as far as is known, few wait for what there may be to hear, and all who may": () => {
		const story = new Story();
		const names = ["knob", "desk", "shelf", "attic", "outlet"];
		const chain = story.withMembers("door", ...names);
		for (const name of ["attic", "outlet"]) story.grant(chain, "lamp", name, actions.indexOf("unlock"), null);
		const waiting: (() => void)[] = [];
		let cancelled = 0;
		const door = new Doorkeeper({
			chain,
			suite: { guardsLocks: true },
			device: { type: "lock" },
			id: story.node("door").id,
			wasRemoved: () => false,
			report: () => undefined,
			freshness: {
				before: (_asker, judge: (finding: Finding) => void) => {
					waiting.push(() => judge("fresh"));
					return () => {
						cancelled += 1;
					};
				}
			}
		});
		const judged: string[] = [];
		const ask = (name: string) => {
			const member = chain.members.get(story.node(name).id);
			ok(member);
			return door.before("unlock", member, () => judged.push(name));
		};
		const [first] = ["knob", "desk", "shelf"].map(ask);
		equal([waiting.length, judged], [3, []]);
		ask("knob");
		equal([waiting.length, judged], [3, ["knob"]], "at once");
		for (const name of ["attic", "outlet", "lamp"]) ask(name);
		equal([waiting.length, judged], [6, ["knob"]]);
		first?.();
		first?.();
		waiting[1]?.();
		equal([cancelled, judged.at(-1)], [2, "desk"]);
		for (const name of ["knob", "desk", "shelf"]) ask(name);
		equal([waiting.length, judged], [8, ["knob", "desk", "shelf"]], "two places were free");
	}
});
