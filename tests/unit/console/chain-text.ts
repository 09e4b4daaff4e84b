import { blockLine, evidenceLine } from "../../../modules/console/chain-text.js";
import { equal, ok } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

export default suite("console: a chain with what people should see", {
	"a block without effect is marked, the others are not": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const away = story.copy(chain);
		story.add(away, "door", "guest");
		story.remove(chain, "lamp", "door");
		story.merge(chain, away);
		const lines = Array.from({ length: chain.length }, (_, number) => blockLine(chain, number));
		const marked = lines.filter(line => line.endsWith("  (without effect)"));
		equal(marked.length, 1);
		ok(marked[0]?.includes("admitted door"), marked[0]);
		equal(lines.filter(line => line.includes("lamp removed ")).length, 1);
	},
	"two blocks of one author under one number are shown, and whose they are": () => {
		const story = new Story();
		const chain = story.withMembers("door");
		const backup = story.copy(chain);
		const first = story.add(chain, "door", "attic");
		const second = story.add(backup, "door", "cellar");
		story.meet(chain, backup);
		const [line = "", ...others] = chain.evidence.map(evidence => evidenceLine(chain, evidence));
		equal(others, []);
		ok(
			/^ {2}! {2}door issued two blocks at once, and both count: .* \([0-9a-f]{8} and [0-9a-f]{8}, number 0\)$/.test(
				line
			),
			line
		);
		for (const { hash } of [first, second]) {
			const shown = [...hash.subarray(0, 4)].map(byte => byte.toString(16).padStart(2, "0")).join("");
			ok(line.includes(shown), `${shown} in ${line}`);
		}
	}
});
