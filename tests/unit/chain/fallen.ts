import { Chain } from "../../../modules/chain/chain.js";
import { equal, hex, ok } from "../../harness/assert.js";
import { MemoryStorage } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

/** A chain that had nothing, comes into the home by what rules on another, and what it keeps. */
function comesBy(story: Story, from: Chain): { chain: Chain; storage: MemoryStorage } {
	const storage = new MemoryStorage();
	const chain = new Chain({ storage, home: story.home });
	adopt(chain, from);
	return { chain, storage };
}

function adopt(chain: Chain, from: Chain): void {
	ok(from.bundle !== undefined && chain.adopt(from.bundle) !== undefined, "it is taken");
}

/** Which checkpoint rules, and of which era; and the same after a start. */
function ruling(story: Story, chain: Chain, storage: MemoryStorage): { now: unknown; again: unknown } {
	const again = new Chain({ storage: storage.copy(), home: story.home });
	again.load();
	const [now, later] = [chain, again].map(one => [hex(one.era), one.checkpoint]);
	return { now, again: later };
}

export default suite("a base that falls", {
	"leaves who came by it with the genesis block, as a start does": () => {
		const story = new Story();
		const start = story.withMembers("door");
		const thief = story.copy(start);
		const rotate = story.rotate(start, "lamp", "lamp's new key", false);
		story.checkpoint(thief);
		const { chain, storage } = comesBy(story, thief);
		equal(chain.checkpoint, 1);
		chain.add(rotate.cose);
		const expected = [hex(chain.era), 0];
		equal(ruling(story, chain, storage), { now: expected, again: expected });
	},
	"with the one before it leaves the home as it is, as a start does": () => {
		const story = new Story();
		const start = story.withMembers("door");
		const thief = story.copy(start);
		const storage = new MemoryStorage();
		const chain = story.chain(storage);
		const rotate = story.rotate(start, "lamp", "lamp's new key", false);
		for (let number = 0; number < 2; number += 1) {
			story.checkpoint(thief);
			adopt(chain, thief);
		}
		chain.add(rotate.cose);
		const expected = [hex(chain.era), 2];
		equal(ruling(story, chain, storage), { now: expected, again: expected });
	},
	"rules again as soon as the new key has a rival": () => {
		const story = new Story();
		const start = story.withMembers("door");
		story.checkpoint(start);
		const { chain, storage } = comesBy(story, start);
		const [one, two] = ["one", "two"].map(key =>
			story.rotate(story.copy(start), "lamp", `${key} new key`, false)
		);
		story.checkpoint(start);
		adopt(chain, start);
		for (const [rotate, number] of [
			[one, 1],
			[two, 2]
		] as const) {
			ok(rotate !== undefined);
			chain.add(rotate.cose);
			const expected = [hex(chain.era), number];
			equal(ruling(story, chain, storage), { now: expected, again: expected });
		}
	},
	"leaves nobody with an opening whose table only looks like one of an older era": () => {
		const story = new Story();
		const start = story.withMembers("door");
		const storage = new MemoryStorage();
		const chain = story.chain(storage);
		const first = story.copy(start);
		story.recover(first, ["lamp"], ["door"]);
		adopt(chain, first);
		const second = story.copy(first);
		story.recover(second, ["lamp"], ["door"]);
		const rotate = story.rotate(story.copy(second), "lamp", "lamp's new key", false);
		story.add(second, "lamp", "desk");
		story.checkpoint(second);
		adopt(chain, second);
		chain.add(rotate.cose);
		const expected = [hex(chain.era), 1];
		equal(ruling(story, chain, storage), { now: expected, again: expected });
	},
	"makes way for the opening of its era, and is the one before": () => {
		const story = new Story();
		const start = story.withMembers("door");
		const opened = story.copy(start);
		story.recover(opened, ["lamp"], ["door"]);
		const thief = story.copy(opened);
		const rotate = story.rotate(story.copy(opened), "lamp", "lamp's new key", false);
		const rival = story.rotate(story.copy(opened), "lamp", "another new key", false);
		story.add(thief, "lamp", "desk");
		story.checkpoint(thief);
		const { chain, storage } = comesBy(story, thief);
		chain.add(rotate.cose);
		adopt(chain, opened);
		for (const number of [0, 1]) {
			const expected = [hex(chain.era), number];
			equal(ruling(story, chain, storage), { now: expected, again: expected });
			const again = new Chain({ storage: storage.copy(), home: story.home });
			again.load();
			again.add(rival.cose);
			equal(again.checkpoint, 1, "after a start it is the one before as well");
			if (number === 0) chain.add(rival.cose);
		}
	}
});
